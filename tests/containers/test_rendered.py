"""Rendered images and compose files before anything is built: what the real tools say about every way through the templates."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from containers.answers import CASES, answers
from support.directories import write_tree
from support.engine import engine_directory

from codemods.facts import load_yaml
from codemods.render import render

if TYPE_CHECKING:
    from collections.abc import Callable

YAMLLINT = "{extends: default, rules: {document-start: disable, line-length: {max: 140}}}"


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Renders a case once, and returns the directory."""
    made: dict[str, Path] = {}

    def of(case: str) -> Path:
        if case not in made:
            root = tmp_path_factory.mktemp("rendered")
            made[case] = write_tree(
                root, {name: data.decode() for name, data in render(answers(case)).items()}
            )
        return made[case]

    return of


def program(name: str) -> str:
    """Return a validator of this environment."""
    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert found, f"{name} is not installed: the dependency group `validators` brings it"
    return found


def checked(*command: str, directory: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False, timeout=60)


def compose(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real Compose, which needs no engine to read its files."""
    found = engine_directory() / "bin" / "docker-compose"
    if not found.exists():
        if os.environ.get("RELEASE_QUALITY_REQUIRE_SERVERS"):
            pytest.fail("Compose is not here: run tests/support/install_engine.sh", pytrace=False)
        pytest.skip("Compose is not here: run tests/support/install_engine.sh")
    return checked(str(found), *arguments, directory=directory)


def dockerfile(root: Path, case: str) -> Path:
    given = answers(case)
    return root / str(given.get("service_dir", ".")) / str(given.get("dockerfile", "Dockerfile"))


@pytest.mark.parametrize("case", CASES)
def test_the_tools_find_nothing(rendered: Callable[[str], Path], case: str) -> None:
    root = rendered(case)
    if CASES[case].get("include_app", True):
        done = checked(program("hadolint"), "--failure-threshold", "none", str(dockerfile(root, case)))
        assert done.stdout + done.stderr == ""
    files = [str(file) for file in sorted(root.glob("compose*.yml"))]
    done = checked(program("yamllint"), "--strict", "--config-data", YAMLLINT, *files)
    assert (done.returncode, done.stdout) == (0, "")
    check_compose(root)


def test_hadolint_rejects(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM python\nRUN cd /tmp && pip install flask\nCMD python app.py\n")
    found = {line.split()[1] for line in checked(program("hadolint"), str(bad)).stdout.splitlines()}
    assert {"DL3006", "DL3013", "DL3025"} <= found


def check_compose(root: Path) -> None:
    if not (root / "observability" / ".env").exists():
        assert checked("sh", "observability/make-env.sh", directory=root).returncode == 0
    files = ["--env-file", "observability/.env", "--file", "compose.observability.yml"]
    for more in ([], ["--file", "compose.collector.yml"]):
        done = compose(root, *files, *more, "--profile", "*", "config", "--format", "json")
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        check_model(json.loads(done.stdout))


def check_model(model: dict[str, Any]) -> None:
    published = [port for service in model["services"].values() for port in service.get("ports", [])]
    assert all(port["host_ip"] == "127.0.0.1" for port in published)
    numbers = [port["published"] for port in published]
    assert len(numbers) == len(set(numbers)), numbers
    for name, service in model["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("read_only") or name == "rabbitmq", name
        assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"]), name
        waits = service.get("depends_on", {})
        assert all(model["services"][on].get("healthcheck") or on == "app" for on in waits), name


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("condition: service_healthy", "condition: service_helthy"),
        ("depends_on:\n      postgresql:", "depends_on:\n      postgres:"),
        ("    healthcheck:", "    healthchek:"),
    ],
)
def test_compose_rejects(rendered: Callable[[str], Path], tmp_path: Path, wrong: str, message: str) -> None:
    root = shutil.copytree(rendered("every server"), tmp_path / "project")
    file = root / "compose.observability.yml"
    text = file.read_text()
    assert wrong in text
    file.write_text(text.replace(wrong, message))
    shutil.copy2(root / "observability" / ".env.example", root / "observability" / ".env")
    subprocess.run(["sed", "-i", "s/PASSWORD=$/PASSWORD=x/", "observability/.env"], cwd=root, check=True)
    done = compose(root, "--env-file", "observability/.env", "--file", file.name, "config", "--quiet")
    assert done.returncode != 0


def test_without_passwords_compose_says_what_to_do(rendered: Callable[[str], Path], tmp_path: Path) -> None:
    root = shutil.copytree(rendered("every server"), tmp_path / "project")
    (root / "observability" / ".env").unlink(missing_ok=True)
    done = compose(root, "--file", "compose.observability.yml", "config", "--quiet")
    assert done.returncode != 0
    assert "is missing a value: see the first lines of compose.observability.yml" in done.stderr


def test_passwords_are_random_and_stay(rendered: Callable[[str], Path], tmp_path: Path) -> None:
    first, second = (shutil.copytree(rendered("every server"), tmp_path / name) for name in ("a", "b"))
    values = []
    for root in (first, second):
        file = root / "observability" / ".env"
        file.unlink(missing_ok=True)
        assert checked("sh", "observability/make-env.sh", directory=root).returncode == 0
        assert file.stat().st_mode & 0o077 == 0
        values += [line.partition("=")[2] for line in file.read_text().splitlines() if "=" in line]
    assert len(values) == len(set(values)) == 10
    assert all(len(value) == 32 for value in values)
    before = file.read_text()
    again = checked("sh", "observability/make-env.sh", directory=root)
    assert (again.returncode, file.read_text()) == (1, before)
    assert "there already" in again.stderr
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    ignored = checked("git", "check-ignore", "observability/.env", "observability/app.env", directory=root)
    assert ignored.stdout.split() == ["observability/.env", "observability/app.env"]


def test_yamllint_rejects(tmp_path: Path) -> None:
    bad = tmp_path / "compose.yml"
    bad.write_text("services:\n  a: {}\n  a: {}\n")
    assert checked(program("yamllint"), "--strict", "--config-data", YAMLLINT, str(bad)).returncode == 1


def test_shellcheck_finds_nothing(rendered: Callable[[str], Path]) -> None:
    script = rendered("pip") / "observability" / "make-env.sh"
    done = checked(program("shellcheck"), str(script))
    assert (done.returncode, done.stdout) == (0, "")


def test_one_image_has_the_command_that_was_found(rendered: Callable[[str], Path]) -> None:
    text = dockerfile(rendered("pip, several processes"), "pip, several processes").read_text()
    assert 'CMD ["gunicorn", "-w", "4", "app:create()"]' in text
    assert 'GUNICORN_CMD_ARGS="--bind=0.0.0.0:8000"' in text


def test_nothing_is_rendered_that_was_not_asked_for() -> None:
    base = {"service_name": "shop"} | CASES["pip"]
    without = set(render(base))
    assert not [
        path for path in without if "ockerfile" in path or "compose" in path or "observability" in path
    ]
    image = set(render(base | {"docker": True, "include_infrastructure": False})) - without
    assert image == {"Dockerfile", ".dockerignore"}


@pytest.mark.parametrize("name", ['x"; touch /tmp/owned; "', "$(id)", "a\nRUN id"])
def test_a_hostile_name_is_refused(name: str) -> None:
    from codemods.errors import UsageError

    for question in ("service_name", "dockerfile", "service_dir"):
        with pytest.raises(UsageError):
            render({"docker": True, "service_name": "shop"} | CASES["pip"] | {question: name})
    with pytest.raises(UsageError):
        render({"docker": True, "service_name": "shop"} | CASES["pip"] | {"launch_command": ["sh", name]})


def test_services_are_read_by_their_names() -> None:
    facts = load_yaml((Path(__file__).parents[2] / "pipelines" / "services.yml").read_text())
    assert set(facts) == {*answers("every server")["service_containers"]}
    # A pipeline puts the command between double quotes.
    assert not [key for key, server in facts.items() if '"' in server["health"]]
