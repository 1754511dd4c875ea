"""The measuring instruments of the laboratory."""

INSTRUMENTS = ["scale", "thermometer"]


def count() -> int:
    return len(INSTRUMENTS)
