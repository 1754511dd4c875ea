from flask_restx import Namespace, Resource

books = Namespace("books", description="What can be lent")


@books.route("/", "/all")
class Books(Resource):
    def get(self):
        return []

    def post(self):
        return {}, 201
