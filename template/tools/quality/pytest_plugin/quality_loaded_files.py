# mypy: disable-error-code="import-not-found,untyped-decorator"
"""A pytest plugin for timed runs: writes down which files the suite has imported, and saves what takes long.

The files prove that nobody measures other code than they think. The hooks of pytest-benchmark that describe the machine
and the commit take a second of every run, and their answers are known already:
https://pytest-benchmark.readthedocs.io/en/stable/hooks.html
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_benchmark_generate_machine_info() -> dict[str, Any]:
    """Describe no machine: the document of the whole comparison does."""
    return {}


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_benchmark_generate_commit_info() -> dict[str, Any]:
    """Describe no commit: the document of the whole comparison does."""
    return {}


def pytest_sessionfinish() -> None:
    """Write the files of all modules, separated by NUL, to the file that ``QUALITY_LOADED_FILES`` names."""
    files = {file for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))}
    Path(os.environ["QUALITY_LOADED_FILES"]).write_text("\0".join(sorted(files)), encoding="utf-8")
