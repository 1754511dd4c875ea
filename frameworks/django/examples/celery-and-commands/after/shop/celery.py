import os

from celery import Celery

from shop.instrumentation.worker import setup_worker_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

app = Celery("shop")
setup_worker_tracing(app)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
