from flask import Flask

from clinic.status import status

app = Flask(__name__)
app.register_blueprint(status)
