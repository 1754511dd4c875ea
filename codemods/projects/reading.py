"""Which variables of the environment a project's code reads, and the values it falls back to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.analysis.paths import is_below, is_test_path
from codemods.projects.facts import detection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.projects.files import Files
    from codemods.projects.parts import Part

_MAX_SOURCE = 500_000
_NAME = r"[A-Z][A-Z0-9_]*"
_PYTHON_READS = re.compile(
    r"\b(?:environ(?:\.get|\.setdefault)?|getenv|env(?:\.\w+)?|config|Config\(\))\s*[\[(]\s*[\"'](?P<name>"
    + _NAME
    + r")[\"']"
    r"\s*(?:\]\s*|\)\s*)?(?:,\s*(?:default\s*=\s*)?|\bor\s+)?(?:f?(?P<quote>[\"'])(?P<value>[^\"'\n]*)(?P=quote))?"
)
_SETTINGS_CLASS = re.compile(r"^(?P<indent>[ \t]*)class\s+\w+\([^)]*Settings[^)]*\)\s*:", re.MULTILINE)
_FIELD = re.compile(
    r"^\s+(?P<name>[A-Za-z_]\w*)\s*:\s*[^=\n]+?(?:=\s*(?P<value>[^\n]*))?$",
)
_ALIAS = re.compile(r"(?:alias|env)\s*=\s*(?:AliasChoices\()?\s*[\"'](\w+)[\"']")
_PREFIX = re.compile(r"env_prefix[\"']?\s*[=:]\s*[\"'](\w*)[\"']")
_NODE_READS = re.compile(
    r"(?:process\.env|Bun\.env|import\.meta\.env)(?:\.(?P<name>"
    + _NAME
    + r")|\[[\"'](?P<key>"
    + _NAME
    + r")[\"']\])"
    r"!?\s*(?:(?:\|\||\?\?)\s*[\"'`](?P<value>[^\"'`\n]*)[\"'`])?"
)
_NODE_OTHER = re.compile(
    r"(?:\b[cC]onfig(?:Service)?\.(?:get|getOrThrow)(?:<\w+>)?|\benv\.get)\(\s*[\"'](?P<name>"
    + _NAME
    + r")[\"']"
)
_DESTRUCTURED = re.compile(r"\{([^{}]*)\}\s*=\s*process\.env\b")
_PLACEHOLDER = re.compile(r"\$\{(?P<name>" + _NAME + r")(?::(?P<value>[^}]*))?\}")
_JAVA_READS = re.compile(
    r"System\.getenv\(\s*\"(?P<name>"
    + _NAME
    + r")\"|getenv\(\)\.get(?:OrDefault)?\(\s*\"(?P<key>"
    + _NAME
    + r")\""
)
_PRISMA = re.compile(r"provider\s*=\s*\"(\w+)\"[^}]*?\burl\s*=\s*env\(\"(" + _NAME + r")\"\)", re.DOTALL)
_SPRING_FILES = r"(.*/)?src/main/resources/(config/)?(application|bootstrap)(-[\w-]+)?\.(ya?ml|properties)"


def names_read(files: Files, part: Part) -> dict[str, tuple[str, str]]:
    """Return the variables that code and its own settings files read.

    Args:
        files: The project.
        part: The part of the project.

    Returns:
        Name to the value it falls back to (empty when it has none) and the file that reads it, in a fixed order.
    """
    readers = {"python": _python, "javascript": _javascript, "java": _java}
    found: dict[str, tuple[str, str]] = {}
    for name, value, path in readers[part.language](files, part.directory):
        known = found.get(name)
        if known is None or (value and not known[0]):
            found[name] = (value, path)
    return dict(sorted(found.items()))


def _python(files: Files, directory: str) -> Iterator[tuple[str, str, str]]:
    for path, data in files.tree.sources.items():
        if not is_below(path, directory) or is_test_path(path) or len(data) > _MAX_SOURCE:
            continue
        if any(word in data for word in (b"env", b"config(")):
            text = re.sub(r"(?m)^\s*#.*$", "", data.decode("utf-8", "replace"))
            for match in _PYTHON_READS.finditer(text):
                yield match["name"], match["value"] or "", path
            for implicit in detection().variables.implicit:
                if re.search(implicit.pattern, text):
                    yield implicit.name, "", path
        if b"Settings" in data:
            for name, value in _settings_fields(data.decode("utf-8", "replace").replace("\r\n", "\n")):
                yield name, value, path


def _settings_fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of pydantic's settings classes: a field is read from the variable of its name, in any case.

    https://docs.pydantic.dev/latest/concepts/pydantic_settings/
    """
    if "pydantic" not in text:
        return
    for match in _SETTINGS_CLASS.finditer(text):
        lines = text[match.end() :].split("\n")[1:]
        body: list[str] = []
        for line in lines:
            if line.strip() and not line.startswith(match["indent"] + (" " if " " in line[:1] else "\t")):
                break
            body.append(line)
        prefix = _PREFIX.search("\n".join(body))
        depth = len(match["indent"])
        for line in body:
            field = _FIELD.match(line)
            if not field or len(line) - len(line.lstrip()) > depth + 4 or field["name"] == "model_config":
                continue
            value = field["value"] or ""
            alias = _ALIAS.search(value)
            literal = re.search(r"[\"']([^\"']*)[\"']", value.partition("alias")[0])
            name = alias[1] if alias else f"{prefix[1] if prefix else ''}{field['name']}"
            yield name.upper(), literal[1] if literal else ""


def _javascript(files: Files, directory: str) -> Iterator[tuple[str, str, str]]:
    for path in files.match(r".*\.[cm]?[jt]sx?", directory):
        if is_test_path(path) or ".min." in path or ".test." in path or ".spec." in path:
            continue
        data = files.tree.read(path) or b""
        if len(data) > _MAX_SOURCE or not (b"env" in data or b"onfig" in data):
            continue
        text = re.sub(r"(?m)^\s*(//|\*).*$", "", data.decode("utf-8", "replace"))
        for match in _NODE_READS.finditer(text):
            yield match["name"] or match["key"], match["value"] or "", path
        for match in _NODE_OTHER.finditer(text):
            yield match["name"], "", path
        for group in _DESTRUCTURED.findall(text):
            for name, value in re.findall(
                r"\b(" + _NAME + r")\b(?:\s*:\s*\w+)?(?:\s*=\s*[\"'`]([^\"'`]*))?", group
            ):
                yield name, value, path
    for path in files.match(r".*\.prisma", directory):
        for provider, name in _PRISMA.findall(files.text(path)):
            yield name, f"{provider}://", path


def _java(files: Files, directory: str) -> Iterator[tuple[str, str, str]]:
    for path in sorted(files.match(_SPRING_FILES, directory), key=lambda item: (len(item), item)):
        for match in _PLACEHOLDER.finditer(files.text(path)):
            yield match["name"], match["value"] or "", path
    for path in files.match(r"(.*/)?src/main/.*\.java", directory):
        data = files.tree.read(path) or b""
        if b"getenv" in data or b"${" in data:
            text = data.decode("utf-8", "replace")
            for match in _JAVA_READS.finditer(text):
                yield match["name"] or match["key"], "", path
            for match in _PLACEHOLDER.finditer(text):
                yield match["name"], match["value"] or "", path


def spring_files(files: Files, directory: str) -> list[str]:
    """Return Spring's own settings files, those without a profile first."""
    return sorted(files.match(_SPRING_FILES, directory), key=lambda item: (len(item), item))
