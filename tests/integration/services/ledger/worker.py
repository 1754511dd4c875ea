"""The worker side: statements, written one after the other."""

import os

import psycopg
from celery import Celery

celery = Celery("ledger", broker=os.environ["BROKER_URL"])
celery.conf.broker_connection_retry_on_startup = True


@celery.task
def write_statement(name: str) -> int:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT length(%s)", [name]).fetchone()
    return row[0] if row else 0
