"""The commit to compare with, checked out beside the user's tree and removed again."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quality.errors import QualityError

if TYPE_CHECKING:
    from collections.abc import Iterator

# The branch that a pipeline's pull request goes to: GitHub Actions, GitLab CI, Jenkins.
_TARGETS = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CHANGE_TARGET")
_SECONDS = 300


@dataclass(frozen=True)
class Base:
    """What to compare with.

    Attributes:
        commit: Its full hash.
        meaning: How it was found, for people: ``merge base with origin/main``.
    """

    commit: str
    meaning: str


@dataclass(frozen=True)
class Repository:
    """The user's checkout.

    Attributes:
        top: Its uppermost directory.
        project: The project's directory: ``top`` or below it.
        head: The commit that is checked out; empty before the first one.
        changed: Whether tracked files differ from that commit.
    """

    top: Path
    project: Path
    head: str
    changed: bool


def open_repository(project: Path) -> Repository:
    """Return the checkout that a project lies in.

    Raises:
        QualityError: It lies in none, or git is not there.
    """
    top = git(project, "rev-parse", "--show-toplevel")
    if top is None:
        raise QualityError(
            "is no checkout of git, so there is nothing to compare with",
            where=str(project),
            hint="Run the benchmarks in a clone.",
        )
    head = git(project, "rev-parse", "--verify", "--quiet", "HEAD") or ""
    changed = bool(git(project, "status", "--porcelain", "--untracked-files=no"))
    return Repository(Path(top).resolve(), project.resolve(), head, changed)


def find_base(repository: Repository, given: str) -> Base | None:
    """Find the commit to compare with.

    It is where this line of work left the default branch. On the default branch itself that is head, which is then
    compared with the commit before it; uncommitted changes are compared with head.

    Args:
        repository: The user's checkout.
        given: ``--base``: a branch, tag or commit; empty to find out.

    Returns:
        The commit; None when there is no earlier one, as before the second commit whatever is given.

    Raises:
        QualityError: The given one is not known, has no common history with head, or the clone is too shallow to tell.
    """
    name = given or _default_branch(repository)
    # A pipeline's clone has the branches of others under `origin/` alone.
    tip = (_commit(repository, name) or _commit(repository, f"origin/{name}")) if name else None
    before = _commit(repository, "HEAD^")
    if given and tip is None and (before or _shallow(repository)):
        raise QualityError(
            "is no commit that this clone knows", where=f"--base {given}", hint=_fetch(repository)
        )
    if tip is not None:
        fork = git(repository.top, "merge-base", tip, "HEAD")
        if fork is None:
            raise QualityError(_unrelated(repository), where=f"base {name}", hint=_fetch(repository))
        if fork != repository.head:
            return Base(fork, f"merge base with {name}")
    if repository.changed:
        return Base(repository.head, "the commit under the uncommitted changes")
    if before is None and _shallow(repository):
        raise QualityError(
            "the clone is too shallow to find a commit to compare with", hint=_fetch(repository)
        )
    return Base(before, "the commit before head") if before else None


@contextlib.contextmanager
def checked_out(repository: Repository, base: Base, scratch: Path) -> Iterator[Path]:
    """Check a commit out below ``scratch`` and remove it at the end.

    Args:
        repository: The user's checkout; its files, index and branches stay as they are.
        base: The commit.
        scratch: An empty directory.

    Yields:
        The checkout's uppermost directory.

    Raises:
        QualityError: Git refuses; shows what it said.
    """
    tree = scratch / "base"
    # Hooks belong to the user's own checkouts.
    command = [
        "-c",
        "core.hooksPath=" + os.devnull,
        "worktree",
        "add",
        "--quiet",
        "--detach",
        str(tree),
        base.commit,
    ]
    try:
        _git_or_fail(repository.top, *command)
        yield tree
    finally:
        git(repository.top, "worktree", "remove", "--force", str(tree))
        shutil.rmtree(tree, ignore_errors=True)
        git(repository.top, "worktree", "prune")


def share_node_modules(repository: Repository, tree: Path) -> None:
    """Let the base find head's installed packages, but its own workspace packages.

    Args:
        repository: The user's checkout.
        tree: The checkout of base.
    """
    for directory in {repository.top, repository.project}:
        modules = directory / "node_modules"
        target = tree / modules.relative_to(repository.top)
        if modules.is_dir() and not target.exists() and target.parent.is_dir():
            target.mkdir()
            for package in sorted(modules.iterdir()):
                if package.name.startswith("@") and package.is_dir():
                    (target / package.name).mkdir()
                    for scoped in sorted(package.iterdir()):
                        _link(scoped, target / package.name / scoped.name, repository, tree)
                else:
                    _link(package, target / package.name, repository, tree)


def _link(package: Path, link: Path, repository: Repository, tree: Path) -> None:
    real = package.resolve()
    ours = (
        real.is_relative_to(repository.top) and "node_modules" not in real.relative_to(repository.top).parts
    )
    link.symlink_to(tree / real.relative_to(repository.top) if ours else real)


def git(directory: Path, *arguments: str) -> str | None:
    """Return what git prints, without the line's end; None when it fails or is not there."""
    try:
        done = _run(directory, arguments)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n") if done.returncode == 0 else None


def _git_or_fail(directory: Path, *arguments: str) -> None:
    try:
        done = _run(directory, arguments)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise QualityError(f"git could not check out the base: {error}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise QualityError("git could not check out the base", hint=said)


def _run(directory: Path, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[bytes]:
    # No lock on the user's index, not even to refresh it.
    command = ["git", "--no-optional-locks", *arguments]
    return subprocess.run(command, cwd=directory, capture_output=True, timeout=_SECONDS, check=False)


def _commit(repository: Repository, name: str) -> str | None:
    # The name may come from a pull request: never let it be an option.
    return git(repository.top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def _default_branch(repository: Repository) -> str:
    targets = [f"origin/{name}" for variable in _TARGETS if (name := os.environ.get(variable))]
    remote = git(repository.top, "symbolic-ref", "--short", "--quiet", "refs/remotes/origin/HEAD")
    candidates = [*targets, *filter(None, [remote]), "origin/main", "origin/master", "main", "master"]
    return next((name for name in candidates if _commit(repository, name)), "")


def _shallow(repository: Repository) -> bool:
    return git(repository.top, "rev-parse", "--is-shallow-repository") == "true"


def _unrelated(repository: Repository) -> str:
    shallow = _shallow(repository)
    return (
        "the clone is too shallow to find where the branches parted"
        if shallow
        else "has no common history with head"
    )


def _fetch(repository: Repository) -> str:
    if not _shallow(repository):
        return "Name another commit with --base, or fetch it."
    return "Fetch the whole history: git fetch --unshallow (GitHub: fetch-depth: 0; GitLab: GIT_DEPTH: 0)."
