def make(rows: list[int]) -> int:
    return sum(rows)
