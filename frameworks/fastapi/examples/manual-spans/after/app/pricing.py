"""What a parcel costs."""

from functools import lru_cache

from app.instrumentation.spans import traced


@lru_cache
@traced
def rate(zone: int) -> float:
    return 1.5 * zone


class Quote:
    def __init__(self, weight: float) -> None:
        self.weight = weight

    @traced
    async def total(self) -> float:
        return self.weight * rate(2)

    @staticmethod
    @traced
    def free() -> bool:
        return False
