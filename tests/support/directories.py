"""A directory as a value: what stands in it, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def read_tree(root: Path) -> dict[str, bytes]:
    """Return the content of every file by path; a directory ends in a slash, a symbolic link holds its target."""
    tree: dict[str, bytes] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            tree[name] = b"-> " + path.readlink().as_posix().encode()
        elif path.is_dir():
            tree[f"{name}/"] = b""
        else:
            tree[name] = path.read_bytes()
    return tree


def write_tree(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """Write files below a directory, which is made; return it."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root
