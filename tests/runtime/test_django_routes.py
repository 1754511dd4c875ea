"""Templates of Django's routes: of paths, of regular expressions, and of both in each other."""

from __future__ import annotations

from importlib import util
from typing import TYPE_CHECKING, Any

import pytest

from codemods.facts import source_directory

if TYPE_CHECKING:
    from types import ModuleType

FILE = source_directory() / "template" / "{{ django_dir }}" / "instrumentation" / "routes.py"


@pytest.fixture(scope="module")
def routes() -> ModuleType:
    spec = util.spec_from_file_location("routes", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("route", "template"),
    [
        pytest.param("", "/", id="the root"),
        pytest.param("orders/<int:pk>/", "/orders/<int:pk>/", id="a path"),
        pytest.param("/orders/", "/orders/", id="a path with a slash in front"),
        pytest.param("c++/a?b*c/", "/c++/a?b*c/", id="a path with signs is no expression"),
        pytest.param("^$", "/", id="the root as an expression"),
        pytest.param(r"^orders/(?P<pk>\d+)/$", "/orders/<pk>/", id="a named group"),
        pytest.param(r"^orders/(?P<pk>[0-9]{1,3})/\Z", "/orders/<pk>/", id="the end of the text"),
        pytest.param(r"^a/(?P<kind>(b|c(d)?)+)/(?P<n>\d)/$", "/a/<kind>/<n>/", id="groups in a group"),
        pytest.param(r"^a/(?P<odd>[)(]+\))/b/$", "/a/<odd>/b/", id="brackets that close nothing"),
        pytest.param(r"^a/(?P<odd>[^])(]+)/b/$", "/a/<odd>/b/", id="a bracket in a class of brackets"),
        pytest.param(r"^a/([0-9]+)/$", "/a/<var>/", id="a group without a name"),
        pytest.param(r"^a/(?:page-(?P<page>\d+)/)?$", "/a/page-<page>/", id="a group that groups only"),
        pytest.param(r"^(?i:a)/(?=b)b(?!c)/(?#why)$", "/a/b/", id="groups that are no text"),
        pytest.param(
            r"^a\.(?P<format>json|xml)/?$", "/a.<format>/", id="an escaped dot, a slash that may be"
        ),
        pytest.param("api/v1/orders/(?P<pk>[^/.]+)/$", "/api/v1/orders/<pk>/", id="below a path"),
        pytest.param(
            "^shop/<int:shop>/orders/$", "/shop/<int:shop>/orders/", id="a path below an expression"
        ),
        pytest.param(r"^a/(?P<open>[0-9]+", "/a/<open>", id="a group that never ends"),
    ],
)
def test_a_route_has_a_template(routes: Any, route: str, template: str) -> None:
    assert routes.template_of(route) == template
