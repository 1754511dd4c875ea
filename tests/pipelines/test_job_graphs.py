"""GitHub, GitLab and Jenkins run the same jobs, with the same needs, servers, lines and gate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support import jenkinsfile

from pipelines.matrix import Case
from pipelines.rendered_cases import GITHUB, GITLAB, JENKINS, every_case, pipelines

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Job:
    """What a provider makes of a job.

    Attributes:
        needs: The jobs that it waits for; of Jenkins, whose stages follow one another, those whose evidence it takes.
        always: It runs after a failure, too.
        services: Its servers.
        commands: Its lines, without those that only the provider needs.
    """

    needs: list[str]
    always: bool
    services: list[str]
    commands: list[str]


Graph = dict[str, Job]


def _own_lines(script: str) -> list[str]:
    """Leave out what a provider sets before the job's own lines: variables of the gate, and the folder."""
    lines = [line.strip() for line in script.splitlines() if line.strip()]
    provided = re.compile(r'export QUALITY_|if \[ "\$BRANCH_NAME"|cd (backend|services/api-1)$')
    return [line for line in lines if not provided.match(line)]


def _github(text: str) -> Graph:
    found = {}
    for name, job in yaml.safe_load(text)["jobs"].items():
        if name == "publish":
            continue
        [script] = [step["run"] for step in job["steps"] if step["name"] == job["name"]]
        always = job.get("if", "") == "${{ !cancelled() }}"
        found[name] = Job(job.get("needs", []), always, list(job.get("services", {})), _own_lines(script))
    return found


def _gitlab(text: str) -> Graph:
    def id_of(name: str) -> str:
        return {"gate": "quality-gate"}.get(name.partition(":")[2], name.partition(":")[2])

    def needed(entry: str | dict[str, Any]) -> str:
        return id_of(entry if isinstance(entry, str) else entry["job"])

    found = {}
    for name, job in yaml.safe_load(text).items():
        if name.startswith("."):
            continue
        services = [service["alias"] for service in job.get("services", []) if isinstance(service, dict)]
        always = job.get("extends") == ".release-quality-always"
        found[id_of(name)] = Job(
            [needed(entry) for entry in job["needs"]], always, services, _own_lines(job["script"][0])
        )
    return found


_IDS = {
    "Lint": "lint",
    "Test": "test",
    "Security": "security",
    "Benchmark": "benchmark",
    "Quality gate": "quality-gate",
    "Report": "report",
    "Image": "docker-build",
    "Deploy": "deploy",
}


def _jenkins(structure: jenkinsfile.Structure) -> Graph:
    found = {}
    for stage in structure.stages():
        if stage["name"] not in _IDS:
            continue
        steps = list(jenkinsfile.steps({key: stage[key] for key in ("steps", "stages") if key in stage}))
        scripts = [step["given"]["script"] for step in steps if step["step"] == "sh"]
        taken = [step["given"]["name"] for step in steps if step["step"] == "unstash"]
        aliases = re.findall(r"--network-alias (\S+)", "\n".join(scripts))
        found[_IDS[stage["name"]]] = Job(taken, bool(taken), aliases, _own_lines(scripts[-1]))
    return found


@pytest.mark.pipelines
def test_three_providers_run_the_same_jobs(tmp_path: Path) -> None:
    files = []
    for case, texts in every_case():
        files.append(tmp_path / case.name)
        files[-1].write_text(texts[JENKINS])
    assert len(files) >= 200
    for (case, texts), structure in zip(every_case(), jenkinsfile.read(files), strict=True):
        on_github = _github(texts[GITHUB])
        on_gitlab = _gitlab(texts[GITLAB])
        on_jenkins = _jenkins(structure)
        assert on_gitlab == on_github, case.name
        assert list(on_jenkins) == list(on_github), case.name
        for name, job in on_jenkins.items():
            same = on_github[name]
            assert (job.commands, job.services) == (same.commands, same.services), (case.name, name)
            if same.always or not same.needs:
                assert job.needs == same.needs, (case.name, name)
        gate = on_jenkins.get("quality-gate")
        assert bool(gate) == case.answers["include_quality_check"]
        if gate:
            assert gate.commands[-1].endswith("tools/quality gate")


@pytest.mark.pipelines
def test_a_stage_of_jenkins_waits_for_green_where_others_do(tmp_path: Path) -> None:
    texts = pipelines(Case("usual", {"language": "python"}))
    path = tmp_path / "Jenkinsfile"
    path.write_text(texts[JENKINS])
    [structure] = jenkinsfile.read([path])
    waiting = {stage["name"] for stage in structure.stages() if "when" in stage}
    graph = _github(texts[GITHUB])
    assert {_IDS[name] for name in waiting} == {
        name for name, job in graph.items() if job.needs and not job.always
    }
