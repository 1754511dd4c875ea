"""Plain Copier, without this tool and without trust: the same files, nothing of the user's touched, updates that merge."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.directories import read_tree, write_tree

from codemods import facts, render
from codemods.operation import Options, Result, execute
from codemods.record import load_record
from codemods.render import ANSWERS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_copie.plugin import Copie

SERVICE = {
    "app/__init__.py": "",
    "app/main.py": (
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
        '@app.get("/words")\ndef words() -> list[str]:\n    return ["a"]\n'
    ),
    "requirements.txt": "fastapi\nuvicorn\n",
    "README.md": "# Words\n",
    # Another template's answers, and files of names that are often generated.
    ".copier-answers.yml": "_commit: v1.2.3\n_src_path: gh:somebody/else\nname: words\n",
    "Dockerfile": "FROM scratch\n",
    "config/app.yaml": "debug: true\n",
}
PARTS = ("copier.yml", "questions", "template", "frameworks", "pipelines")


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(root), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def commit(root: Path, message: str, tag: str = "") -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", message)
    if tag:
        git(root, "tag", tag)


@pytest.fixture(scope="session")
def first_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of the template as it stands here, with a version tag."""
    root = tmp_path_factory.mktemp("template")
    for part in PARTS:
        origin = facts.source_directory() / part
        if origin.is_dir():
            shutil.copytree(origin, root / part, ignore=shutil.ignore_patterns("examples", "__pycache__"))
        else:
            shutil.copy2(origin, root / part)
    git(root, "init", "--quiet")
    commit(root, "First", "v0.1.0")
    return root


@pytest.fixture
def template(first_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of that repository that a test may release from; this tool renders from it, too."""
    root = tmp_path / "template"
    shutil.copytree(first_template, root)
    monkeypatch.setattr(render, "source_directory", lambda: root)
    render._provenance.cache_clear()
    yield root
    render._provenance.cache_clear()


@pytest.fixture
def service(tmp_path: Path) -> Path:
    root = write_tree(tmp_path / "words", SERVICE)
    git(root, "init", "--quiet")
    commit(root, "Words")
    return root


def copier(root: Path, command: str, *arguments: object) -> str:
    """Run the real Copier in a project, without --trust."""
    done = subprocess.run(
        [sys.executable, "-m", "copier", command, "-a", ANSWERS_FILE, "--defaults", *map(str, arguments)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def run(operation: str, root: Path, **options: Any) -> Result:
    result = execute(operation, str(root), {}, Options(allow_dirty=True, **options))
    assert not result.errors
    return result


def project_files(root: Path) -> dict[str, bytes]:
    return {name: data for name, data in read_tree(root).items() if not name.startswith(".git/")}


def users(root: Path) -> dict[str, bytes]:
    """Return the files that stood there before anything was rendered."""
    return {name: data for name, data in project_files(root).items() if name in SERVICE}


def rendered(root: Path) -> dict[str, bytes]:
    ours = {**SERVICE, ANSWERS_FILE: "", ".release-quality.json": ""}
    return {
        name: data
        for name, data in project_files(root).items()
        if name not in ours and not name.endswith("/")
    }


def answers(root: Path) -> dict[str, Any]:
    found = yaml.safe_load((root / ANSWERS_FILE).read_text())
    return {name: value for name, value in found.items() if not name.startswith("_")}


def test_defaults_guess_what_the_analysis_finds(template: Path, service: Path, tmp_path: Path) -> None:
    applied = write_tree(tmp_path / "applied" / "words", SERVICE)
    run("apply", applied)
    copier(service, "copy", template, ".")
    assert rendered(service) == rendered(applied)
    assert users(service) == {name: text.encode() for name, text in SERVICE.items()}


def test_defaults_guess_a_django_project(template: Path, tmp_path: Path) -> None:
    bare = ("manage.py", "clinic/__init__.py", "clinic/wsgi.py", "visits/__init__.py")
    project = write_tree(tmp_path / "clinic", dict.fromkeys(bare, ""))
    copier(project, "copy", template, ".")
    found = answers(project)
    assert (found["framework"], found["package_dir"]) == ("django", "clinic")
    assert found["libraries"] == ["django", "django_cache"]
    assert (project / "clinic" / "instrumentation" / "orm_spans.py").is_file()


def test_the_same_answers_give_the_same_files(template: Path, service: Path, tmp_path: Path) -> None:
    applied = write_tree(tmp_path / "applied" / "words", SERVICE)
    run(
        "apply",
        applied,
        skip=["profiling"],
        data={
            "libraries": ["sqlalchemy", "redis"],
            "service_name": "other",
            "sampling_rate": 0.25,
            "log_level": "DEBUG",
        },
    )
    given = tmp_path / "given.yml"
    given.write_text(yaml.safe_dump(answers(applied)))
    copier(service, "copy", "--data-file", given, template, ".")
    assert rendered(service) == rendered(applied)
    assert answers(service) == answers(applied)


def test_apply_behind_copier_only_injects(template: Path, service: Path, tmp_path: Path) -> None:
    copier(service, "copy", template, ".")
    files = rendered(service)
    result = run("apply", service)
    assert result.data["files_created"] == []
    assert set(result.data["files_modified"]) <= {"app/main.py", "requirements.txt", ANSWERS_FILE}
    assert rendered(service) == files
    assert set(files) <= set(load_record(service).generated)

    applied = write_tree(tmp_path / "applied" / "words", SERVICE)
    run("apply", applied)
    assert users(service) == users(applied)
    run("remove", service)
    assert git(service, "status", "--porcelain") == ""


def test_inject_only_takes_what_copier_rendered_and_nothing_else(template: Path, service: Path) -> None:
    without = execute("apply", str(service), {}, Options(inject_only=True))
    assert without.exit_code == 2
    assert "copier copy -a .copier-answers.release-quality.yml" in without.errors[0]
    copier(service, "copy", template, ".")
    before = project_files(service)
    run("apply", service, inject_only=True)
    after = project_files(service)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"app/main.py", "requirements.txt", ".release-quality.json"}


def release(template: Path) -> None:
    """Release a version with a line more in a file that users edit, and a file more."""
    file = template / "template" / "{{ code_dir }}" / "instrumentation" / "spans.py"
    text = file.read_text()
    head, mark, rest = text.partition('"""')
    assert not head
    file.write_text(f"{mark}Better than ever.\n\n{rest}")
    commit(template, "Second", "v0.2.0")


def test_an_update_merges_with_what_the_user_edited(template: Path, service: Path) -> None:
    copier(service, "copy", template, ".")
    spans = service / "app" / "instrumentation" / "spans.py"
    spans.write_text(spans.read_text() + "\n# Ours: keep.\n")
    commit(service, "Render and edit")
    release(template)

    copier(service, "update")
    text = spans.read_text()
    assert "Better than ever." in text
    assert text.endswith("\n# Ours: keep.\n")
    everything = b"".join(project_files(service).values())
    assert b"<<<<<<<" not in everything
    assert b">>>>>>>" not in everything
    assert not [name for name in project_files(service) if name.endswith(".rej")]
    assert "_commit: v0.2.0" in (service / ANSWERS_FILE).read_text()
    assert git(service, "status", "--porcelain").split() == [
        "M",
        ANSWERS_FILE,
        "M",
        "app/instrumentation/spans.py",
    ]
    assert users(service) == {name: text.encode() for name, text in SERVICE.items()}


def test_an_applied_project_updates_with_copier_too(template: Path, service: Path) -> None:
    run("apply", service)
    assert "_commit: v0.1.0" in (service / ANSWERS_FILE).read_text()
    injected = users(service)
    tracing = service / "app" / "instrumentation" / "tracing.py"
    tracing.write_text(tracing.read_text() + "\n# Ours: keep.\n")
    commit(service, "Apply and edit")
    release(template)

    copier(service, "update")
    assert users(service) == injected
    assert "Better than ever." in (service / "app" / "instrumentation" / "spans.py").read_text()
    assert tracing.read_text().endswith("# Ours: keep.\n")

    render._provenance.cache_clear()
    again = run("apply", service)
    assert again.data["files_created"] == []
    assert users(service) == injected
    assert any("tracing.py: you have edited it" in warning for warning in again.warnings)
    assert tracing.read_text().endswith("# Ours: keep.\n")

    removed = execute("remove", str(service), {}, Options(allow_dirty=True))
    assert removed.exit_code == 1
    assert list(rendered(service)) == ["app/instrumentation/tracing.py"]
    assert users(service) == {name: text.encode() for name, text in SERVICE.items()}


def test_removal_right_behind_an_update_leaves_nothing(template: Path, service: Path) -> None:
    run("apply", service)
    commit(service, "Apply")
    release(template)
    copier(service, "update")
    render._provenance.cache_clear()
    run("remove", service)
    assert project_files(service) == {
        **{name: text.encode() for name, text in SERVICE.items()},
        "app/": b"",
        "config/": b"",
    }


def test_a_file_of_the_user_where_ours_would_go_stays(template: Path, service: Path) -> None:
    write_tree(service, {"config/instrumentation.yaml": "mine: true\n"})
    result = execute("apply", str(service), {}, Options(allow_dirty=True))
    assert result.exit_code == 1
    assert "config/instrumentation.yaml: there is a file of yours with this name" in result.errors[0]
    assert (service / "config" / "instrumentation.yaml").read_text() == "mine: true\n"


@pytest.mark.filterwarnings("ignore")
def test_smoke_with_pytest_copie(copie: Copie, template: Path) -> None:
    result = copie.copy(
        extra_answers={"service_name": "orders", "package_dir": "orders", "package": "orders"},
        template_dir=template,
    )
    assert result.exception is None
    assert result.exit_code == 0
    assert result.project_dir is not None
    assert (result.project_dir / "orders" / "instrumentation" / "tracing.py").is_file()
    assert result.answers["service_name"] == "orders"
    assert json.dumps(result.answers)


def test_apply_brings_what_copier_rendered_up_to_what_the_code_uses(template: Path, service: Path) -> None:
    write_tree(service, {"app/prices.py": "import httpx\n\nclient = httpx.Client()\n"})
    commit(service, "use a library that plain Copier does not look for")
    before = project_files(service)
    copier(service, "copy", template, ".")
    tracing = (service / "app" / "instrumentation" / "tracing.py").read_bytes()
    commit(service, "render")
    run("apply", service)
    assert answers(service)["libraries"] == ["httpx"]
    assert (service / "app" / "instrumentation" / "tracing.py").read_bytes() != tracing
    run("remove", service)
    assert project_files(service) == before


def test_what_a_user_edited_behind_copier_is_left_and_named(template: Path, service: Path) -> None:
    copier(service, "copy", template, ".")
    edited = service / "app" / "instrumentation" / "tracing.py"
    edited.write_bytes(edited.read_bytes() + b"\n# mine\n")
    commit(service, "render and edit")
    result = execute("apply", str(service), {}, Options(allow_dirty=True))
    assert any(
        "tracing.py" in text and "copier update" in text for text in [*result.errors, *result.warnings]
    )
    assert edited.read_bytes().endswith(b"# mine\n")
