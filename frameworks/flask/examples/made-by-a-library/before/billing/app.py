from company_base.web import make_application
from flask import jsonify

app = make_application(__name__)


@app.route("/bills")
def bills():
    return jsonify([])
