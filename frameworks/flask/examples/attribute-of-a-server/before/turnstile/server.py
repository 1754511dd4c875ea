import waitress
from flask import Flask


class Server:
    def __init__(self, name: str) -> None:
        self.app = Flask(name)
        self.app.add_url_rule("/passages", "passages", self.passages, methods=["POST"])

    def passages(self) -> tuple[str, int]:
        return "", 201

    def serve(self) -> None:
        waitress.serve(self.app, port=8080)


if __name__ == "__main__":
    Server("turnstile").serve()
