"""Jenkinsfiles, read and run by the Groovy that Jenkins runs: the scripts in ``jenkins/`` beside this file.

This is not Jenkins' own validator, which is published only with Jenkins. The rules are those of its plugin
pipeline-model-definition; steps that publish read the files they are given, and docker agents run on this machine.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.required import tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SCRIPTS = Path(__file__).with_name("jenkins")
_FACTS = _SCRIPTS / "declarative.json"


def _groovy(script: str, *arguments: Path) -> Any:
    jar = tool("groovy-all-2.4.21.jar")
    command = ["java", "-XX:TieredStopAtLevel=1", "--add-opens", "java.base/java.lang=ALL-UNNAMED"]
    command += [
        "-cp",
        f"{jar}{os.pathsep}{_SCRIPTS}",
        "groovy.ui.GroovyMain",
        str(_SCRIPTS / script),
        str(_FACTS),
    ]
    result = subprocess.run(
        [*command, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if result.returncode:
        raise RuntimeError(result.stderr or result.stdout)
    return json.loads(result.stdout)


@cache
def facts() -> dict[str, Any]:
    """Return what a declarative pipeline may say."""
    found: dict[str, Any] = json.loads(_FACTS.read_text(encoding="utf-8"))
    return found


@dataclass
class Structure:
    """What a Jenkinsfile says: what is wrong with it, and its sections."""

    errors: list[str]
    pipeline: dict[str, Any]

    def stages(self) -> Iterator[dict[str, Any]]:
        """Return every stage, those inside others too, in their order."""
        yield from _walk(self.pipeline)


def _walk(level: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for stage in [*level.get("stages", []), *level.get("parallel", [])]:
        yield stage
        yield from _walk(stage)


def steps(level: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the steps of a stage, of its ``post`` and of the stages in it, with those that stand inside others."""
    waiting = [*level.get("steps", []), *(step for some in level.get("post", {}).values() for step in some)]
    while waiting:
        step = waiting.pop(0)
        yield step
        waiting[:0] = step.get("steps", [])
    for stage in [*level.get("stages", []), *level.get("parallel", [])]:
        yield from steps(stage)


def read(files: Iterable[Path]) -> list[Structure]:
    """Read Jenkinsfiles, all in one Java process, and return their structures in the same order."""
    found = _groovy("check.groovy", *files)
    return [
        Structure([f"line {error['line']}: {error['message']}" for error in one["errors"]], one["pipeline"])
        for one in found
    ]


@dataclass
class Build:
    """What became of a build.

    Attributes:
        result: SUCCESS, UNSTABLE, FAILURE or ABORTED.
        stages: SUCCESS, FAILURE, SKIPPED (by its ``when``) or NOT_BUILT, by stage.
        published: What the steps that publish were given: ``step``, ``files`` and more.
        images: Images of docker agents, with their arguments.
        archived: Files that the build keeps, in `archive`.
        log: What it printed.
        archive: The folder with the archived files.
    """

    result: str
    stages: dict[str, str]
    published: list[dict[str, Any]]
    images: list[dict[str, Any]]
    archived: list[str]
    log: str
    archive: Path


def build(
    repository: Path,
    home: Path,
    variables: Mapping[str, str],
    *,
    parameters: Mapping[str, Any] | None = None,
    approve: bool = False,
    other_jobs: Mapping[str, Path] | None = None,
) -> Build:
    """Run the Jenkinsfile of a git repository.

    Args:
        repository: Cloned afresh into the folder of each agent.
        home: An empty folder for the workspaces, stashes and archive.
        variables: What Jenkins tells a build, such as ``BRANCH_NAME``.
        parameters: Of the build.
        approve: Whether somebody says yes where the pipeline asks.
        other_jobs: Archives of other jobs of the project, by the job's name.
    """
    home.mkdir(parents=True)
    request = home / "request.json"
    told = {
        "jenkinsfile": str(repository / "Jenkinsfile"),
        "repository": str(repository),
        "home": str(home),
        "environment": dict(variables),
        "parameters": dict(parameters or {}),
        "approve": approve,
        "otherJobs": {name: str(folder) for name, folder in (other_jobs or {}).items()},
    }
    request.write_text(json.dumps(told), encoding="utf-8")
    found = _groovy("run.groovy", request)
    return Build(
        found["result"],
        {stage["name"]: stage["status"] for stage in found["stages"]},
        found["published"],
        found["images"],
        found["archived"],
        found["log"],
        home / "archive",
    )
