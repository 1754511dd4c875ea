"""Read one command line: which server it starts, what that loads, with how many processes."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath

from codemods.analysis.model import LaunchCommand
from codemods.facts import python_facts
from codemods.launch_facts import ServerProgram

# More than one process, as far as reading tells: the number itself is made at run time.
SEVERAL = 2

_OPERATORS = frozenset(
    {"&&", "||", ";", "|", "&", "then", "do", "else", "if", "fi", "done", "!", "{", "}", "(", ")"}
)
_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_TARGET = re.compile(r"^(?:wsgi:|asgi:|/[\w/-]*=)?([A-Za-z_][\w./-]*):([A-Za-z_][\w.]*)(\(.*\))?$")
_MODULE = re.compile(r"^[A-Za-z_][\w.]*$")
_DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")
_PYTHON = re.compile(r"^python[\d.]*$")

# Words in front of the real command, with the number of arguments they take.
_WRAPPERS = {
    "exec": 0, "env": 0, "nohup": 0, "sudo": 0, "time": 0, "command": 0, "tini": 0, "dumb-init": 0, "catchsegv": 0,
    "ddtrace-run": 0, "opentelemetry-instrument": 0, "newrelic-admin": 1, "gosu": 1, "su-exec": 1, "nice": 0,
    "setsid": 0, "stdbuf": 0, "wait-for-it.sh": 1, "wait-for-it": 1, "wait-for": 1, "-": 0,
}  # fmt: skip
# Runners whose `run` subcommand takes a command.
_RUNNERS = frozenset(
    {"poetry", "uv", "pipenv", "pdm", "hatch", "rye", "dotenv", "doppler", "conda", "op", "infisical"}
)
# Options of several servers that a value follows.
_WITH_VALUE = frozenset(
    {"--app-dir", "--chdir", "-d", "-A", "--app", "-c", "--config", "--concurrency", "-e", "--workdir", "-w"}
)
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_RUNS_A_SCRIPT = re.compile(r"(^|/)[\w.-]+\.py$")


@cache
def servers() -> dict[str, tuple[str, ServerProgram]]:
    """Return the servers and workers that the facts know, with their keys, by the names of their programs."""
    known = python_facts().servers
    return {program: (name, facts) for name, facts in known.items() for program in (name, *facts.programs)}


def is_server(name: str) -> bool:
    """Say whether a launch command starts a server or a worker that the facts know."""
    return name in python_facts().servers


@dataclass
class _Words:
    """A command line's words, with what its environment assignments and wrappers said."""

    words: list[str]
    directory: str = ""
    environment: dict[str, str] = field(default_factory=dict)


def parse_command(file: str, text: str, environment: dict[str, str] | None = None) -> list[LaunchCommand]:
    """Read a command line as a shell would split it.

    Args:
        file: Where it stands; kept in the results.
        text: The command line; ``&&``, ``;`` and pipes separate several.
        environment: Variables set around it.

    Returns:
        One launch command for each part that starts something known, in order.
    """
    flat = " ".join(text.replace("\\\r\n", " ").replace("\\\n", " ").split())
    try:
        lexer = shlex.shlex(flat, posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        lexer.commenters = ""
        words = list(lexer)
    except ValueError:
        words = flat.split()
    return parse_words(file, words, flat, environment)


def parse_words(
    file: str, words: list[str], text: str, environment: dict[str, str] | None = None
) -> list[LaunchCommand]:
    """Read a command that is split into words already, as in the JSON form of ``CMD``."""
    found: list[LaunchCommand] = []
    directory = ""
    part: list[str] = []
    for word in [*words, ";"]:
        if word not in _OPERATORS:
            part.append(word)
            continue
        if part[:1] == ["cd"] and len(part) > 1:
            directory = str(PurePosixPath(directory) / part[1])
        elif part:
            state = _Words(part, directory, dict(environment or {}))
            found.extend(_command(file, state, text))
        part = []
    return found


def _command(file: str, state: _Words, text: str) -> list[LaunchCommand]:
    """Take the wrappers off and read the command below them."""
    words = state.words
    while words:
        word = PurePosixPath(words[0]).name or words[0]
        if _ASSIGNMENT.match(words[0]):
            name, _, value = words[0].partition("=")
            state.environment[name] = value
            words = words[1:]
        elif word in _WRAPPERS:
            words = _without_options(words[1:])[_WRAPPERS[word] :]
            words = words[1:] if words[:1] == ["--"] else words
            if word == "opentelemetry-instrument":
                # Its options take values, and there is one for every setting of the SDK.
                words = words[next((at for at, item in enumerate(words) if _is_command(item)), 0) :]
        elif word in _RUNNERS and "run" in words[1:]:
            words = _without_options(words[words.index("run") + 1 :])
        elif word in _SHELLS:
            scripts = [words[at + 1] for at, item in enumerate(words[:-1]) if re.fullmatch(r"-\w*c", item)]
            return [
                found for script in scripts[:1] for found in parse_command(file, script, state.environment)
            ]
        elif _PYTHON.match(word) or _RUNS_A_SCRIPT.search(words[0]):
            module, words = _python_module(words)
            if module or not words:
                return [_script(file, module, words, state, text)]
        elif word in servers():
            return _server(file, word, words[1:], state, text)
        else:
            return []
    return []


def _python_module(words: list[str]) -> tuple[str, list[str]]:
    """Return the module that an interpreter runs, and the command of a server that it stands for, if any.

    That is the server's own for ``python -m uvicorn …``, and what follows the script for ``manage.py runserver``.
    """
    if "-m" in words[1:3]:
        rest = words[words.index("-m") + 1 :]
        if rest and rest[0] in servers():
            return "", rest
        return (rest[0] if rest and _MODULE.match(rest[0]) else ""), []
    given = words if _RUNS_A_SCRIPT.search(words[0]) else words[1:]
    at = next((at for at, item in enumerate(given) if not item.startswith("-")), -1)
    if at < 0 or not given[at].endswith(".py"):
        return "", []
    rest = [word for word in given[at + 1 :] if word in servers()][:1]
    return _module(given[at]), [*rest, *given[at + 1 :]] if rest else []


def _script(file: str, module: str, words: list[str], state: _Words, text: str) -> LaunchCommand:
    name, facts = servers()[words[0]] if words else ("python", ServerProgram())
    reloads = bool(facts.no_reload) and not any(option in words for option in facts.no_reload)
    return LaunchCommand(file, text, name, module, reload=reloads, directory=state.directory)


def _module(path: str) -> str:
    return re.sub(r"^\./", "", path).removesuffix(".py").strip("/").replace("/", ".")


def _is_command(word: str) -> bool:
    name = PurePosixPath(word).name
    return name in servers() or name in _SHELLS or _PYTHON.match(name) is not None


def _without_options(words: list[str]) -> list[str]:
    """Drop the options of a wrapper: everything before the first word that is, or leads to, a command."""
    with_value = {
        "--env-file",
        "--with",
        "--extra",
        "--group",
        "--project",
        "--directory",
        "--python",
        "-p",
        "-n",
        "-f",
    }
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "--":
        at += 2 if words[at] in with_value else 1
    return words[at + 1 :] if words[at : at + 1] == ["--"] else words[at:]


def _server(file: str, program: str, words: list[str], state: _Words, text: str) -> list[LaunchCommand]:
    name, facts = servers()[program]
    options, positional = _options(facts, words)
    if facts.subcommands and not set(positional) & set(facts.subcommands):
        return []
    workers = _number(_first(options, *facts.workers), state)
    if workers is None:
        workers = _number(state.environment.get("WEB_CONCURRENCY"), state)
    directory = _first(options, "--app-dir", "--chdir", "--workdir") or state.directory
    target, factory = _target(facts, options, positional, state.environment)
    return [
        LaunchCommand(
            file,
            text,
            name,
            target,
            factory=factory,
            workers=workers or 1,
            preload="--preload" in options,
            reload=any(item in options or item in positional for item in facts.reload),
            directory="" if directory in {None, "."} else str(directory),
        )
    ]


def _options(facts: ServerProgram, words: list[str]) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    positional: list[str] = []
    takes_value = {*facts.with_value, *facts.application, *facts.object, *facts.workers, *_WITH_VALUE}
    at = 0
    while at < len(words):
        word = words[at]
        if word.startswith("--") and "=" in word:
            name, _, value = word.partition("=")
            options[name] = value
        elif word in takes_value:
            options[word] = words[at + 1] if at + 1 < len(words) else ""
            at += 1
        elif re.fullmatch(r"-[wcA]\S+", word):
            options[word[:2]] = word[2:].removeprefix("=")
        elif word.startswith("-"):
            options[word] = ""
        else:
            positional.append(word)
        at += 1
    return options, positional


def _target(
    facts: ServerProgram, options: dict[str, str], positional: list[str], environment: dict[str, str]
) -> tuple[str, bool]:
    """Return what is loaded, ``module:object`` or a module alone, and whether that is called."""
    given = _first(options, *facts.application) or environment.get(facts.variable, "")
    if facts.worker and facts.application:
        return given, False
    words = [given] if given else [word for word in positional if word not in facts.subcommands]
    for word in words:
        if match := _TARGET.match(word):
            factory = any(option in options for option in facts.factory) or match[3] is not None
            return f"{_module(match[1])}:{match[2]}", factory
    for word in words:
        module = _module(word) if facts.bare == "file" else word
        if facts.bare and _MODULE.match(module):
            name = _first(options, *facts.object) or facts.default_object
            return (f"{module}:{name}" if name else module), False
    return "", False


def _first(options: dict[str, str], *names: str) -> str | None:
    return next((options[name] for name in names if name in options), None)


def _number(text: str | None, state: _Words) -> int | None:
    """Read a number of workers; a value made at run time counts as several."""
    if not text:
        return None
    if default := _DEFAULT.fullmatch(text):
        name = re.sub(r"\W.*", "", text[2:])
        text = state.environment.get(name, default[1])
    elif text.startswith("$"):
        text = state.environment.get(text.strip("${}"), text)
    return int(text) if text.isdigit() else SEVERAL
