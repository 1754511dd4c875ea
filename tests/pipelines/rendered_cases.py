"""Every combination of the matrix with its three pipelines, rendered once for all the tests of a process."""

from __future__ import annotations

from functools import cache

from pipelines.matrix import Case, cases, render_templates

GITHUB = ".github/workflows/release-quality.yml"
GITLAB = ".gitlab/release-quality.yml"
GITLAB_ENTRY = ".gitlab-ci.yml"
JENKINS = "Jenkinsfile"


def pipelines(case: Case) -> dict[str, str]:
    """Return the pipelines of one combination by path."""
    return render_templates(case.answers, ".github/workflows", ".gitlab", "{{ jenkinsfile")


@cache
def every_case() -> list[tuple[Case, dict[str, str]]]:
    """Return every combination with its pipelines by path."""
    return [(case, pipelines(case)) for case in cases()]
