"""The database: one engine for the process, one session for a request."""

import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///orders.db")

engine = create_engine(DATABASE_URL)
make_session = sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """Base of all models."""


def get_session() -> Iterator[Session]:
    """Give a request its session; what it did not commit is rolled back."""
    with make_session() as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]
