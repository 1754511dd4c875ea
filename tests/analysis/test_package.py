"""Where a service's code lives and how it imports itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis import analyze

if TYPE_CHECKING:
    from support.trees import Write


APP = "from fastapi import FastAPI\napp = FastAPI()\n"

# files -> (import root, package, its directory, import string)
LAYOUTS = {
    "flat": ({"main.py": APP}, (".", "", ".", "main:app")),
    "flat with helpers": (
        {"main.py": "import helpers\n" + APP, "helpers.py": ""},
        (".", "", ".", "main:app"),
    ),
    "package": ({"app/__init__.py": "", "app/main.py": APP}, (".", "app", "app", "app.main:app")),
    "package whose __init__ makes the application": (
        {"shop/__init__.py": APP, "shop/views.py": "from . import app\n"},
        (".", "shop", "shop", "shop:app"),
    ),
    "src layout": (
        {"src/shop/__init__.py": "", "src/shop/main.py": APP},
        ("src", "shop", "src/shop", "shop.main:app"),
    ),
    "src layout by the project file": (
        {
            "src/shop/main.py": APP,
            "pyproject.toml": '[project]\nname = "shop"\n[tool.setuptools.packages.find]\nwhere = ["src"]\n',
        },
        ("src", "shop", "src/shop", "shop.main:app"),
    ),
    "src imported by its own name": (
        {"src/main.py": "from src.config import x\n" + APP, "src/config.py": "x = 1\n"},
        (".", "src", "src", "src.main:app"),
    ),
    "flat modules in src": (
        {"src/main.py": "from config import x\n" + APP, "src/config.py": "x = 1\n"},
        ("src", "", "src", "main:app"),
    ),
    "namespace package by its imports": (
        {"app/main.py": "from app.config import x\n" + APP, "app/config.py": "x = 1\n"},
        (".", "app", "app", "app.main:app"),
    ),
    "namespace package by relative imports": (
        {"app/main.py": "from .config import x\n" + APP, "app/config.py": "x = 1\n"},
        (".", "app", "app", "app.main:app"),
    ),
    "namespace package by the launch command": (
        {"app/main.py": APP, "Dockerfile": 'FROM python\nCMD ["uvicorn", "app.main:app"]\n'},
        (".", "app", "app", "app.main:app"),
    ),
    "shared namespace above the package": (
        {
            "acme/shop/__init__.py": "",
            "acme/shop/main.py": "from acme.shop import x\n" + APP,
            "acme/shop/x.py": "",
        },
        (".", "acme.shop", "acme/shop", "acme.shop.main:app"),
    ),
    "one folder down": (
        {
            "backend/app/__init__.py": "",
            "backend/app/main.py": "from app.config import x\n" + APP,
            "backend/app/config.py": "x = 1\n",
            "backend/pyproject.toml": '[project]\nname = "shop"\n',
            "frontend/package.json": "{}",
        },
        ("backend", "app", "backend/app", "app.main:app"),
    ),
    "flat modules one folder down": (
        {
            "project/main.py": "from worker import x\n" + APP,
            "project/worker.py": "x = 1\n",
            "project/requirements.txt": "fastapi\n",
        },
        ("project", "", "project", "main:app"),
    ),
    "flat modules with a stray __init__": (
        {
            "project/__init__.py": "",
            "project/main.py": "from worker import x\n" + APP,
            "project/worker.py": "x = 1\n",
        },
        ("project", "", "project", "main:app"),
    ),
    "a deep package": (
        {"app/__init__.py": "", "app/api/__init__.py": "", "app/api/server.py": APP},
        (".", "app", "app", "app.api.server:app"),
    ),
    "a directory that is no identifier": (
        {"my-service/main.py": APP},
        ("my-service", "", "my-service", "main:app"),
    ),
    "tests that import the package from the root": (
        {
            "app/main.py": APP,
            "tests/test_app.py": "from fastapi.testclient import TestClient\nfrom app.main import app\n",
        },
        (".", "app", "app", "app.main:app"),
    ),
}


@pytest.mark.parametrize(("files", "expected"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_layouts(project: Write, files: Any, expected: Any) -> None:
    analysis = analyze(project(files))
    package = analysis.package
    assert package is not None
    strings = [item.import_string for item in analysis.applications]
    assert (package.import_root, package.name, package.directory, strings[0]) == expected


NAMES = {
    "project table": ({"pyproject.toml": '[project]\nname = "Shop API"\n'}, "shop-api"),
    "poetry": ({"pyproject.toml": '[tool.poetry]\nname = "shop_api"\n'}, "shop_api"),
    "setup.cfg": ({"setup.cfg": "[metadata]\nname = shopper\n"}, "shopper"),
    "setup.py": ({"setup.py": "from setuptools import setup\nsetup(name='shoppy')\n"}, "shoppy"),
    "directory": ({}, "shop"),
    "hostile": ({"pyproject.toml": '[project]\nname = "{{ x }}\\n\'\\""\n'}, "x"),
}


@pytest.mark.parametrize(("files", "expected"), NAMES.values(), ids=NAMES.keys())
def test_the_service_gets_the_name_the_project_has(project: Write, files: Any, expected: Any) -> None:
    assert analyze(project({"main.py": APP, **files})).service_name == expected
