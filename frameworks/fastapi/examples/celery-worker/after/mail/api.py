from fastapi import FastAPI

from mail.instrumentation.health import setup_health
from mail.instrumentation.logs import setup_logging
from mail.instrumentation.metrics import setup_metrics
from mail.instrumentation.tracing import setup_tracing
from mail.tasks import send

app = FastAPI(title="Mail")
setup_logging()
setup_tracing(app)
setup_metrics(app)
setup_health(app)


@app.post("/mails", status_code=202)
def post(to: str, text: str) -> str:
    return send.delay(to, text).id
