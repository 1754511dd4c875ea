"""The files of a project, each read and parsed at most once; what cannot be read is noted and counts as absent."""

from __future__ import annotations

import configparser
import json
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from codemods.analysis.files import scan
from codemods.analysis.model import SkippedFile
from codemods.analysis.paths import file_name, join, parent
from codemods.projects.facts import detection

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from codemods.analysis.files import Tree

# Manifests and settings are written by hand; what is larger was not.
_MAX_DOCUMENT = 1_000_000


class Files:
    """Reads files of one project.

    Args:
        root: The project's directory.

    Attributes:
        tree: All files, without those of other people and of caches.
        skipped: What could not be read, by path.
    """

    def __init__(self, root: Path) -> None:
        self.tree: Tree = scan(root)
        self.skipped: dict[str, SkippedFile] = {item.file: item for item in self.tree.skipped}
        self._parsed: dict[tuple[str, str], Any] = {}
        for directory in sorted({parent(path) for path in self._manifests()} | {"."}):
            for hidden in detection().hidden:
                self._list(join(directory, hidden))
        self.paths = sorted({*self.tree.sources, *self.tree.others})
        self._known = set(self.paths)
        self._below: dict[str, list[str]] = {}
        for path in self.paths:
            self._below.setdefault(parent(path), []).append(path)

    def _manifests(self) -> list[str]:
        names = {"pom.xml", "build.gradle", "build.gradle.kts", "package.json", "pyproject.toml"}
        return [path for path in self.tree.others if file_name(path) in names]

    def _list(self, directory: str) -> None:
        full = self.tree.root / directory
        inside = os.path.realpath(full)
        if not full.is_dir() or not Path(inside).is_relative_to(self.tree.real_root):
            return
        with os.scandir(full) as found:
            self.tree.others |= {
                f"{directory}/{entry.name}" for entry in found if entry.is_file(follow_symlinks=False)
            } - self.tree.ours

    def exists(self, path: str) -> bool:
        """Say whether a file is listed."""
        return path in self._known

    def inside(self, directory: str) -> list[str]:
        """Return the files of a directory, without those below its own directories."""
        return self._below.get(directory, [])

    def match(self, pattern: str, directory: str = ".") -> list[str]:
        """Return the paths in or below a directory of which the part behind the directory matches as a whole."""
        expression = re.compile(rf"(?:{pattern})\Z")
        prefix = "" if directory == "." else f"{directory}/"
        return [
            path
            for path in self.paths
            if path.startswith(prefix) and expression.match(path.removeprefix(prefix))
        ]

    def text(self, path: str) -> str:
        """Return a file as text, without a byte order mark and with plain line ends; empty when it cannot be read."""
        if not self.exists(path):
            return ""
        data = self.tree.read(path)
        if data is None:
            self.skip(path, "cannot be read, or is too large")
            return ""
        if b"\x00" in data:
            encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ""
            if not encoding:
                self.skip(path, "is no text")
                return ""
            data = data.decode(encoding, "replace").encode()
        return data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")

    def skip(self, path: str, reason: str) -> None:
        """Note that a file could not be read; the first reason counts."""
        self.skipped.setdefault(path, SkippedFile(path, reason))

    def json(self, path: str) -> dict[str, Any]:
        """Return a JSON object; empty when the file is none."""
        return self._mapping(path, "JSON", json.loads)

    def toml(self, path: str) -> dict[str, Any]:
        """Return a TOML document; empty when the file is none."""
        return self._mapping(path, "TOML", tomllib.loads)

    def yaml(self, path: str) -> dict[str, Any]:
        """Return a YAML mapping; empty when the file is none. Tags of other programs are dropped."""
        return self._mapping(path, "YAML", _load_yaml)

    def ini(self, path: str) -> dict[str, dict[str, str]]:
        """Return the sections of an INI file; empty when the file is none."""
        return self._mapping(path, "INI", _load_ini)

    def xml(self, path: str) -> Element | None:
        """Return the root of an XML file; None when it is none, or defines entities.

        https://docs.python.org/3/library/xml.html#xml-security
        """
        root: Element | None = self._parse(path, "XML", _load_xml)
        return root

    def _mapping(self, path: str, kind: str, load: Callable[[str], Any]) -> dict[str, Any]:
        data = self._parse(path, kind, load)
        if data is not None and not isinstance(data, dict):
            self.skip(path, f"not readable as {kind}: holds no mapping")
        return data if isinstance(data, dict) else {}

    def _parse(self, path: str, kind: str, load: Callable[[str], Any]) -> Any:
        key = (path, kind)
        if key not in self._parsed:
            self._parsed[key] = self._load(path, kind, load)
        return self._parsed[key]

    def _load(self, path: str, kind: str, load: Callable[[str], Any]) -> Any:
        text = self.text(path)
        if not text.strip():
            return None
        if len(text) > _MAX_DOCUMENT:
            self.skip(path, f"not read as {kind}: larger than {_MAX_DOCUMENT // 1_000_000} MB")
            return None
        try:
            return load(text)
        except RecursionError:
            self.skip(path, f"not readable as {kind}: nests too deeply")
        except (ValueError, SyntaxError, yaml.YAMLError, configparser.Error) as error:
            # defusedxml's errors are ValueErrors, the XML parser's own are SyntaxErrors.
            reason = " ".join((str(error) or type(error).__name__).split())
            self.skip(path, f"not readable as {kind}: {reason[:160]}")
        return None


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Takes what is behind a tag (`!reference` of GitLab, `!override` of compose) for what it would be without one."""

    def untagged(self, _suffix: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return self.construct_sequence(node, deep=True)
        return self.construct_scalar(node)


_Loader.add_multi_constructor("!", _Loader.untagged)


def _load_yaml(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader


def _load_ini(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    parser.read_string(text)
    return {name: {key: value or "" for key, value in parser[name].items()} for name in parser.sections()}


def _load_xml(text: str) -> Element:
    from defusedxml.ElementTree import fromstring  # only where there is such a file

    # A declaration of another encoding is about bytes, and these are text already.
    root: Element = fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1))
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root
