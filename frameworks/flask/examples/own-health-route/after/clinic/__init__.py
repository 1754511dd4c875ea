from flask import Flask

from clinic.instrumentation.health import setup_health
from clinic.status import status

app = Flask(__name__)
setup_health(app)
app.register_blueprint(status)
