"""Who has which book, and until when."""

from datetime import date, timedelta

from flask import Blueprint, abort, current_app, jsonify, request
from flask.views import MethodView

from lending.database import Book, Loan, db

bp = Blueprint("loans", __name__, url_prefix="/loans")


class Loans(MethodView):
    def get(self):
        open_loans = db.select(Loan).where(Loan.returned_on.is_(None)).order_by(Loan.due_on)
        return jsonify([loan.as_dict() for loan in db.session.scalars(open_loans)])

    def post(self):
        given = request.get_json()
        book = db.get_or_404(Book, given["book_id"])
        if book.on_loan:
            abort(409, "Somebody else has the book.")
        loan = Loan(book=book, reader=given["reader"], due_on=due_date(date.today()))
        db.session.add(loan)
        db.session.commit()
        return loan.as_dict(), 201


@bp.post("/<int:loan_id>/return")
def return_book(loan_id: int):
    loan = db.get_or_404(Loan, loan_id)
    loan.returned_on = date.today()
    db.session.commit()
    return loan.as_dict()


def due_date(today: date) -> date:
    """Return the last day of a loan; never a Sunday, when nobody takes books back."""
    due = today + timedelta(days=current_app.config["LONGEST_LOAN_DAYS"])
    return due - timedelta(days=1) if due.isoweekday() == 7 else due


bp.add_url_rule("/", view_func=Loans.as_view("loans"))
