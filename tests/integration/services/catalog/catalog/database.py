"""The product table and the way to it."""

import os

from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=2)
session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """Base of the tables."""


class Product(Base):
    """Something to sell."""

    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


async def prepare() -> None:
    """Make the table, and the one product that is always there."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with session.begin() as transaction:
        await transaction.merge(Product(id=1, name="lamp"))
