"""The linters, formatters and type checkers that a project uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codemods.analysis.paths import join
from codemods.analysis.tables import table
from codemods.projects.facts import any_of, detection

if TYPE_CHECKING:
    from codemods.projects.facts import Linter
    from codemods.projects.files import Files
    from codemods.projects.parts import Part

_SETTINGS = ("setup.cfg", "tox.ini", ".pylintrc", "pylintrc")


def find_linters(files: Files, part: Part) -> tuple[str, ...]:
    """Return the names of linters that packages, configuration, hooks or build plugins show.

    Args:
        files: The project.
        part: The part; what stands at the root of the repository counts for every part of its language.
    """
    levels = list(dict.fromkeys((part.directory, ".")))
    hooks = _hooks(files)
    found = [
        name for name, linter in detection().linters.items() if _used(files, part, linter, levels, hooks)
    ]
    return tuple(found)


def _used(files: Files, part: Part, linter: Linter, levels: list[str], hooks: set[str]) -> bool:
    packages = bool(part.manifest.packages & set(linter.packages))
    configured = any(_configured(files, level, linter) for level in levels)
    if linter.together:
        return packages and configured
    plugins = bool(part.manifest.plugins & set(linter.plugins))
    return (
        packages or plugins or (part.language != "java" and (configured or bool(hooks & set(linter.hooks))))
    )


def _configured(files: Files, level: str, linter: Linter) -> bool:
    if linter.files:
        pattern = any_of(tuple(linter.files))
        if any(pattern.match(path.rpartition("/")[2]) for path in files.inside(level)):
            return True
    if linter.tables:
        documents = (files.toml(join(level, "pyproject.toml")), files.json(join(level, "package.json")))
        if any(_has(document, name) for document in documents for name in linter.tables):
            return True
    sections = (
        {section for name in _SETTINGS for section in files.ini(join(level, name))}
        if linter.sections
        else set()
    )
    return bool(sections & set(linter.sections))


def _has(document: dict[str, Any], dotted: str) -> bool:
    *above, last = dotted.split(".")
    return last in table(document, *above)


def _hooks(files: Files) -> set[str]:
    """Return the identifiers of pre-commit's hooks. https://pre-commit.com/#pre-commit-configyaml---repos."""
    repositories = files.yaml(".pre-commit-config.yaml").get("repos")
    found = set()
    for repository in repositories if isinstance(repositories, list) else []:
        hooks = repository.get("hooks") if isinstance(repository, dict) else None
        found |= {str(hook.get("id")) for hook in hooks or [] if isinstance(hook, dict)}
    return found
