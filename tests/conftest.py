"""What the tests of the whole product share."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from codemods import instrument
from codemods import render as rendering

_render = rendering.render


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-examples",
        action="store_true",
        help="write after/ of every golden example anew, to be reviewed as a diff",
    )


@cache
def _rendered(answers: str) -> dict[str, bytes]:
    return _render(json.loads(answers))


@pytest.fixture
def quick_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Copier render the same answers once a session: most tests are about the edits, not the package."""

    def render(answers: dict[str, Any]) -> dict[str, bytes]:
        return dict(_rendered(json.dumps(answers, sort_keys=True)))

    monkeypatch.setattr(rendering, "render", render)
    monkeypatch.setattr(instrument, "render", render)
