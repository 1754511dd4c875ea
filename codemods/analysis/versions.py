"""Which version of a package a service runs with: locked, pinned or installed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from codemods.analysis.dependencies import normalised

if TYPE_CHECKING:
    from codemods.analysis.files import Tree
    from codemods.analysis.manifests import Manifests

_LOCKED = re.compile(rb'^name = "([^"]+)"\r?\nversion = "([^"]+)"', re.MULTILINE)


def framework_version(tree: Tree, manifests: Manifests, distribution: str) -> str:
    """Return the best known version: locked, pinned exactly, installed, or else the specifier as written."""
    name = normalised(distribution)
    if name in manifests.locked:
        return manifests.locked[name]
    specifier = manifests.dependencies.get(name, "")
    if match := re.fullmatch(r"={2,3}\s*([\w.!+-]+)", specifier.strip()):
        return match[1]
    if re.fullmatch(r"\d+(\.\d+){1,3}", specifier) and manifests.package_manager == "poetry":
        return specifier
    return installed_version(tree, name, manifests.directory) or specifier


def installed_version(tree: Tree, distribution: str, directory: str = ".") -> str:
    """Return the version of a distribution in the project's own ``.venv``; nothing of it is imported."""
    for level in dict.fromkeys((directory, ".")):
        for name in (".venv", "venv"):
            base = tree.root / level / name
            if base.is_symlink() or not base.is_dir():
                continue
            pattern = f"lib/python*/site-packages/{distribution.replace('-', '_')}-*.dist-info/METADATA"
            for metadata in sorted(base.glob(pattern)):
                if not metadata.resolve().is_relative_to(tree.real_root):
                    continue
                match = re.search(r"^Version: (\S+)", metadata.read_text("utf-8", "replace"), re.MULTILINE)
                if match:
                    return match[1]
    return ""


def read_locks(tree: Tree, found: Manifests) -> None:
    """Read the exact versions of lock files and of compiled requirements."""
    for item in found.files:
        if item.kind != "lock":
            continue
        data = tree.read(item.file) or b""
        if item.file.endswith("Pipfile.lock"):
            try:
                packages = json.loads(data).get("default", {})
            except (ValueError, AttributeError):
                continue
            for name, entry in packages.items() if isinstance(packages, dict) else ():
                version = entry.get("version", "") if isinstance(entry, dict) else ""
                if version.startswith("=="):
                    found.locked.setdefault(normalised(name), version[2:])
        elif item.file.endswith((".txt", ".in")):
            pins = re.findall(rb"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([\w.!+-]+)", data, re.MULTILINE)
            for name, version in pins:
                found.locked.setdefault(normalised(name.decode()), version.decode())
        else:
            for name, version in _LOCKED.findall(data):
                found.locked.setdefault(
                    normalised(name.decode("utf-8", "replace")), version.decode("utf-8", "replace")
                )
