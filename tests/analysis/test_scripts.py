"""Modules that nothing imports: their connections are no part of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codemods.analysis import analyze
from codemods.readiness import readiness_checks

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "from flask import Flask\n\napp = Flask(__name__)\n"
SCRIPT = 'from sqlalchemy import create_engine\n\nengine = create_engine("sqlite://")\n'


def targets(root: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    checks, unreachable = readiness_checks(analyze(root), database=True, cache=True)
    assert not unreachable
    return [check["target"] for check in checks]


def test_readiness_does_not_import_a_script_beside_the_service(tmp_path: Path) -> None:
    quoting = {
        "shop/words.py": 'PING = "ping"\nTEMPLATE = "ping.html"\n',
        "tests/test_ping.py": "import ping\n",
    }
    assert targets(tmp_path, {"shop/__init__.py": MAIN, "ping.py": SCRIPT, **quoting}) == []


@pytest.mark.parametrize(
    "naming",
    [
        "from shop.stock import engine\n",
        "from shop import stock\n",
        "import shop.stock\n",
        "from shop import (\n    words,\n    stock,\n)\n",
        'from importlib import import_module\n\nimport_module("shop.stock")\n',
        'STORES = ["shop.stock.engine"]\n',
    ],
)
def test_readiness_asks_what_the_service_imports(tmp_path: Path, naming: str) -> None:
    files = {"shop/__init__.py": MAIN, "shop/stock.py": SCRIPT, "shop/main.py": naming}
    assert targets(tmp_path, files) == ["shop.stock:engine"]


def test_what_stands_beside_the_application_is_loaded_by_the_server(tmp_path: Path) -> None:
    assert targets(tmp_path, {"main.py": SCRIPT + MAIN}) == ["main:engine"]
