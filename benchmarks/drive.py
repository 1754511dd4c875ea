"""Send requests to an application in this process, and print microseconds of CPU a request, the exporter's included.

    python drive.py FRAMEWORK VARIANT PATH REQUESTS

It runs in the service's own environment and directory, so it imports nothing of this project. ``VARIANT`` is ``bare``,
``ours`` (nothing to do: the service is instrumented) or ``contrib``, which puts OpenTelemetry's instrumentors on it.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
import time
from importlib import import_module
from typing import Any

sys.path.insert(0, "")  # the service stands in the working directory
_WARM_UP = 300


def contrib_provider() -> None:
    """Set the provider up as OpenTelemetry's documentation does."""
    trace: Any = import_module("opentelemetry.trace")
    sdk: Any = import_module("opentelemetry.sdk.trace")
    export: Any = import_module("opentelemetry.sdk.trace.export")
    exporter: Any = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.BatchSpanProcessor(exporter.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def instrument(name: str) -> Any:
    """Return an instrumentor of OpenTelemetry's by the names of its package and class."""
    package, _, made = name.partition(":")
    return getattr(import_module(f"opentelemetry.instrumentation.{package}"), made)()


def load(framework: str, variant: str) -> Any:
    """Import the application."""
    if variant == "contrib":
        contrib_provider()
    if framework == "django":
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
        if variant == "contrib":
            instrument("django:DjangoInstrumentor").instrument()
            instrument("sqlite3:SQLite3Instrumentor").instrument()
        return import_module("shop.wsgi").application
    module = import_module("shop" if framework == "flask" else "shop.main")
    if variant == "contrib":
        made = "flask:FlaskInstrumentor" if framework == "flask" else "fastapi:FastAPIInstrumentor"
        instrument(made).instrument_app(module.app)
        instrument("sqlalchemy:SQLAlchemyInstrumentor").instrument(engine=module.engine)
    return module.app


def by_wsgi(app: Any, path: str, number: int) -> None:
    """Send requests as a WSGI server does."""
    expected = f"200 {path}"
    for _ in range(number):
        statuses: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        body = app(environ, lambda status, _headers, *_, seen=statuses: seen.append(status))
        b"".join(body)
        getattr(body, "close", int)()
        if not statuses[0].startswith("200"):
            raise SystemExit(f"{statuses[0]} instead of {expected}")


async def by_asgi(app: Any, path: str, number: int) -> None:
    """Send requests as an ASGI server does."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8000")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message.get("status", 200) != 200:  # noqa: PLR2004 - HTTP's own number
            raise SystemExit(f"{message['status']} instead of 200 {path}")

    for _ in range(number):
        await app(dict(scope), receive, send)


def main(framework: str, variant: str, path: str, requests: int) -> None:
    """Print what a request costs."""
    app = load(framework, variant)

    def send(number: int) -> None:
        if framework == "fastapi":
            asyncio.run(by_asgi(app, path, number))
        else:
            by_wsgi(app, path, number)

    send(_WARM_UP)
    started = time.process_time()
    send(requests)
    print((time.process_time() - started) / requests * 1e6)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
