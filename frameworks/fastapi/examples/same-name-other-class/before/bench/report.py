from bench.subjects import FastAPI, Flask

app = FastAPI()


def best() -> str:
    return max(app, Flask(), key=lambda one: one.requests_per_second).name
