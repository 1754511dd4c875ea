"""From a project to a plan: analyse, answer, render, inject, add dependencies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codemods import answers as answering
from codemods.errors import UsageError
from codemods.facts import load_framework, python_facts
from codemods.inject import Decoration, decorate, inject_setup, inject_workers
from codemods.layout import generated_directory, generated_package, import_context
from codemods.operation import CODE_FEATURES, Options
from codemods.plan import Plan
from codemods.preconditions import require_editable, require_free_name, require_supported
from codemods.readiness import how_to_check, readiness_checks
from codemods.record import load_record
from codemods.render import adopt_rendering, plan_rendering, questions, read_answers, render
from codemods.run import Run
from codemods.worktree import project_directory, require_clean, service_directory
from codemods.writer import recover

if TYPE_CHECKING:
    from codemods.analysis.model import Analysis, Application
    from codemods.engines.python import ImportContext


@dataclass
class Job(Run):
    """One run on a service's code: what was found beside what every run has.

    Attributes:
        analysis: What was found.
        application: The application object that is set up.
        decorated: Functions that were decorated, by feature.
    """

    analysis: Analysis
    application: Application
    decorated: dict[str, list[str]] = field(default_factory=dict)

    @property
    def package(self) -> str:
        """Dotted name of the generated package."""
        return generated_package(self.answers["package"])

    def context(self, file: str) -> ImportContext:
        """Return how one of the service's files is imported."""
        return import_context(file, self.root, self.analysis, self.answers["package"])

    @property
    def config_file(self) -> str:
        """The file of settings, relative to the service."""
        return f"{self.answers['config_dir']}/instrumentation.yaml"

    @property
    def instrumented(self) -> bool:
        """Whether an earlier run, of this tool or of Copier, rendered the package; pipelines alone have none."""
        return bool(self.recorded) and bool(self.recorded.get("instrumentation", True))


def prepare(
    project_path: str,
    features: list[str],
    given: dict[str, Any],
    options: Options,
    decorations: list[Decoration] | None = None,
    analysis: Analysis | None = None,
) -> Job:
    """Plan some features for a project.

    Args:
        project_path: The project's directory.
        features: The features to add; those that an earlier run added stay.
        given: Answers by question name that the caller sets.
        options: The shared flags.
        decorations: Functions to decorate, as the user named them.
        analysis: What `survey` found, when the caller has asked already.

    Returns:
        The job, with its plan; nothing is written yet.

    Raises:
        UsageError: Bad input: nothing was and nothing will be changed.
    """
    from codemods.analysis import choose_application

    root = service_directory(project_path, options.service)
    given, warnings = answering.check(given | options.data)
    analysis = analysis or survey(project_path, options)
    record, recorded = load_record(root), read_answers(root)
    if not options.dry:
        require_clean(root, record, allow_dirty=options.allow_dirty, confirm=options.confirm)
    application = choose_application(analysis, options.app)
    plan = Plan(root, warnings=warnings)
    answers = _answers(analysis, application, recorded, features, given, warnings)
    job = Job(
        root=root,
        project=project_directory(project_path),
        answers=answers,
        recorded=recorded,
        plan=plan,
        record=record,
        features=features,
        package_manager=analysis.package_manager,
        analysis=analysis,
        application=application,
    )
    require_supported(load_framework(application.framework), analysis.framework_version)
    _leave_out(job, forced=set(options.data))
    _leave_out_excluded(job)
    if job.left_out and not job.features and not job.instrumented:
        # Settings that nothing reads are no use to anybody.
        return job
    _require_room(job)
    if options.inject_only:
        _require_rendered(job)
    else:
        options.progress("Rendering the instrumentation package")
        rendered = render(job.answers)
        if recorded:
            adopt_rendering(plan, record, rendered, recorded)
        plan_rendering(plan, record, rendered)
    options.progress("Planning the edits")
    for feature in job.features:
        setup = python_facts().features[feature].setup
        if setup is not None:
            inject_setup(job, feature, setup)
    if "tracing" in job.features:
        inject_workers(job)
    for decoration in decorations or []:
        decorate(job, decoration)
    _add_dependencies(job)
    if job.changed:
        record.add(plan)
    return job


def survey(project_path: str, options: Options, **detect: Any) -> Analysis:
    """Undo a run that was cut off, then analyse the service that the options name.

    Args:
        project_path: The project's directory.
        options: The shared flags.
        detect: Further arguments of `codemods.analysis.analyze`.

    Returns:
        What was found; a package that we generated is no part of it.
    """
    # The parser is heavy; `--help` must not pay for it.
    from codemods.analysis import analyze

    root = service_directory(project_path, options.service)
    if not options.dry:
        recover(root)
    options.progress("Reading the code")
    return analyze(root, **detect)


def _answers(
    analysis: Analysis,
    application: Application,
    before: dict[str, Any],
    features: list[str],
    given: dict[str, Any],
    warnings: list[str],
) -> dict[str, Any]:
    known = questions()
    answering.check_given(given, known)
    recorded = {name: value for name, value in before.items() if name in known}
    answers = answering.derive(analysis, application, recorded)
    first = not recorded
    for feature in CODE_FEATURES:
        answers[feature] = feature in features or (not first and bool(recorded.get(feature)))
    # Every feature reads its settings from the file.
    answers["config"] = answers["config"] or any(answers[feature] for feature in CODE_FEATURES)
    answers |= given
    if answers["health"] and "readiness_checks" not in given:
        answers["readiness_checks"], unreachable = readiness_checks(
            analysis, database=answers.get("check_database", True), cache=answers.get("check_redis", True)
        )
        module = f"{generated_package(answers['package'])}.health"
        warnings += [how_to_check(item, module) for item in unreachable]
    return {name: value for name, value in answers.items() if name in known}


def _leave_out(job: Job, forced: set[str]) -> None:
    """Leave alone what the project has already, and say so."""
    for feature, existing in answering.left_out(job.analysis, job.answers).items():
        if feature not in job.features or feature in forced:
            continue
        job.features = [name for name in job.features if name != feature]
        job.answers[feature] = False
        what = existing.kind.replace("_", " ")
        job.left_out[feature] = (
            f"the project has it already: {what} {existing.detail} in {existing.file}:{existing.line}"
        )
    if "health" in job.features and "health" not in forced:
        for question, (path, route) in answering.taken_endpoints(job.analysis, job.answers).items():
            job.answers[question] = ""
            free = next(
                job.answers.get(name, usual)
                for name, usual in answering.ENDPOINTS.items()
                if name != question
            )
            job.plan.warnings.append(
                f"{path} stays the project's own, {route.file}:{route.line} answers it; only {free} is added."
            )


def _leave_out_excluded(job: Job) -> None:
    """Leave out what needs packages that do not go together with the project's own: the service must still start."""
    from codemods.manifests import add_dependencies

    applied = job.recorded
    enabled = [feature for feature in CODE_FEATURES if job.answers.get(feature)]
    needed = answering.requirements(job.answers, enabled)
    excluded = set(add_dependencies(Plan(job.root), job.analysis, needed, feature="config").excluded)
    for feature in [name for name in job.features if not applied.get(name)]:
        lacking = excluded.intersection(answering.requirements(job.answers, [feature]))
        # Settings are needed by every feature; the refusal that names their package is enough.
        if not lacking or feature == "config":
            continue
        # Planned for the refusals alone: once the feature is left out, nobody asks for its packages any more.
        rehearsal = add_dependencies(Plan(job.root), job.analysis, sorted(lacking), feature=feature)
        for conflict in rehearsal.conflicts:
            if (conflict.path, conflict.reason) not in {(one.path, one.reason) for one in job.plan.refusals}:
                job.plan.refuse(conflict)
        job.features = [name for name in job.features if name != feature]
        job.answers[feature] = False
        job.left_out[feature] = "its packages do not go together with the project's own"


def _require_room(job: Job) -> None:
    from codemods.analysis import application_sites

    sites = application_sites(job.analysis, job.application)
    require_editable(job.plan, [(site.file, job.context(site.file)) for site in sites])
    if not job.instrumented:
        # With such answers, the package of that name is one that Copier or an earlier run rendered.
        require_free_name(job.plan, generated_directory(job.answers["package_dir"]), job.record.generated)


def _require_rendered(job: Job) -> None:
    missing = [
        setup.module
        for feature in job.features
        if (setup := python_facts().features[feature].setup) is not None
        and job.plan.read(f"{generated_directory(job.answers['package_dir'])}/{setup.module}.py") is None
    ]
    if missing:
        raise UsageError(
            f"{job.package}.{missing[0]} is not rendered",
            where=str(job.root),
            hint="Run the command without --inject-only, or render it: "
            "copier copy -a .copier-answers.release-quality.yml TEMPLATE .",
        )


def _add_dependencies(job: Job) -> None:
    from codemods.manifests import add_dependencies

    enabled = [feature for feature in CODE_FEATURES if job.answers.get(feature)]
    needed = answering.requirements(job.answers, enabled)
    job.dependencies = add_dependencies(job.plan, job.analysis, needed, feature="config")
