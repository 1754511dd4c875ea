"""Golden examples: ``frameworks/<framework>/examples/<case>/before`` becomes ``after``, and becomes ``before`` again.

Found by listing. ``after`` holds the user's own files only; without it nothing may be written at all. ``case.yml``
says why the case exists and may give the operation, its parameters, the shared options, the exit code and a text
that an error or a warning must hold. ``--update-examples`` writes ``after`` anew.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.directories import read_tree, write_tree

from codemods.operation import Options, Result, execute
from codemods.record import RECORD_FILE, load_record

ROOT = Path(__file__).parent.parent
Tree = dict[str, bytes]


@dataclass(frozen=True)
class Case:
    """One example.

    Attributes:
        why: One sentence for the documentation.
        operation: What is run.
        parameters: Its parameters.
        options: The shared flags, by their names in Python.
        exit_code: What it ends with.
        message: A text that one of the errors or warnings holds.
        data: Keys of the result with the value they must have.
    """

    directory: Path
    why: str = ""
    operation: str = "apply"
    parameters: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    exit_code: int = 0
    message: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def framework(self) -> str:
        return self.directory.parent.parent.name

    @property
    def before(self) -> Tree:
        return read_tree(self.directory / "before")

    @property
    def after(self) -> Tree:
        return self.before if self.no_op else read_tree(self.directory / "after")

    @property
    def no_op(self) -> bool:
        return not (self.directory / "after").is_dir()


def load(directory: Path) -> Case:
    file = directory / "case.yml"
    said = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    unknown = set(said) - {each.name for each in fields(Case)}
    assert not unknown, f"{file}: unknown keys {sorted(unknown)}"
    return Case(directory, **said)


CASES = [load(path) for path in sorted(ROOT.glob("frameworks/*/examples/*")) if path.is_dir()]
each_case = pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{case.framework}/{case.directory.name}") for case in CASES]
)


@dataclass
class Project:
    """A copy of an example to work on."""

    case: Case
    root: Path

    @property
    def service(self) -> str:
        return str(self.case.options.get("service", ""))

    @property
    def record(self) -> str:
        return (Path(self.service) / RECORD_FILE).as_posix()

    def run(self, operation: str = "", **options: Any) -> Result:
        given = {**self.case.options, **options} if not operation else {"service": self.service, **options}
        parameters = dict(self.case.parameters) if not operation else {}
        return execute(operation or self.case.operation, str(self.root), parameters, Options(**given))

    def users(self) -> Tree:
        """Return the files that are the user's: neither generated nor the record."""
        home = Path(self.service)
        generated = {(home / path).as_posix() for path in load_record(self.root / home).generated}
        tree = read_tree(self.root)
        ours = {f"{parent}/" for path in generated for parent in map(str, Path(path).parents)}
        theirs = {name: data for name, data in tree.items() if name not in generated | {self.record}}
        kept = {
            f"{parent}/"
            for path in theirs
            if not path.endswith("/")
            for parent in map(str, Path(path).parents)
        }
        return {name: data for name, data in theirs.items() if name not in ours - kept}

    def copy(self, name: str) -> Project:
        target = self.root.parent.parent / name / self.root.name
        shutil.copytree(self.root, target, symlinks=True)
        return Project(self.case, target)


@pytest.fixture
def project(case: Case, tmp_path: Path, quick_rendering: None) -> Project:
    # The same directory name for all: it becomes the service's name, and equal answers are rendered once.
    root = write_tree(tmp_path / "first" / "shop", {})
    shutil.copytree(case.directory / "before", root, dirs_exist_ok=True, symlinks=True)
    return Project(case, root)


@each_case
def test_example(case: Case, project: Project, request: pytest.FixtureRequest) -> None:
    planned = project.run(diff=True)
    assert read_tree(project.root) == case.before, "a dry run wrote something"
    checked = project.run(check=True)
    diffed = project.copy("diffed")

    result = project.run()
    messages = "\n".join([*result.errors, *result.warnings])
    if request.config.getoption("--update-examples"):
        _update(case, project)
    assert result.exit_code == case.exit_code, messages
    assert case.message in messages
    assert result.success == (case.exit_code == 0)
    assert {key: result.data.get(key) for key in case.data} == case.data
    if case.no_op:
        assert read_tree(project.root) == case.before
    assert project.users() == case.after
    changes = read_tree(project.root) != case.before

    _check_syntax(case.before, read_tree(project.root))
    assert checked.exit_code == (case.exit_code or int(changes)), "--check before"
    _check_diff(planned, diffed, project)
    _check_stability(case, project)
    _check_removal(case, project)


def _check_syntax(before: Tree, after: Tree) -> None:
    for name, content in after.items():
        if name.endswith(".py") and (name not in before or _compiles(name, before[name])):
            assert _compiles(name, content), f"{name} no longer compiles"


def _compiles(name: str, content: bytes) -> bool:
    try:
        compile(content, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _check_diff(planned: Result, untouched: Project, applied: Project) -> None:
    diff = planned.plan.diff().encode("utf-8", "surrogateescape") if planned.plan else b""
    if diff:
        for flags in (["--check"], []):
            # Whitespace is the user's; git would warn about the carriage returns of a Windows file.
            command = ["git", "apply", "--whitespace=nowarn", *flags]
            environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(untouched.root.parent)}
            done = subprocess.run(
                command, input=diff, cwd=untouched.root, env=environment, capture_output=True, check=False
            )
            assert done.returncode == 0, done.stderr.decode()
    expected = read_tree(applied.root)
    expected.pop(applied.record, None)
    assert read_tree(untouched.root) == expected, "the diff and the run differ"


def _check_stability(case: Case, project: Project) -> None:
    applied = read_tree(project.root)
    again = project.run()
    assert read_tree(project.root) == applied, "a second run changed something"
    assert again.exit_code == case.exit_code
    assert project.run(check=True).exit_code == case.exit_code, "--check after"


def _check_removal(case: Case, project: Project) -> None:
    edited = project.copy("edited")
    expected = dict(case.before)
    for name, content in case.after.items():
        if content != case.before[name]:
            file = edited.root / name
            file.write_bytes(_with_unrelated_lines(file.read_bytes()))
            expected[name] = _with_unrelated_lines(expected[name])
    for each, wanted in ((project, case.before), (edited, expected)):
        removed = each.run("remove")
        assert not removed.errors
        assert read_tree(each.root) == wanted, "removal did not give the original back"


def _with_unrelated_lines(content: bytes) -> bytes:
    """Add a comment to the top and the end, as an editor would: behind a BOM, with the file's line ends."""
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    end = b"\r\n" if b"\r\n" in content else b"\n"
    body = content[len(mark) :]
    if body and not body.endswith(b"\n"):
        body += end
    return mark + b"# by the user, above" + end + body + b"# by the user, below" + end


def _update(case: Case, project: Project) -> None:
    after = case.directory / "after"
    shutil.rmtree(after, ignore_errors=True)
    users = project.users()
    if users != case.before:
        write_tree(after, {name: data for name, data in users.items() if not name.endswith("/")})


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.framework}/{case.directory.name}")
def test_says_why_it_exists(case: Case) -> None:
    assert case.why.endswith(".")


@pytest.mark.parametrize(("framework", "least"), [("fastapi", 25), ("flask", 20)])
def test_there_are_enough_examples_and_two_in_five_change_nothing(framework: str, least: int) -> None:
    cases = [case for case in CASES if case.framework == framework]
    assert len(cases) >= least
    assert sum(case.no_op for case in cases) * 5 >= len(cases) * 2
