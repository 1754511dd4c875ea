import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402

from shop.instrumentation.health import setup_health  # noqa: E402
from shop.instrumentation.logs import setup_logging  # noqa: E402
from shop.instrumentation.metrics import setup_metrics  # noqa: E402
from shop.instrumentation.tracing import setup_tracing  # noqa: E402

setup_logging()
setup_tracing()
setup_metrics()
setup_health()
application = get_wsgi_application()
