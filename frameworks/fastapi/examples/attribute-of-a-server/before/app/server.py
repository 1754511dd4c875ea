import uvicorn
from fastapi import FastAPI


class Server:
    def __init__(self, port: int) -> None:
        self.port = port
        self.app = FastAPI()
        self.app.add_api_route("/port", self.show, methods=["GET"])

    def show(self) -> int:
        return self.port

    def run(self) -> None:
        uvicorn.run(self.app, port=self.port)


if __name__ == "__main__":
    Server(8000).run()
