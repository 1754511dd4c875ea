"""A function as a person names it is one function, or a message that helps to name it better."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.directories import write_tree

from codemods.errors import UsageError
from codemods.plan import Plan
from codemods.targets import resolve

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "app/orders.py": """
from typing import overload


def total(order):
    def line(item):
        return item.price

    return sum(line(item) for item in order)


class Order:
    async def load(self):
        return self

    @property
    def price(self):
        return 1

    @price.setter
    def price(self, value):
        raise AttributeError

    class Line:
        def cost(self):
            return 2


@overload
def parse(text: str) -> int: ...
@overload
def parse(text: bytes) -> int: ...
def parse(text):
    return int(text)
""",
    "app/users.py": """
def load():
    return []


class User:
    def name(self):
        return "total"
""",
    "app/broken.py": "def lonely(:\n",
}
MODULES = {"app/orders.py": "app.orders", "app/users.py": "app.users", "app/broken.py": "app.broken"}


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(write_tree(tmp_path, FILES))


@pytest.mark.parametrize(
    ("name", "file", "qualname"),
    [
        pytest.param("total", "app/orders.py", "total", id="a bare name"),
        pytest.param("Order.load", "app/orders.py", "Order.load", id="a method"),
        pytest.param("cost", "app/orders.py", "Order.Line.cost", id="a method by its bare name"),
        pytest.param("Line.cost", "app/orders.py", "Order.Line.cost", id="a class inside a class"),
        pytest.param("app.users:load", "app/users.py", "load", id="with its module"),
        pytest.param("app.orders:Order.load", "app/orders.py", "Order.load", id="a method with its module"),
        pytest.param("parse", "app/orders.py", "parse", id="an overloaded function is one function"),
        pytest.param("Order.price", "app/orders.py", "Order.price", id="a property and its setter are one"),
    ],
)
def test_a_name_that_means_one_function(plan: Plan, name: str, file: str, qualname: str) -> None:
    found = resolve(name, plan, MODULES)
    assert (found.file, found.qualname) == (file, qualname)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "load", "Candidates: app.orders:Order.load, app.users:load.", id="two functions of one name"
        ),
        pytest.param("totals", "Did you mean 'total'?", id="the nearest name"),
        pytest.param("zzz", "No function of the project has a similar name.", id="nothing near"),
        pytest.param("app.users:total", "Did you mean app.orders:total?", id="in another module"),
        pytest.param(
            "User.load", "Did you mean app.orders:Order.load or app.users:load?", id="in another class"
        ),
        pytest.param(
            "lonely",
            "app/broken.py defines it, but cannot be parsed.",
            id="only in a file that cannot be parsed",
        ),
        pytest.param("app.orders.total", "Did you mean app.orders:total?", id="a dot for the colon"),
        pytest.param("", "not the name of a function: ''", id="nothing"),
        pytest.param("total()", "not the name of a function: 'total()'", id="a call"),
        pytest.param("a:b:c", "not the name of a function", id="two colons"),
    ],
)
def test_a_name_that_does_not(plan: Plan, name: str, expected: str) -> None:
    with pytest.raises(UsageError) as error:
        resolve(name, plan, MODULES)
    assert expected in str(error.value)


def test_earlier_edits_are_seen(plan: Plan) -> None:
    plan.write("app/users.py", b"def renamed():\n    return 1\n", feature="tracing", kind="injected")
    assert resolve("renamed", plan, MODULES).line == 1
    assert resolve("load", plan, MODULES).qualname == "Order.load"
