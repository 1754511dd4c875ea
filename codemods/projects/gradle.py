"""What Gradle build files say, in Groovy or Kotlin, read by patterns: only running them would tell all.

https://docs.gradle.org/current/userguide/toolchains.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from codemods.analysis.paths import join, parent
from codemods.analysis.tables import table
from codemods.projects.maven import wrapper
from codemods.projects.model import Claim, Manifest, Scope

if TYPE_CHECKING:
    from codemods.projects.files import Files

NAMES = ("build.gradle.kts", "build.gradle")
SETTINGS = ("settings.gradle.kts", "settings.gradle")
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\w\"'])//[^\n]*", re.DOTALL)
_DEPENDENCY = re.compile(
    r"\b(?P<scope>\w*(?:[iI]mplementation|[aA]pi|[cC]ompile|[rR]untimeOnly|[cC]ompileOnly|annotationProcessor|developmentOnly|[rR]untime))"
    r"[\s(]+(?:platform\()?(?P<value>[\"'][^\"']+[\"']|libs\.[\w.]+)"
)
_PLUGIN = re.compile(r"\b(?:id|kotlin)[\s(]+[\"']([\w.-]+)[\"']|apply\s+plugin\s*[:=]\s*[\"']([\w.-]+)[\"']")
# The strongest first; the value is a number, a name of JavaVersion, or a property.
_VERSIONS = (
    r"languageVersion\s*(?:=|\.set\(|\.convention\()\s*JavaLanguageVersion\.of\(\s*[\"']?([\w.]+)",
    r"\bjvmToolchain\(\s*(\d+)",
    r"options\.release\s*(?:=|\.set\()\s*([\w.]+)",
    r"\b(?:source|target)Compatibility\s*(?:=|\()?\s*[\"']?(?:JavaVersion\.)?(?:toVersion\([\"']?)?([\w.]+)",
)


def gradle_manifest(files: Files, directory: str) -> Manifest:
    """Read the build files of a directory and of the parts that its settings include.

    Args:
        files: The project.
        directory: The directory.
    """
    build = _first(files, directory, NAMES)
    settings = _first(files, directory, SETTINGS)
    modules = _modules(files, settings) if settings else []
    builds = [build] if build else []
    builds += [path for module in modules if (path := _first(files, join_all(directory, module), NAMES))]
    catalog = _catalog(files, directory)
    main: set[str] = set()
    tests: set[str] = set()
    plugins: set[str] = set()
    for path in builds:
        text = _code(files, path)
        for match in _DEPENDENCY.finditer(text):
            into = tests if match["scope"].lower().startswith(("test", "integrationtest")) else main
            into.add(_artifact(match["value"], catalog))
        plugins |= {name for pair in _PLUGIN.findall(text) for name in pair if name}
        plugins |= {
            name for name in ("checkstyle", "pmd", "jacoco") if re.search(rf"(?m)^\s*`?{name}`?\s*$", text)
        }
    name = re.search(r"rootProject\.name\s*=\s*[\"']([^\"']+)", files.text(settings)) if settings else None
    return Manifest(
        name=name[1] if name else "",
        package_manager="gradle",
        dependencies_file=build or settings,
        lock_file=_first(files, directory, ("gradle.lockfile",)),
        wrapper=wrapper(files, directory, "gradlew"),
        scopes=(Scope("main", build, frozenset(main)), Scope("group", "test", frozenset(tests))),
        claims=tuple(_claims(files, directory, builds)),
        plugins=frozenset(plugins),
        modules=tuple(join_all(directory, module) for module in modules),
    )


def join_all(directory: str, path: str) -> str:
    """Return the path of a directory below another one."""
    return path if directory == "." else f"{directory}/{path}"


def _first(files: Files, directory: str, names: tuple[str, ...]) -> str:
    return next((path for name in names if files.exists(path := join(directory, name))), "")


def _code(files: Files, path: str) -> str:
    return _COMMENT.sub(" ", files.text(path))


def _modules(files: Files, settings: str) -> list[str]:
    included = re.findall(r"\binclude\b[\s(]*((?:[\"'][^\"']+[\"'][\s,)]*)+)", _code(files, settings))
    names = [name for group in included for name in re.findall(r"[\"']([^\"']+)[\"']", group)]
    return [name.strip(":").replace(":", "/") for name in names]


def _catalog(files: Files, directory: str) -> dict[str, Any]:
    """Read the version catalog of the build. https://docs.gradle.org/current/userguide/version_catalogs.html."""
    while True:
        path = join_all(directory, "gradle/libs.versions.toml")
        if files.exists(path) or directory == ".":
            return table(files.toml(path), "libraries")
        directory = parent(directory)


def _artifact(value: str, catalog: dict[str, Any]) -> str:
    """Return the artifact's name of ``"group:artifact:version"`` or of an alias of the catalog."""
    written = value.strip("\"'")
    if written.startswith("libs."):
        alias = re.sub(r"[-_.]", ".", written.removeprefix("libs."))
        entry = next((item for name, item in catalog.items() if re.sub(r"[-_.]", ".", name) == alias), "")
        module = entry.get("module", f":{entry.get('name', '')}") if isinstance(entry, dict) else entry
        written = module if isinstance(module, str) else ""
    parts = written.split(":")
    return parts[1] if len(parts) > 1 else written


def _claims(files: Files, directory: str, builds: list[str]) -> list[Claim]:
    properties = dict(
        re.findall(r"(?m)^\s*([\w.]+)\s*=\s*(\S+)", files.text(join(directory, "gradle.properties")))
    )
    claims = []
    # A convention plugin of the build sets the version for all parts of it.
    shared = files.match(r"(buildSrc|build-logic)/.*\.gradle(\.kts)?", directory)
    for path in [*builds, *shared]:
        text = _code(files, path)
        local = dict(re.findall(r"(?:def|val|ext\.)\s*(\w+)\s*=\s*[\"']?([\w.]+)", text))
        for pattern in _VERSIONS:
            for written in re.findall(pattern, text):
                value = local.get(written, properties.get(written, written))
                number = value.removeprefix("VERSION_").replace("_", ".")
                if number[:1].isdigit():
                    claims.append(Claim(number, path, exact=True))
    return claims
