"""A Django project of a few lines, with rendered instrumentation and the calls that the tool would put into it."""

from __future__ import annotations

import http.client
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from support.rendered import packages, project

if TYPE_CHECKING:
    from pathlib import Path

    from codemods.verification.receiver import Span
    from support.running import Project, Service

ANSWERS: dict[str, Any] = {
    "framework": "django",
    "package_dir": "config",
    "package": "config",
    "libraries": ["django", "django_cache"],
    "sampling_rate": 1.0,
}
_APPLICATION = """
import os

from django.core.{kind} import get_{kind}_application

from config.instrumentation.health import setup_health
from config.instrumentation.logs import setup_logging
from config.instrumentation.metrics import setup_metrics
from config.instrumentation.tracing import setup_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
setup_logging()
setup_tracing()
setup_metrics()
setup_health()
application = get_{kind}_application()
"""
_MANAGE = """
import os
import sys

from django.core.management import execute_from_command_line

from config.instrumentation.logs import setup_logging
from config.instrumentation.tracing import setup_tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
setup_logging()
setup_tracing()
execute_from_command_line(sys.argv)
"""
_SETTINGS = """
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "for tests"
ALLOWED_HOSTS = ["shop.example"]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
INSTALLED_APPS = ("django.contrib.contenttypes", "django.contrib.auth", "shop")
MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
)
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "shop.sqlite3"},
    "reports": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "reports.sqlite3"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
USE_TZ = True
"""
_URLS = """
from django.urls import include, path, re_path

from shop import views

inner = [
    path("items/<slug:name>/", views.item),
    re_path(r"^old/(?P<year>(19|20)[0-9]{2})/$", views.item),
]
urlpatterns = [
    path("", views.root),
    path("orders/<int:pk>/", views.order),
    path("async/<int:pk>/", views.async_order),
    path("api/v1/", include(inner)),
    re_path(r"^legacy/", include(inner)),
    path("broken/", views.broken),
    path("async-broken/", views.async_broken),
    path("stream/", views.stream),
    path("async-stream/", views.async_stream),
    path("file/", views.file),
    path("cached/", views.cached),
    path("async-cached/", views.async_cached),
    path("raw/", views.raw),
    path("missing/<int:pk>/", views.missing),
]
"""
_VIEWS = """
import logging

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connections, transaction
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse

log = logging.getLogger("shop")


def root(request):
    log.warning("the root was asked for")
    return HttpResponse("root")


def item(request, *args, **kwargs):
    return HttpResponse("item")


def order(request, pk):
    User.objects.filter(pk=pk).first()
    return HttpResponse("order")


async def async_order(request, pk):
    await User.objects.filter(pk=pk).afirst()
    return HttpResponse("order")


def broken(request):
    raise RuntimeError("no such luck")


async def async_broken(request):
    raise RuntimeError("no such luck")


def stream(request):
    def parts():
        for number in range(3):
            User.objects.count()
            yield f"{number} "

    return StreamingHttpResponse(parts())


async def async_stream(request):
    async def parts():
        for number in range(3):
            await User.objects.acount()
            yield f"{number} "

    return StreamingHttpResponse(parts())


def file(request):
    return FileResponse(open(__file__, "rb"))


def cached(request):
    cache.get("nothing")  # a miss
    cache.set("none", None)
    cache.get("none")  # a hit
    cache.get_many(["none", "nothing"])  # one of each
    cache.get_or_set("made", lambda: cache.get("nothing") or 1)  # two misses
    cache.get_or_set("made", 1)  # a hit
    return HttpResponse("cached")


async def async_cached(request):
    await cache.aget("nothing")  # a miss
    await cache.aset("none", None)
    await cache.aget("none")  # a hit
    await cache.aget_many(["none", "nothing"])  # one of each
    await cache.aget_or_set("amade", 1)  # a miss
    await cache.aget_or_set("amade", 1)  # a hit
    return HttpResponse("cached")


def raw(request):
    with transaction.atomic(), connections["reports"].cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS t (a INTEGER, b TEXT)")
        cursor.executemany("INSERT INTO t VALUES (%s, 'secret')", [(1,), (2,), (3,)])
    return HttpResponse("raw")


def missing(request, pk):
    raise Http404
"""
_TIDY = """
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--fail", action="store_true")

    def handle(self, *args, **options):
        User.objects.count()
        if options["fail"]:
            raise RuntimeError("tidy failed")
"""
FILES = {
    "manage.py": _MANAGE,
    "config/__init__.py": "",
    "config/settings.py": _SETTINGS,
    "config/urls.py": _URLS,
    "config/wsgi.py": _APPLICATION.format(kind="wsgi"),
    "config/asgi.py": _APPLICATION.format(kind="asgi"),
    "shop/__init__.py": "",
    "shop/views.py": _VIEWS,
    "shop/management/__init__.py": "",
    "shop/management/commands/__init__.py": "",
    "shop/management/commands/tidy.py": _TIDY,
}
SHOP = {"Host": "shop.example"}
WSGI = ["gunicorn", "config.wsgi", "--bind", "127.0.0.1:{port}", "--access-logfile", "-"]
ASGI = ["uvicorn", "config.asgi:application", "--port", "{port}"]


def django_project(
    directory: Path,
    *requirements: str,
    files: dict[str, str] | None = None,
    python: str = sys.executable,
    **answers: Any,
) -> Project:
    """Write the project, with other files beside or in the place of its own.

    Args:
        directory: Where to; it is made.
        requirements: Django, the server, and what else it needs.
        files: Files by path.
        python: The interpreter that runs it.
        answers: What differs from `ANSWERS`.
    """
    needed = packages("config", "logging", "tracing", "metrics", "profiling")
    return project(
        directory,
        FILES | (files or {}),
        ANSWERS | answers,
        [*needed, *(requirements or ["django>=5.2,<6"])],
        python,
    )


def ask(service: Service, path: str, headers: dict[str, str] = SHOP, method: str = "GET") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def migrate(project: Project) -> None:
    """Make the tables of the project's databases."""
    subprocess.run([str(project.python), "manage.py", "migrate", "-v0"], cwd=project.directory, check=True)


def server_spans(spans: list[Span]) -> list[Span]:
    """Return the spans of requests."""
    return [span for span in spans if span.kind == "server"]
