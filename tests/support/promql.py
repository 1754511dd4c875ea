"""PromQL in rendered files: where it stands, and what it reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import promql_parser
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What Grafana puts in for the variables of the dashboards; a panel of all routes asks for any of them.
VARIABLES = {"$service": "orders", "$route": ".*", "$call": ".*", "$__rate_interval": "1m"}


@dataclass(frozen=True)
class Question:
    """An expression of a rendered file.

    Attributes:
        where: File, and panel or rule.
        expression: PromQL, with the variables put in.
    """

    where: str
    expression: str

    def __str__(self) -> str:
        return f"{self.where}: {self.expression}"


def dashboards(observability: Path) -> dict[str, dict[str, Any]]:
    """Return the rendered dashboards by uid."""
    files = sorted(observability.glob("*/dashboards/*.json"))
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {dashboard["uid"]: dashboard for dashboard in found}


def questions_of_dashboards(observability: Path) -> Iterator[Question]:
    """Yield the PromQL of all panels."""
    for uid, dashboard in dashboards(observability).items():
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                if "expr" in target:
                    yield Question(f"{uid}/{panel['title']}", put_in(target["expr"]))


def rules(observability: Path) -> Iterator[dict[str, Any]]:
    """Yield the rules: mappings with ``record`` or ``alert``, ``expr``, and ``file``."""
    for file in sorted((observability / "prometheus" / "rules").glob("*.yml")):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        for group in document["groups"]:
            for rule in group["rules"]:
                yield rule | {"file": file.name}


def put_in(expression: str) -> str:
    """Put values in for Grafana's variables."""
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


def selectors(expression: str) -> set[str]:
    """Return what an expression reads, now: its vector selectors without offsets.

    Raises:
        ValueError: It is not PromQL.
    """
    found: set[str] = set()

    def look(node: Any) -> None:
        # A range and the series under it are separate nodes.
        if isinstance(node, promql_parser.MatrixSelector):
            node = node.vector_selector
        if isinstance(node, promql_parser.VectorSelector):
            found.add(str(node).partition(" offset ")[0])

    promql_parser.walk(promql_parser.parse(expression), look)
    return found
