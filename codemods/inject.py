"""The lines that go into the user's own source: set-up calls and decorators, put into the plan by an engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codemods.errors import UsageError
from codemods.facts import load_framework, python_facts
from codemods.layout import generated_directory, module_name
from codemods.plan import INJECTED, Refusal
from codemods.targets import Target, resolve

if TYPE_CHECKING:
    from codemods.engines.python import Call
    from codemods.instrument import Job
    from codemods.library_facts import GeneratedCall


@dataclass(frozen=True)
class Decoration:
    """A decorator to put onto a function of the user's.

    Attributes:
        target: The function as the user named it.
        kind: Key of ``decorators`` in the runtime's facts.
        feature: The feature that it belongs to.
        arguments: Arguments as source text.
    """

    target: str
    kind: str
    feature: str
    arguments: tuple[str, ...] = ()


def _call(job: Job, generated: GeneratedCall, arguments: tuple[str, ...] | None = None) -> Call:
    from codemods.engines.python import Call

    return Call(
        module=f"{job.package}.{generated.module}",
        function=generated.function,
        arguments=tuple(generated.arguments) if arguments is None else arguments,
    )


def inject_setup(job: Job, feature: str, setup: GeneratedCall) -> None:
    """Plan a feature's set-up call, at every place that makes the application, as the framework's strategy says.

    Args:
        job: The run; its plan takes the edit or the refusal.
        feature: The feature.
        setup: The function to call.

    Raises:
        UsageError: The file has vanished.
    """
    from codemods.analysis import setup_sites
    from codemods.engines.python import Site, insert_call

    call = _call(job, setup)
    if load_framework(job.application.framework).process_wide:
        call = replace(call, arguments=(), position="before")
    commands = job.analysis.commands
    for site in setup_sites(job.analysis, job.application, feature):
        content = job.plan.read(site.file)
        if content is None:
            raise UsageError("has vanished while it was read", where=site.file, hint="Run the command again.")
        outcome = insert_call(
            content,
            site=Site(name=site.name, scope=site.scope, line=site.line, constructor=site.constructor),
            # A script that imports the package at its top would run the package's code before its own first line.
            call=replace(call, imported_beside=site in commands),
            context=job.context(site.file),
        )
        _take(job, outcome, site.file, feature, call.module)


def inject_workers(job: Job) -> None:
    """Set up the processes that run tasks, where their application object is made."""
    from codemods.engines.python import Site, insert_call

    for worker in job.analysis.workers:
        setup = python_facts().libraries[worker.framework].setup
        if setup is None:
            continue
        call = _call(job, setup)
        outcome = insert_call(
            job.plan.read(worker.file) or b"",
            site=Site(name=worker.name, scope=worker.scope, line=worker.line, constructor=worker.constructor),
            call=call,
            context=job.context(worker.file),
        )
        _take(job, outcome, worker.file, "tracing", call.module)


def decorate(job: Job, decoration: Decoration) -> None:
    """Plan a decorator on the one function that is meant.

    Args:
        job: The run; its plan takes the edit or the refusal.
        decoration: What goes where.

    Raises:
        UsageError: The name is unknown or ambiguous.
    """
    from codemods.engines.python import add_decorator

    files = {file: module_name(file, job.analysis) for file in _source_files(job)}
    target: Target = resolve(decoration.target, job.plan, files)
    content = job.plan.read(target.file) or b""
    call = _call(job, python_facts().decorators[decoration.kind], decoration.arguments)
    outcome = add_decorator(
        content, qualname=target.qualname, decorator=call, context=job.context(target.file)
    )
    if _take(job, outcome, target.file, decoration.feature, call.module):
        job.decorated.setdefault(decoration.kind, []).append(f"{files[target.file]}:{target.qualname}")


def _source_files(job: Job) -> list[str]:
    """Return the project's own Python files, generated ones and tests left out."""
    from codemods.analysis.files import scan

    prefix = generated_directory(job.answers["package_dir"]) + "/"
    return [file for file in scan(job.root).sources if not file.startswith(prefix)]


def _take(job: Job, outcome: object, file: str, feature: str, module: str) -> bool:
    """Put the outcome of an edit into the plan; return whether the file has what was asked for."""
    from codemods.engines.outcome import Changed, Refused

    if isinstance(outcome, Changed):
        job.plan.write(file, outcome.source, feature=feature, kind=INJECTED, module=module)
        return True
    if isinstance(outcome, Refused):
        job.plan.refuse(Refusal(file, outcome.reason, outcome.snippet, feature))
        return False
    return True
