"""From what was found about a project to the answers that its pipelines and its image are rendered with."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codemods.errors import UsageError
from codemods.render import questions

if TYPE_CHECKING:
    from collections.abc import Collection

    from codemods.projects.model import Project

# Words that mean the same to a shell and without one: the validators of test_arguments and launch_command.
_WORD = re.compile(r"[A-Za-z0-9_./=:,-]+")
_LAUNCH_WORD = re.compile(r"[A-Za-z0-9_./=:,@%+()-]+")
# The one variable that platforms set for every process: inside an image its default is as good.
_PORT = re.compile(r"\$(?:PORT\b|\{PORT(?::?-\d+)?\})")
_ADDRESS = re.compile(r"[A-Za-z0-9_.:/@?&={}+%-]*")
_WORKERS = re.compile(r"(?:--workers|-w|--processes)(?:=|\Z)")
# What follows the code at every run. All else is a choice once it is recorded, and only named when it differs.
_FOLLOWS = {
    "language",
    "package_manager",
    "package_manager_version",
    "build_wrapper",
    "build_script",
    "typescript",
    "dependency_file",
    "lock_file",
}
_LAYERED_JARS = {"spring-boot-maven-plugin", "org.springframework.boot"}
_OF_IMAGE = {"dockerfile", "dockerignore"}
_USUAL_UPDATES = (
    "renovate.json",
    "renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".github/renovate.json",
    ".github/renovate.json5",
    ".github/dependabot.yml",
    ".github/dependabot.yaml",
)


def derive(
    project: Project, recorded: dict[str, Any], generated: Collection[str]
) -> tuple[dict[str, Any], list[str]]:
    """Answer what the project already answers.

    Args:
        project: What was found.
        recorded: Answers of an earlier run; they win where a person may have chosen.
        generated: Files that are ours, so that their names are free.

    Returns:
        Answers by question name, and a warning for each that could not be given or that is recorded otherwise.

    Raises:
        UsageError: No language was found, or a package manager that no pipeline of ours knows.
    """
    managers = questions()["package_manager"]["choices"]
    if not project.language:
        raise UsageError(
            "no Python, JavaScript or Java project found",
            where=project.root,
            hint="Give the directory that holds its manifest, or name a folder below it with --service.",
        )
    if not project.manifest.dependencies_file:
        raise UsageError(
            "no manifest declares its packages, so no pipeline could install them",
            where=project.root,
            hint="Write a requirements.txt, package.json, pom.xml or build.gradle first.",
        )
    if project.package_manager not in managers:
        raise UsageError(
            f"no pipeline is known for {project.package_manager}",
            where=project.root,
            hint=f"Known are {', '.join(managers)}; say which with --data package_manager=NAME.",
        )
    found, warnings = _facts(project)
    for name, value in found.items():
        if name in _FOLLOWS or recorded.get(name, value) == value:
            continue
        warnings.append(
            f"{name}: stays {_shown(recorded[name])}, as recorded; the project now says {_shown(value)}. "
            f"--data {name}=… changes it."
        )
    kept = {name: value for name, value in recorded.items() if name in found and name not in _FOLLOWS}
    names = _file_names(project, generated)
    # Without an image of ours, the name was that of the project's own file.
    rendered = bool(recorded.get("docker")) and recorded.get("include_app", True)
    chosen = {
        name: recorded[name] for name in names if name in recorded and (rendered or name not in _OF_IMAGE)
    }
    return {**found, **kept, **names, **chosen}, warnings


def _facts(project: Project) -> tuple[dict[str, Any], list[str]]:
    manifest, install = project.manifest, project.tests.install
    warnings = list(project.warnings)
    words = _launch_words(project)
    if project.launch_command and not words:
        warnings.append(
            f"launch_command: `{project.launch_command}` needs a shell, so it was left out; "
            "--data launch_command='[…]' gives it as a list of words."
        )
    variables = {item.name: {"service": item.service, "value": item.value} for item in project.variables}
    usable = {name: variable for name, variable in variables.items() if _ADDRESS.fullmatch(variable["value"])}
    warnings += [
        f"{name}: its value has characters that a shell reads, so it was left out of the pipeline."
        for name in sorted(set(variables) - set(usable))
    ]
    dependencies = {
        "files": list(install.files),
        "groups": list(install.groups),
        "extras": list(install.extras),
        "packages": list(install.packages),
    }
    facts: dict[str, Any] = {
        "service_name": project.name,
        "service_dir": project.directory,
        "language": project.language,
        "language_version": project.version,
        "package_manager": manifest.package_manager,
        "package_manager_version": manifest.package_manager_version,
        "build_wrapper": manifest.wrapper,
        "build_script": "build" in manifest.scripts,
        "typescript": project.typescript,
        "dependency_file": manifest.dependencies_file,
        "lock_file": manifest.lock_file,
        "benchmark_suite": project.benchmark_suite,
        "test_framework": project.tests.framework,
        "test_arguments": _test_arguments(project.tests.command, project.tests.framework),
        "test_dependencies": {kind: names for kind, names in dependencies.items() if names},
        "linters": list(project.linters),
        "service_containers": list(project.services_needed),
        "service_environment": usable,
        "launch_command": words,
        "process_count": _process_count(words),
        "default_branch": project.default_branch,
    }
    if project.port:
        facts["port"] = project.port
    if project.language == "java":
        # The plugin that puts a jar together in layers: https://docs.spring.io/spring-boot/maven-plugin/packaging.html
        facts["spring_boot"] = any(name in _LAYERED_JARS for name in manifest.plugins)
    return facts, warnings


def _test_arguments(command: str, framework: str) -> str:
    """Return what a project's own command passes to its test runner, where a shell would pass it on unchanged."""
    _, found, arguments = command.partition("pytest ")
    usable = found and framework == "pytest" and all(_WORD.fullmatch(word) for word in arguments.split())
    return arguments.strip() if usable else ""


def _launch_words(project: Project) -> list[str]:
    """Return the words of the launch command; none where only a shell understands it."""
    command = _PORT.sub(str(project.port), project.launch_command) if project.port else project.launch_command
    try:
        words = shlex.split(command)
    except ValueError:
        return []
    return words if all(_LAUNCH_WORD.fullmatch(word) for word in words) else []


def _process_count(words: list[str]) -> int:
    for at, word in enumerate(words):
        if _WORKERS.match(word):
            value = word.partition("=")[2] or next(iter(words[at + 1 :]), "")
            return max(1, int(value)) if value.isdecimal() else 1
    return 1


def _file_names(project: Project, generated: Collection[str]) -> dict[str, Any]:
    """Return names for the files that a project may have already; what it has is never touched."""
    root = Path(project.root)
    folder = "" if project.directory == "." else f"{project.directory}/"

    def taken(path: str) -> bool:
        return path not in generated and (root / path).exists()

    dockerfile = "Dockerfile.release-quality" if taken(f"{folder}Dockerfile") else "Dockerfile"
    own_list = dockerfile == "Dockerfile" and not taken(f"{folder}.dockerignore")
    updates = {} if not any(taken(path) for path in _USUAL_UPDATES) else {"dependency_updates": "none"}
    return {
        "dockerfile": dockerfile,
        "dockerignore": ".dockerignore" if own_list else f"{dockerfile}.dockerignore",
        "jenkinsfile": "Jenkinsfile.release-quality" if taken("Jenkinsfile") else "Jenkinsfile",
        "gitlab_entry": "none" if taken(".gitlab-ci.yml") else "ours",
        **updates,
    }


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value) or "none"
