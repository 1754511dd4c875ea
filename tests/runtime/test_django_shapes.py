"""Django projects as people write them: other settings, other routers, other servers."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from support.django_project import ASGI, FILES, SHOP, WSGI, ask, django_project, migrate, server_spans
from support.running import serve

from codemods.verification.receiver import OtlpReceiver

if TYPE_CHECKING:
    from pathlib import Path

    from codemods.verification.receiver import Span

pytestmark = pytest.mark.runtime

DJANGO = "django==5.2.*"
SETTINGS = FILES["config/settings.py"]


def spans_of(
    directory: Path, command: list[str], paths: list[str], files: dict[str, str], *requirements: str
) -> tuple[list[Span], str]:
    """Serve a project, ask for some paths, and return the spans and the metrics."""
    project = django_project(directory, DJANGO, *requirements, files=files)
    migrate(project)
    with OtlpReceiver() as receiver:
        with serve(project, command, {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}) as running:
            for path in paths:
                assert ask(running, path)[0] == 200, path
            metrics = ask(running, "/metrics", {**SHOP, "Accept": "text/plain"})[1]
        return receiver.spans(), metrics


def test_routers_of_the_rest_framework_and_of_ninja_name_their_routes(tmp_path: Path) -> None:
    urls = """
from django.contrib.auth.models import User
from django.urls import include, path
from ninja import NinjaAPI
from rest_framework import routers, serializers, viewsets


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id"]


class UserViewSet(viewsets.ModelViewSet):
    queryset = User.objects.all()
    serializer_class = UserSerializer


router = routers.DefaultRouter()
router.register("users", UserViewSet)
api = NinjaAPI()


@api.get("/lamps/{int:lamp_id}")
def lamp(request, lamp_id: int):
    return {"lamp": lamp_id}


@api.get("/slow/{name}")
async def slow(request, name: str):
    return {"name": name}


urlpatterns = [path("api/", include(router.urls)), path("ninja/", api.urls)]
"""
    files = {
        "config/urls.py": urls,
        "config/settings.py": SETTINGS + "INSTALLED_APPS = [*INSTALLED_APPS, 'rest_framework']\n",
    }
    paths = ["/api/users/", "/api/", "/ninja/lamps/3", "/ninja/slow/x"]
    spans, metrics = spans_of(
        tmp_path / "shop", WSGI, paths, files, "gunicorn", "djangorestframework", "django-ninja"
    )
    assert Counter(span.name for span in server_spans(spans)) == {
        "GET /api/users/": 1,
        "GET /api/": 1,
        "GET /ninja/lamps/<int:lamp_id>": 1,
        "GET /ninja/slow/<name>": 1,
    }
    assert 'route="/ninja/slow/<name>"' in metrics


CONFIGURATIONS = f"""
from configurations import Configuration, values


class Base(Configuration):
    {SETTINGS.strip().replace(chr(10), chr(10) + "    ")}


class Production(Base):
    ALLOWED_HOSTS = values.ListValue(["shop.example"])
    MIDDLEWARE = [*Base.MIDDLEWARE]
"""


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_settings_in_classes_are_read_before_the_middleware_is_put_first(tmp_path: Path, kind: str) -> None:
    # The names have to be known before anything of this package is imported.
    chosen = """
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
os.environ["DJANGO_CONFIGURATION"] = "Production"
"""
    application = chosen + FILES[f"config/{kind}.py"].replace(f"django.core.{kind}", f"configurations.{kind}")
    manage = chosen + FILES["manage.py"].replace("django.core.management", "configurations.management")
    files = {"config/settings.py": CONFIGURATIONS, f"config/{kind}.py": application, "manage.py": manage}
    command = WSGI if kind == "wsgi" else ASGI
    spans, _ = spans_of(
        tmp_path / "shop",
        command,
        ["/orders/7/"],
        files,
        command[0],
        "django-configurations",
        "setuptools<81",
    )
    assert [span.name for span in server_spans(spans)] == ["GET /orders/<int:pk>/"]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(ASGI, id="uvicorn"),
        pytest.param(["daphne", "-p", "{port}", "config.asgi:application"], id="daphne"),
    ],
)
def test_a_router_of_protocols_passes_web_sockets_untouched(tmp_path: Path, command: list[str]) -> None:
    sockets = """
from channels.generic.websocket import WebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path


class Echo(WebsocketConsumer):
    def receive(self, text_data=None, bytes_data=None):
        self.send(text_data=text_data)


application = ProtocolTypeRouter(
    {"http": application, "websocket": URLRouter([path("echo/", Echo.as_asgi())])}
)
"""
    view = """
import asyncio

from django.http import HttpResponse
from websockets.asyncio.client import connect


async def root(request):
    async with connect(f"ws://127.0.0.1:{request.META['SERVER_PORT']}/echo/") as socket:
        await socket.send("hello")
        return HttpResponse(await socket.recv())
"""
    files = {
        "config/asgi.py": FILES["config/asgi.py"] + sockets,
        "shop/sockets.py": view,
        "config/urls.py": "from django.urls import path\nfrom shop import sockets\nurlpatterns = [path('', sockets.root)]\n",
    }
    project = django_project(
        tmp_path / "shop", DJANGO, "channels", "daphne", "uvicorn[standard]", files=files
    )
    with OtlpReceiver() as receiver:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        with serve(project, command, variables) as running:
            assert ask(running, "/") == (200, "hello")
            assert ask(running, "/health", {"Host": "wrong.example"})[0] == 200
            receiver.wait_for(lambda found: bool(server_spans(found)), 10)
        assert [span.name for span in receiver.spans()] == ["GET /"]


def test_middleware_that_is_not_asynchronous_keeps_ours_in_the_loop(tmp_path: Path) -> None:
    sync = """
import threading

from django.http import HttpResponse
from django.utils.decorators import sync_only_middleware


@sync_only_middleware
def old(get_response):
    return lambda request: get_response(request)
"""
    files = {
        "config/old.py": sync,
        "config/settings.py": SETTINGS + 'MIDDLEWARE = ("config.old.old", *MIDDLEWARE)\n',
    }
    paths = ["/async/1/", "/orders/1/", "/async-stream/"]
    spans, _ = spans_of(tmp_path / "shop", ASGI, paths, files, "uvicorn")
    names = Counter(span.name for span in server_spans(spans))
    assert names == {"GET /async/<int:pk>/": 1, "GET /orders/<int:pk>/": 1, "GET /async-stream/": 1}
    inner = Counter(span.parent_id for span in spans if span.kind == "client")
    assert sorted(inner.values()) == [1, 1, 3]


def test_set_up_twice_in_one_process_and_with_two_applications_gives_one_span(tmp_path: Path) -> None:
    both = """
from config.asgi import application as other
from config.wsgi import application as first
from config.wsgi import setup_health, setup_logging, setup_metrics, setup_tracing

for set_up in (setup_logging, setup_tracing, setup_metrics, setup_health):
    set_up()

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
"""
    command = [word.replace("config.wsgi", "config.both") for word in WSGI]
    spans, metrics = spans_of(
        tmp_path / "shop", command, ["/orders/7/"], {"config/both.py": both}, "gunicorn"
    )
    assert Counter(span.kind for span in spans) == {"server": 1, "client": 1}
    assert 'http_requests_total{method="GET",route="/orders/<int:pk>/",status="2xx"} 1.0' in metrics


LOGGING = """
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "verbose": {"format": "{levelname} {message}", "style": "{"},
        "own": {"()": "config.formats.Own"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "verbose"},
        "audit": {"class": "logging.StreamHandler", "formatter": "own"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "shop": {"handlers": ["audit"], "propagate": True},
        "django.server": {"handlers": ["console"], "propagate": False},
    },
}
"""
FORMATS = """
import logging


class Own(logging.Formatter):
    def format(self, record):
        return "OWN " + record.getMessage()
"""


@pytest.mark.parametrize("command", [WSGI, ASGI], ids=["gunicorn", "uvicorn"])
def test_lines_are_json_after_django_has_set_up_its_logging(tmp_path: Path, command: list[str]) -> None:
    files = {"config/settings.py": SETTINGS + LOGGING, "config/formats.py": FORMATS}
    project = django_project(tmp_path / "shop", DJANGO, command[0], files=files)
    with serve(project, command, {}) as running:
        ask(running, "/")
        ask(running, "/none/")
    lines = running.process.output().splitlines()
    about = [line for line in lines if "the root was asked for" in line]
    # The formatter of a class that the project has written stays.
    assert sorted(line[:3] for line in about) == ["OWN", '{"t']
    entry = json.loads(next(line for line in about if line.startswith("{")))
    assert (entry["logger"], entry["level"], len(entry["trace_id"])) == ("shop", "WARNING", 32)
    missing = [json.loads(line) for line in lines if "Not Found" in line]
    assert [(line["logger"], len(line["trace_id"])) for line in missing] == [("django.request", 32)]
    asked = [line for line in lines if '"GET /none/' in line or "GET /none/ HTTP" in line]
    assert [line[:1] for line in asked] == ["{"]
