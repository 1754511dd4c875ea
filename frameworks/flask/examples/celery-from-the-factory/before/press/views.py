from flask import Blueprint

from press.tasks import print_page

bp = Blueprint("pages", __name__)


@bp.post("/pages/<int:number>")
def page(number):
    print_page.delay(number)
    return "", 202
