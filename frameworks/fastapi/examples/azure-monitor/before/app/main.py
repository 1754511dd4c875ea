from azure.monitor.opentelemetry import configure_azure_monitor
from fastapi import FastAPI

configure_azure_monitor()

app = FastAPI()


@app.get("/")
def index() -> str:
    return "ok"
