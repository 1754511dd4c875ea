"""The books that there are."""

from flask import Blueprint, abort, jsonify, request

from lending.database import Book, db

bp = Blueprint("books", __name__, url_prefix="/books")


@bp.get("/")
def list_books():
    query = db.select(Book).order_by(Book.title)
    if author := request.args.get("author"):
        query = query.where(Book.author == author)
    return jsonify([book.as_dict() for book in db.session.scalars(query)])


@bp.post("/")
def add_book():
    given = request.get_json()
    if not given.get("title") or not given.get("author"):
        abort(400, "A book has a title and an author.")
    book = Book(title=given["title"], author=given["author"])
    db.session.add(book)
    db.session.commit()
    return book.as_dict(), 201


@bp.get("/<int:book_id>")
def show_book(book_id: int):
    return db.get_or_404(Book, book_id).as_dict()
