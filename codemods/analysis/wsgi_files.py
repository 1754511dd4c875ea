"""Files that say which WSGI application is served: uWSGI's, mod_wsgi's scripts, and the environment of `flask run`."""

from __future__ import annotations

import configparser
import re
from typing import Any

from codemods.analysis.commands import SEVERAL, parse_command
from codemods.analysis.encoding import UnreadableSourceError
from codemods.analysis.model import LaunchCommand
from codemods.analysis.source import read_source
from codemods.analysis.syntax import Call, Name

_SECTION = "uwsgi"
_OBJECT = "application"
_VARIABLE = re.compile(r"^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"%\((\w+)\)|\$\((\w+)\)")


def uwsgi_ini(path: str, text: str) -> list[LaunchCommand]:
    """Read the section of uWSGI; an ini file without one is none of uWSGI's.

    https://uwsgi-docs.readthedocs.io/en/latest/Configuration.html
    """
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, delimiters=("=",))
    try:
        parser.read_string(text)
    except configparser.Error:
        return []
    return _uwsgi(path, dict(parser[_SECTION])) if parser.has_section(_SECTION) else []


def uwsgi_yaml(path: str, text: str) -> list[LaunchCommand]:
    """Read the mapping of uWSGI in a YAML file."""
    import yaml  # heavy, and only needed where there is such a file

    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return []
    section = data.get(_SECTION) if isinstance(data, dict) else None
    return _uwsgi(path, section) if isinstance(section, dict) else []


def _uwsgi(path: str, options: dict[str, Any]) -> list[LaunchCommand]:
    """Read options as uWSGI takes them: the same names as on its command line."""
    given = {str(name): str(value or "").strip() for name, value in options.items()}

    def value(*names: str) -> str:
        found = next((given[name] for name in names if given.get(name)), "")
        return _PLACEHOLDER.sub(lambda match: given.get(match[1] or match[2], match[0]), found)

    loaded = value("module", "wsgi", "wsgi-file", "file") or value("mount").partition("=")[2]
    if not loaded:
        return []
    words = ["uwsgi", "-w", f"'{loaded}'", *(["--callable", value("callable")] if value("callable") else [])]
    processes = value("processes", "workers", "p")
    count = int(processes) if processes.isdigit() else SEVERAL if processes else 1
    directory = value("chdir")
    return [
        LaunchCommand(
            path,
            f"uwsgi {path.rpartition('/')[2]}",
            found.server,
            found.target,
            factory=found.factory,
            workers=count,
            # The application is loaded before the processes are forked, unless told otherwise.
            preload=value("lazy-apps", "lazy") not in {"true", "1"} and count > 1,
            directory="" if directory.startswith(("/", "%", "$")) else directory,
        )
        for found in parse_command(path, " ".join(words))
    ]


def wsgi_script(path: str, text: str) -> list[LaunchCommand]:
    """Read a script of mod_wsgi, which serves its `application`.

    https://modwsgi.readthedocs.io/en/master/user-guides/quick-configuration-guide.html
    """
    try:
        source = read_source(path, text.encode())
    except UnreadableSourceError:
        return []
    imported = {item.name: item.target for item in source.imports}
    target, called = imported.get(_OBJECT, ""), False
    for item in source.assigned("", _OBJECT):
        called = isinstance(item.value, Call)
        made = item.value.function if isinstance(item.value, Call) else item.value
        if isinstance(made, Name):
            first, _, rest = made.path.partition(".")
            target = ".".join(filter(None, (imported.get(first, ""), rest))) if first in imported else ""
    module, _, name = target.rpartition(".")
    if not module:
        return []
    shown = f"mod_wsgi {path.rpartition('/')[2]}"
    return [LaunchCommand(path, shown, "mod_wsgi-express", f"{module}:{name}", factory=called)]


def environment_file(path: str, text: str) -> list[LaunchCommand]:
    """Read what `flask run` loads without being told on its command line.

    https://flask.palletsprojects.com/en/stable/cli/#environment-variables-from-dotenv
    """
    given = {name: value.strip("\"'") for name, value in _VARIABLE.findall(text)}
    return parse_command(path, "flask run", given) if given.get("FLASK_APP") else []
