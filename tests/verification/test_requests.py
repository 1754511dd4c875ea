"""Which requests are sent, and which are not."""

from __future__ import annotations

from typing import Any

import pytest

from codemods.analysis.model import Endpoint
from codemods.verification.placeholders import plain
from codemods.verification.requests import Request, matches, plan_requests, send, unknown_path
from codemods.verification.service import free_port


def openapi(*paths: str, method: str = "get", **operation: Any) -> dict[str, Any]:
    return {"paths": {path: {method: operation} for path in paths}}


def query(**schema: Any) -> dict[str, Any]:
    return {"name": "q", "in": "query", "required": True, "schema": schema}


@pytest.mark.parametrize(
    ("described", "endpoints"),
    [
        pytest.param(None, [], id="a service without routes"),
        pytest.param(openapi("/orders", method="post"), [], id="a route that writes"),
        pytest.param(openapi("/orders", method="delete"), [], id="a route that deletes"),
        pytest.param(
            openapi("/admin/shutdown", "/logout", "/password-reset"), [], id="a name that ends something"
        ),
        pytest.param(openapi("/health", "/ready", "/metrics"), [], id="a route that is asked for by itself"),
        pytest.param(
            openapi("/events", responses={"200": {"content": {"text/event-stream": {}}}}), [], id="a stream"
        ),
        pytest.param(
            None,
            [Endpoint("POST", "/orders", "a.py", "create", 1)],
            id="a route that writes, found by analysis",
        ),
        pytest.param(None, [Endpoint("WEBSOCKET", "/live", "a.py", "live", 1)], id="a web socket"),
    ],
)
def test_nothing_is_asked_of(described: dict[str, Any] | None, endpoints: list[Endpoint]) -> None:
    assert plan_requests(described, endpoints, own=["/health", "/ready", "/metrics"]) == []


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param({"type": "integer"}, "1", id="a number"),
        pytest.param({"type": "integer", "minimum": 10}, "10", id="a number with a bound"),
        pytest.param({"type": "string"}, "example", id="a word"),
        pytest.param(
            {"type": "string", "format": "uuid"}, "00000000-0000-4000-8000-000000000001", id="a UUID"
        ),
        pytest.param({"type": "boolean"}, "true", id="a switch"),
        pytest.param({"enum": ["small", "large"]}, "small", id="a choice"),
        pytest.param({"$ref": "#/components/schemas/Size"}, "medium", id="a reference"),
        pytest.param({"anyOf": [{"type": "null"}, {"type": "integer"}]}, "1", id="an optional number"),
        pytest.param(
            {"type": "string", "examples": ["a b/c"]}, "a%20b%2Fc", id="an example that must be quoted"
        ),
        pytest.param({"$ref": "#/components/schemas/Missing"}, "example", id="a reference to nothing"),
    ],
)
def test_a_path_parameter_is_filled_with(schema: dict[str, Any], expected: str) -> None:
    parameter = {"name": "item", "in": "path", "required": True, "schema": schema}
    described = openapi("/items/{item}", parameters=[parameter])
    described["components"] = {"schemas": {"Size": {"enum": ["medium"]}}}
    (request,) = plan_requests(described, [])
    assert (request.path, request.route) == (f"/items/{expected}", "/items/{item}")


def test_a_required_query_is_filled_and_an_optional_one_is_left_out() -> None:
    optional = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    (request,) = plan_requests(openapi("/search", parameters=[query(type="string"), optional]), [])
    assert request.path == "/search?q=example"


def test_routes_without_parameters_come_first() -> None:
    planned = plan_requests(openapi("/orders/{id}", "/search/{q}", "/orders"), [])
    assert [request.route for request in planned] == ["/orders", "/orders/{id}", "/search/{q}"]


def test_each_route_is_asked_once_although_both_sides_know_it() -> None:
    endpoints = [
        Endpoint("GET", "/files/{name:path}", "a.py", "read", 1),
        Endpoint("GET", "/hidden", "a.py", "hidden", 2),
    ]
    planned = plan_requests(openapi("/files/{name}"), endpoints)
    assert [(request.route, request.certain) for request in planned] == [
        ("/hidden", False),
        ("/files/{name}", True),
    ]


def test_there_is_a_limit() -> None:
    assert len(plan_requests(openapi(*(f"/r{number}" for number in range(50))), [], limit=20)) == 20


def test_what_is_made_can_be_read_before_it_is_deleted() -> None:
    described: dict[str, Any] = {
        "paths": {"/orders": {"post": {}, "get": {}}, "/orders/{id}": {"delete": {}, "get": {}, "patch": {}}}
    }
    planned = plan_requests(described, [], allow_writes=True)
    assert [request.method for request in planned] == ["GET", "POST", "GET", "PATCH", "DELETE"]


def test_a_body_has_what_its_schema_requires() -> None:
    schema = {
        "type": "object",
        "required": ["name", "size", "tags", "parent"],
        "properties": {
            "name": {"type": "string", "minLength": 9},
            "size": {"type": "number", "exclusiveMinimum": 4},
            "tags": {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "parent": {"type": "object", "properties": {}},
            "note": {"type": "string"},
        },
    }
    body = {"content": {"application/json": {"schema": schema}}}
    (request,) = plan_requests(openapi("/items", method="post", requestBody=body), [], allow_writes=True)
    assert request.body == {"name": "exampleee", "size": 5, "tags": ["example"], "parent": {}}


def test_a_body_that_contains_itself_comes_to_an_end() -> None:
    node = {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"$ref": "#/components/schemas/Node"}},
    }
    described: dict[str, Any] = openapi(
        "/nodes",
        method="post",
        requestBody={"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}},
    )
    described["components"] = {"schemas": {"Node": node}}
    assert plan_requests(described, [], allow_writes=True)[0].body


@pytest.mark.parametrize(
    ("route", "path", "expected"),
    [
        pytest.param("/orders/{id}", "/orders", False, id="a parameter is not nothing"),
        pytest.param("/orders/{id}", "/orders/1/items", False, id="a parameter ends at a slash"),
        pytest.param("/a.b", "/aXb", False, id="a dot is a dot"),
        pytest.param("/orders/{id:int}", "/orders/1?x=2", True, id="a query does not matter"),
        pytest.param("/files/{rest:path}", "/files/a/b", True, id="a path goes on"),
    ],
)
def test_a_path_belongs_to_a_route(route: str, path: str, expected: object) -> None:
    assert matches(route, path) is expected


def test_a_route_is_compared_without_convertor_and_closing_slash() -> None:
    assert plain("/files/{rest:path}/") == "/files/{rest}"
    assert plain("/") == "/"


def test_no_two_unknown_paths_are_the_same() -> None:
    assert unknown_path().path != unknown_path().path


def test_nobody_answering_is_an_exchange_with_a_reason() -> None:
    exchange = send(f"http://127.0.0.1:{free_port()}", Request("GET", "/"))
    assert exchange.status == 0
    assert "ConnectionRefusedError" in exchange.error


@pytest.mark.parametrize(
    ("route", "path"),
    [
        pytest.param("/orders/<int:pk>/", "/orders/1/", id="a convertor"),
        pytest.param("/items/<slug:name>/", "/items/example/", id="a word"),
        pytest.param("/things/<uuid:u>/", "/things/00000000-0000-4000-8000-000000000001/", id="an id"),
        pytest.param("/files/<path:p>", "/files/example", id="the rest of a path"),
        pytest.param("/old/<year>/<month>/", "/old/2026/1/", id="groups of a regular expression"),
        pytest.param("/users/<user_pk>/<pk>/", "/users/1/1/", id="keys by their names"),
        pytest.param("/<any(en, de):language>/", "/en/", id="one of a few"),
        pytest.param("/codes/<string(length=2):code>", "/codes/ex", id="a convertor with arguments"),
        pytest.param("/plain/<name>", "/plain/example", id="no convertor"),
    ],
)
def test_placeholders_in_angle_brackets_get_values_that_fit(route: str, path: str) -> None:
    (request,) = plan_requests(None, [Endpoint("GET", route, "urls.py", "view", 1)])
    assert request.path == path
    assert matches(route, path)


def test_routes_of_all_frameworks_compare_by_the_names_of_their_placeholders() -> None:
    assert plain("/orders/<int:pk>/") == plain("/orders/{pk}") == plain("/orders/<pk>") == "/orders/{pk}"
    assert not matches("/orders/<int:pk>/", "/orders/1/2/")
    assert matches("/files/<path:p>/end", "/files/a/b/end")
