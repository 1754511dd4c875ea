"""Rendering: Copier renders the template into a temporary directory, and the result becomes part of a plan.

Copier writes file by file and stops half-way at a conflict, so it never works in the user's project here;
`codemods.writer` does.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from codemods.errors import ReleaseQualityError, UsageError
from codemods.facts import load_yaml, source_directory
from codemods.places import feature_of
from codemods.plan import GENERATED, Plan, Refusal, content_hash

if TYPE_CHECKING:
    from codemods.record import Record

ANSWERS_FILE = ".copier-answers.release-quality.yml"
_RESTORE = "Restore it from version control, or delete it: the questions are then answered anew."
_PARTS = ("copier.yml", "questions", "template", "frameworks", "pipelines")


@cache
def questions() -> dict[str, dict[str, Any]]:
    """Return every question of the template by name, read from ``questions/*.yml``."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((source_directory() / "questions").glob("*.yml")):
        document = load_yaml(file.read_text(encoding="utf-8")) or {}
        found |= {name: spec for name, spec in document.items() if not name.startswith("_")}
    return found


def read_answers(root: Path) -> dict[str, Any]:
    """Read the recorded answers of a project; an empty dict when the template was never applied.

    Raises:
        UsageError: The answers file is not a YAML mapping.
    """
    file = root / ANSWERS_FILE
    if not file.is_file():
        return {}
    try:
        data = load_yaml(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise UsageError(f"is not YAML{line}", where=ANSWERS_FILE, hint=_RESTORE) from None
    if not isinstance(data, dict):
        raise UsageError("holds no answers", where=ANSWERS_FILE, hint=_RESTORE)
    return data


def render(answers: dict[str, Any]) -> dict[str, bytes]:
    """Render the template.

    Args:
        answers: Answers by question name; questions that are left out take their default.

    Returns:
        The content of every rendered file by path, the answers file included.

    Raises:
        UsageError: A question's validator refused an answer.
        ReleaseQualityError: The template could not be rendered.
    """
    # Copier configures no handlers, but plumbum and others it imports log at debug level.
    logging.getLogger("copier").setLevel(logging.WARNING)
    import copier
    from copier.errors import CopierError

    public = {name: value for name, value in answers.items() if not name.startswith("_")}
    with tempfile.TemporaryDirectory(prefix="release-quality-") as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        # A plain copy renders in a tenth of the time that Copier needs to clone a repository first.
        source.mkdir()
        for part in _PARTS:
            origin = source_directory() / part
            if origin.is_dir():
                shutil.copytree(
                    origin,
                    source / part,
                    ignore=shutil.ignore_patterns("examples", "__pycache__", ".*_cache"),
                )
            else:
                shutil.copy2(origin, source / part)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                copier.run_copy(
                    str(source),
                    target,
                    data=public,
                    defaults=True,
                    quiet=True,
                    overwrite=True,
                    answers_file=ANSWERS_FILE,
                )
        except ValueError as error:
            raise _unusable(error, answers) from None
        except CopierError as error:
            raise ReleaseQualityError(f"the template could not be rendered: {error}") from error
        files = {
            file.relative_to(target).as_posix(): file.read_bytes()
            for file in sorted(target.rglob("*"))
            if file.is_file()
        }
    files[ANSWERS_FILE] = _with_provenance(files[ANSWERS_FILE], _provenance())
    return files


def adopt_rendering(plan: Plan, record: Record, rendered: dict[str, bytes], recorded: dict[str, Any]) -> None:
    """Take files that plain Copier rendered into the record, unless a person has edited them since.

    Args:
        plan: Read through.
        record: Takes the files.
        rendered: What `render` returned for the new answers; nothing has to be adopted where it stands already.
        recorded: The answers that Copier rendered with.
    """
    unknown = {
        path
        for path, content in rendered.items()
        if path != ANSWERS_FILE
        and plan.read(path) not in {None, content}
        and record.generated.get(path) != content_hash(plan.read(path))
    }
    if not unknown:
        return
    for path, content in render(recorded).items():
        if path in unknown and plan.read(path) == content:
            record.generated[path] = content_hash(content)


def plan_rendering(plan: Plan, record: Record, rendered: dict[str, bytes]) -> None:
    """Plan the rendered files: what is ours is brought up to date, what is not stays.

    Args:
        plan: Takes the changes, and a warning for each file that the user has edited since.
        record: Tells which files are ours and how we left them.
        rendered: What `render` returned.
    """
    answered = (plan.root / ANSWERS_FILE).is_file()
    for path, content in rendered.items():
        now = plan.read(path)
        feature = feature_of(path)
        if now == content:
            # Rendered by plain Copier, or by an earlier run: ours all the same.
            record.generated[path] = content_hash(content)
        elif now is None or path == ANSWERS_FILE or record.generated.get(path) == content_hash(now):
            plan.write(path, content, feature=feature, kind=GENERATED)
        elif path in record.generated or answered:
            plan.warnings.append(
                f"{path}: you have edited it, so it was left as it is; `copier update` merges both."
            )
        else:
            plan.refuse(
                Refusal(
                    path, "there is a file of yours with this name; it was left as it is", feature=feature
                )
            )
    for path in sorted(set(record.generated) - set(rendered)):
        now = plan.read(path)
        if now is None:
            record.generated.pop(path)
        elif record.generated[path] == content_hash(now):
            plan.write(path, None, feature="config", kind=GENERATED)
        else:
            plan.warnings.append(f"{path}: no longer needed, but you have edited it, so it was left.")


@cache
def _provenance() -> tuple[str, str]:
    """Return where the template is and its commit, for ``copier update``; no commit outside a git checkout."""
    source = source_directory()
    if not (source / ".git").exists():
        return str(source), ""
    result = subprocess.run(
        ["git", "-C", str(source), "describe", "--tags", "--always"],
        capture_output=True,
        text=True,
        check=False,
    )
    return str(source), result.stdout.strip()


def _with_provenance(answers: bytes, provenance: tuple[str, str]) -> bytes:
    source, commit = provenance
    lines = [
        line for line in answers.decode().splitlines() if not line.startswith(("_src_path:", "_commit:"))
    ]
    entries = [yaml.safe_dump({"_src_path": source}).strip()]
    if commit:
        entries.insert(0, yaml.safe_dump({"_commit": commit}).strip())
    first = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return ("\n".join([*lines[:first], *entries, *lines[first:]]) + "\n").encode()


def _unusable(error: ValueError, answers: dict[str, Any]) -> UsageError:
    """Return Copier's refusal of an answer in our words: which one, what it was, what it may be."""
    name, _, rule = str(error).partition("Validation error for question ")[2].partition(": ")
    name = name.strip("'")
    if name not in answers:
        return UsageError(str(error))
    return UsageError(f"cannot be {answers[name]!r}", where=name, hint=rule)
