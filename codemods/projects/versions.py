"""Which version of its language a project runs on: what pins one comes first, then the newest that a range admits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.projects.facts import Language, detection
from codemods.projects.model import Claim
from codemods.projects.ranges import node_admits, python_admits

if TYPE_CHECKING:
    from codemods.projects.files import Files

_NEWEST = frozenset({"lts", "lts/*", "lts/-0", "node", "stable", "latest", "current"})
# How many numbers name a line of releases.
_LINE = {"python": 2, "javascript": 1, "java": 1}
_OLDER = {
    "python": [f"3.{minor}" for minor in range(40)],
    "javascript": [str(major) for major in range(60)],
    "java": [str(release) for release in range(60)],
}


def version_files(files: Files, directory: str, language: str) -> list[Claim]:
    """Return what files say that do nothing but pin versions; those above the directory count as well."""
    levels = list(dict.fromkeys((directory, ".")))
    claims = []
    for facts in detection().languages[language].version_files:
        for level in levels:
            path = facts.name if level == "." else f"{level}/{facts.name}"
            if match := re.search(facts.pattern, files.text(path), re.MULTILINE):
                claims.append(Claim(match["version"], path, exact=True))
    return claims


def derived_claims(
    files: Files, language: str, images: tuple[str, ...], pipelines: tuple[str, ...]
) -> list[Claim]:
    """Return what image files and existing pipelines run the project on, in that order.

    Args:
        files: The project.
        language: Its language.
        images: Paths of image files.
        pipelines: Paths of existing pipelines.
    """
    facts = detection().languages[language]
    claims = []
    for path in images:
        for image in base_images(files.text(path)):
            if found := _first_match(facts.images, image):
                claims.append(Claim(found, path, exact=True))
                break
    for path in pipelines:
        # A pipeline may test on several; the project runs on the newest of them.
        named = [
            match["version"]
            for pattern in facts.pipelines
            for match in re.finditer(pattern, files.text(path))
        ]
        named += [
            found
            for image in _pipeline_images(files.text(path))
            if (found := _first_match(facts.images, image))
        ]
        listed = [number for text in named for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)*(?![\w])", text)]
        if listed:
            claims.append(Claim(max(listed, key=_numbers), path, exact=True))
    return claims


def base_images(text: str) -> list[str]:
    """Return the images that a Dockerfile is built from, with the defaults of its arguments filled in."""
    arguments = dict(re.findall(r"(?mi)^\s*ARG\s+(\w+)=[\"']?([^\s\"']+)", text))
    images = re.findall(r"(?mi)^\s*FROM\s+(?:--\S+\s+)*(\S+)", text)
    return [
        re.sub(
            r"\$\{?(\w+)(?::?-([^}]*))?\}?", lambda match: str(arguments.get(match[1], match[2] or "")), image
        )
        for image in images
    ]


def _pipeline_images(text: str) -> list[str]:
    return re.findall(r"(?m)\bimage\s*:\s*[\"']?([^\s\"'#]+)", text) + re.findall(
        r"\bimage\s+[\"']([^\"']+)", text
    )


def _first_match(patterns: list[str], text: str) -> str:
    for pattern in patterns:
        if match := re.search(pattern, text):
            # `python3.11` of a distroless image is written `python-311` by others.
            compact = re.fullmatch(r"3(\d\d)", match["version"])
            return f"3.{compact[1]}" if compact else match["version"]
    return ""


def choose_version(
    language: str, pinned: list[Claim], declared: list[Claim], derived: list[Claim]
) -> tuple[str, str, list[str]]:
    """Choose the version that a pipeline takes.

    Args:
        language: The language.
        pinned: What version files say.
        declared: What manifests say, pins and ranges.
        derived: What image files and pipelines run on; it counts only inside the declared ranges.

    Returns:
        The version, where it stands (``default`` for none), and warnings.
    """
    facts = detection().languages[language]
    warnings: list[str] = []
    ranges = [claim for claim in declared if not claim.exact]
    for claim in [*pinned, *(claim for claim in declared if claim.exact), *derived]:
        version = pin(language, claim.text)
        if not version:
            continue
        refused = next((item for item in ranges if not admits(language, item.text, version)), None)
        if refused is None or claim not in derived:
            if refused is not None:
                warnings.append(
                    f"{claim.source}: names {version}, which {refused.source} does not admit ({refused.text})"
                )
            return version, claim.source, warnings + _out_of_support(facts, language, version, claim.source)
        warnings.append(
            f"{claim.source}: not followed, {refused.source} does not admit {version} ({refused.text})"
        )
    for claim in ranges:
        if version := newest_admitted(language, claim.text):
            return version, claim.source, warnings + _out_of_support(facts, language, version, claim.source)
        warnings.append(f"{claim.source}: admits no version that is known ({claim.text})")
    return facts.supported[-1], "default", warnings


def pin(language: str, text: str) -> str:
    """Return the version that a pin names, as pipelines write it; empty when it names none."""
    facts = detection().languages[language]
    cleaned = text.strip().strip("\"'").removeprefix("v").lower()
    if language == "javascript":
        if cleaned in _NEWEST:
            return facts.supported[-1]
        cleaned = facts.names.get(cleaned.removeprefix("lts/"), cleaned)
    match = re.match(r"\d+(?:\.\d+){0,2}(?![\w])", cleaned) or re.match(r"\d+(?:\.\d+){0,2}", cleaned)
    if not match:
        return ""
    if language == "java":
        # `1.8` is how Java 8 and those before it name themselves.
        return re.sub(r"^1\.(?=\d)", "", match[0]).partition(".")[0]
    if language == "python" and "." not in match[0]:
        return newest_admitted(language, f"=={match[0]}.*")
    return match[0]


def newest_admitted(language: str, text: str) -> str:
    """Return the newest supported version that a range admits, else a released one, else the newest old one."""
    facts = detection().languages[language]
    for candidates in (facts.supported[::-1], facts.released, _OLDER[language][::-1]):
        if found := next((item for item in candidates if admits(language, text, item)), ""):
            return found
    return ""


def admits(language: str, text: str, version: str) -> bool:
    """Say whether a range admits some release of the line that a version belongs to."""
    line = line_of(language, version)
    if language == "python":
        return python_admits(text, line)
    return node_admits(text, line) if language == "javascript" else True


def line_of(language: str, version: str) -> str:
    """Return the line of releases of a version: ``3.12`` for ``3.12.4``, ``22`` for ``22.1.0``."""
    return ".".join(version.split(".")[: _LINE[language]])


def _out_of_support(facts: Language, language: str, version: str, source: str) -> list[str]:
    line = line_of(language, version)
    known = [*facts.supported, *facts.released]
    if line in known or _numbers(line) > max(map(_numbers, known)):
        return []
    return [
        f"{source}: {line} gets no fixes any more; taken as it is. Supported are {', '.join(facts.supported)}."
    ]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))
