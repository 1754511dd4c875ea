from fastapi import FastAPI


def create_app() -> FastAPI:
	app = FastAPI()

	@app.get("/words")
	def words() -> list[str]:
		return ["a", "b"]

	return app
