"""Values that fit a description: what stands where a route has ``{order_id}``, and bodies to write.

See https://spec.openapis.org/oas/v3.1.0#schema-object.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codemods.verification.placeholders import Placeholder

_BY_FORMAT = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "00:00:00",
    "duration": "PT1S",
    "email": "somebody@example.org",
    "uri": "https://example.org/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}
_BY_CONVERTOR = {"int": 1, "float": 1.5, "uuid": _BY_FORMAT["uuid"]}
# A group of a regular expression says nothing but its name.
_BY_NAME = {"year": 2026, "month": 1, "day": 1, "uuid": _BY_FORMAT["uuid"]}
_NUMBERS = frozenset({"id", "pk", "page", "number"})
_CHOICE = "any"
# Convertors that take any word of a path.
_WORDS = frozenset({"", "string", "default", "str", "slug", "path"})
_LENGTH = re.compile(r"\b(?:min)?length=(\d+)")
_LOWEST = re.compile(r"\bmin=(\d+)")
# One of these fits most regular expressions in routes: words, codes of languages, numbers, dates, keys.
_TRIED = (
    *("example", "a", "ab", "abc", "A", "AB", "ABC", "en", "en-us", "en_US", "v1", "1.0"),
    *("1", "12", "123", "1234", "2026", "2026-01", "2026-01-01", "12345", "123456", "1-2", "a-1", "a1b2c3d4"),
    *("0" * length for length in (8, 16, 24, 32, 40, 64)),
)
_WORD = "example"
_DEEPEST = 6


def sample_for(placeholder: Placeholder) -> object:
    """Return a value for a placeholder of a route, by its convertor or, without one, by its name."""
    if placeholder.convertor == _CHOICE:
        return placeholder.arguments.split(",")[0].strip(" \"'") or _WORD
    if placeholder.convertor in _BY_CONVERTOR:
        lowest = _LOWEST.search(placeholder.arguments)
        return int(lowest[1]) if lowest else _BY_CONVERTOR[placeholder.convertor]
    if placeholder.convertor in _WORDS and placeholder.convertor:
        length = _LENGTH.search(placeholder.arguments)
        return _WORD.ljust(int(length[1]), "e")[: max(int(length[1]), 1)] if length else _WORD
    if placeholder.convertor:
        return _matching(placeholder.arguments) or _WORD
    name = placeholder.name
    if name in _BY_NAME:
        return _BY_NAME[name]
    return 1 if name in _NUMBERS or name.endswith(("_id", "_pk")) else _WORD


def is_certain(placeholder: Placeholder) -> bool:
    """Tell whether the convertor of a placeholder takes the value: one of the project's own may take no word at all."""
    known = placeholder.convertor in {_CHOICE, *_BY_CONVERTOR, *_WORDS}
    return known or bool(_matching(placeholder.arguments))


def _matching(arguments: str) -> str:
    """Return a value for a convertor whose argument is a regular expression; empty when none is found."""
    try:
        pattern = re.compile(arguments.strip(" rR").strip("\"'"))
    except re.error:
        return ""
    return next(
        (value for value in (*_TRIED, *map(str, _BY_FORMAT.values())) if pattern.fullmatch(value)), ""
    )


class Schemas:
    """The schemas of one OpenAPI document, references resolved."""

    def __init__(self, openapi: Mapping[str, Any]) -> None:
        """Keep the document that references point into."""
        self._openapi = openapi

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow ``$ref`` as far as it goes; what cannot be followed is an empty schema."""
        for _ in range(_DEEPEST):
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return node
            found: Any = self._openapi
            for step in reference.removeprefix("#/").split("/"):
                found = (
                    found.get(step.replace("~1", "/").replace("~0", "~"), {})
                    if isinstance(found, dict)
                    else {}
                )
            node = found
        return {}

    def parameter(self, parameter: Mapping[str, Any]) -> Any:
        """Return a value for a parameter: its own example, or one for its schema."""
        if "example" in parameter:
            return parameter["example"]
        for example in (parameter.get("examples") or {}).values():
            if isinstance(example, dict) and "value" in example:
                return example["value"]
        return self.value(parameter.get("schema") or {})

    def body(self, operation: Mapping[str, Any]) -> Any:
        """Return a JSON body for an operation; None when it takes none."""
        content = self.resolve(operation.get("requestBody") or {}).get("content") or {}
        described = content.get("application/json")
        return None if described is None else self.value(described.get("schema") or {})

    def value(self, schema: Mapping[str, Any], depth: int = 0) -> Any:
        """Return a value for a schema: an example, a default, or one that fits its type and bounds."""
        schema = self.resolve(schema)
        for key in ("example", "const", "default"):
            if schema.get(key) is not None:
                return schema[key]
        for key in ("examples", "enum"):
            if schema.get(key):
                return schema[key][0]
        for key in ("anyOf", "oneOf", "allOf"):
            if choices := schema.get(key):
                named = [self.resolve(choice) for choice in choices]
                return self.value(next((one for one in named if one.get("type") != "null"), {}), depth)
        return self._by_type(schema, depth)

    def _by_type(self, schema: Mapping[str, Any], depth: int) -> Any:
        match schema.get("type"):
            case "integer" | "number":
                return _number(schema)
            case "boolean":
                return True
            case "array":
                wanted = int(schema.get("minItems") or 0) if depth < _DEEPEST else 0
                return [self.value(schema.get("items") or {}, depth + 1)] * wanted
            case "object":
                properties = schema.get("properties") or {}
                required = schema.get("required") or () if depth < _DEEPEST else ()
                return {name: self.value(properties.get(name) or {}, depth + 1) for name in required}
            case "null":
                return None
        return _text(schema)


def _number(schema: Mapping[str, Any]) -> Any:
    lowest = schema.get("minimum")
    if lowest is None and (above := schema.get("exclusiveMinimum")) is not None:
        lowest = above + 1
    highest = schema.get("maximum", schema.get("exclusiveMaximum"))
    wanted = 1 if lowest is None else max(1, lowest)
    return wanted if highest is None else min(wanted, highest)


def _text(schema: Mapping[str, Any]) -> str:
    text = _BY_FORMAT.get(schema.get("format") or "", _WORD)
    text = text.ljust(int(schema.get("minLength") or 0), "e")
    return text[: schema["maxLength"]] if schema.get("maxLength") else text
