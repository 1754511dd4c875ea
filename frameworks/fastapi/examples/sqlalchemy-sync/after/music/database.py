from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine("sqlite:///music.db")
_sessions = sessionmaker(engine)


def session() -> Iterator[Session]:
    with _sessions() as opened:
        yield opened
