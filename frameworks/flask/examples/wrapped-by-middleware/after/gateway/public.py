from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.instrumentation.health import setup_health
from gateway.instrumentation.logs import setup_logging
from gateway.instrumentation.metrics import setup_metrics
from gateway.instrumentation.tracing import setup_tracing

public = Flask(__name__)
setup_logging()
setup_tracing(public)
setup_metrics(public)
setup_health(public)
public.wsgi_app = ProxyFix(public.wsgi_app, x_for=1)


@public.get("/")
def home():
    return "welcome"
