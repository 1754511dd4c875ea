# mypy: disable-error-code="import-not-found,import-untyped"
"""Counts lines and cyclomatic complexity of the project's own source, with lizard."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import lizard

from quality.documents import CodeQuality, Complexity, WorstFunction
from quality.version_control import generated_files, tracked_files

if TYPE_CHECKING:
    from collections.abc import Sequence

# Suffix to the one whose reader lizard has.
LANGUAGES = {
    ".py": ".py",
    ".js": ".js",
    ".cjs": ".cjs",
    ".mjs": ".mjs",
    ".jsx": ".jsx",
    ".ts": ".ts",
    ".mts": ".ts",
    ".cts": ".ts",
    ".tsx": ".tsx",
    ".java": ".java",
    ".kt": ".kt",
}
# Folders with code of others, or that a build makes.
FOREIGN_FOLDERS = {
    "node_modules",
    "bower_components",
    "vendor",
    "third_party",
    "site-packages",
    "__pycache__",
    "build",
    "dist",
    "target",
    "venv",
    "coverage",
    "htmlcov",
}
FOREIGN_NAMES = ("*.min.js", "*.bundle.js", "*.d.ts", "*_pb2.py", "*_pb2_grpc.py", "*.generated.*")
OWN_FOLDER = "tools/quality"
_LARGEST = 1024 * 1024
_WORST = 20
# Starting processes costs more than a few files.
_FILES_FOR_PROCESSES = 100


@dataclass(frozen=True)
class Measured:
    """One file: its lines of code and its functions, or why it could not be measured."""

    lines: int
    functions: list[WorstFunction]
    problem: str = ""


def measure_code(project: Path, code: CodeQuality, *, limit: int, exclude: Sequence[str] = ()) -> None:
    """Measure the project's source.

    Args:
        project: Its directory.
        code: Gets lines, complexity, and the files that could not be measured.
        limit: The complexity above which a function is complex.
        exclude: Patterns of paths that are left out.
    """
    files = source_files(project, exclude)
    jobs = [(str(project / file), file) for file in files]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if len(files) >= _FILES_FOR_PROCESSES:
        print(f"quality: measuring {len(files)} source files", file=sys.stderr)
    if len(files) >= _FILES_FOR_PROCESSES and cores > 1:
        with ProcessPoolExecutor(cores) as pool:
            measured = list(pool.map(measure_file, *zip(*jobs, strict=True), chunksize=20))
    else:
        measured = [measure_file(path, name) for path, name in jobs]
    code.lines = sum(one.lines for one in measured)
    code.unreadable = [
        f"{file}: {one.problem}" for file, one in zip(files, measured, strict=True) if one.problem
    ]
    functions = [function for one in measured for function in one.functions]
    if not files or len(code.unreadable) == len(files):
        return
    code.complexity = Complexity(
        functions=len(functions),
        mean=round(sum(one.complexity for one in functions) / len(functions), 2) if functions else 0.0,
        limit=limit,
        complex=sum(one.complexity > limit for one in functions),
        worst=sorted(functions, key=lambda one: (-one.complexity, one.file, one.line))[:_WORST],
    )


def source_files(project: Path, exclude: Sequence[str] = ()) -> list[str]:
    """Return the project's own source files, relative and sorted; generated and vendored ones are left out.

    Args:
        project: Its directory.
        exclude: Patterns of paths that are left out.
    """
    tracked = tracked_files(project)
    listed = _walk(project) if tracked is None else tracked
    files = sorted(
        file
        for file in {*listed}
        if PurePosixPath(file).suffix in LANGUAGES and not _foreign(PurePosixPath(file), exclude)
    )
    generated = set() if tracked is None else generated_files(project, files)
    return [file for file in files if file not in generated and (project / file).is_file()]


def measure_file(path: str, name: str) -> Measured:
    """Measure one file.

    Args:
        path: Where it is.
        name: What it is called in the result.
    """
    file = Path(path)
    try:
        size = file.stat().st_size
        if size > _LARGEST:
            return Measured(0, [], "larger than 1 MB")
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        found = lizard.analyze_file.analyze_source_code(f"file{LANGUAGES[file.suffix]}", text)
    except OSError as error:
        return Measured(0, [], error.strerror or "cannot be read")
    except (RecursionError, IndexError, KeyError, ValueError, AttributeError, TypeError) as error:
        # lizard's tokenizers fail in many ways on text that is not what its suffix says.
        return Measured(0, [], f"lizard cannot read it ({type(error).__name__})")
    return Measured(
        found.nloc,
        [
            WorstFunction(
                name=one.name,
                file=name,
                line=one.start_line,
                complexity=one.cyclomatic_complexity,
                lines=one.nloc,
            )
            for one in found.function_list
        ],
    )


def _foreign(file: PurePosixPath, exclude: Sequence[str]) -> bool:
    folders = file.parts[:-1]
    return (
        any(folder in FOREIGN_FOLDERS or folder.startswith(".") for folder in folders)
        or file.is_relative_to(OWN_FOLDER)
        or any(file.match(pattern) for pattern in FOREIGN_NAMES)
        or any(_matches(file, pattern) for pattern in exclude)
    )


def _matches(file: PurePosixPath, pattern: str) -> bool:
    """Return whether a pattern names the file, or a folder above it."""
    pattern = pattern.rstrip("/").removesuffix("/**")
    return any(one.match(pattern) for one in (file, *file.parents) if one.name)


def _walk(project: Path) -> list[str]:
    found = []
    for folder, folders, files in os.walk(project):
        folders[:] = [name for name in folders if name not in FOREIGN_FOLDERS and not name.startswith(".")]
        here = Path(folder).relative_to(project)
        found += [(here / file).as_posix() for file in files]
    return found
