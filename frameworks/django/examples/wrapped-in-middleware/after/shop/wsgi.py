import os

from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

from shop.instrumentation.health import setup_health
from shop.instrumentation.logs import setup_logging
from shop.instrumentation.metrics import setup_metrics
from shop.instrumentation.tracing import setup_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

setup_logging()
setup_tracing()
setup_metrics()
setup_health()
application = WhiteNoise(get_wsgi_application(), root="static", prefix="static/")
