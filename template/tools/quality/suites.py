"""Runs a project's benchmark suite once, whatever language it is in, and says where it writes its results."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from quality.benchmark_results import read_results
from quality.errors import QualityError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NODE_SUFFIXES = (".mjs", ".js", ".cjs", ".ts", ".mts", ".cts")
_PLUGIN = Path(__file__).resolve().parent / "pytest_plugin"
_SHOWN_LINES = 12


class SuiteError(QualityError):
    """The suite could not be run, or gave no results."""


@dataclass(frozen=True)
class Suite:
    """How to run a suite in a tree.

    Attributes:
        name: The file or command, as it was given.
        file: The suite's file relative to the project; None for a command.
        command: A program and its arguments instead of a file.
        arguments: What the user adds to either.
        iterations: How often one run is to time each benchmark.
        timeout: Seconds after which a run is given up.
    """

    name: str
    file: Path | None = None
    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    iterations: int = 10
    timeout: float = 600

    @property
    def is_python(self) -> bool:
        """Whether pytest runs it, in this interpreter."""
        return self.file is not None and self.file.suffix == ".py"

    @property
    def is_built(self) -> bool:
        """Whether it is an archive that each tree builds for itself, not a source file of head's."""
        return self.file is not None and self.file.suffix == ".jar"


@dataclass(frozen=True)
class Tree:
    """A checkout in which the suite runs.

    Attributes:
        project: The project's directory in it: where commands run.
        source_roots: What Python looks for the project's packages in, before anything installed.
    """

    project: Path
    source_roots: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """One run: seconds of every iteration by benchmark, and the files that Python had loaded at its end."""

    seconds: Mapping[str, Sequence[float]]
    loaded: Sequence[Path] = field(default=())


def find_suite(project: Path, given: str, command: str) -> Suite | None:
    """Work out what to run; None when the project has no such file.

    Args:
        project: The project's directory.
        given: ``--suite``: a file relative to the project.
        command: ``--command``: takes precedence over the file.

    Raises:
        SuiteError: The file lies outside the project or is of no known kind, or the command cannot be split.
    """
    if command:
        return Suite(command, command=split_command(command, "--command"))
    file, where = (project / given).resolve(), f"--suite {given}"
    if not file.is_relative_to(project):
        raise SuiteError("lies outside the project", where=where, hint=f"It must be below {project}.")
    if file.suffix not in (".py", ".jar", *NODE_SUFFIXES):
        raise SuiteError(
            "is no kind of suite that is known here (.py, .mjs, .js, .cjs, .ts, .jar)",
            where=where,
            hint='Run anything else with --command "PROGRAM ARGUMENT …".',
        )
    # A jar is there only after --prepare.
    present = file.is_file() or file.suffix == ".jar"
    return Suite(given, file=file.relative_to(project)) if present else None


def split_command(command: str, option: str) -> tuple[str, ...]:
    """Split a command as a shell splits words; no shell ever runs it.

    Raises:
        SuiteError: A quote is not closed, or there is nothing in it.
    """
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise SuiteError(str(error), where=option) from None
    if not words:
        raise SuiteError("is empty", where=option)
    return words


def run_suite(suite: Suite, tree: Tree, scratch: Path, *, seed: int, partly: bool = False) -> Outcome:
    """Run a suite once.

    Args:
        suite: What to run.
        tree: Where.
        scratch: A directory for results, outside of every tree.
        seed: Of Python's hashes: the arms of one round share it, and rounds differ, so that no layout of memory
            favours an arm.
        partly: Whether results count although some benchmarks failed.

    Raises:
        SuiteError: It failed, took too long, or gave no results; shows its last lines.
    """
    output, loaded = scratch / "results.json", scratch / "loaded.txt"
    for file in (output, loaded):
        file.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "BENCHMARK_JSON": str(output),
        "BENCHMARK_ITERATIONS": str(suite.iterations),
        "PYTHONHASHSEED": str(seed % 2**32),
        # Compiled files neither change the trees nor are there for one of them only.
        "PYTHONPYCACHEPREFIX": str(scratch / "bytecode"),
    }
    if tree.source_roots:
        inherited = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
        path = [*map(str, tree.source_roots), *inherited, str(_PLUGIN)]
        environment |= {"PYTHONPATH": os.pathsep.join(path), "QUALITY_LOADED_FILES": str(loaded)}
    code, printed = run_command(_command(suite, output), tree.project, environment, suite.timeout)
    if code and not (partly and output.is_file()):
        raise SuiteError(
            f"failed with exit code {code} in {tree.project}", where=suite.name, hint=_tail(printed)
        )
    text = output.read_text(encoding="utf-8") if output.is_file() else printed
    seconds = read_results(text, suite.name)
    if not seconds:
        raise SuiteError(f"measured nothing in {tree.project}", where=suite.name, hint=_tail(printed))
    files = loaded.read_text(encoding="utf-8").split("\0") if loaded.is_file() else []
    return Outcome(seconds, [Path(name) for name in files if name])


def run_command(
    command: Sequence[str], directory: Path, environment: Mapping[str, str], timeout: float
) -> tuple[int, str]:
    """Run a program without a shell and without standard input; whatever ends this process ends its children.

    Returns:
        The exit code, and what it printed.

    Raises:
        SuiteError: It cannot be started, or does not end in time.
    """
    try:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise SuiteError(f"cannot be started: {error.strerror}", where=command[0]) from None
    try:
        printed, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise SuiteError(
            f"did not end within {timeout:g} s", where=shlex.join(command), hint="Raise --timeout."
        ) from None
    finally:
        if process.poll() is None:
            _end(process)
    return process.returncode, printed.decode("utf-8", "replace")


def _command(suite: Suite, output: Path) -> list[str]:
    if suite.command:
        return [*suite.command, *suite.arguments]
    file = str(suite.file)
    if suite.is_python:
        # Options of the project's own may ask for coverage or for several processes: neither can be timed.
        options = ["-q", "-o", "addopts=", "-p", "no:cacheprovider", "-p", "quality_loaded_files"]
        # So few rounds need more than the default of 5 µs each.
        timing = ["--benchmark-min-time=0.001", "--benchmark-max-time=0.000001"]
        results = [f"--benchmark-min-rounds={suite.iterations}", f"--benchmark-json={output}"]
        return [
            *(sys.executable, "-m", "pytest", *options, "--benchmark-only", *timing, *results),
            *(*suite.arguments, file),
        ]
    if suite.is_built:
        # Rounds take the place of forks.
        jmh = ("-f", "1", "-foe", "true", "-rf", "json", "-rff", str(output))
        return ["java", "-jar", file, *jmh, *suite.arguments]
    return ["node", file, *suite.arguments]


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.communicate()


def _tail(printed: str) -> str:
    lines = printed.rstrip().splitlines()[-_SHOWN_LINES:]
    return "It printed nothing." if not lines else "Its last lines:\n    " + "\n    ".join(lines)
