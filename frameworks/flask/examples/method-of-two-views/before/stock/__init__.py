from flask import Flask
from flask.views import MethodView

app = Flask(__name__)


class Item(MethodView):
    def get(self, number):
        return {"number": number}


class Order(MethodView):
    def get(self, number):
        return {"order": number}


app.add_url_rule("/items/<int:number>", view_func=Item.as_view("item"))
app.add_url_rule("/orders/<int:number>", view_func=Order.as_view("order"))
