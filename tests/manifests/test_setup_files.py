"""``setup.cfg`` and ``setup.py``: what is added, byte for byte, and what is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.manifest_run import API, BOTH, run

from codemods.analysis.model import Analysis
from codemods.manifests import add_dependencies, kind_of, remove_dependencies

if TYPE_CHECKING:
    from pathlib import Path

CFG = b"[metadata]\nname = shop\n\n[options]\n"
CFG_LINES = b"    prometheus-client>=0.22,<1\n    opentelemetry-api==1.45.1\n"
CFG_SORTED = b"    opentelemetry-api==1.45.1\n    prometheus-client>=0.22,<1\n"
PY = b"#!/usr/bin/env python\nfrom setuptools import setup\n\n"

UNTOUCHED = [
    pytest.param(
        "setup.cfg",
        CFG + b"install_requires =\n  # api\n  OpenTelemetry_API\n\n  prometheus-client>=0.22\n",
        id="setup.cfg",
    ),
    pytest.param(
        "setup.cfg",
        CFG + b"install_requires = opentelemetry-api; prometheus.client\n",
        id="setup.cfg, one line",
    ),
    pytest.param(
        "setup.py",
        PY + b"setup(install_requires=['OpenTelemetry_API', \"prometheus-client[twisted]\"])\n",
        id="setup.py",
    ),
    pytest.param(
        "setup.py",
        PY
        + b"needed = [\n  'opentelemetry-api',\n  'prometheus-client',\n]\nsetup(install_requires=needed)\n",
        id="setup.py, list by name",
    ),
]


@pytest.mark.parametrize(("file", "source"), UNTOUCHED)
def test_leaves_what_is_declared(tmp_path: Path, file: str, source: bytes) -> None:
    result, plan = run(tmp_path, {file: source}, BOTH)
    assert (plan.changes, result.added, result.conflicts, len(result.present)) == ([], [], [], 2)


EDITED = [
    pytest.param(
        "setup.cfg",
        CFG + b"install_requires =\n    uvicorn\n    fastapi\npython_requires = >=3.11\n",
        CFG + b"install_requires =\n    uvicorn\n    fastapi\n" + CFG_LINES + b"python_requires = >=3.11\n",
        id="setup.cfg",
    ),
    pytest.param(
        "setup.cfg",
        CFG + b"install_requires=\n\tuvicorn\n\t# web\n\tfastapi",
        CFG
        + b"install_requires=\n\tuvicorn\n\t# web\n\tfastapi\n\tprometheus-client>=0.22,<1\n\topentelemetry-api==1.45.1",
        id="setup.cfg, tabs, comment, no final newline",
    ),
    pytest.param(
        "setup.cfg",
        CFG
        + b"install_requires =\n    fastapi\n\n    uvicorn ; sys_platform != 'win32'\n\n[options.extras_require]\n",
        CFG
        + b"install_requires =\n    fastapi\n"
        + CFG_SORTED
        + b"\n    uvicorn ; sys_platform != 'win32'\n\n[options.extras_require]\n",
        id="setup.cfg, sorted, blank line",
    ),
    pytest.param(
        "setup.cfg",
        CFG + b"install_requires = uvicorn\nzip_safe = no\n",
        CFG
        + b"install_requires = uvicorn; prometheus-client>=0.22,<1; opentelemetry-api==1.45.1\nzip_safe = no\n",
        id="setup.cfg, one line",
    ),
    pytest.param(
        "setup.cfg",
        CFG + b"install_requires = uvicorn; wheel\n",
        CFG + b"install_requires = opentelemetry-api==1.45.1; prometheus-client>=0.22,<1; uvicorn; wheel\n",
        id="setup.cfg, one line, before the first",
    ),
    pytest.param(
        "setup.cfg",
        (CFG + b"install_requires =\n    uvicorn\n    fastapi\n").replace(b"\n", b"\r\n"),
        (CFG + b"install_requires =\n    uvicorn\n    fastapi\n" + CFG_LINES).replace(b"\n", b"\r\n"),
        id="setup.cfg, CRLF",
    ),
    pytest.param(
        "setup.cfg",
        b"\xef\xbb\xbf" + CFG + b"install_requires =\nzip_safe = no\n",
        b"\xef\xbb\xbf" + CFG + b"install_requires =\n" + CFG_LINES + b"zip_safe = no\n",
        id="setup.cfg, byte order mark, empty list",
    ),
    pytest.param(
        "setup.py",
        PY
        + b"setup(\n    name='shop',\n    install_requires=[\n        'uvicorn',\n        'fastapi',  # web\n    ],\n)\n",
        PY
        + b"setup(\n    name='shop',\n    install_requires=[\n        'uvicorn',\n        'fastapi',  # web\n"
        + b"        'prometheus-client>=0.22,<1',\n        'opentelemetry-api==1.45.1',\n    ],\n)\n",
        id="setup.py",
    ),
    pytest.param(
        "setup.py",
        PY + b'import setuptools\nsetuptools.setup(install_requires=["uvicorn", "fastapi"])',
        PY
        + b'import setuptools\nsetuptools.setup(install_requires=["uvicorn", "fastapi",'
        + b' "prometheus-client>=0.22,<1", "opentelemetry-api==1.45.1"])',
        id="setup.py, one line, no final newline",
    ),
    pytest.param(
        "setup.py",
        b"# -*- coding: latin-1 -*-\n# caf\xe9\nREQUIRES = [\n\tu'a',\n\tu'b'\n]\nsetup(install_requires=REQUIRES)\n",
        b"# -*- coding: latin-1 -*-\n# caf\xe9\nREQUIRES = [\n\tu'a',\n\tu'b',\n\t'opentelemetry-api==1.45.1',\n"
        b"\t'prometheus-client>=0.22,<1'\n]\nsetup(install_requires=REQUIRES)\n",
        id="setup.py, list by name, tabs, Latin-1",
    ),
    pytest.param(
        "setup.py",
        b"\xef\xbb\xbfprint 'Python 2'\r\nsetup(\r\n  install_requires=[\r\n    'b',\r\n    'a',\r\n  ],\r\n)\r\n",
        b"\xef\xbb\xbfprint 'Python 2'\r\nsetup(\r\n  install_requires=[\r\n    'b',\r\n    'a',\r\n"
        b"    'prometheus-client>=0.22,<1',\r\n    'opentelemetry-api==1.45.1',\r\n  ],\r\n)\r\n",
        id="setup.py, byte order mark, CRLF, Python 2",
    ),
]


@pytest.mark.parametrize(("file", "before", "after"), EDITED)
def test_adds_entries_and_gives_the_bytes_back(
    tmp_path: Path, file: str, before: bytes, after: bytes
) -> None:
    result, plan = run(tmp_path, {file: before}, BOTH)
    assert plan.read(file) == after
    assert (result.added, result.manifest) == (BOTH, file)
    again = add_dependencies(plan, Analysis(str(tmp_path)), BOTH, feature="metrics")
    assert (len(plan.changes), again.added, len(again.present)) == (1, [], 2)
    assert remove_dependencies(after, kind_of(file), ["Prometheus_Client", "opentelemetry.api"]) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(CFG, CFG + b"install_requires =\n" + CFG_SORTED, id="at the end of the section"),
        pytest.param(b"", b"[options]\ninstall_requires =\n" + CFG_SORTED, id="empty file"),
        pytest.param(
            CFG + b"packages = find:\n\n# tools\n[flake8]\n",
            CFG + b"packages = find:\ninstall_requires =\n" + CFG_SORTED + b"\n# tools\n[flake8]\n",
            id="before the next section",
        ),
    ],
)
def test_makes_the_list_where_setup_cfg_has_none(tmp_path: Path, before: bytes, after: bytes) -> None:
    _, plan = run(tmp_path, {"setup.cfg": before}, BOTH, manifests=[("setup.cfg", "setup.cfg")])
    assert plan.read("setup.cfg") == after


@pytest.mark.parametrize(
    ("file", "source", "reason"),
    [
        pytest.param(
            "setup.py", b"setup(install_requires=open('r').read().split())", "computed", id="read from a file"
        ),
        pytest.param("setup.py", b"setup(install_requires=['a'] + extra)", "computed", id="joined"),
        pytest.param(
            "setup.py", b"r = ['a']\nr.append('b')\nsetup(install_requires=r)", "computed", id="appended to"
        ),
        pytest.param(
            "setup.py", b"def f():\n r = ['a']\nsetup(install_requires=r)", "computed", id="from elsewhere"
        ),
        pytest.param("setup.py", b"setup(**config)", "no install_requires", id="keywords from elsewhere"),
        pytest.param("setup.py", b"setup(install_requires=['a'", "syntax error", id="broken"),
        pytest.param("setup.cfg", b"options\n", "no valid configuration", id="broken setup.cfg"),
    ],
)
def test_refuses_what_it_cannot_edit(tmp_path: Path, file: str, source: bytes, reason: str) -> None:
    result, plan = run(tmp_path, {file: source}, [API], manifests=[(file, kind_of(file))])
    assert (plan.changes, result.added) == ([], [])
    assert reason in result.conflicts[0].reason
    assert API in result.conflicts[0].snippet
