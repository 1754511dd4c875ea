"""Take everything out again, byte for byte; what a person has edited since stays, and is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codemods.operation import CODE_FEATURES, FEATURES, Options, Parameter, Result

if TYPE_CHECKING:
    from codemods.engines.python import ImportContext
    from codemods.plan import Plan
    from codemods.record import Record, Step

SKILL = "code-instrumenter"
SUMMARY = "take out everything that was added, byte for byte"
PARAMETERS: tuple[Parameter, ...] = ()
_NOTHING = "nothing of release-quality is in this project"


def run(project_path: str, parameters: dict[str, Any], options: Options) -> Result:  # noqa: ARG001
    """Remove the instrumentation, or with ``--only``/``--skip`` a part of it.

    Returns:
        ``files_modified``, ``files_deleted``, and ``kept``: what a person has edited and was therefore left, by file.
    """
    from codemods.plan import Plan
    from codemods.record import RECORD_FILE, load_record
    from codemods.render import read_answers
    from codemods.services import each_service
    from codemods.worktree import project_directory, require_clean, service_directory
    from codemods.writer import apply_plan, recover

    root = service_directory(project_path, options.service)
    plan = Plan(root)
    if options.all_services:
        services = sorted(file.parent.relative_to(root).as_posix() for file in root.rglob(RECORD_FILE))
        alone = replace(options, all_services=False)
        if not services:
            return _result(plan, {}, options, [_NOTHING])
        return each_service(str(root), services, alone, lambda chosen: run(project_path, {}, chosen))
    if not options.dry:
        recover(root)
    record = load_record(root)
    answers = read_answers(root)
    if record.empty and not answers:
        return _result(plan, {}, options, [_NOTHING])
    if not options.dry:
        require_clean(root, record, allow_dirty=options.allow_dirty, confirm=options.confirm)
    options.progress("Planning the removal")
    wanted = options.features()
    standing = [feature for feature in FEATURES if answers.get(feature)] if answers else CODE_FEATURES
    staying = set(standing) - set(wanted)
    everything = not staying
    # Pipelines and images alone put no line into the project's own code.
    in_code = answers.get("instrumentation", True)
    warnings = _unrecorded(answers) if in_code and not record.steps else []
    kept: dict[str, str] = {}
    if in_code:
        all_of_it = staying.isdisjoint(CODE_FEATURES)
        kept = _take_out_lines(plan, record, answers, wanted, everything=all_of_it)
    if everything:
        _take_out_files(plan, record, answers, kept)
    else:
        _render_without(plan, record, answers, wanted, kept)
    if not options.dry:
        options.progress("Writing")
        apply_plan(plan, record)
    warnings += plan.warnings
    return _result(plan.seen_from(project_directory(project_path)), kept, options, warnings)


def _unrecorded(answers: dict[str, Any]) -> list[str]:
    """Say which packages stay: without a record, nobody knows which of them the project had before."""
    from codemods.answers import requirements
    from codemods.record import RECORD_FILE

    names = _names(requirements(answers, [feature for feature in CODE_FEATURES if answers.get(feature)]))
    listed = ", ".join(names)
    return [
        f"{RECORD_FILE} is gone, so the packages stay declared; take out by hand what nothing else needs: {listed}."
    ]


def _take_out_lines(
    plan: Plan, record: Record, answers: dict[str, Any], wanted: list[str], *, everything: bool
) -> dict[str, str]:
    """Plan the reversal of every injected line; return what was kept, with the reason, by file."""
    from codemods.plan import DEPENDENCY, INJECTED, LOCK
    from codemods.undo import undo

    if not record.steps:
        return _take_out_by_meaning(plan, answers)
    kept: dict[str, str] = {}
    dependencies = [step for step in record.steps if step.kind in {DEPENDENCY, LOCK}]
    remaining: list[Step] = []
    for path in dict.fromkeys(step.path for step in record.steps if step not in dependencies):
        content = plan.read(path)
        if content is None:
            continue
        steps = [step for step in record.steps if step.path == path and step not in dependencies]
        undone = undo(content, steps, wanted, _context(path, answers))
        remaining += undone.remaining
        plan.write(path, undone.content, feature="config", kind=INJECTED)
        if undone.kept:
            kept[path] = undone.kept
    if everything and not kept:
        for step in reversed(dependencies):
            if step.kind == LOCK:
                _put_lock_back(plan, step, record)
            else:
                _take_out_dependencies(plan, step, answers)
    else:
        remaining += [step for step in dependencies if plan.read(step.path) is not None]
    record.steps = remaining
    _touch(plan, record)
    return kept


def _context(path: str, answers: dict[str, Any]) -> ImportContext:
    from codemods.engines.python import ImportContext

    # Only what the names resolve to matters here, so the file's own place is enough for relative imports.
    parts = [part for part in (*Path(path).parts[:-1], Path(path).stem) if part not in {"src", "__init__"}]
    return ImportContext(
        module=".".join(parts),
        package=answers.get("package") or "",
        is_package=Path(path).name == "__init__.py",
    )


def _touch(plan: Plan, record: Record) -> None:
    from codemods.plan import content_hash

    record.touched = {step.path: content_hash(plan.read(step.path)) for step in record.steps}


def _put_lock_back(plan: Plan, step: Step, record: Record) -> None:
    """Put a lock file back as it was, unless somebody has locked again since: then only their tool can tell."""
    from codemods.plan import LOCK, content_hash
    from codemods.record import reverse

    content = plan.read(step.path)
    if content is None:
        return
    if content_hash(content) == record.touched.get(step.path):
        before, _ = reverse(content, step.hunks)
        plan.write(step.path, before, feature=step.feature, kind=LOCK)
    else:
        plan.warnings.append(
            f"{step.path}: names packages that are no longer asked for; lock again with your own tool."
        )


def _take_out_dependencies(plan: Plan, step: Step, answers: dict[str, Any]) -> None:
    from codemods.plan import DEPENDENCY
    from codemods.record import reverse

    content = plan.read(step.path)
    if content is None:
        return
    before, missing = reverse(content, step.hunks)
    if missing:
        before = _without_dependencies(content, step, answers)
    plan.write(step.path, before, feature=step.feature, kind=DEPENDENCY)


def _without_dependencies(content: bytes, step: Step, answers: dict[str, Any]) -> bytes:
    """Take our requirements out of a manifest whose lines have been edited since."""
    from codemods.answers import requirements
    from codemods.manifests import remove_dependencies

    written = "".join(line for hunk in step.hunks for line in hunk.after).lower()
    features = [feature for feature in CODE_FEATURES if answers.get(feature)]
    names = [name for name in _names(requirements(answers, features)) if name.lower() in written]
    return remove_dependencies(content, step.module, names)


def _names(requirements: list[str]) -> list[str]:
    from packaging.requirements import Requirement

    return [Requirement(item).name for item in requirements]


def _take_out_by_meaning(plan: Plan, answers: dict[str, Any]) -> dict[str, str]:
    """Without a record, find our calls by what they resolve to; return what reads otherwise than we write it."""
    from codemods.analysis import analyze
    from codemods.analysis.files import scan
    from codemods.engines.outcome import Changed, Refused
    from codemods.engines.python import ImportContext, remove_call, remove_decorator
    from codemods.facts import python_facts
    from codemods.layout import generated_directory, generated_package, module_name
    from codemods.plan import INJECTED

    facts = python_facts()
    package = answers.get("package") or ""
    generated = generated_package(package)
    setups = [(remove_call, feature.setup) for feature in facts.features.values() if feature.setup]
    uses = [*setups, *((remove_decorator, call) for call in facts.decorators.values())]
    prefix = generated_directory(answers.get("package_dir", ".")) + "/"
    analysis = analyze(plan.root)
    kept: dict[str, str] = {}
    for file in scan(plan.root).sources:
        if file.startswith(prefix):
            continue
        is_package = Path(file).name == "__init__.py"
        context = ImportContext(module=module_name(file, analysis), package=package, is_package=is_package)
        for remove, call in uses:
            content = plan.read(file) or b""
            outcome = remove(
                content, module=f"{generated}.{call.module}", function=call.function, context=context
            )
            if isinstance(outcome, Changed):
                plan.write(file, outcome.source, feature="config", kind=INJECTED)
            elif isinstance(outcome, Refused):
                kept[file] = outcome.reason
    return kept


def _take_out_files(plan: Plan, record: Record, answers: dict[str, Any], kept: dict[str, str]) -> None:
    """Plan the deletion of every generated file that is as we left it."""
    from codemods.plan import GENERATED, content_hash
    from codemods.render import ANSWERS_FILE, render

    if kept:
        # The calls that were kept need their package, its settings and the answers to update it.
        return
    fresh = render(answers) if answers else {}
    for path in sorted({*record.generated, *fresh}):
        now = plan.read(path)
        ours = now is not None and (
            path == ANSWERS_FILE or content_hash(now) == record.generated.get(path) or now == fresh.get(path)
        )
        if ours:
            plan.write(path, None, feature="config", kind=GENERATED)
        elif now is not None and path in record.generated:
            kept[path] = "you have edited it since it was generated; delete it when you no longer need it"
    record.generated = {path: digest for path, digest in record.generated.items() if path in kept}


def _render_without(
    plan: Plan, record: Record, answers: dict[str, Any], wanted: list[str], kept: dict[str, str]
) -> None:
    """Render the package again without some features, and take out the requirements that only they needed."""
    from codemods.answers import requirements
    from codemods.plan import DEPENDENCY, GENERATED, content_hash
    from codemods.render import plan_rendering, render

    if kept:
        return
    before = [feature for feature in CODE_FEATURES if answers.get(feature)]
    after = [feature for feature in before if feature not in wanted]
    gone = set(_names(requirements(answers, before))) - set(_names(requirements(answers, after)))
    left = {**answers, **dict.fromkeys(wanted, False), "instrumentation": bool(after)}
    plan_rendering(plan, record, render(left))
    for path in dict.fromkeys(step.path for step in record.steps if step.kind == DEPENDENCY):
        _take_out_some(plan, record, path, sorted(gone))
    for path in {change.path for change in plan.changes if change.kind == GENERATED}:
        content = plan.read(path)
        if content is None:
            record.generated.pop(path, None)
        else:
            record.generated[path] = content_hash(content)
    _touch(plan, record)


def _take_out_some(plan: Plan, record: Record, path: str, names: list[str]) -> None:
    """Take some of our packages out of a manifest, and record how the rest is taken out."""
    from codemods.manifests import remove_dependencies
    from codemods.plan import DEPENDENCY
    from codemods.record import reverse
    from codemods.undo import rewritten

    content = plan.read(path)
    steps = [step for step in record.steps if step.path == path and step.kind == DEPENDENCY]
    if content is None or not plan.write(
        path, remove_dependencies(content, steps[0].module, names), feature="config", kind=DEPENDENCY
    ):
        return
    original, lost = content, False
    for step in reversed(steps):
        original, missing = reverse(original, step.hunks)
        lost = lost or bool(missing)
    if not lost:
        record.steps = [step for step in record.steps if step not in steps]
        record.steps.append(rewritten(original, plan.read(path) or b"", steps[0]))


def _result(plan: Plan, kept: dict[str, str], options: Options, warnings: list[str]) -> Result:
    errors = [f"{path}: kept, {reason}" for path, reason in sorted(kept.items())]
    changed = bool(plan.edits())
    data = {
        "files_modified": plan.modified(),
        "files_deleted": plan.deleted(),
        "files_created": plan.created(),
        "kept": kept,
    }
    return Result(
        success=not errors,
        data=data,
        errors=errors,
        warnings=warnings,
        exit_code=1 if errors or (options.check and changed) else 0,
        plan=plan,
    )


def main(argv: list[str] | None = None) -> int:
    """Run from the command line; return the exit code."""
    from codemods.cli import run_operation

    return run_operation("remove", argv)


if __name__ == "__main__":
    raise SystemExit(main())
