"""What the tests of this directory share: the services, each taken through its journey once."""

from __future__ import annotations

from pathlib import Path

import pytest

from realworld.catalogue import services
from realworld.checkout import Checkout
from realworld.journey import Journey

_HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the session be pointed at a checkout of anything."""
    group = parser.getgroup("realworld")
    group.addoption(
        "--checkout", metavar="PATH", help="run on this git checkout instead of the pinned services"
    )
    group.addoption(
        "--checkout-apply",
        metavar="ARGUMENTS",
        default="",
        help="arguments of `apply`, such as '--app main:app'",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Run either on the pinned services or on the checkout that was given."""
    wanted = "test_checkout.py" if config.getoption("checkout", default=None) else "test_services.py"
    if collection_path.parent == _HERE and collection_path.name.startswith("test_"):
        return True if collection_path.name != wanted else None
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this directory, so that no test here is forgotten; one process takes a whole journey."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.realworld)
            item.add_marker(pytest.mark.xdist_group(_taken_by(item)))


def _taken_by(item: pytest.Item) -> str:
    """Return what a test is about: the name in the brackets of its own, or nothing."""
    return item.name.partition("[")[2].rstrip("]")


@pytest.fixture(scope="session", params=services(), ids=lambda service: service.name)
def journey(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """One service of the package index, from its archive to applied, tested, traced and removed."""
    return Journey.of(request.param, tmp_path_factory.mktemp(request.param.name))


@pytest.fixture(scope="session")
def checkout(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy of the checkout that the session was pointed at."""
    return Checkout.clone(Path(request.config.getoption("checkout")), tmp_path_factory.mktemp("checkout"))
