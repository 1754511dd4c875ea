"""Which files are worth parsing, told by their bytes alone: words and patterns made from the facts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemods.facts import Framework, RuntimeFacts

# A lexer of what is not code, so that a word inside a string or a comment is passed over.
_NOT_CODE = (
    rb"#[^\n]*"
    rb"|[rRbBuUfFtT]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''"
    rb"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
)
_ASYNC_OR_NOT_CODE = re.compile(_NOT_CODE + rb"|\basync[ \t]+def[ \t]+(\w+)", re.DOTALL)
_ASYNC_LINE = re.compile(rb"^[ \t]*async[ \t]+def[ \t]+(\w+)", re.MULTILINE)


class Prefilter:
    """Decides by bytes alone whether a file can matter."""

    def __init__(self, frameworks: Iterable[Framework], facts: RuntimeFacts) -> None:
        words: set[str] = set()
        # What a file must import to have any use for.
        imported: set[str] = set()
        methods: set[str] = set()
        for framework in frameworks:
            words.update(framework.modules)
            imported.update(map(_top, framework.objects))
            imported.update(_top(name) for unread in framework.unread for name in unread.calls)
            for routes in (framework.routes, *(item.routes for item in framework.extensions)):
                methods.update(routes.decorators, routes.decorators_with_methods, routes.websocket_decorators)
                words.update(
                    {routes.include, *routes.calls, *routes.websocket_calls, *routes.resources} - {""}
                )
            words.update(_top(name) for name in (framework.commands.calls if framework.commands else ()))
        for existing in facts.existing:
            imported.update(_top(name) for name in (*existing.calls, *existing.imports))
        imported.update(_top(name) for name in facts.server_calls)
        words.add("instrumentation")
        tokens = {word.encode() for word in words}
        # Substring search is several times faster than one pattern of alternatives over all bytes
        # (docs/performance.md), so the pattern only confirms what a substring found.
        self._tokens = sorted(
            token for token in tokens if not any(other in token for other in tokens - {token})
        )
        self._word = mentions(words)
        self._decorator = re.compile(
            rb"@[\w.]+\.(?:" + b"|".join(sorted(name.encode() for name in methods)) + rb")\("
        )
        modules = {module for library in facts.libraries.values() for module in library.modules}
        modules.update(_top(name) for name in facts.command_lines)
        leaves = {
            made.call.rpartition(".")[2]
            for library in facts.libraries.values()
            for made in library.constructors
        }
        leaves.update(
            name.rpartition(".")[2] for name in (*facts.command_lines, *facts.background.decorators)
        )
        # One pass tells what is imported: group 1 is a reason by itself, a library is one where it is called.
        self._imports = re.compile(
            rb"(?:import|from)[ \t]+(?:[\w. \t]+,[ \t]*)*(?:("
            + b"|".join(sorted(re.escape(name.encode()) for name in imported - words))
            + rb")|"
            + b"|".join(sorted(re.escape(name.encode()) for name in modules - imported - words))
            + rb")\b"
        )
        self._library_call = re.compile(
            rb"\b(?:"
            + b"|".join(sorted(re.escape(leaf.encode()) for leaf in leaves))
            + rb")\s*(?:\(|as\b)|@|class[ \t]"
        )

    def matches(self, data: bytes) -> bool:
        """Say whether a file has to be parsed."""
        for token in self._tokens:
            if token in data:
                if self._word.search(data):
                    return True
                break
        if self._decorator.search(data):
            return True
        library = False
        for match in self._imports.finditer(data):
            if match[1]:
                return True
            library = True
        return library and self._library_call.search(data) is not None


def mentions(names: Iterable[str]) -> re.Pattern[bytes]:
    """Return a pattern that finds any of the names as a whole word."""
    return re.compile(rb"\b(?:" + b"|".join(sorted(re.escape(name.encode()) for name in names)) + rb")\b")


def derives(names: Iterable[str]) -> re.Pattern[bytes]:
    """Return a pattern that finds a class derived from any of the names."""
    joined = b"|".join(sorted(re.escape(name.encode()) for name in names))
    return re.compile(rb"class[ \t]+\w+[ \t]*\([^)]*\b(?:" + joined + rb")\b")


def async_functions(data: bytes) -> list[str]:
    """Return the names of the asynchronous functions of a file, strings and comments left out."""
    if b"async" not in data:
        return []
    found = list(_ASYNC_LINE.finditer(data))
    double, single = data.count(b'"""'), data.count(b"'''")
    if not found or (double and single) or double % 2 or single % 2:
        return _lexed_async_functions(data) if found else []
    # With one kind of long string only, what stands behind an even number of quotes is code.
    quote = b"'''" if single else b'"""'
    return [
        match[1].decode("utf-8", "replace") for match in found if data.count(quote, 0, match.start()) % 2 == 0
    ]


def _lexed_async_functions(data: bytes) -> list[str]:
    return [match[1].decode("utf-8", "replace") for match in _ASYNC_OR_NOT_CODE.finditer(data) if match[1]]


def _top(name: str) -> str:
    # `opentelemetry.trace` and `azure.monitor` are told by their second part: the first is a shared namespace.
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "azure" else parts[0]
