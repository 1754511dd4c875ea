"""Definitions that lead to one another without end: the analysis ends, and finds what can be found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codemods.analysis import analyze

if TYPE_CHECKING:
    from support.trees import Write

APP = "from fastapi import FastAPI, APIRouter\napp = FastAPI()\nrouter = APIRouter()\n"

ENDLESS = {
    "a text made of itself": "A = f'{A}/x'\napp.include_router(router, prefix=A)\n",
    "two texts made of each other": "A = B + 'x'\nB = A + 'y'\napp.include_router(router, prefix=A)\n",
    "a list that holds itself": "A = [*A]\nfor r in A:\n    app.include_router(r)\n",
    "a name that is itself": "a = a\nb = c\nc = b\napp.include_router(b)\n",
    "functions that call each other": "def f(x):\n    return g(x) or f(x) or g(f(x))\n\ndef g(x):\n    return f(x) or g(x) or f(g(x))\n\napp.include_router(f(1))\n",
    "classes that derive from each other": "class A(B, C): ...\n\nclass B(A, C): ...\n\nclass C(A, B): ...\n\nx = A()\napp.include_router(x.router)\n",
    "a parameter passed on": "def f(x):\n    f(x)\n    f(f)\n    app.include_router(x)\n\nf(f)\n",
    "a loop over a loop": "A = list(range(9))\nfor a in A:\n    for b in a:\n        app.include_router(b)\n",
    "a mount of itself": "app.mount('/x', app)\n",
}


@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS.keys())
def test_the_analysis_ends(project: Write, source: str) -> None:
    analysis = analyze(project({"main.py": APP + source}))
    assert [item.import_string for item in analysis.applications] == ["main:app"]
    assert analysis.endpoints == []


def test_modules_that_import_everything_from_one_another(project: Write) -> None:
    modules = {f"m{n}.py": "".join(f"from m{k} import *\n" for k in range(12) if k != n) for n in range(12)}
    root = project({**modules, "main.py": "from m0 import *\n" + APP + "app.include_router(nothing)\n"})
    assert [item.import_string for item in analyze(root).applications] == ["main:app"]


def test_names_re_exported_in_a_circle(project: Write) -> None:
    root = project(
        {
            "a.py": "from b import app\nimport fastapi\n",
            "b.py": "from a import app\nimport fastapi\n",
            "main.py": APP + "from a import app as other\nother.include_router(router)\n",
        }
    )
    assert [item.import_string for item in analyze(root).applications] == ["main:app"]
