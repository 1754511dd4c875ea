from flask import Blueprint

from store.extensions import cache, db

bp = Blueprint("orders", __name__)


class Order(db.Model):
    id = db.Column(db.Integer, primary_key=True)


@bp.get("/orders/count")
@cache.cached(timeout=5)
def count():
    return {"count": db.session.query(Order).count()}
