"""Texts in a URL configuration: literal ones, settings, and those that are translated at run time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.analysis.bindings import Value
from codemods.analysis.constants import text_of
from codemods.analysis.syntax import Call, Template

if TYPE_CHECKING:
    from codemods.analysis.settings_files import Settings
    from codemods.analysis.values import Evaluator
    from codemods.url_facts import UrlPatterns


def literal(evaluator: Evaluator, facts: UrlPatterns, settings: Settings, value: Value) -> str | None:
    """Return the text that a value stands for; None when reading does not tell.

    Args:
        evaluator: What expressions stand for.
        facts: The functions that translate.
        settings: What ``settings.NAME`` stands for.
        value: An expression, where it stands.
    """
    if isinstance(value.expression, Template):
        return _template(evaluator, facts, settings, value, value.expression)
    prefix = f"{settings.facts.object}."
    for found in evaluator.values(value.source, value.scope, value.expression, value.bindings):
        inner, symbol = found.expression, found.symbol
        if isinstance(inner, Template):
            return _template(evaluator, facts, settings, found, inner)
        if isinstance(inner, Call) and inner.arguments:
            name = evaluator.project.full_name(found.source, found.scope, inner.function)
            if name in facts.translated:
                last = Value(found.source, found.scope, inner.arguments[-1], None, found.bindings)
                return literal(evaluator, facts, settings, last)
        if symbol is not None and symbol.full.startswith(prefix):
            name = symbol.full.removeprefix(prefix)
            return settings.text(name) if re.fullmatch(r"\w+", name) else None
        if (text := text_of(evaluator, found)) is not None:
            return text
    return None


def _template(
    evaluator: Evaluator, facts: UrlPatterns, settings: Settings, value: Value, template: Template
) -> str | None:
    texts: list[str] = []
    for part in template.parts:
        text = literal(
            evaluator, facts, settings, Value(value.source, value.scope, part, None, value.bindings)
        )
        if text is None:
            return None
        texts.append(text)
    return "".join(texts)
