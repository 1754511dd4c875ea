"""Paths of a project, relative to its root and with forward slashes: what kind they are, and how they join."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_TEST_PATH = re.compile(r"(^|/)(tests?|testing|conftest\.py|test_[^/]*\.py|[^/]*_tests?\.py)(/|$)")
_EXAMPLE_PATH = re.compile(r"(^|/)(examples?|samples?|docs?|docs_src|demos?|tutorials?)/")


def is_test_path(path: str) -> bool:
    """Say whether a file is test code, by where it stands and what it is called."""
    return _TEST_PATH.search(path) is not None


def is_example_path(path: str) -> bool:
    """Say whether a file belongs to documentation or examples."""
    return _EXAMPLE_PATH.search(path) is not None


def file_name(path: str) -> str:
    """Return the last part of a path."""
    return path.rpartition("/")[2]


def parent(path: str) -> str:
    """Return the directory of a path; ``.`` for the root."""
    return str(PurePosixPath(path).parent)


def join(directory: str, name: str) -> str:
    """Return the path of a file in a directory."""
    return name if directory == "." else f"{directory}/{name}"


def is_below(path: str, directory: str) -> bool:
    """Say whether a path is in a directory, at any depth."""
    return directory == "." or path.startswith(f"{directory}/")


def followed(directory: str, written: str) -> str:
    """Return the path that a file in a directory means by a relative one; empty when it leads out of the project."""
    parts: list[str] = []
    for part in (PurePosixPath(directory) / written).parts:
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part == "/":
            return ""
        elif part != ".":
            parts.append(part)
    return "/".join(parts) or "."
