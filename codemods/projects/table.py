"""What people see of an analysis: one line for each thing that was found, none for what was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from codemods.projects.model import Project


def project_table(project: Project) -> Table:
    """Return a table of a project for a terminal.

    Args:
        project: What was found. Names from it are shown as they are, never as markup.
    """
    manifest, tests = project.manifest, project.tests
    language = "typescript" if project.typescript else project.language
    installed = [
        f"{kind}: {', '.join(names)}"
        for kind, names in (
            ("files", tests.install.files),
            ("groups", tests.install.groups),
            ("extras", tests.install.extras),
            ("packages", tests.install.packages),
        )
        if names
    ]
    rows = [
        ("project", [project.name if project.directory == "." else f"{project.name}  {project.directory}"]),
        ("services", list(project.services)),
        ("language", [f"{language} {project.version}  ({project.version_source})"]),
        ("framework", [project.framework]),
        ("packages", [" ".join(filter(None, (manifest.package_manager, manifest.package_manager_version)))]),
        ("manifest", [", ".join(filter(None, (manifest.dependencies_file, manifest.lock_file)))]),
        ("tests", [tests.command or "none found", *installed]),
        ("linters", [", ".join(project.linters)]),
        (
            "servers",
            [
                f"{item.service}  {item.kind} {item.detail}  {item.file}"
                for name in (*project.services_needed, *project.other_services)
                for item in [next(found for found in project.service_evidence if found.service == name)]
            ],
        ),
        ("environment", [f"{item.name}={item.value}" for item in project.variables]),
        ("started by", [project.launch_command + (f"  port {project.port}" if project.port else "")]),
        ("images", list(project.docker_files)),
        ("pipelines", [f"{item.provider}  {', '.join(item.files)}" for item in project.existing_ci]),
        ("branch", [project.default_branch]),
        ("benchmarks", [project.benchmark_suite]),
        ("worth having", [", ".join(project.recommended_workflows)]),
    ]
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for title, lines in rows:
        for number, line in enumerate(filter(None, lines)):
            table.add_row("" if number else title, Text(line))
    return table
