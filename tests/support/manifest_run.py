"""Write a small project, plan packages for it, give back what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.analysis.model import Analysis, ManifestFile
from codemods.manifests import DependencyResult, add_dependencies
from codemods.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

API = "opentelemetry-api==1.45.1"
PROM = "prometheus-client>=0.22,<1"
BOTH = [PROM, API]


def run(
    root: Path,
    files: Mapping[str, bytes],
    needed: list[str],
    *,
    python: str = "",
    manifests: Sequence[tuple[str, str]] = (),
) -> tuple[DependencyResult, Plan]:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    plan = Plan(root)
    known = [ManifestFile(file, kind, main=True) for file, kind in manifests]
    result = add_dependencies(
        plan, Analysis(str(root), python_requires=python, manifests=known), needed, feature="tracing"
    )
    assert result.conflicts == plan.refusals
    return result, plan
