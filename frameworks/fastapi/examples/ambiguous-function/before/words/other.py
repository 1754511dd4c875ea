def words() -> int:
    return 2
