"""Routes of Flask, Starlette and Django: which value stands for a placeholder, and what a path belongs to."""

from __future__ import annotations

import re

import pytest

from codemods.analysis.model import Endpoint
from codemods.verification.placeholders import has_placeholders, matches, plain, read
from codemods.verification.requests import plan_requests
from codemods.verification.samples import is_certain, sample_for


@pytest.mark.parametrize(
    ("route", "value"),
    [
        pytest.param("/<order_id>", 1, id="a word that is called an id"),
        pytest.param("/<name>", "example", id="a word"),
        pytest.param("/<int:count>", 1, id="a number"),
        pytest.param("/<int(min=5):count>", 5, id="a number from five on"),
        pytest.param("/<int(fixed_digits=4, min=7):count>", 7, id="several arguments"),
        pytest.param("/<float:rate>", 1.5, id="a number with a point"),
        pytest.param("/<uuid:key>", "00000000-0000-4000-8000-000000000001", id="a UUID"),
        pytest.param("/<path:rest>", "example", id="the rest of a path"),
        pytest.param("/<any(en, de):language>", "en", id="one of a few"),
        pytest.param('/<any("a b", c):word>', "a b", id="one of a few, in quotes"),
        pytest.param("/<string(length=2):code>", "ex", id="a word of a length"),
        pytest.param("/<string(minlength=9):code>", "exampleee", id="a word of a least length"),
        pytest.param('/<regex("[a-z]{2}"):code>', "ab", id="a regular expression"),
        pytest.param("/<regex('[0-9]{4}'):year>", "1234", id="a regular expression of digits"),
        pytest.param('/<regex("(en|de)"):code>', "en", id="a regular expression with parentheses"),
    ],
)
def test_a_placeholder_gets_a_value_that_its_convertor_takes(route: str, value: object) -> None:
    (placeholder,) = read(route)
    assert sample_for(placeholder) == value
    assert is_certain(placeholder) == (placeholder.convertor != "")
    assert has_placeholders(route)


@pytest.mark.parametrize(
    "route",
    [
        pytest.param("/<hashid:key>", id="a convertor of the project's own"),
        pytest.param('/<regex("[x]{77}"):key>', id="a regular expression that nothing fits"),
        pytest.param('/<regex("["):key>', id="no regular expression"),
        pytest.param("/<word>", id="a group of a regular expression, which the route does not show"),
    ],
)
def test_a_value_that_nobody_can_know_is_not_certain(route: str) -> None:
    assert not is_certain(read(route)[0])
    (request,) = plan_requests(None, [Endpoint("GET", route, "a.py", "view", 1)])
    assert not request.certain
    assert re.fullmatch(r"/[a-z]+", request.path)


@pytest.mark.parametrize(
    ("route", "path", "expected"),
    [
        pytest.param("/orders/<int:order_id>", "/orders/1", True, id="a number"),
        pytest.param("/orders/<int:order_id>", "/orders/1/items", False, id="a slash ends it"),
        pytest.param("/files/<path:name>", "/files/a/b", True, id="a path goes on"),
        pytest.param('/<regex("(a|b)"):x>/c', "/a/c", True, id="parentheses"),
        pytest.param("/", "/<a>", False, id="no placeholder"),
    ],
)
def test_a_path_belongs_to_the_rules_that_may_have_routed_it(
    route: str,
    path: str,
    expected: bool,  # noqa: FBT001
) -> None:
    assert matches(route, path) is expected


def test_a_rule_and_a_description_of_the_same_route_compare_equal() -> None:
    assert plain('/<regex("(a|b)"):x>/items/<int:item_id>/') == plain("/{x}/items/{item_id}")
