"""The one pipeline that every provider renders: ``pipelines/model.yml.jinja``, read as data."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from codemods.facts import load_yaml, source_directory


class PipelineJob(BaseModel):
    """What this tool tells people about a job; the providers' templates read more of it.

    Attributes:
        id: Its name, the same for every provider.
        services: Keys of ``pipelines/services.yml``.
        evidence: Files that it leaves.
    """

    id: str
    services: list[str] = []
    evidence: list[str] = []


def pipeline_jobs(answers: dict[str, Any]) -> list[PipelineJob]:
    """Return the jobs of a pipeline, in order.

    Args:
        answers: All answers of a project with a pipeline, as its answers file records them.
    """
    # The environment that Copier renders in: https://copier.readthedocs.io/en/stable/configuring/#template-syntax
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        loader=FileSystemLoader(source_directory()),
        extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
        undefined=StrictUndefined,
        autoescape=False,
    )
    text = environment.get_template("pipelines/model.yml.jinja").render(answers, pipelines=True)
    return [
        PipelineJob(
            id=job["id"],
            services=[server["name"] for server in job["services"]],
            evidence=job["evidence"],
        )
        for job in load_yaml(text)["jobs"]
    ]
