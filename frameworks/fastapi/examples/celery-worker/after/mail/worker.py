from celery import Celery

from mail.instrumentation.worker import setup_worker_tracing

celery = Celery("mail", broker="redis://localhost:6379/1", include=["mail.tasks"])
setup_worker_tracing(celery)
celery.conf.task_acks_late = True
