"""
WSGI config for shop project.

It exposes the WSGI callable as a module-level variable named ``application``.
"""

import os

from django.core.wsgi import get_wsgi_application

from instrumentation.health import setup_health
from instrumentation.logs import setup_logging
from instrumentation.metrics import setup_metrics
from instrumentation.tracing import setup_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

setup_logging()
setup_tracing()
setup_metrics()
setup_health()
application = get_wsgi_application()
