class Book:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def enter(self, line: str) -> int:
        self.lines.append(line)
        return len(self.lines)
