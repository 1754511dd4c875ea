"""Dependency files: one reader-writer each, and the operation that adds packages to the right one."""

from __future__ import annotations

from codemods.manifests.add import DependencyResult, add_dependencies, remove_dependencies
from codemods.manifests.choose import detect
from codemods.manifests.formats import kind_of
from codemods.manifests.locks import lock_command, refresh_lock

__all__ = [
    "DependencyResult",
    "add_dependencies",
    "detect",
    "kind_of",
    "lock_command",
    "refresh_lock",
    "remove_dependencies",
]
