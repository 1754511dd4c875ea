"""Functions that reading alone says are likely to be slow."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from codemods.analysis import analyze
from codemods.analysis.slow import find_slow_functions

if TYPE_CHECKING:
    from pathlib import Path

    from support.trees import Write


APP = "from fastapi import FastAPI\napp = FastAPI()\n"


def picks(root: Path) -> list[tuple[str, str]]:
    return [(item.qualname, item.reason) for item in find_slow_functions(analyze(root))]


QUICK = {
    "arithmetic": "def f(a, b):\n    return a + b\n",
    "one loop": "def f(items):\n    for item in items:\n        print(item)\n",
    "a comprehension of comprehensions": "def f(rows):\n    return [cell for row in rows for cell in row]\n",
    "waiting the right way": "import asyncio\n\nasync def f():\n    await asyncio.sleep(1)\n",
    "one query": "def f(session):\n    return session.execute('select 1')\n",
    "a dictionary": "def f(d):\n    return d.get('requests')\n",
    "a call in a string": "def f():\n    return 'time.sleep(1)'\n",
}


@pytest.mark.parametrize("source", QUICK.values(), ids=QUICK.keys())
def test_ordinary_functions_are_not_picked(project: Write, source: Any) -> None:
    assert picks(project({"main.py": APP + source})) == []


NOBODY_WAITS = {
    "a migration": ("versions/add_users.py", "revision = '2'\ndown_revision = '1'\n"),
    "a folder of migrations": ("migrations/add_users.py", ""),
    "a script that no import can name": ("versions/2024-01-01_add.py", ""),
}


SLEEPING = "import time\n\ndef work():\n    time.sleep(1)\n"


def test_a_tool_beside_the_service_is_not_picked(project: Write) -> None:
    assert picks(project({"main.py": APP, "cli.py": SLEEPING})) == []


REACHED = {
    "by an import": {"main.py": "import shop.jobs\n" + APP, "shop/__init__.py": "", "shop/jobs.py": SLEEPING},
    "by a relative import": {
        "shop/__init__.py": "",
        "shop/main.py": "from .jobs import work\n" + APP,
        "shop/jobs.py": SLEEPING,
    },
    "by a star": {"main.py": "from jobs import *\n" + APP, "jobs.py": SLEEPING},
    "by an import inside a function": {
        "main.py": APP + "def f():\n    from jobs import work\n",
        "jobs.py": SLEEPING,
    },
    "through another module": {
        "main.py": "import one\n" + APP,
        "one.py": "import jobs\n",
        "jobs.py": SLEEPING,
    },
}


@pytest.mark.parametrize("files", REACHED.values(), ids=REACHED.keys())
def test_what_the_service_imports_is_picked(project: Write, files: Any) -> None:
    assert [name for name, _ in picks(project(files))] == ["work"]


@pytest.mark.parametrize(("path", "head"), NOBODY_WAITS.values(), ids=NOBODY_WAITS.keys())
def test_what_no_client_waits_for_is_not_picked(project: Write, path: str, head: str) -> None:
    slow = head + "import time\n\ndef upgrade():\n    time.sleep(1)\n"
    name = path.removesuffix(".py").replace("/", ".")
    load = f"import {name}\n" if name.replace(".", "").isidentifier() else ""
    assert picks(project({"main.py": load + APP, path: slow})) == []


SLOW = {
    "sleep in async code": (
        "import time\n\nasync def f():\n    time.sleep(1)\n",
        "calls `time.sleep()` in async code, which blocks the event loop",
    ),
    "requests in async code": (
        "import requests as rq\n\nasync def f():\n    return rq.get('x')\n",
        "calls `rq.get()` in async code, which blocks the event loop",
    ),
    "a session in async code": (
        "import requests\nsession = requests.Session()\n\nasync def f():\n    return session.get('x')\n",
        "calls `session.get()` in async code, which blocks the event loop",
    ),
    "open in async code": (
        "async def f():\n    open('x')\n",
        "calls `open()` in async code, which blocks the event loop",
    ),
    "HTTP in a handler": (
        "import httpx\n\n@app.get('/')\ndef f():\n    return httpx.get('x')\n",
        "calls `httpx.get()` synchronously while a client waits",
    ),
    "queries in a loop": (
        "def f(session, ids):\n    for i in ids:\n        session.execute('select ?', i)\n",
        "runs a query in each pass of a loop (`session.execute()`)",
    ),
    "requests in a loop": (
        "import httpx\n\nasync def f(ids):\n    async with httpx.AsyncClient() as client:\n        for i in ids:\n            await client.get(i)\n",
        "makes HTTP requests one after the other in a loop (`client.get()`)",
    ),
    "nested loops": (
        "def f(a):\n    for x in a:\n        for y in a:\n            print(x, y)\n",
        "loops nested 2 deep",
    ),
    "a method": (
        "class A:\n    def f(self, a):\n        while a:\n            for y in a:\n                print(y)\n",
        "loops nested 2 deep",
    ),
}


@pytest.mark.parametrize(("source", "reason"), SLOW.values(), ids=SLOW.keys())
def test_slow_functions_are_picked_with_the_reason(project: Write, source: Any, reason: Any) -> None:
    [(name, found)] = picks(project({"main.py": APP + source}))
    assert name in {"f", "A.f"}
    assert found == reason


def test_the_worst_comes_first_and_tests_do_not_count(project: Write) -> None:
    worst = "import time\n\nasync def worst():\n    time.sleep(1)\n"
    nested = "def nested(a):\n    for x in a:\n        for y in a:\n            print(x, y)\n"
    root = project({"main.py": APP + nested + worst, "tests/test_main.py": worst})
    assert [name for name, _ in picks(root)] == ["worst", "nested"]


def test_importing_the_analysis_loads_nothing_heavy() -> None:
    code = "import sys, codemods.analysis; print([m for m in ('yaml', 'pydantic', 'ast_grep_py', 'libcst', 'copier') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"
