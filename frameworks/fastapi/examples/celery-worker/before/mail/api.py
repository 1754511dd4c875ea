from fastapi import FastAPI

from mail.tasks import send

app = FastAPI(title="Mail")


@app.post("/mails", status_code=202)
def post(to: str, text: str) -> str:
    return send.delay(to, text).id
