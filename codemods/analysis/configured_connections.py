"""Databases and caches that a settings file lists by alias."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.analysis.model import Connection
from codemods.analysis.routing_graph import shown
from codemods.analysis.syntax import Expression, Mapping, Text

if TYPE_CHECKING:
    from codemods.analysis.bindings import Value
    from codemods.analysis.settings_files import Settings
    from codemods.url_facts import ConnectionSetting


def configured_connections(settings: Settings, facts: ConnectionSetting) -> list[Connection]:
    """Return one connection for each alias of a setting, with the kind that the file gives it.

    What the environment decides at run time is said as it is written: ``default: env.db()``.
    """
    value = settings.value(facts.setting)
    if value is None:
        return []
    kinds: dict[str, str] = {}
    for found in settings.evaluator.values(value.source, value.scope, value.expression):
        if isinstance(found.expression, Mapping):
            for key, given in found.expression.pairs:
                alias = settings.evaluator.literal(found.source, found.scope, key)
                if alias:
                    kinds.setdefault(alias, _kind(settings, found, given, facts.key))
    if not kinds:
        kinds["default"] = _written(value.expression)
    for path, alias in _assigned_later(settings, facts.setting):
        kinds.setdefault(alias, f"assigned in {path}")
    return [
        Connection(
            value.source.path, facts.library, "", is_async=False, detail=f"{alias}: {kind}" if kind else alias
        )
        for alias, kind in kinds.items()
    ]


def _kind(settings: Settings, found: Value, given: Expression, key: str) -> str:
    for value in settings.evaluator.values(found.source, found.scope, given):
        if isinstance(value.expression, Mapping):
            for name, kind in value.expression.pairs:
                if name == Text(key):
                    text = settings.evaluator.literal(value.source, value.scope, kind)
                    return text or "known at run time only"
    return _written(given)


def _written(expression: Expression) -> str:
    return shown(expression).replace("`", "")


def _assigned_later(settings: Settings, name: str) -> list[tuple[str, str]]:
    pattern = re.compile(rb"^[ \t]*" + name.encode() + rb"\[[\"'](\w+)[\"']\][ \t]*=", re.MULTILINE)
    return [
        (source.path, match.decode())
        for source in settings.sources()
        for match in pattern.findall(settings.project.tree.sources.get(source.path, b""))
    ]
