"""Services of a few lines, with rendered instrumentation and calls written by hand."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from codemods.facts import python_facts
from codemods.render import render
from support.environments import environment
from support.running import Project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ANSWERS: dict[str, Any] = {"service_name": "shop", "package_dir": "app", "package": "app"}
EVERYTHING: dict[str, Any] = {
    **ANSWERS,
    "libraries": ["sqlalchemy", "redis", "httpx", "requests", "aiohttp", "celery"],
    "readiness_checks": [
        {"name": "database", "type": "sqlalchemy", "target": "app.db:engine", "is_async": True},
        {"name": "reports", "type": "sqlalchemy", "target": "", "is_async": False},
        {"name": "cache", "type": "redis", "target": "app.cache:client", "is_async": False},
    ],
    "external_services": ["https://example.org/status"],
    "custom_metrics": [
        {"name": "orders_total", "type": "counter", "description": "It's orders.", "labels": ["kind"]},
        {"name": "queue_length", "type": "gauge", "description": "Orders that wait."},
        {"name": "order_seconds", "type": "histogram", "description": "How long an order takes."},
    ],
}


def packages(*features: str) -> list[str]:
    """Return what the rendered files of some features need, with the versions that the tool would add."""
    facts = python_facts()
    lines = [line for feature in features for line in facts.features[feature].packages]
    return sorted({facts.requirement(line) for line in lines})


def project(
    directory: Path,
    files: Mapping[str, str],
    answers: dict[str, Any],
    requirements: list[str],
    python: str = sys.executable,
) -> Project:
    """Write a service with the rendered files beside it.

    Args:
        directory: Where to; it is made.
        files: The service, its package being ``app``.
        answers: What differs from `ANSWERS`.
        requirements: What it needs to run.
        python: The interpreter that runs it.
    """
    written: dict[str, str | bytes] = {"app/__init__.py": '"""A service."""\n'}
    written |= render(ANSWERS | answers)
    written |= files
    for name, content in written.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Project(directory, environment(requirements, python))
