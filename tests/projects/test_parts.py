"""Which directory and language a project is about, its services, how they are started, and what is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from projects.samples import GRADLE, PYPROJECT, package, pom
from support.directories import write_tree

from codemods.errors import UsageError
from codemods.projects import find_project

if TYPE_CHECKING:
    from pathlib import Path

    from projects.conftest import Read

TOOLS = '{"private": true, "devDependencies": {"prettier": "3"}, "scripts": {"format": "prettier ."}}'
FASTAPI = {"app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n"}
MONOREPO = {
    "package.json": TOOLS,
    "backend/pyproject.toml": PYPROJECT,
    "backend/app/main.py": FASTAPI["app/main.py"],
    "frontend/package.json": package(dependencies={"react": "19"}, scripts={"preview": "vite preview"}),
    "docs/requirements.txt": "sphinx\n",
    "examples/demo/package.json": package(),
}

# files -> (language, directory, services)
CASES = {
    "one of Python": ({"requirements.txt": "flask\n"}, ("python", ".", ())),
    "sources without a manifest": ({"app.py": "print()\n", "lib.py": ""}, ("python", ".", ())),
    "a manifest without sources": ({"pom.xml": pom()}, ("java", ".", ())),
    "assets of a Python service": (
        {
            "requirements.txt": "django\n",
            "manage.py": "",
            "package.json": TOOLS,
            "static/js/a.js": "",
            "static/js/b.js": "",
        },
        ("python", ".", ()),
    ),
    "the image decides between two": (
        {
            "requirements.txt": "requests\n",
            "a.py": "",
            "b.py": "",
            "package.json": package(),
            "Dockerfile": "FROM python:3.12 AS x\nFROM node:22\n",
        },
        ("javascript", ".", ()),
    ),
    "a framework decides between two": (
        {"requirements.txt": "requests\n", "a.py": "", "b.py": "", "package.json": package()},
        ("javascript", ".", ()),
    ),
    "a Gradle build with a script of Python": (
        {"build.gradle": GRADLE, "tools/release.py": ""},
        ("java", ".", ()),
    ),
    "services below tools": (MONOREPO, ("python", "backend", ("backend", "frontend"))),
    "one service below": (
        {"README.md": "", "service/requirements.txt": "fastapi\n"},
        ("python", "service", ()),
    ),
    "a service beside the root's own": (
        {
            "requirements.txt": "flask\n",
            "worker/Dockerfile": "FROM python:3.12\n",
            "worker/requirements.txt": "rq\n",
        },
        ("python", ".", (".", "worker")),
    ),
    "what is in node_modules is no service": (
        {"package.json": package(), "node_modules/x/package.json": package(), ".venv/lib/setup.py": ""},
        ("javascript", ".", ()),
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_what_the_project_is(
    project: Read, files: dict[str, str | bytes], expected: tuple[str, str, tuple[str, ...]]
) -> None:
    found = project(files)
    assert (found.language, found.directory, found.services) == expected
    told = [text for text in found.warnings if text.startswith("several services")]
    assert len(told) == (1 if expected[2] else 0)


def test_a_chosen_service_is_read_with_paths_from_the_root(project: Read) -> None:
    found = project(MONOREPO, "frontend")
    assert (found.language, found.directory, found.manifest.dependencies_file) == (
        "javascript",
        "frontend",
        "frontend/package.json",
    )
    assert not [text for text in found.warnings if text.startswith("several")]


@pytest.mark.parametrize("service", ["nowhere", "../outside", "backend/pyproject.toml"])
def test_a_service_that_is_not_there_is_refused(project: Read, service: str) -> None:
    with pytest.raises(UsageError, match="no such service in this project") as raised:
        project(MONOREPO, service)
    assert "backend" in str(raised.value)


def test_typescript_is_said(project: Read) -> None:
    assert project({"package.json": package(), "tsconfig.json": "{}", "a.ts": ""}).typescript is True


def test_javascript_is_no_typescript(project: Read) -> None:
    assert project({"package.json": package(), "a.js": ""}).typescript is False


FACTORY = "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    return app\n"
# files -> (command, port, processes)
LAUNCHES = {
    "a Procfile": (
        {
            "requirements.txt": "fastapi\nuvicorn\n",
            **FASTAPI,
            "Procfile": "web: uvicorn app.main:app --port ${PORT:-8080}\nworker: celery -A app.worker worker\n",
        },
        ("uvicorn app.main:app --port 8080", 8080, 1),
    ),
    "an image before a desk's script": (
        {
            "requirements.txt": "flask\n",
            "app.py": "",
            ".flaskenv": "FLASK_APP=app.py\n",
            "Dockerfile": 'FROM python:3.12\nEXPOSE 9000\nCMD ["gunicorn", "--workers", "3", "app:app"]\n',
        },
        ("gunicorn --workers 3 app:app", 9000, 3),
    ),
    "what prepares is left out": (
        {
            "requirements.txt": "fastapi\n",
            **FASTAPI,
            "Dockerfile": "FROM python:3.12\nCMD alembic upgrade head && uvicorn app.main:app --host 0.0.0.0\n",
        },
        ("uvicorn app.main:app --host 0.0.0.0", 8000, 1),
    ),
    "nothing says it": (
        {"pyproject.toml": PYPROJECT, "uv.lock": "", **FASTAPI},
        ("uv run uvicorn app.main:app --host 0.0.0.0 --port 8000", 8000, 1),
    ),
    "nothing says it, a factory": (
        {"requirements.txt": "flask\ngunicorn\n", "shop/__init__.py": FACTORY},
        ("flask --app shop:create_app run --host 0.0.0.0 --port 5000", 5000, 1),
    ),
    "a command that only the environment knows": (
        {"requirements.txt": "fastapi\nuvicorn\n", **FASTAPI, "start.sh": 'gunicorn -k "$WORKER" "$APP"\n'},
        ("uvicorn app.main:app --host 0.0.0.0 --port 8000", 8000, 1),
    ),
    "a library listens on nothing": ({"pyproject.toml": '[project]\nname = "words"\n'}, ("", 0, 1)),
    "npm start": (
        {
            "package.json": package(scripts={"start": "node ."}),
            "server.js": "app.listen(process.env.PORT || 4000)\n",
        },
        ("npm start", 4000, 1),
    ),
    "a file of Node": (
        {"package.json": package(main="./src/index.js"), "src/index.js": ""},
        ("node src/index.js", 3000, 1),
    ),
    "the port of an example": (
        {"package.json": package(scripts={"start": "node ."}), ".env.example": "PORT=4321\n"},
        ("npm start", 4321, 1),
    ),
    "Maven": (
        {
            "pom.xml": pom(),
            "src/main/resources/application.yml": "server:\n  shutdown: graceful\n  port: ${PORT:9090}\n",
        },
        ("java -jar target/shop-1.2.0.jar", 9090, 1),
    ),
    "Maven with a name": (
        {"pom.xml": pom(build="<finalName>${project.artifactId}-app</finalName>")},
        ("java -jar target/shop-app.jar", 8080, 1),
    ),
    "Gradle": (
        {
            "build.gradle": GRADLE,
            "settings.gradle": "rootProject.name = 'shop'\n",
            "src/main/resources/application.properties": "server.port=8081\n",
        },
        ("java -jar build/libs/shop-0.1.0.jar", 8081, 1),
    ),
}


@pytest.mark.parametrize(("files", "expected"), LAUNCHES.values(), ids=LAUNCHES)
def test_how_it_is_started(
    project: Read, files: dict[str, str | bytes], expected: tuple[str, int, int]
) -> None:
    found = project(files)
    assert (found.launch_command, found.port, found.process_count) == expected


CI = {
    "github": ".github/workflows/test.yml",
    "gitlab": ".gitlab-ci.yml",
    "jenkins": "Jenkinsfile",
    "circleci": ".circleci/config.yml",
    "azure": "azure-pipelines.yml",
    "bitbucket": "bitbucket-pipelines.yml",
    "travis": ".travis.yml",
    "woodpecker": ".woodpecker.yml",
}


@pytest.mark.parametrize(("provider", "path"), CI.items(), ids=CI)
def test_existing_pipelines(project: Read, provider: str, path: str) -> None:
    found = project(
        {"requirements.txt": "flask\n", path: "", ".github/dependabot.yml": "", "docs/Jenkinsfile": ""}
    )
    assert [(item.provider, item.files) for item in found.existing_ci] == [(provider, (path,))]


def test_images_and_compose_files_the_nearest_first(project: Read) -> None:
    files = dict.fromkeys(
        (
            "deploy/compose.prod.yml",
            "Dockerfile",
            "docker/api.Dockerfile",
            "compose.yaml",
            "tests/Dockerfile",
            "Dockerfile.md5/x",
        ),
        "",
    )
    found = project({"requirements.txt": "flask\n", **files})
    assert found.docker_files == (
        "Dockerfile",
        "docker/api.Dockerfile",
        "compose.yaml",
        "deploy/compose.prod.yml",
    )


BENCHMARKS = {
    "benchmarks/standard.py": "benchmarks/standard.py",
    "benchmarks/test_words.py": "benchmarks/test_words.py",
    "tests/benchmarks/test_words.py": "tests/benchmarks/test_words.py",
    "tests/test_words.py": "",
}


@pytest.mark.parametrize(("path", "suite"), BENCHMARKS.items(), ids=BENCHMARKS)
def test_the_suite_of_benchmarks(project: Read, path: str, suite: str) -> None:
    found = project({"requirements.txt": "flask\n", path: "def test_one():\n    pass\n"})
    assert found.benchmark_suite == suite
    assert ("benchmark" in found.recommended_workflows) is bool(suite)


def test_a_library_is_not_deployed(project: Read) -> None:
    assert project({"pyproject.toml": '[project]\nname = "words"\n'}).recommended_workflows == (
        "quality-check",
        "release",
    )


def test_a_service_is(project: Read) -> None:
    assert project({"requirements.txt": "flask\n"}).recommended_workflows == (
        "quality-check",
        "docker",
        "release",
        "deploy",
    )


def test_names_are_fit_for_images_and_files(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path / "My $(reboot) Shop",
        {"package.json": '{"name": "@Org/\\"; rm -rf <b>", "dependencies": {"express": "5"}}'},
    )
    assert find_project(root).name == "rm-rf-b"
    (root / "package.json").write_text("{}", encoding="utf-8")
    assert find_project(root).name == "my-reboot-shop"
