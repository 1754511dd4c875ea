"""Answers follow from what was found, and what the project has already is left out."""

from __future__ import annotations

import pytest

from codemods import answers, readiness
from codemods.analysis.model import Analysis, Connection, ExistingInstrumentation
from codemods.errors import UsageError


@pytest.mark.parametrize("value", ["http://localhost:4318", "https://otel.example.com", "http://[::1]:4318"])
def test_a_good_endpoint_is_taken_as_it_is(value: str) -> None:
    assert answers.otlp_endpoint(value) == (value, "")


@pytest.mark.parametrize(
    ("value", "port"), [("http://jaeger:14268", "14268"), ("http://jaeger:6831/api", "6831")]
)
def test_ports_of_jaegers_retired_protocols_are_replaced_with_a_warning(value: str, port: str) -> None:
    replaced, warning = answers.otlp_endpoint(value)
    assert replaced == "http://jaeger:4318"
    assert port in warning
    assert "4318" in warning


@pytest.mark.parametrize(
    "value",
    [
        "",
        "localhost:4318",
        "ftp://x",
        "http://",
        "http://a b",
        'http://a"b',
        "http://{{x}}",
        "http://x:99999",
    ],
)
def test_an_endpoint_that_is_no_url_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="otlp_endpoint"):
        answers.otlp_endpoint(value)


@pytest.mark.parametrize("value", [0, 1, 0.1, "0.5"])
def test_a_sampling_rate_from_0_to_1_is_taken(value: object) -> None:
    assert answers.sampling_rate(value) == float(str(value))


@pytest.mark.parametrize("value", [1.5, -0.1, "all", float("nan"), None])
def test_a_sampling_rate_outside_is_refused(value: object) -> None:
    with pytest.raises(UsageError, match="0 to 1"):
        answers.sampling_rate(value)


def analysis(*existing: ExistingInstrumentation) -> Analysis:
    return Analysis(project_path=".", existing_instrumentation=list(existing))


def existing(kind: str, feature: str, detail: str = "x") -> ExistingInstrumentation:
    return ExistingInstrumentation(kind=kind, feature=feature, file="app/main.py", line=3, detail=detail)


def test_nothing_is_left_out_of_a_bare_project() -> None:
    assert answers.left_out(analysis(), {}) == {}


@pytest.mark.parametrize(
    ("item", "feature"),
    [
        (existing("otel_instrumentor", "tracing"), "tracing"),
        (existing("ddtrace", "tracing"), "tracing"),
        (existing("prometheus_middleware", "metrics"), "metrics"),
        (existing("metrics_route", "metrics", "GET /metrics"), "metrics"),
        (existing("loguru", "logging"), "logging"),
        (existing("otel_logging", "logging"), "logging"),
    ],
    ids=lambda value: value.kind if isinstance(value, ExistingInstrumentation) else "",
)
def test_what_the_project_has_is_left_out(item: ExistingInstrumentation, feature: str) -> None:
    assert answers.left_out(analysis(item), {}) == {feature: item}


@pytest.mark.parametrize(
    "item",
    [
        existing("tracer_provider", "tracing"),
        existing("sentry", "tracing"),
        existing("health_route", "health", "GET /healthz"),
        existing("health_route", "health", "GET /health"),
    ],
    ids=[
        "a provider is adopted",
        "Sentry has spans of its own",
        "another path is no conflict",
        "readiness goes beside its liveness",
    ],
)
def test_what_can_be_added_to_is_not_left_out(item: ExistingInstrumentation) -> None:
    assert answers.left_out(analysis(item), {}) == {}


def test_health_is_left_out_when_both_of_its_paths_are_taken() -> None:
    alive, ready = (
        existing("health_route", "health", "/health"),
        existing("readiness_route", "health", "/ready"),
    )
    assert answers.left_out(analysis(alive, ready), {}) == {"health": alive}
    assert answers.left_out(analysis(alive, ready), {"readiness_endpoint": "/_ready"}) == {}


def test_a_path_that_was_left_to_the_project_does_not_come_back() -> None:
    recorded = {"health_endpoint": ""}
    alive = existing("health_route", "health", "/health")
    assert answers.taken_endpoints(analysis(alive), recorded) == {}
    assert answers.left_out(analysis(alive), recorded) == {}


def test_readiness_checks_are_named_apart_and_made_once_for_objects_that_have_no_name() -> None:
    found = Analysis(
        project_path=".",
        database_connections=[
            Connection("a.py", "sqlalchemy", "app.a:engine"),
            Connection("b.py", "sqlalchemy", "app.b:engine"),
            Connection("c.py", "sqlalchemy"),
        ],
        cache_connections=[Connection("d.py", "redis"), Connection("e.py", "redis")],
    )
    checks, unreachable = readiness.readiness_checks(found, database=True, cache=True)
    names = [check["name"] for check in checks]
    assert names == ["database", "database_2"]
    assert [item.file for item in unreachable] == ["d.py"]
    assert readiness.readiness_checks(found, database=False, cache=False) == ([], [])


def test_what_settings_list_is_checked_by_alias_when_it_stands_on_another_machine() -> None:
    found = Analysis(
        project_path=".",
        database_connections=[
            Connection("s.py", "django", detail="default: django.db.backends.postgresql"),
            Connection("s.py", "django", detail="reports: env.db"),
        ],
        cache_connections=[
            Connection(
                "s.py", "django_cache", detail="default: django.core.cache.backends.locmem.LocMemCache"
            ),
            Connection("s.py", "django_cache", detail="sessions: django_redis.cache.RedisCache"),
        ],
    )
    assert readiness.readiness_checks(found, database=True, cache=True) == ([], [])
    assert readiness.listed_checks(found, database=True, cache=True) == {
        "database": "django",
        "database_reports": "django",
        "cache_sessions": "django_cache",
    }
    assert readiness.listed_checks(found, database=False, cache=False) == {}


def test_requirements_are_of_one_train_and_only_for_what_is_on() -> None:
    given = {"framework": "fastapi", "framework_telemetry": "native", "libraries": ["httpx", "sqlalchemy"]}
    assert [item for item in answers.requirements(given, ["config"]) if "opentelemetry" in item] == []
    needed = answers.requirements(given, ["config", "tracing"])
    assert not [item for item in needed if "fastapi" in item or "sqlalchemy" in item]
    assert (
        len({item.split("==")[1] for item in needed if item.startswith("opentelemetry-instrumentation")}) == 1
    )
    assert [
        item
        for item in answers.requirements({**given, "framework_telemetry": "contrib"}, ["tracing"])
        if "asgi" in item
    ]
    assert not [
        item for item in answers.requirements({**given, "trace_http": False}, ["tracing"]) if "httpx" in item
    ]


@pytest.mark.parametrize(
    ("connection", "line"),
    [
        (Connection("app/main.py", "asyncpg", is_async=True), "    await pool.fetchval"),
        (Connection("app/main.py", "psycopg"), "    with pool.connection()"),
        (Connection("app/main.py", "psycopg", is_async=True), "    async with pool.connection()"),
        (Connection("app/main.py", "redis"), "    client.ping()"),
    ],
    ids=["asyncpg", "psycopg", "psycopg async", "redis"],
)
def test_a_connection_that_has_no_name_comes_with_the_lines_that_check_it(
    connection: Connection, line: str
) -> None:
    message = readiness.how_to_check(connection, "app.instrumentation.health")
    assert "from app.instrumentation.health import add_check" in message
    assert line in message
    assert ("async def" in message) == connection.is_async
