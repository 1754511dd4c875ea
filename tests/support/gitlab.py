"""GitLab pipelines, read and run by gitlab-ci-local, and held against GitLab's own JSON schema."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from support.processes import machine_environment
from support.required import tool
from support.validators import BIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_COMMIT_BRANCH": "", "CI_COMMIT_TAG": ""}
DEFAULT_BRANCH = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_TAG": ""}
TAG = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "", "CI_COMMIT_TAG": "v1"}
OTHER_BRANCH = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "feature/x", "CI_COMMIT_TAG": ""}


def schema(files: Iterable[Path]) -> str:
    """Hold pipelines against GitLab's JSON schema; return what it found, and an empty text when all is well."""
    command = [
        str(BIN / "check-jsonschema"),
        "--builtin-schema",
        "vendor.gitlab-ci",
        "--data-transform",
        "gitlab-ci",
    ]
    result = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def gitlab_ci_local(
    repository: Path,
    *arguments: str,
    variables: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Call gitlab-ci-local in a git repository.

    Args:
        repository: Where the pipeline stands; it is also where its jobs run.
        arguments: Such as ``--list-json``.
        variables: What GitLab tells a pipeline, in place of what git says of the repository.
        environment: Variables beside those of this process.
    """
    told = [f"--variable={name}={value}" for name, value in (variables or {}).items()]
    ignored = [f"--ignore-predefined-vars={','.join(variables)}"] if variables else []
    program = tool("gitlab-ci-local") / "node_modules" / ".bin" / "gitlab-ci-local"
    return subprocess.run(
        [str(program), *arguments, *told, *ignored],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=machine_environment() | dict(environment or {}),
    )


def jobs(repository: Path, variables: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the jobs that a pipeline has under some variables, by name.

    Raises:
        ValueError: gitlab-ci-local refused the pipeline.
    """
    result = gitlab_ci_local(repository, "--list-json", variables=variables)
    if result.returncode:
        raise ValueError(result.stdout + result.stderr)
    return {job["name"]: job for job in json.loads(result.stdout) if job["when"] != "never"}
