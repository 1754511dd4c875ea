"""How the tests of a project are run, and what must be installed for them."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from codemods.analysis.paths import file_name, followed, join, parent
from codemods.analysis.tables import table
from codemods.projects.facts import any_of, detection
from codemods.projects.maven import maven_manifest
from codemods.projects.model import InstallForTests, Tests

if TYPE_CHECKING:
    from codemods.projects.facts import TestTool
    from codemods.projects.files import Files
    from codemods.projects.model import Manifest, Scope
    from codemods.projects.parts import Part

_TEST_FILES = r"(.*/)?tests?(/.*|_[^/]*)?\.py"
# `npm init` writes it where there are no tests.
_PLACEHOLDER = "no test specified"
# Scripts that may run the tests, the best first; a watching one never ends.
_SCRIPTS = ("test:ci", "ci:test", "test", "test:unit", "unit", "tests")
_WATCHES = re.compile(r"--watch(?:All)?(?!\w|=false)|\bvitest\s+(?:watch|dev)\b")
_NODE_RUNNER = re.compile(r"\bnode\b.*\s--test\b")


def find_tests(files: Files, part: Part) -> Tests:
    """Return how the tests of a part are run.

    Args:
        files: The project.
        part: The part.
    """
    readers = {"python": _python, "javascript": _javascript, "java": _java}
    return readers[part.language](files, part)


def _shown_by(files: Files, part: Part, tool: TestTool) -> bool:
    """Say whether packages or configuration show that a tool runs the tests."""
    if part.manifest.packages & set(tool.packages):
        return True
    pattern = any_of(tuple(tool.files)) if tool.files else None
    prefix = "" if part.directory == "." else f"{part.directory}/"
    if pattern and any(
        pattern.match(path.removeprefix(prefix)) for path in files.paths if path.startswith(prefix)
    ):
        return True
    pyproject = files.toml(join(part.directory, "pyproject.toml")) if tool.tables else {}
    if any(table(pyproject, *name.split(".")) for name in tool.tables):
        return True
    sections = {
        section for name in ("setup.cfg", "tox.ini") for section in files.ini(join(part.directory, name))
    }
    return bool(tool.sections) and bool(sections & set(tool.sections))


def _python(files: Files, part: Part) -> Tests:
    run = detection().managers[part.manifest.package_manager].run
    sources = [path for path in files.match(_TEST_FILES, part.directory) if path in files.tree.sources]
    for name, tool in detection().tests.items():
        if tool.language != part.language or not _is_python_tool(files, part, tool, sources):
            continue
        command = tool.command if tool.packages else f"{tool.command}{_start(files, part.directory)}"
        # What comes with the framework or the language needs no package of its own.
        package = "" if tool.script else next(iter(tool.packages), "")
        return Tests(name, f"{run} {command}".strip(), _install(files, part.manifest, package))
    return Tests()


def _is_python_tool(files: Files, part: Part, tool: TestTool, sources: list[str]) -> bool:
    if tool.script:
        return files.exists(join(part.directory, tool.script)) and bool(
            part.manifest.packages & set(tool.packages)
        )
    imported = re.compile(rf"(?m)^\s*(?:import|from)\s+{tool.imports}\b".encode())
    return _shown_by(files, part, tool) or any(imported.search(files.tree.sources[path]) for path in sources)


def _start(files: Files, directory: str) -> str:
    """Return the options that lead unittest to a folder of tests; it finds those beside the code by itself.

    https://docs.python.org/3/library/unittest.html#test-discovery
    """
    for name in ("tests", "test"):
        folder = join(directory, name)
        if any(path.endswith(".py") for path in files.inside(folder)):
            return f" -s {name} -t ." if files.exists(f"{folder}/__init__.py") else f" -s {name}"
    return ""


def _install(files: Files, manifest: Manifest, package: str) -> InstallForTests:
    """Return the scopes that hold the tests' packages: those with the test tool, else those with a telling name."""
    if package and package in manifest.main:
        return InstallForTests()
    others = [scope for scope in manifest.scopes if scope.kind != "main"]
    named = re.compile(detection().test_scopes, re.IGNORECASE)
    telling = [scope for scope in others if scope.kind != "packages" and named.match(_stem(scope))]
    if not package:
        return _as_install(files, telling)
    chosen = [scope for scope in others if package in scope.packages]
    installable = [scope for scope in chosen if scope.kind != "packages"]
    if installable:
        best = [scope for scope in installable if named.match(_stem(scope))] or installable[:1]
        return _as_install(files, best)
    # Nothing that can be installed asks for the tool itself: it is installed by name, with what stands around it.
    packages = {name for scope in chosen[:1] for name in scope.packages if "[" not in name} | {package}
    install = _as_install(files, telling)
    return InstallForTests(install.files, install.groups, install.extras, tuple(sorted(packages)))


def _stem(scope: Scope) -> str:
    return file_name(scope.name).rpartition(".")[0] if scope.kind == "file" else scope.name


def _as_install(files: Files, scopes: list[Scope]) -> InstallForTests:
    names = {
        kind: list(dict.fromkeys(scope.name for scope in scopes if scope.kind == kind))
        for kind in ("file", "group", "extra")
    }
    included = {inner for name in names["file"] for inner in _includes(files, name) if inner in names["file"]}
    listed = tuple(
        name for name in names["file"] if name not in included and not _compiled(name, names["file"])
    )
    return InstallForTests(listed, tuple(names["group"]), tuple(names["extra"]))


def _includes(files: Files, path: str) -> list[str]:
    written = re.findall(r"(?m)^\s*(?:-r|--requirement)[ =]?\s*(\S+)", files.text(path))
    return [followed(parent(path), name) for name in written]


def _compiled(path: str, listed: list[str]) -> bool:
    """Say whether a file of wishes (``dev.in``) has its compiled form (``dev.txt``) beside it."""
    return path.endswith(".in") and f"{path.removesuffix('.in')}.txt" in listed


def _javascript(files: Files, part: Part) -> Tests:
    manager, scripts = part.manifest.package_manager, part.manifest.scripts
    tools = {name: tool for name, tool in detection().tests.items() if tool.language == "javascript"}
    usable = {
        name: scripts[name]
        for name in _SCRIPTS
        if name in scripts and _PLACEHOLDER not in scripts[name] and not _WATCHES.search(scripts[name])
    }
    if name := next(iter(usable), ""):
        command = f"{manager} test" if name == "test" and manager != "bun" else f"{manager} run {name}"
        return Tests(_framework_of(scripts, usable[name], tools, part), command)
    run = detection().managers[manager].run
    for name, tool in tools.items():
        if _shown_by(files, part, tool):
            return Tests(name, f"{run} {tool.command}".strip())
    found = files.match(r".*[.-](test|spec)\.[cm]?js|(.*/)?test/.*\.[cm]?js", part.directory)
    if any("node:test" in files.text(path) for path in found[:50]):
        return Tests("node", "node --test")
    return Tests()


def _framework_of(scripts: dict[str, str], script: str, tools: dict[str, TestTool], part: Part) -> str:
    """Name the tool behind a script, through the scripts that it calls."""
    for _ in range(3):
        if _NODE_RUNNER.search(script):
            return "node"
        words = set(re.findall(r"[\w@./:-]+", script))
        known = {name for name, tool in tools.items() if words & {name, *tool.packages}}
        if known:
            return next(name for name in tools if name in known)
        called = next((word for word in re.findall(r"run\s+([\w:-]+)", script) if word in scripts), "")
        script = scripts.get(called, "")
    found = (name for name, tool in tools.items() if part.manifest.packages & set(tool.packages))
    return next(found, "npm-script")


def _java(files: Files, part: Part) -> Tests:
    manifest = part.manifest
    tests = files.match(r"(.*/)?src/(test|\w*[tT]est)/.*\.(java|groovy|kt)", part.directory)
    tools = {name: tool for name, tool in detection().tests.items() if tool.language == "java"}
    framework = next((name for name, tool in tools.items() if manifest.packages & set(tool.packages)), "")
    if not tests and not framework:
        return Tests()
    tool = _build_tool(files, part)
    if manifest.package_manager == "gradle":
        # `check` runs the suites beside `test` as well. https://docs.gradle.org/current/userguide/java_testing.html
        separate = any("/src/test/" not in f"/{path}" for path in tests)
        return Tests(framework or "junit", f"{tool} {'check' if separate else 'test'}")
    # Integration tests run in a later phase. https://maven.apache.org/surefire/maven-failsafe-plugin/
    phase = "verify" if "maven-failsafe-plugin" in manifest.plugins else "test"
    return Tests(framework or "junit", f"{tool} --batch-mode {phase}{_only_module(files, part.directory)}")


def _only_module(files: Files, directory: str) -> str:
    """Return the options that build a module with those that it depends on, from the build that it is a module of."""
    levels = [str(level) for level in PurePosixPath(directory).parents if directory != "."]
    for level in levels:
        if directory in maven_manifest(files, level).modules:
            above = os.path.relpath(join(level, "pom.xml"), directory).replace(os.sep, "/")
            module = os.path.relpath(directory, level).replace(os.sep, "/")
            return f" --file {shlex.quote(above)} --projects {shlex.quote(module)} --also-make"
    return ""


def _build_tool(files: Files, part: Part) -> str:
    """Return how the build tool is called: its wrapper where there is one, by a shell where it may not be executed."""
    manifest = part.manifest
    if not manifest.wrapper:
        return {"maven": "mvn", "gradle": "gradle"}[manifest.package_manager]
    path = f"./{os.path.relpath(manifest.wrapper, part.directory)}".replace("./../", "../").replace(
        os.sep, "/"
    )
    quoted = shlex.quote(path)
    return quoted if os.access(files.tree.root / manifest.wrapper, os.X_OK) else f"sh {quoted}"
