"""What a parcel costs."""

from functools import lru_cache


@lru_cache
def rate(zone: int) -> float:
    return 1.5 * zone


class Quote:
    def __init__(self, weight: float) -> None:
        self.weight = weight

    async def total(self) -> float:
        return self.weight * rate(2)

    @staticmethod
    def free() -> bool:
        return False
