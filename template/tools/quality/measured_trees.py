"""The two trees that are measured: what each runs, and the proof that it runs its own code."""

from __future__ import annotations

import json
import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from quality.base_tree import git
from quality.errors import QualityError
from quality.suites import SuiteError, Tree, run_command, run_suite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quality.base_tree import Repository
    from quality.suites import Suite

_OWN_FOLDER = Path(__file__).resolve().parent
_STANDARD_LIBRARY = sysconfig.get_path("stdlib")
_PRINT_PATH = "import json, sys; print(json.dumps(sys.path))"
# Folders of these names hold benchmarks and what they share, never the code that is measured.
_BENCHMARK_FOLDERS = ("bench", "perf")
_SHOWN_LINES = 12


@dataclass
class MeasuredTree:
    """A tree with the suite that runs in it.

    Attributes:
        suite: What runs.
        tree: Where.
        scratch: A directory for results, outside of both trees.
        foreign: The other tree: code that is loaded from there falsifies the comparison. None for head.
        partly: Whether benchmarks may fail, as those of new features do in base.
    """

    suite: Suite
    tree: Tree
    scratch: Path
    foreign: Path | None = None
    partly: bool = False

    def prepare(self, command: Sequence[str]) -> None:
        """Run the build, or whatever the tree needs first.

        Raises:
            SuiteError: It fails; shows its last lines.
        """
        if not command:
            return
        code, printed = run_command(command, self.tree.project, os.environ, self.suite.timeout)
        if code:
            shown = "\n    ".join(printed.rstrip().splitlines()[-_SHOWN_LINES:])
            where = f"--prepare {command[0]}"
            raise SuiteError(f"failed with exit code {code} in {self.tree.project}", where=where, hint=shown)

    def times(self, seed: int) -> Mapping[str, Sequence[float]]:
        """Run the suite once and return the seconds of every iteration by benchmark.

        Raises:
            SuiteError: It fails.
            QualityError: It has loaded the other tree's code.
        """
        outcome = run_suite(self.suite, self.tree, self.scratch, seed=seed, partly=self.partly)
        strange = [file for file in outcome.loaded if self._is_foreign(file)]
        if strange:
            raise QualityError(
                f"base would be measured with head's code: it loads {strange[0]}",
                where=self.suite.name,
                hint="Install the project so that PYTHONPATH comes first: pip install -e . with setuptools, hatchling, "
                "flit or uv_build does; builds that compile at import do not.",
            )
        return outcome.seconds

    def loads_own_code(self, seed: int) -> bool:
        """Return whether a run loads code of this tree, other than the suite itself; true where nobody can tell."""
        outcome = run_suite(self.suite, self.tree, self.scratch, seed=seed, partly=self.partly)
        suite_folder = (self.tree.project / (self.suite.file or "")).parent
        own = [
            file
            for file in outcome.loaded
            if any(file.is_relative_to(root) for root in self.tree.source_roots)
            and not file.is_relative_to(suite_folder)
            and not _installed(file)
        ]
        return bool(own) or not outcome.loaded

    def _is_foreign(self, file: Path) -> bool:
        if self.foreign is None or file.is_relative_to(self.scratch):
            return False
        return file.is_relative_to(self.foreign) and not _installed(file)


def head_measured(suite: Suite, repository: Repository, scratch: Path) -> MeasuredTree:
    """Return the user's own checkout as a tree to measure, with its uncommitted changes.

    Raises:
        SuiteError: Python cannot be asked for its path.
    """
    roots = _source_roots(repository, repository.top) if suite.is_python else ()
    return MeasuredTree(suite, Tree(repository.project, roots), scratch)


def base_measured(suite: Suite, repository: Repository, top: Path, scratch: Path) -> MeasuredTree:
    """Return the checkout of base as a tree to measure, with head's suite in it.

    Args:
        suite: What runs.
        repository: The user's checkout.
        top: The uppermost directory of base's checkout.
        scratch: A directory for results, outside of both trees.

    Raises:
        SuiteError: Python cannot be asked for its path.
    """
    project = top / repository.project.relative_to(repository.top)
    project.mkdir(parents=True, exist_ok=True)
    if suite.file and not suite.is_built:
        _bring(suite.file, repository.project, project)
    roots = _source_roots(repository, top) if suite.is_python else ()
    return MeasuredTree(suite, Tree(project, roots), scratch, foreign=repository.top, partly=True)


def put_own_suite_back(suite: Suite, project: Path) -> bool:
    """Put base's own suite back where head's has taken its place.

    Args:
        suite: What runs.
        project: The project's directory in base's checkout.

    Returns:
        Whether base has one.
    """
    return (
        suite.file is not None
        and git(project, "checkout", "--quiet", "HEAD", "--", str(_shared(suite.file))) == ""
    )


def _bring(file: Path, source: Path, target: Path) -> None:
    shared = _shared(file)
    (target / shared).parent.mkdir(parents=True, exist_ok=True)
    if shared == file:
        shutil.copyfile(source / file, target / file)
    else:
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(source / shared, target / shared, dirs_exist_ok=True, ignore=ignored)


def _shared(file: Path) -> Path:
    """Return the folder of benchmarks that a suite lies in, or the suite alone where its folder may hold other code."""
    return file.parent if file.parent.name.startswith(_BENCHMARK_FOLDERS) else file


def _source_roots(repository: Repository, top: Path) -> tuple[Path, ...]:
    """Return where Python is to look first: what head's installation looks in, as directories of this tree.

    An editable installation adds its directory to the path by a ``.pth`` file, behind what PYTHONPATH names.
    """
    code, printed = run_command([sys.executable, "-c", _PRINT_PATH], repository.project, os.environ, 60)
    if code:
        raise SuiteError("cannot tell its path", where=sys.executable, hint=printed)
    usual = [repository.project / "src", repository.project]
    found = [Path(entry).resolve() for entry in json.loads(printed) if entry]
    inside = [
        path for path in (*usual, *found) if path.is_relative_to(repository.top) and not _installed(path)
    ]
    return tuple(dict.fromkeys(top / path.relative_to(repository.top) for path in inside if path.is_dir()))


def _installed(file: Path) -> bool:
    packages = {"site-packages", "dist-packages"}.intersection(file.parts)
    return bool(packages) or any(file.is_relative_to(folder) for folder in (_STANDARD_LIBRARY, _OWN_FOLDER))
