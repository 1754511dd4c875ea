"""Books, loans, and the database that they are in."""

from datetime import date

import click
from flask.cli import with_appcontext
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Book(db.Model):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author: Mapped[str]
    loans: Mapped[list["Loan"]] = relationship(back_populates="book")

    @property
    def on_loan(self) -> bool:
        return any(loan.returned_on is None for loan in self.loans)

    def as_dict(self) -> dict[str, object]:
        return {
            "id": self.id,
            "title": self.title,
            "author": self.author,
            "on_loan": self.on_loan,
        }


class Loan(db.Model):
    __tablename__ = "loans"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    reader: Mapped[str]
    due_on: Mapped[date]
    returned_on: Mapped[date | None]
    book: Mapped[Book] = relationship(back_populates="loans")

    def as_dict(self) -> dict[str, object]:
        return {
            "id": self.id,
            "book": self.book.title,
            "reader": self.reader,
            "due_on": self.due_on.isoformat(),
            "returned": self.returned_on is not None,
        }


@click.command("create-tables")
@with_appcontext
def create_tables() -> None:
    """Create the tables that are missing."""
    db.create_all()
    click.echo("The tables are there.")
