import requests

from app.instrumentation.profiling import profiled


@profiled
def matches(ours: list[int], theirs: list[int]) -> list[int]:
    found = []
    for one in ours:
        for other in theirs:
            if one == other:
                found.append(one)
    return found


@profiled
def prices(names: list[str]) -> dict[str, float]:
    return {name: requests.get(f"https://prices.example.org/{name}", timeout=5).json() for name in names}


def name(number: int) -> str:
    return f"item {number}"
