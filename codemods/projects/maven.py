"""What a ``pom.xml`` says, its parents in the same repository included. https://maven.apache.org/pom.html."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codemods.analysis.paths import followed, join, parent
from codemods.projects.model import Claim, Manifest, Scope

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from codemods.projects.files import Files

_MAX_DEPTH = 10
# Where a version stands, the strongest first. https://maven.apache.org/plugins/maven-compiler-plugin/compile-mojo.html
_PROPERTIES = (
    "maven.compiler.release",
    "java.version",
    "maven.compiler.target",
    "maven.compiler.source",
    "release.version",
    "jdk.version",
)


def maven_manifest(files: Files, directory: str) -> Manifest:
    """Read the build file of a directory.

    Args:
        files: The project.
        directory: The directory.
    """
    path = join(directory, "pom.xml")
    poms = _chain(files, path)
    properties: dict[str, str] = {}
    for _, pom in poms:
        for element in pom.iterfind("properties/*"):
            properties.setdefault(element.tag, (element.text or "").strip())
    own = poms[0][1] if poms else None
    modules = [_text(item) for item in own.iterfind("modules/module")] if own is not None else []
    parts = [followed(directory, module) for module in modules]
    inner = [found for part in parts if (found := files.xml(join(part, "pom.xml"))) is not None]
    main: set[str] = set()
    tests: set[str] = set()
    for pom in [*(pom for _, pom in poms), *inner]:
        for dependency in pom.iterfind("dependencies/dependency"):
            scope = _filled(_text(dependency.find("scope")), properties)
            (tests if scope == "test" else main).add(_text(dependency.find("artifactId")))
    plugins = {
        _text(item.find("artifactId"))
        for pom in [*(pom for _, pom in poms), *inner]
        for item in pom.iterfind(".//plugin")
    }
    return Manifest(
        name=_text(own.find("artifactId")) if own is not None else "",
        package_manager="maven",
        dependencies_file=path,
        wrapper=wrapper(files, directory, "mvnw"),
        scopes=(Scope("main", path, frozenset(main)), Scope("group", "test", frozenset(tests))),
        claims=tuple(_claims(poms, properties)),
        plugins=frozenset(plugins),
        modules=tuple(part for part in parts if part),
    )


def maven_archive(files: Files, directory: str) -> str:
    """Return the path of the archive that a module's build leaves, from its directory; empty when it is not known.

    https://maven.apache.org/pom.html#the-basebuild-element-set
    """
    poms = _chain(files, join(directory, "pom.xml"))
    if not poms or poms[0][1].find("modules") is not None:
        return ""
    own = poms[0][1]
    properties = {
        item.tag: (item.text or "").strip()
        for _, pom in reversed(poms)
        for item in pom.iterfind("properties/*")
    }
    version = _text(own.find("version")) or _text(own.find("parent/version"))
    artifact = _text(own.find("artifactId"))
    properties |= {"project.artifactId": artifact, "project.version": version}
    name = _filled(_text(own.find("build/finalName")) or f"{artifact}-{version}", properties)
    return f"target/{name}.jar" if artifact and version and name else ""


def wrapper(files: Files, directory: str, name: str) -> str:
    """Return the path of a build tool's wrapper script in a directory or above it; empty when there is none."""
    while True:
        path = join(directory, name)
        if files.exists(path):
            return path
        if directory == ".":
            return ""
        directory = parent(directory)


def _chain(files: Files, path: str) -> list[tuple[str, Element]]:
    """Return a build file and its parents inside the project, the nearest first."""
    found: list[tuple[str, Element]] = []
    while len(found) < _MAX_DEPTH and path not in {item for item, _ in found}:
        pom = files.xml(path)
        if pom is None:
            break
        found.append((path, pom))
        above = pom.find("parent")
        if above is None:
            break
        relative = above.find("relativePath")
        written = "../pom.xml" if relative is None else _text(relative)
        path = followed(parent(path), written) if written else ""
        path = path if path.endswith(".xml") else join(path or ".", "pom.xml") if path else ""
        if not files.exists(path):
            break
    return found


def _claims(poms: list[tuple[str, Element]], properties: dict[str, str]) -> list[Claim]:
    claims = []
    for path, pom in poms:
        toolchains = pom.iterfind(".//plugin/configuration/toolchains/jdk/version")
        releases = [
            element
            for plugin in pom.iterfind(".//plugin")
            if _text(plugin.find("artifactId")) == "maven-compiler-plugin"
            for name in ("release", "target", "source")
            if (element := plugin.find(f"configuration/{name}")) is not None
        ]
        written = [_text(element) for element in (*toolchains, *releases)]
        written += [value for name in _PROPERTIES if (value := _text(pom.find(f"properties/{name}")))]
        claims += [Claim(value, path, exact=True) for text in written if (value := _filled(text, properties))]
    return claims


def _text(element: Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _filled(text: str, properties: dict[str, str]) -> str:
    """Fill properties into a value; empty when one is not known."""
    for _ in range(_MAX_DEPTH):
        filled = re.sub(r"\$\{([^}]+)\}", lambda match: properties.get(match[1], match[0]), text)
        if filled == text:
            break
        text = filled
    return "" if "${" in text else text
