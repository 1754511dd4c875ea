"""
WSGI config for shop project.

It exposes the WSGI callable as a module-level variable named ``application``.
"""

import os

from django.core.wsgi import get_wsgi_application

from mysite.instrumentation.health import setup_health
from mysite.instrumentation.logs import setup_logging
from mysite.instrumentation.metrics import setup_metrics
from mysite.instrumentation.tracing import setup_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")

setup_logging()
setup_tracing()
setup_metrics()
setup_health()
application = get_wsgi_application()
