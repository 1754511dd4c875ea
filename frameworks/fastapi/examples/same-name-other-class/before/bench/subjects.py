"""What the benchmark compares."""


class FastAPI:
    name = "FastAPI"
    requests_per_second = 9000


class Flask:
    name = "Flask"
    requests_per_second = 2000
