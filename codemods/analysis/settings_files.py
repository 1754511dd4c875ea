"""Settings that stand in Python modules: which modules are named, and what a setting says, by reading."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from codemods.analysis.bindings import Value
from codemods.analysis.constants import text_of
from codemods.analysis.paths import followed, is_test_path, parent
from codemods.analysis.syntax import (
    Call,
    Constant,
    Expression,
    Growth,
    Items,
    Mapping,
    Name,
    Source,
    Splat,
    Text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemods.analysis.project import Project
    from codemods.analysis.values import Evaluator
    from codemods.url_facts import SettingsFiles

_MAX_FILES = 40
_SETS_DEFAULT = frozenset({"setdefault", "putenv"})


class Settings:
    """The settings of one project.

    Args:
        project: Its files.
        evaluator: What expressions stand for.
        facts: How the framework names settings.
        starters: The files that start the application or its command line, the most telling first.

    Attributes:
        modules: Dotted names of the modules that the starters name, each once.
        missing: Those that are not in the project.
    """

    def __init__(
        self, project: Project, evaluator: Evaluator, facts: SettingsFiles, starters: Iterable[Source]
    ) -> None:
        self.project, self.evaluator, self.facts = project, evaluator, facts
        named = [name for source in starters for name in settings_modules(project, evaluator, facts, source)]
        self.modules = list(dict.fromkeys(named))
        self.missing = [name for name in self.modules if not project.find_module(name)]
        self._files = [path for name in self.modules if (path := project.find_module(name))]

    def use_files_with(self, setting: str) -> None:
        """Take the modules that assign a setting, where none is named: the one nearest to the root first."""
        if self._files:
            return
        pattern = re.compile(rb"^[ \t]*" + setting.encode() + rb"[ \t]*=", re.MULTILINE)
        found = [
            path
            for path, data in self.project.tree.sources.items()
            if not is_test_path(path) and pattern.search(data)
        ]
        self._files = sorted(found, key=lambda path: (path.count("/"), path))

    def sources(self) -> list[Source]:
        """Return every file the settings are made of, what overrides before what is overridden."""
        found: dict[str, Source] = {}
        for path in self._files:
            for source in self._chain(path, set()):
                found.setdefault(source.path, source)
        return list(found.values())

    def _chain(self, path: str, seen: set[str]) -> Iterator[Source]:
        source = self.project.read(path)
        if source is None or path in seen or len(seen) > _MAX_FILES:
            return
        seen.add(path)
        yield source
        inner = [
            self.project.find_module(self.project.absolute(path, star)) for star in reversed(source.stars)
        ]
        for item in [*self._included(source), *inner]:
            yield from self._chain(item, seen)

    def _included(self, source: Source) -> list[str]:
        """Return the files that a call reads into the settings, the last first, for it overrides."""
        found: list[str] = []
        for call in source.calls:
            if self.project.full_name(source, call.scope, call.function) not in self.facts.includes:
                continue
            for argument in call.arguments:
                inner = argument.argument(0) if isinstance(argument, Call) else argument
                text = self.evaluator.literal(source, call.scope, inner) if inner is not None else None
                pattern = followed(parent(source.path), text) if text else ""
                found.extend(path for path in self.project.tree.sources if pattern and fnmatch(path, pattern))
        return found[::-1]

    def steps(self, name: str) -> Iterator[tuple[Source, str, Growth]]:
        """Yield every step by which a setting is made, of modules and of classes in them, the last one first."""
        for source in self.sources():
            scopes = ["", *(cls.qualname for cls in source.classes.values())]
            for scope in scopes:
                for step in reversed(source.growth.get((scope, name), [])):
                    yield source, scope, step

    def value(self, name: str) -> Value | None:
        """Return what a setting is assigned where that counts; None when no file says."""
        found: tuple[Source, str, Growth] | None = None
        for source, scope, step in self.steps(name):
            if found is not None and found[0] is not source:
                break
            # What stands under no condition is what is used where the environment says nothing.
            if not step.adds and (found is None or (found[2].conditions and not step.conditions)):
                found = source, scope, step
        return Value(found[0], found[1], found[2].value) if found else None

    def text(self, name: str) -> str | None:
        """Return a setting that is a text, or falls back to one; None when reading does not tell."""
        for source, scope, step in self.steps(name):
            if not step.adds and (text := self.evaluator.literal(source, scope, step.value)) is not None:
                return text
        return None

    def flag(self, name: str) -> bool:
        """Say whether a setting reads True, or falls back to it where the environment says nothing."""
        return bool(self.known_flag(name))

    def known_flag(self, name: str) -> bool | None:
        """Return a setting that is True or False, or falls back to one; None when reading does not tell."""
        value = self.value(name)
        if value is None:
            return None
        found = self.evaluator.values(value.source, value.scope, value.expression)
        return next((flag for item in found if (flag := _flag(item.expression)) is not None), None)

    def components(self) -> Iterator[tuple[str, str, int]]:
        """Yield the texts in settings that name components, each with its file and line."""
        for name in self.facts.telemetry:
            for source, _, step in self.steps(name):
                for text in _texts(step.value):
                    yield text, source.path, step.line
            for source in self.sources():
                for call in source.calls:
                    if isinstance(call.function, Name) and call.function.path.startswith(f"{name}."):
                        for argument in call.arguments:
                            for text in _texts(argument):
                                yield text, source.path, call.line


def settings_modules(
    project: Project, evaluator: Evaluator, facts: SettingsFiles, source: Source
) -> list[str]:
    """Return the settings modules that a file names in the environment, each once."""
    found: list[str] = []
    for call in source.calls:
        leaf = call.function.path.rpartition(".")[2] if isinstance(call.function, Name) else ""
        key, given = call.argument(0), call.argument(1)
        if leaf in _SETS_DEFAULT and given is not None and key == Text(facts.variable):
            values = evaluator.values(source, call.scope, given)
            found.extend(text for value in values if (text := text_of(evaluator, value)))
    if not found:
        data = project.tree.sources.get(source.path, b"")
        pattern = rb"^[^#\n]*" + facts.variable.encode() + rb"[\"']\]?[ \t\n]*[,=][ \t\n]*[\"']([\w.]+)[\"']"
        found = [match.decode() for match in re.findall(pattern, data, re.MULTILINE)]
    return list(dict.fromkeys(found))


def _flag(expression: Expression) -> bool | None:
    if isinstance(expression, Constant):
        return expression.value if isinstance(expression.value, bool) else None
    if isinstance(expression, Call):
        given = expression.keywords.get("default", expression.argument(len(expression.arguments) - 1))
        return _flag(given) if given is not None else None
    return None


def _texts(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Text):
        yield expression.value
    elif isinstance(expression, Items):
        for item in expression.items:
            yield from _texts(item)
    elif isinstance(expression, Splat):
        yield from _texts(expression.value)
    elif isinstance(expression, Mapping):
        for key, value in expression.pairs:
            yield from _texts(key)
            yield from _texts(value)
