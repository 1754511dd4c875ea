"""Walk a project once: which files there are, and the bytes of its Python sources.

Nothing outside the project is read: symbolic links are not followed, special files are not opened.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from codemods.analysis.model import SkippedFile
from codemods.places import rendered_around
from codemods.record import RECORD_FILE

MAX_SIZE = 5_000_000

# Directories that hold other people's code, build products or caches.
_FOREIGN = frozenset(
    {"node_modules", "site-packages", "__pycache__", "__pypackages__", "htmlcov", "bower_components"}
)
# Build products, unless the directory is an importable package of the project (`shop/build/__init__.py`).
_PRODUCTS = frozenset({"build", "dist"})


@dataclass
class Tree:
    """What a walk found.

    Attributes:
        root: The project directory.
        sources: Bytes of every Python file, by path relative to the root.
        others: Relative paths of all other regular files.
        skipped: Files and directories that were left out, with the reason.
        ours: What was rendered around the code: pipelines, images, gates. It is in none of the lists.
    """

    root: Path
    sources: dict[str, bytes] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    skipped: list[SkippedFile] = field(default_factory=list)
    ours: set[str] = field(default_factory=set)
    real_root: str = ""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of one of the listed files; None when it cannot be read or is too large."""
        if path in self.sources:
            return self.sources[path]
        if path not in self.others:
            return None
        file = self.root / path
        try:
            return file.read_bytes() if file.stat().st_size <= MAX_SIZE else None
        except OSError:
            return None

    def text(self, path: str) -> str:
        """Return a listed file as text, whatever its encoding; empty when it cannot be read."""
        data = self.read(path)
        return "" if data is None else data.decode("utf-8", "replace").removeprefix("\ufeff")

    def below(self, directory: str) -> Tree:
        """Return the part of the tree under ``directory``, with paths relative to it."""
        prefix = f"{directory}/"
        part = Tree(self.root / directory, real_root=self.real_root)
        part.sources = {
            path.removeprefix(prefix): data for path, data in self.sources.items() if path.startswith(prefix)
        }
        part.others = {path.removeprefix(prefix) for path in self.others if path.startswith(prefix)}
        part.skipped = [
            SkippedFile(item.file.removeprefix(prefix), item.reason)
            for item in self.skipped
            if item.file.startswith(prefix)
        ]
        return part


def scan(root: Path) -> Tree:
    """Walk ``root`` and read its Python files.

    Args:
        root: An existing directory.

    Returns:
        The tree, with paths in sorted order.
    """
    tree = Tree(root, real_root=os.path.realpath(root))
    pending = [""]
    while pending:
        directory = pending.pop()
        try:
            with os.scandir(root / directory) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            tree.skipped.append(SkippedFile(directory or ".", f"directory cannot be read: {error.strerror}"))
            continue
        names = {entry.name for entry in entries}
        if RECORD_FILE in names:
            beside = f"{directory}/" if directory else ""
            tree.ours |= {beside + path for path in rendered_around(root / directory)}
        if "pyvenv.cfg" in names and directory:
            continue
        if directory.rpartition("/")[2] in _PRODUCTS and "__init__.py" not in names:
            continue
        pending.extend(
            path
            for entry in entries
            if (path := f"{directory}/{entry.name}" if directory else entry.name)
            and _visit(tree, path, entry)
        )
    tree.sources = {path: data for path, data in sorted(tree.sources.items()) if path not in tree.ours}
    tree.others -= tree.ours
    tree.skipped.sort(key=lambda item: item.file)
    return tree


def _visit(tree: Tree, path: str, entry: os.DirEntry[str]) -> bool:
    """Take one directory entry into the tree; True for a directory to go into."""
    is_python = entry.name.endswith(".py")
    if entry.is_symlink():
        _skip_link(tree, path, is_python=is_python)
        return False
    if entry.is_dir(follow_symlinks=False):
        if "{{" in entry.name or "{%" in entry.name:
            # What a project template (cookiecutter, copier) renders from is not Python yet.
            tree.skipped.append(SkippedFile(path, "directory of a project template"))
            return False
        return not (entry.name.startswith(".") or entry.name in _FOREIGN or entry.name.endswith(".egg-info"))
    if not entry.is_file(follow_symlinks=False):
        if is_python:
            tree.skipped.append(SkippedFile(path, "not a regular file"))
        return False
    if is_python:
        _read(tree, path, entry)
    else:
        tree.others.add(path)
    return False


def _skip_link(tree: Tree, path: str, *, is_python: bool) -> None:
    target = os.path.realpath(tree.root / path)
    inside = target == tree.real_root or target.startswith(tree.real_root + os.sep)
    try:
        is_directory = stat.S_ISDIR(Path(target).stat().st_mode)
    except OSError:
        is_directory = False
    if not inside:
        tree.skipped.append(SkippedFile(path, "symbolic link that leads out of the project"))
    elif is_python and not is_directory:
        tree.skipped.append(SkippedFile(path, "symbolic link; its target is read instead"))
    elif not is_directory and Path(target).is_file():
        tree.others.add(path)


def _read(tree: Tree, path: str, entry: os.DirEntry[str]) -> None:
    try:
        # O_NOFOLLOW and the size of the open file: the entry may have been swapped since it was listed.
        handle = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                tree.skipped.append(SkippedFile(path, "not a regular file"))
            elif status.st_size > MAX_SIZE:
                size = status.st_size / 1_000_000
                limit = MAX_SIZE // 1_000_000
                tree.skipped.append(SkippedFile(path, f"too large: {size:.0f} MB, the limit is {limit} MB"))
            else:
                tree.sources[path] = os.read(handle, status.st_size) if status.st_size else b""
        finally:
            os.close(handle)
    except OSError as error:
        tree.skipped.append(SkippedFile(path, f"cannot be read: {error.strerror}"))
