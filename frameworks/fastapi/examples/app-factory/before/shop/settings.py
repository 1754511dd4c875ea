from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    title: str = "Shop"
    debug: bool = False
