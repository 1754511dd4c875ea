"""A checkout in git, with what the tool did to it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

_IDENTITY = ["-c", "user.name=release-quality", "-c", "user.email=nobody@localhost"]


@dataclass(frozen=True)
class Outcome:
    """What one run of the tool gave."""

    exit_code: int
    data: dict[str, Any]
    errors: list[str]
    output: str


@dataclass(frozen=True)
class Checkout:
    """A working tree with nothing uncommitted in it at the start."""

    root: Path

    @classmethod
    def commit(cls, root: Path) -> Self:
        """Make a repository of a directory, with everything that is in it."""
        checkout = cls(root)
        checkout.git("init", "--quiet")
        checkout.git("add", "--all", "--force")
        checkout.git(*_IDENTITY, "commit", "--quiet", "--message", "As released")
        return checkout

    @classmethod
    def clone(cls, source: Path, directory: Path) -> Self:
        """Clone a repository, so that the given one stays as it is."""
        subprocess.run(
            ["git", "clone", "--quiet", str(source), str(directory / "copy")], check=True, timeout=300
        )
        return cls(directory / "copy")

    def git(self, *arguments: str) -> str:
        """Run git in it and return what it says."""
        done = subprocess.run(
            ["git", "-c", "core.autocrlf=false", *arguments],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return done.stdout

    def status(self) -> str:
        """Return what git sees: changed files and files it does not know, ignored ones too."""
        return self.git("status", "--porcelain", "--ignored", "--untracked-files=all")

    def changed(self) -> list[str]:
        """Return the paths that git would list, ignored ones left out."""
        listed = self.git("status", "--porcelain", "-z", "--untracked-files=all").split("\0")
        return [line[3:] for line in listed if line]

    def digest(self) -> str:
        """Return a digest of the names, modes and bytes of all files."""
        digest = hashlib.sha256()
        for path in sorted(self.root.rglob("*")):
            if ".git" in path.relative_to(self.root).parts or path.is_dir():
                continue
            content = bytes(path.readlink()) if path.is_symlink() else path.read_bytes()
            mode = path.lstat().st_mode
            digest.update(f"{path.relative_to(self.root)}\0{mode:o}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def run(self, operation: str, *arguments: str) -> Outcome:
        """Run one operation of the tool on it, as its console script would."""
        command = [sys.executable, "-m", "codemods", operation, str(self.root), "--json", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
        output = f"{' '.join(command)} → {done.returncode}\n{done.stdout[-6000:]}{done.stderr[-6000:]}"
        try:
            answer = json.loads(done.stdout)
        except json.JSONDecodeError:
            answer = {}
        return Outcome(done.returncode, answer, answer.get("errors", []), output)
