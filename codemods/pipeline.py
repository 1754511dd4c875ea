"""From a project to a plan for what stands around its code: analyse, answer, render."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codemods import answers as answering
from codemods import pipeline_answers
from codemods.errors import UsageError
from codemods.facts import load_yaml
from codemods.operation import PIPELINE_FEATURES, Options
from codemods.pipeline_model import pipeline_jobs
from codemods.plan import Plan
from codemods.record import Record, load_record
from codemods.render import ANSWERS_FILE, adopt_rendering, plan_rendering, questions, read_answers, render
from codemods.run import Run
from codemods.worktree import project_directory, require_clean, service_directory
from codemods.writer import recover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.projects.model import Project

PROVIDERS = ("github", "gitlab", "jenkins")


def survey(project_path: str, options: Options) -> Project:
    """Undo a run that was cut off, then find out what a pipeline must know about a project.

    Args:
        project_path: The repository.
        options: ``service`` names the service, where there are several.

    Raises:
        UsageError: There is no project, or there are several services and none is named.
    """
    from codemods.projects import find_project

    root = project_directory(project_path)
    if not options.dry:
        recover(root)
    options.progress("Reading the project")
    service = options.service or str(read_answers(root).get("service_dir", ""))
    service_directory(project_path, service)
    project = find_project(root, service=service)
    # A repository that is a service itself is meant by its own directory; its other services are named in a warning.
    if project.services and not service and "." not in project.services:
        raise UsageError(
            f"there are {len(project.services)} services here: {', '.join(project.services)}",
            where=project_path,
            hint=f"Choose the one that the pipeline is for: --service {project.services[0]}.",
        )
    return project


def usual_features(project_path: str, options: Options) -> list[str]:
    """Return what a project is given that asks for no provider by name: that of its pipelines or of its remote."""
    project = survey(project_path, options)
    existing = [item.provider for item in project.existing_ci if item.provider in PROVIDERS]
    remote = ["git", "-C", project.root, "remote", "get-url", "origin"]
    try:
        url = subprocess.run(remote, capture_output=True, text=True, check=False, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        url = ""
    return ["gates", "docker", *(existing or ["gitlab" if "gitlab" in url else "github"])]


def answers_around(
    project_path: str, features: Sequence[str], options: Options
) -> tuple[dict[str, Any], list[str]]:
    """Answer the questions about pipelines, images and gates for a run that instruments the code as well.

    Args:
        project_path: The repository.
        features: What is rendered around the code.
        options: The shared flags.

    Returns:
        Answers by question name, and warnings.
    """
    root = project_directory(project_path)
    return _choose(survey(project_path, options), features, {}, read_answers(root), load_record(root))


def _choose(
    project: Project,
    features: Sequence[str],
    given: dict[str, Any],
    recorded: dict[str, Any],
    record: Record,
) -> tuple[dict[str, Any], list[str]]:
    answers, warnings = pipeline_answers.derive(project, recorded, record.generated)
    for feature in PIPELINE_FEATURES:
        answers[feature] = feature in features or bool(recorded.get(feature))
    answers |= given
    if not (answers["docker"] and answers.get("include_app", recorded.get("include_app", True))):
        answers["dockerfile"] = given.get("dockerfile", "Dockerfile")
    checked = answers.get("include_quality_check", recorded.get("include_quality_check", True))
    if checked and any(answers[provider] for provider in PROVIDERS):
        answers["gates"] = True
    return answers, warnings


def prepare(project_path: str, features: list[str], given: dict[str, Any], options: Options) -> Run:
    """Plan what is rendered around a project.

    Args:
        project_path: The repository; pipelines belong to it, whichever of its services they are for.
        features: Some of ``github``, ``gitlab``, ``jenkins``, ``docker``, ``gates``.
        given: Answers by question name that the caller sets.
        options: The shared flags.

    Returns:
        The run, with its plan; nothing is written yet.

    Raises:
        UsageError: Bad input: nothing was and nothing will be changed.
    """
    root = project_directory(project_path)
    given = given | options.data
    known = questions()
    answering.check_given(given, known)
    project = survey(project_path, options)
    record, recorded = load_record(root), read_answers(root)
    if not options.dry:
        require_clean(root, record, allow_dirty=options.allow_dirty, confirm=options.confirm)
    before = {name: value for name, value in recorded.items() if name in known}
    chosen, warnings = _choose(project, features, given, before, record)
    plan = Plan(root, warnings=warnings)
    answers = {"instrumentation": bool(recorded), **before, **chosen}
    run = Run(
        root=root,
        project=root,
        answers={name: value for name, value in answers.items() if name in known},
        recorded=recorded,
        plan=plan,
        record=record,
        features=features,
    )
    options.progress("Rendering")
    rendered = render(run.answers)
    if recorded:
        adopt_rendering(plan, record, rendered, recorded)
    plan_rendering(plan, record, rendered)
    if run.changed:
        record.add(plan)
    return run


@dataclass(frozen=True)
class Description:
    """What a rendered pipeline has, for people and for the contract's return keys.

    Attributes:
        stages: Titles of its jobs, in order.
        services: Servers that run beside its jobs, keys of ``pipelines/services.yml``.
        gates: Conditions of its quality gate.
        artifacts: Files that are kept for people to look at.
        next: What to do now.
    """

    stages: list[str]
    services: list[str]
    gates: list[str]
    artifacts: list[str]
    next: str


def described(run: Run) -> Description:
    """Describe the pipeline of a run, from the one model that every provider renders."""
    answers = load_yaml((run.plan.read(ANSWERS_FILE) or b"").decode())
    jobs = pipeline_jobs(answers) if any(answers[provider] for provider in PROVIDERS) else []
    conditions = _conditions(answers)
    return Description(
        stages=[job.id for job in jobs],
        services=list(dict.fromkeys(service for job in jobs for service in job.services)),
        gates=conditions,
        artifacts=["quality-report.html"] if jobs and conditions else [],
        next="commit it and push a branch",
    )


def _conditions(answers: dict[str, Any]) -> list[str]:
    if not answers.get("gates"):
        return []
    return [
        f"quality_score >= {answers['min_quality_score']:g}",
        f"regressions <= {answers['max_regressions']}",
        f"test_coverage >= {answers['min_test_coverage']:g}",
        f"vulnerabilities <= {answers['max_vulnerabilities']}",
        f"performance_degradation_percent <= {answers['performance_threshold']:g}",
    ]
