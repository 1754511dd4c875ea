"""Django before a real PostgreSQL, Redis, Celery, Prometheus and Jaeger, in one process and in several."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from support import servers
from support.django_project import ASGI, FILES, WSGI, django_project
from support.processes import ServerMissingError, wait_until
from support.running import Project, serve, start

if TYPE_CHECKING:
    from support.jaeger import Jaeger, Span
    from support.running import Answer, Service
    from support.servers import Postgres, Redis

# The default timeout of a check is 2 s; the rest is what a loaded machine takes.
WITHIN = 5.0
SENT = 60
TASKS = 6
SETTINGS = (
    FILES["config/settings.py"]
    + """
import os

ALLOWED_HOSTS = ["*"]
SERVER = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": "postgres",
    "USER": "postgres",
    "HOST": "127.0.0.1",
    "PORT": os.environ["POSTGRES_PORT"],
}
DATABASES = {
    "default": SERVER,
    "pooled": {**SERVER, "OPTIONS": {"pool": {"min_size": 1, "max_size": 2}}},
    "local": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": os.environ["REDIS_URL"]},
    "sessions": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": os.environ["REDIS_URL"],
        "OPTIONS": {"IGNORE_EXCEPTIONS": True},
    },
    "near": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
CELERY_BROKER_URL = os.environ["REDIS_URL"]
"""
)
VIEWS = """
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import connections
from django.http import HttpResponse

from shop.tasks import count_users


def order(request, pk):
    User.objects.filter(pk=pk).first()
    with connections["pooled"].cursor() as cursor:
        cursor.execute("SELECT 'a secret', %s", [pk])
    return HttpResponse("order")


def cached(request):
    for alias in ("default", "sessions", "near"):
        cache = caches[alias]
        cache.set("a", None)
        cache.get("a")
        cache.get("nothing")
        cache.get_many(["a", "nothing"])
        cache.delete("made")
        cache.get_or_set("made", 1)
    return HttpResponse("cached")


def enqueue(request):
    count_users.delay()
    return HttpResponse("enqueued", status=202)
"""
URLS = """
from django.urls import path

from shop import views

urlpatterns = [
    path("orders/<int:pk>/", views.order),
    path("cached/", views.cached),
    path("enqueue/", views.enqueue),
]
"""
TASK = """
from celery import shared_task


@shared_task
def count_users():
    from django.contrib.auth.models import User

    return User.objects.count()
"""
CELERY = """
import os

from celery import Celery

from config.instrumentation.worker import setup_worker_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("shop")
setup_worker_tracing(app)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
"""
BACKGROUND = "opentelemetry-instrumentation-celery==0.66b1"
NEEDED = [
    "django==5.2.*",
    "gunicorn",
    "uvicorn",
    "psycopg[binary,pool]",
    "redis",
    "django-redis",
    "celery",
    BACKGROUND,
    "opentelemetry-instrumentation-redis==0.66b1",
    "setuptools<81",
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, redis: Redis) -> Project:
    """A Django project with three databases, three caches and a Celery application; migrated."""
    files = {
        "config/settings.py": SETTINGS,
        "config/urls.py": URLS,
        "config/__init__.py": "from config.celery import app as celery_app\n",
        "config/celery.py": CELERY,
        "shop/views.py": VIEWS,
        "shop/tasks.py": TASK,
    }
    answers: dict[str, Any] = {"libraries": ["django", "django_cache", "redis", "celery"]}
    project = django_project(tmp_path_factory.mktemp("django") / "shop", *NEEDED, files=files, **answers)
    subprocess.run(
        [str(project.python), "manage.py", "migrate", "-v0"],
        cwd=project.directory,
        env={"PATH": "/usr/bin:/bin", **addresses(postgres, redis), "OTEL_SDK_DISABLED": "true"},
        check=True,
    )
    return project


def addresses(postgres: Postgres, redis: Redis) -> dict[str, str]:
    return {"POSTGRES_PORT": str(postgres.port), "REDIS_URL": redis.url}


@pytest.fixture
def surroundings(postgres: Postgres, redis: Redis, variables: dict[str, str]) -> dict[str, str]:
    """The environment of the project, with nowhere to send traces to."""
    return variables | addresses(postgres, redis)


@pytest.fixture
def watched(surroundings: dict[str, str], traced: dict[str, str]) -> dict[str, str]:
    """The same, with Jaeger to send traces to."""
    return traced | surroundings


def becomes(service: Service, status: int, seconds: float = 15.0) -> Answer:
    """Ask until /ready has a status; each answer has to come in time, whatever it is."""

    def answered() -> Answer | None:
        answer = service.request("/ready")
        assert answer.seconds < WITHIN, answer
        return answer if answer.status == status else None

    answer = wait_until(answered, what=f"/ready answers {status}", seconds=seconds)
    assert answer is not None
    return answer


@pytest.mark.parametrize("command", [WSGI, ASGI], ids=["wsgi", "asgi"])
def test_readiness_follows_each_database_and_each_remote_cache(
    command: list[str], shop: Project, surroundings: dict[str, str], postgres: Postgres, redis: Redis
) -> None:
    every = ("database", "database_pooled", "database_local", "cache", "cache_sessions")
    with serve(shop, command, surroundings) as service:
        assert becomes(service, 200).json()["checks"] == dict.fromkeys(every, "ok")
        assert service.request("/orders/1/").status == 200
        postgres.stop()
        try:
            refused = becomes(service, 503)
            assert service.request("/health").status == 200
        finally:
            postgres.start()
        failed = {name for name, result in refused.json()["checks"].items() if result == "failed"}
        assert failed == {"database", "database_pooled"}
        for inner in ("127.0.0.1", str(postgres.port), "Traceback", "Error"):
            assert inner not in refused.body
        becomes(service, 200)
        redis.process.pause()
        try:
            refused = becomes(service, 503)
            assert service.request("/health").seconds < 1
        finally:
            redis.process.resume()
        failed = {name for name, result in refused.json()["checks"].items() if result == "failed"}
        assert failed == {"cache", "cache_sessions"}
        becomes(service, 200)
        # Asking is neither a query nor a look-up of the project's.
        metrics = service.request("/metrics").body
        assert "cache_hits_total{" not in metrics
        # One each for the two databases of the one request, and what Django asks on a new connection.
        assert service.process.output().count("Readiness check database fails") == 1
        assert service.process.output().count("Service Unavailable") == 0


def test_queries_of_all_databases_and_look_ups_of_all_caches_are_seen_once(
    shop: Project, watched: dict[str, str], backend: Jaeger, redis: Redis
) -> None:
    redis.flush()
    name = watched["OTEL_SERVICE_NAME"]
    with serve(shop, WSGI, watched) as service:
        for _ in range(2):
            assert service.request("/orders/1/").status == 200
        assert service.request("/cached/").status == 200
        metrics = service.request("/metrics").body
        spans = backend.wait_for_spans(name, lambda found: len(of_requests(found)) == 3)
    orders = [span for span in of_requests(spans) if span.name == "GET /orders/<int:pk>/"]
    assert len(orders) == 2
    for order in orders:
        below = [span for span in spans if span.parent_id == order.span_id and span.kind == "client"]
        texts = sorted(span.attributes["db.query.text"] for span in below)
        assert len(texts) == 2, texts
        assert texts[1] == "SELECT ?, %s"
        assert {span.attributes["db.system.name"] for span in below} == {"postgresql"}
    for alias in ("default", "sessions", "near"):
        assert f'cache_hits_total{{cache="{alias}",result="hit"}} 2.0' in metrics
        assert f'cache_hits_total{{cache="{alias}",result="miss"}} 3.0' in metrics
    assert 'database_queries_total{operation="SELECT",system="postgresql"}' in metrics


def of_requests(spans: list[Span]) -> list[Span]:
    return [span for span in spans if span.kind == "server"]


def total(service: Service) -> float:
    lines = service.request("/metrics").body.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("http_requests_total{"))


@pytest.mark.parametrize(
    "command",
    [
        pytest.param([*WSGI, "--workers", "2"], id="gunicorn"),
        pytest.param([*WSGI, "--workers", "2", "--preload"], id="gunicorn-preload"),
        pytest.param([*WSGI, "--workers", "2", "--threads", "4"], id="gunicorn-threads"),
        pytest.param([*ASGI, "--workers", "2"], id="uvicorn-workers"),
    ],
)
def test_every_scrape_shows_all_requests_and_every_worker_sends_spans(
    command: list[str], shop: Project, watched: dict[str, str], backend: Jaeger
) -> None:
    name, sent = watched["OTEL_SERVICE_NAME"], 0
    with serve(shop, command, watched) as service:
        # Which worker takes a connection is up to the kernel, and one may still be starting.
        for _ in range(10):
            with ThreadPoolExecutor(4) as clients:
                answers = list(clients.map(lambda _: service.request("/orders/1/").status, range(SENT)))
            assert answers == [200] * SENT
            sent += SENT
            spans = backend.wait_for_spans(name, lambda found: len(of_requests(found)) >= sent)  # noqa: B023
            workers = {span.resource["service.instance.id"] for span in of_requests(spans)}
            if len(workers) == 2:
                break
        scrapes = [total(service) for _ in range(10)]
    assert len(workers) == 2
    assert len(of_requests(spans)) == sent
    assert scrapes == [sent] * 10


def test_a_task_and_its_queries_are_in_the_trace_of_the_request_that_ordered_it(
    shop: Project, watched: dict[str, str], backend: Jaeger, redis: Redis
) -> None:
    redis.flush()
    name = watched["OTEL_SERVICE_NAME"]
    worker_name = f"worker of {name}"
    words = [
        "celery",
        "--app",
        "config",
        "worker",
        "--pool",
        "prefork",
        "--concurrency",
        "2",
        "--loglevel",
        "INFO",
    ]
    worker = start(shop, words, watched | {"OTEL_SERVICE_NAME": worker_name}, name="worker")
    try:
        worker.wait_ready(lambda: "ready." in worker.output(), seconds=60)
        with serve(shop, WSGI, watched) as service:
            for _ in range(TASKS):
                assert service.request("/enqueue/").status == 202
            ran = backend.wait_for_spans(
                worker_name, lambda found: sum(span.kind == "consumer" for span in found) >= TASKS, seconds=60
            )
            ordered = backend.wait_for_spans(name, lambda found: len(of_requests(found)) == TASKS)
    finally:
        worker.stop()
    consumed = {span.span_id: span for span in ran if span.kind == "consumer"}
    assert {(span.links or (span.trace_id,))[0] for span in consumed.values()} == {
        span.trace_id for span in of_requests(ordered)
    }
    queries = [span for span in ran if span.name.startswith("SELECT")]
    assert len(queries) == TASKS
    assert {query.parent_id for query in queries} == set(consumed)
    assert "Traceback" not in worker.output()


def test_prometheus_reads_the_routes_of_django(shop: Project, surroundings: dict[str, str]) -> None:
    with serve(shop, WSGI, surroundings) as service:
        try:
            with servers.prometheus([service.address]) as prometheus:
                assert service.request("/orders/1/").status == 200
                assert service.request("/none/").status == 404
                prometheus.wait_until_scraped(times=2)
                found = {sample.labels["route"] for sample in prometheus.query("http_requests_total")}
                (queries,) = prometheus.query("sum(database_queries_total)")
        except ServerMissingError as missing:
            pytest.skip(str(missing))
    assert found == {"/orders/<int:pk>/", "unmatched"}
    assert queries.value >= 2
