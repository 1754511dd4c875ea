from celery import Celery

celery = Celery("mail", broker="redis://localhost:6379/1", include=["mail.tasks"])
celery.conf.task_acks_late = True
