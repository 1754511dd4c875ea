"""Answers of every kind, combined so that for each package manager each pair of values meets in some rendering.

A rendering by Copier takes a second, and there are hundreds. So the templates are rendered here with Copier's Jinja environment
and answers that Copier gave once for each language; `test_matrix.py` holds some of them against Copier's own renderings.
"""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import yaml
from allpairspy import AllPairs
from jinja2 import FileSystemLoader, StrictUndefined, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from codemods.facts import source_directory
from codemods.render import ANSWERS_FILE, questions, render

if TYPE_CHECKING:
    from collections.abc import Iterator

# With all of it on, every answer is recorded.
EVERYTHING: dict[str, Any] = {
    "service_name": "shop",
    "instrumentation": False,
    "github": True,
    "gitlab": True,
    "jenkins": True,
    "docker": True,
    "include_docker_build": True,
    "include_deploy": True,
}
_MANAGERS = {
    "python": ["pip", "uv", "poetry", "pdm", "pipenv"],
    "javascript": ["npm", "pnpm", "yarn"],
    "java": ["maven", "gradle"],
}
_TESTS = {
    "python": ["pytest", "django", "unittest", ""],
    "javascript": ["vitest", "jest", "mocha", "node", "npm-script", ""],
    "java": ["junit", ""],
}
_LINTERS: dict[str, list[list[str]]] = {
    "python": [[], ["ruff"], ["flake8", "pylint", "black", "mypy"]],
    "javascript": [[], ["eslint"], ["biome", "prettier", "tsc"]],
    "java": [[], ["checkstyle", "spotless", "pmd"]],
}
_VERSIONS = {"python": ["3.11", "3.14"], "javascript": ["22", "24.3.0"], "java": ["17", "25"]}
_FILES = {
    "pip": "requirements.txt",
    "pipenv": "Pipfile",
    "maven": "pom.xml",
    "gradle": "build.gradle.kts",
    "npm": "package.json",
    "pnpm": "package.json",
    "yarn": "package.json",
}
_LOCKS = {
    "uv": "uv.lock",
    "poetry": "poetry.lock",
    "pdm": "pdm.lock",
    "pipenv": "Pipfile.lock",
    "npm": "package-lock.json",
    "pnpm": "pnpm-lock.yaml",
    "yarn": "yarn.lock",
}
_WRAPPERS = {"maven": "mvnw", "gradle": "gradlew"}
_SERVERS: list[dict[str, str]] = [
    {},
    {"postgresql": "postgresql+asyncpg://app:{password}@{host}:{port}/app?ssl=disable&timeout=5", "redis": "redis://{host}:{port}/0"},
    {"mysql": "mysql://app:{password}@{host}:{port}/app", "mariadb": "{host}:{port}", "mongodb": "mongodb://{host}:{port}/app"},
    {"rabbitmq": "amqp://app:{password}@{host}:{port}/%2F", "memcached": "{host}:{port}"},
]  # fmt: skip
_SHARED: dict[str, list[Any]] = {
    "locked": [True, False],
    "servers": _SERVERS,
    "service_dir": [".", "backend", "services/api-1"],
    "workflow_triggers": [
        ["pull_request", "push", "release"],
        ["push"],
        ["merge_group", "workflow_dispatch"],
    ],
    "include_quality_check": [True, False],
    "include_benchmarks": [True, False],
    "include_docker_build": [True, False],
    "include_deploy": [False, True],
    "default_branch": ["main", "release/1.x"],
    "workflow_name": ["Release quality", "Checks (all) of api_v2 - 1.0"],
    "service_name": ["shop", "Shop.API_v2"],
    "test_arguments": ["", "tests/unit -x --maxfail=2"],
}


@dataclass(frozen=True)
class Case:
    """One combination.

    Attributes:
        name: For messages: the package manager and a number.
        answers: What differs from `EVERYTHING`.
    """

    name: str
    answers: dict[str, Any]


def cases() -> Iterator[Case]:
    """Return every combination, the same ones each time."""
    for language, managers in _MANAGERS.items():
        for manager in managers:
            parameters = {
                "test_framework": _TESTS[language],
                "linters": _LINTERS[language],
                "language_version": _VERSIONS[language],
                **_SHARED,
            }
            for number, row in enumerate(AllPairs(list(parameters.values()))):
                chosen = dict(zip(parameters, row, strict=True))
                yield Case(f"{manager}-{number}", _answers(language, manager, chosen))


def _answers(language: str, manager: str, chosen: dict[str, Any]) -> dict[str, Any]:
    locked, servers = chosen.pop("locked"), chosen.pop("servers")
    variables = {
        f"{key.upper()}_URL": {"service": key, "value": value} for key, value in servers.items() if value
    }
    # The sources of a test's packages are as different as the projects are: alone, together, and none.
    sources = [{}, {"files": ["requirements/dev.txt"]}, {"groups": ["dev", "test"], "extras": ["postgres"]}]
    return {
        **chosen,
        "language": language,
        "package_manager": manager,
        "dependency_file": _FILES.get(manager, "pyproject.toml"),
        "lock_file": _LOCKS.get(manager, "") if locked else "",
        "build_wrapper": _WRAPPERS.get(manager, "") if locked else "",
        "package_manager_version": "" if locked else "2.0.1",
        "service_containers": list(servers),
        "service_environment": variables,
        "test_dependencies": sources[len(chosen["linters"]) % 3] if language == "python" else {},
        "gates": chosen["include_quality_check"],
    }


@cache
def _defaults(language: str) -> dict[str, Any]:
    answers: dict[str, Any] = yaml.safe_load(render(EVERYTHING | {"language": language})[ANSWERS_FILE])
    return answers


@cache
def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(source_directory()),
        extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    # Nearly all of the time goes into reading the same files of facts again.
    environment.filters["from_yaml"] = lambda text: deepcopy(_facts(text))
    return environment


@cache
def _facts(text: str) -> Any:
    return yaml.safe_load(text)


def render_templates(answers: dict[str, Any], *beginnings: str) -> dict[str, str]:
    """Render what stands around a service, as Copier does it; nothing is left out by ``_exclude``.

    Args:
        answers: What differs from `EVERYTHING`; ``language`` is among them.
        beginnings: Of the template's paths that are wanted, such as ``.github/``.

    Returns:
        Text by path.
    """
    environment = _environment()
    context = {
        **_defaults(answers["language"]),
        **answers,
        "pipelines": True,
        "project_facts": True,
        "_copier_conf": SimpleNamespace(answers_file=ANSWERS_FILE, dst_path="/nowhere"),
    }
    # Folders of the instrumentation have computed names, which are empty without it.
    context |= dict.fromkeys(
        ["code_dir", "asgi_dir", "wsgi_dir", "django_dir", "threads_dir", "config_dir"], ""
    )
    # Twice, because an answer may be computed from one of a later file. One that hangs on the instrumentation stays undefined,
    # and a file that asked for it here would fail to render.
    for name, question in [*questions().items(), *questions().items()]:
        if name not in context:
            with suppress(UndefinedError):
                text = environment.from_string(str(question["default"])).render(context)
                context[name] = text if question["type"] == "str" else yaml.safe_load(text)
    found = {}
    template = source_directory() / "template"
    for file in sorted(path for path in template.rglob("*") if path.is_file()):
        path = file.relative_to(template)
        if not path.as_posix().startswith(beginnings):
            continue
        parts = [environment.from_string(part.removesuffix(".jinja")).render(context) for part in path.parts]
        if not all(parts):
            continue
        if file.suffix == ".jinja":
            text = environment.get_template(f"template/{path.as_posix()}").render(context)
        else:
            text = file.read_text(encoding="utf-8")
        found["/".join(part for part in parts if part != ".")] = text
    return found
