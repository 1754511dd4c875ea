"""WSGI config for the storefront."""

import os
import sys
from pathlib import Path

from django.core.wsgi import get_wsgi_application

from config.instrumentation.health import setup_health
from config.instrumentation.logs import setup_logging
from config.instrumentation.metrics import setup_metrics
from config.instrumentation.tracing import setup_tracing

# This allows easy placement of apps within the interior
# storefront directory.
BASE_DIR = Path(__file__).resolve(strict=True).parent.parent
sys.path.append(str(BASE_DIR / "storefront"))
# We defer to a DJANGO_SETTINGS_MODULE already in the environment.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

setup_logging()
setup_tracing()
setup_metrics()
setup_health()
# This application object is used by any WSGI server configured to use this
# file.
application = get_wsgi_application()
# Apply WSGI middleware here.
# from helloworld.wsgi import HelloWorldApplication
# application = HelloWorldApplication(application)
