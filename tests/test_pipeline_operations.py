"""The operations of the cicd-generator: what they render, what they say, and that all of it comes out again."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.directories import read_tree, write_tree

from codemods import invoke
from codemods.operation import Options, Result, execute
from codemods.render import ANSWERS_FILE

if TYPE_CHECKING:
    from pathlib import Path

FASTAPI = {
    "app/__init__.py": "",
    "app/main.py": (
        'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef words() -> list[str]:\n    return []\n'
    ),
    "tests/test_words.py": "def test_words() -> None:\n    assert 1 + 1 == 2\n",
    "requirements.txt": "fastapi\nuvicorn\nredis\n",
    "requirements-dev.txt": "-r requirements.txt\npytest\n",
    "Procfile": "web: uvicorn app.main:app --host 0.0.0.0 --port ${PORT:-8000}\n",
}
EXPRESS = {
    "package.json": (
        '{"name": "parcels", "version": "1.0.0", "engines": {"node": "22"}, "scripts": {"start": "node server.js", '
        '"test": "node --test"}, "dependencies": {"express": "5.1.0", "pg": "8.16.0"}}\n'
    ),
    "package-lock.json": '{"name": "parcels", "lockfileVersion": 3, "packages": {}}\n',
    "server.js": 'const express = require("express");\nconst app = express();\napp.listen(3000);\n',
}
SPRING = {
    "pom.xml": (
        "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>tickets</artifactId>"
        "<version>1</version><properties><java.version>21</java.version></properties><dependencies><dependency>"
        "<groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>"
        "</dependencies></project>\n"
    ),
    "src/main/java/org/example/Tickets.java": "package org.example;\n\npublic class Tickets {}\n",
}
PROJECTS = {"python": FASTAPI, "javascript": EXPRESS, "java": SPRING}
OPERATIONS = {
    "generate_github_actions": (
        ".github/workflows/release-quality.yml",
        {"workflow_file", "triggers", "services_configured", "quality_gates", "artifacts", "pr_comments"},
    ),
    "generate_gitlab_ci": (
        ".gitlab/release-quality.yml",
        {"pipeline_file", "stages", "services_configured", "quality_gates", "artifacts"},
    ),
    "generate_jenkins": (
        "Jenkinsfile",
        {"pipeline_file", "stages", "services_configured", "quality_gates", "artifacts"},
    ),
    "generate_docker_config": ("Dockerfile", {"files_created", "services"}),
    "setup_quality_gates": (".quality-gates.yaml", {"quality_gates", "config_file"}),
}


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(root), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def project(root: Path, files: dict[str, str]) -> Path:
    write_tree(root, files)
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "As it was")
    return root


def run(operation: str, root: Path, given: dict[str, Any] | None = None, **options: Any) -> Result:
    return execute(operation, str(root), given or {}, Options(allow_dirty=True, **options))


def done(operation: str, root: Path, given: dict[str, Any] | None = None, **options: Any) -> Result:
    result = run(operation, root, given, **options)
    assert not result.errors
    assert result.success
    return result


def files(root: Path) -> dict[str, bytes]:
    return {
        name: data
        for name, data in read_tree(root).items()
        if not name.startswith(".git/") and name != ".git/"
    }


def answers(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / ANSWERS_FILE).read_text())
    return found


@pytest.mark.parametrize("language", PROJECTS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_renders_for_every_language_and_takes_it_out_again(
    tmp_path: Path, language: str, operation: str
) -> None:
    root = project(tmp_path / "shop", PROJECTS[language])
    before = files(root)
    result = done(operation, root)
    main_file, keys = OPERATIONS[operation]
    assert main_file in result.data["files_created"]
    assert keys <= set(result.data)
    assert {name: data for name, data in files(root).items() if name in before} == before
    assert done(operation, root, check=True).exit_code == 0
    done("remove", root)
    assert files(root) == before


@pytest.mark.parametrize("language", PROJECTS)
def test_a_pipeline_brings_the_gate_that_it_calls(tmp_path: Path, language: str) -> None:
    root = project(tmp_path / "shop", PROJECTS[language])
    result = done("generate_github_actions", root, {"quality_threshold": 85.0})
    assert result.data["quality_gates"][0] == "quality_score >= 85"
    assert (root / "tools" / "quality" / "__main__.py").is_file()
    assert (
        yaml.safe_load((root / ".quality-gates.yaml").read_text())["quality_gates"]["quality_score"]["min"]
        == 85
    )
    assert answers(root)["language"] == language


def test_without_a_quality_check_nothing_judges(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", FASTAPI)
    result = done("generate_gitlab_ci", root, {"include_quality_check": False})
    assert result.data["quality_gates"] == []
    assert "quality-gate" not in result.data["stages"]
    assert not (root / "tools").exists()


def test_three_providers_have_the_same_stages(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", EXPRESS)
    gitlab = done("generate_gitlab_ci", root, {"include_deploy": True, "include_docker_build": True})
    jenkins = done("generate_jenkins", root)
    assert gitlab.data["stages"] == jenkins.data["stages"]
    assert {"test", "quality-gate", "docker-build", "deploy"} <= set(gitlab.data["stages"])
    assert gitlab.data["services_configured"] == jenkins.data["services_configured"] == ["postgresql"]


def test_gates_are_returned_with_their_bounds(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", SPRING)
    gates = done("setup_quality_gates", root, {"min_test_coverage": 70.0, "max_vulnerabilities": 2}).data[
        "quality_gates"
    ]
    assert gates["test_coverage"]["min"] == 70
    assert gates["vulnerabilities"]["max"] == 2
    assert set(gates) == {"quality_score", "regressions", "test_coverage", "vulnerabilities", "performance"}
    assert {name for name, gate in gates.items() if gate["blocking"]} == set(gates) - {"test_coverage"}


def test_gates_that_only_warn(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", SPRING)
    gates = done("setup_quality_gates", root, {"block_on_failure": False}).data["quality_gates"]
    assert not [name for name, gate in gates.items() if gate["blocking"]]


def test_files_of_the_users_are_never_touched(tmp_path: Path) -> None:
    theirs = {
        "Dockerfile": "FROM scratch\n",
        ".dockerignore": "notes\n",
        "Jenkinsfile": "pipeline {}\n",
        ".gitlab-ci.yml": "stages: [test]\n",
        "compose.yml": "services: {}\n",
        "renovate.json": "{}\n",
    }
    root = project(tmp_path / "shop", FASTAPI | theirs)
    before = files(root)
    docker = done("generate_docker_config", root)
    gitlab = done("generate_gitlab_ci", root)
    jenkins = done("generate_jenkins", root)
    github = done("generate_github_actions", root)
    assert {name: data for name, data in files(root).items() if name in before} == before
    assert "Dockerfile.release-quality" in docker.data["files_created"]
    assert "Dockerfile.release-quality.dockerignore" in docker.data["files_created"]
    assert jenkins.data["pipeline_file"] == "Jenkinsfile.release-quality"
    assert any("include:" in warning for warning in gitlab.warnings)
    assert ".github/dependabot.yml" not in github.data["files_created"]
    done("remove", root)
    assert files(root) == before


def test_a_part_is_taken_out_alone(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", FASTAPI)
    before = files(root)
    done("generate_github_actions", root)
    with_github = files(root)
    done("generate_docker_config", root)
    done("remove", root, only=["docker"])
    left = {name: data for name, data in files(root).items() if name != ".release-quality.json"}
    assert left.keys() == with_github.keys() - {".release-quality.json"}
    done("remove", root, only=["github", "gates"])
    assert files(root) == before


def test_the_gate_stays_as_long_as_a_pipeline_needs_it(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", FASTAPI)
    done("generate_github_actions", root)
    before = files(root)
    result = run("remove", root, only=["gates"])
    assert result.exit_code == 2
    assert "include_quality_check" in result.errors[0]
    assert files(root) == before


def test_code_and_pipelines_come_and_go_independently(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", FASTAPI)
    before = files(root)
    done("generate_jenkins", root)
    done("apply", root)
    assert (root / "app" / "instrumentation" / "tracing.py").is_file()
    assert (root / "Jenkinsfile").is_file()
    code = ["logging", "tracing", "metrics", "health", "profiling", "config"]
    done("remove", root, only=code)
    assert (root / "Jenkinsfile").is_file()
    assert {name: data for name, data in files(root).items() if name in before} == before
    done("remove", root)
    assert files(root) == before


def test_apply_renders_what_it_is_asked_for(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", FASTAPI)
    before = files(root)
    result = done("apply", root, {"pipelines": True})
    assert {".github/workflows/release-quality.yml", "Dockerfile", ".quality-gates.yaml"} <= set(
        result.data["files_created"]
    )
    assert (root / "app" / "instrumentation" / "metrics.py").is_file()
    assert done("apply", root, check=True).exit_code == 0
    done("remove", root)
    assert files(root) == before


def test_apply_without_a_word_of_pipelines_renders_none(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", FASTAPI)
    done("apply", root)
    assert not (root / ".github").exists()
    assert not (root / "tools").exists()


def test_apply_with_only_pipelines_needs_no_supported_framework(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", EXPRESS)
    result = done("apply", root, only=["gitlab", "docker"])
    assert {".gitlab-ci.yml", "Dockerfile"} <= set(result.data["files_created"])


def test_the_provider_is_the_one_in_use(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", FASTAPI)
    git(root, "remote", "add", "origin", "https://gitlab.example.org/words/words.git")
    created = done("apply", root, {"pipelines": True}).data["files_created"]
    assert ".gitlab/release-quality.yml" in created
    assert ".github/workflows/release-quality.yml" not in created


def test_what_a_person_chose_stays_and_is_named(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", EXPRESS)
    done("generate_github_actions", root, data={"language_version": "24"})
    result = done("generate_gitlab_ci", root)
    assert answers(root)["language_version"] == "24"
    assert any(warning.startswith("language_version: stays 24") for warning in result.warnings)


def test_one_service_of_a_repository(tmp_path: Path) -> None:
    tree = {f"api/{name}": text for name, text in FASTAPI.items()}
    tree |= {f"web/{name}": text for name, text in EXPRESS.items()}
    root = project(tmp_path / "shop", tree)
    refused = run("generate_github_actions", root)
    assert refused.exit_code == 2
    assert "api" in refused.errors[0]
    assert "web" in refused.errors[0]
    result = done("generate_github_actions", root, service="web")
    assert result.data["workflow_file"] in result.data["files_created"]
    assert answers(root)["service_dir"] == "web"
    # Once chosen, it need not be named again.
    created = done("generate_docker_config", root).data["files_created"]
    assert "web/Dockerfile" in created


def test_pipelines_belong_to_the_repository(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", {f"api/{name}": text for name, text in FASTAPI.items()})
    result = run("apply", root, service="api", only=["tracing", "github"])
    assert result.exit_code == 2
    assert "belongs to the repository" in result.errors[0]


@pytest.mark.parametrize(
    ("operation", "given", "word"),
    [
        ("generate_github_actions", {"workflow_name": "$(rm -rf /)"}, "workflow_name"),
        ("generate_github_actions", {"triggers": ["pull_request_target"]}, "workflow_triggers"),
        ("generate_github_actions", {"quality_threshold": 101.0}, "min_quality_score"),
        ("generate_github_actions", {"triggers": "push"}, "triggers"),
        ("setup_quality_gates", {"max_vulnerabilities": -1}, "max_vulnerabilities"),
        ("setup_quality_gates", {"performance_threshold": 0.0}, "performance_threshold"),
        ("generate_jenkins", {"include_deploi": True}, "include_deploi"),
    ],
)
def test_bad_input_is_one_message(tmp_path: Path, operation: str, given: dict[str, Any], word: str) -> None:
    root = project(tmp_path / "shop", FASTAPI)
    before = files(root)
    result = run(operation, root, given)
    assert result.exit_code == 2
    assert len(result.errors) == 1
    assert word in result.errors[0]
    assert files(root) == before


def test_a_directory_that_is_no_project(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", {"notes.txt": "nothing\n"})
    result = run("generate_github_actions", root)
    assert result.exit_code == 2
    assert "pom.xml" in result.errors[0]


def test_invoke_runs_the_workflow_of_the_contract(tmp_path: Path) -> None:
    root = project(tmp_path / "shop", FASTAPI)
    analysis = invoke(
        "cicd-generator",
        "analyze_project",
        {"project_path": str(root), "detect_language": True, "detect_tests": True, "detect_docker": True},
    )
    assert (analysis.data["language"], analysis.data["test_framework"]) == ("python", "pytest")
    assert analysis.data["services_needed"] == ["redis"]
    result = invoke(
        "cicd-generator",
        "generate_github_actions",
        {
            "project_path": str(root),
            "workflow_name": "Release Quality Check",
            "triggers": ["pull_request", "push", "release"],
            "include_quality_check": True,
            "include_benchmarks": True,
            "include_docker": True,
            "quality_threshold": 80.0,
        },
    )
    assert result.success, result.errors
    assert result.data["triggers"] == ["pull_request", "push", "release"]
    assert result.data["services_configured"] == ["redis"]
    assert result.data["pr_comments"]
    docker = invoke(
        "cicd-generator",
        "generate_docker_config",
        {
            "project_path": str(root),
            "include_app": True,
            "include_infrastructure": True,
            "include_benchmarks": True,
            "allow_dirty": True,
        },
    )
    assert {"redis", "jaeger", "prometheus", "grafana"} <= set(docker.data["services"])
    known = invoke("cicd-generator", "apply", {"project_path": str(root)})
    assert "generate_github_actions" in known.errors[0]
