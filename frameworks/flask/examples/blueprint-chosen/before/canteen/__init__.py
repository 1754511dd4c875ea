from flask import Flask

from canteen.menu import menu

app = Flask(__name__)
app.register_blueprint(menu)
