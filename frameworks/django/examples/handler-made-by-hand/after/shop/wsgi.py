import os

import django
from django.core.handlers.wsgi import WSGIHandler

from shop.instrumentation.health import setup_health
from shop.instrumentation.logs import setup_logging
from shop.instrumentation.metrics import setup_metrics
from shop.instrumentation.tracing import setup_tracing

os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
django.setup(set_prefix=False)

setup_logging()
setup_tracing()
setup_metrics()
setup_health()
application = WSGIHandler()
