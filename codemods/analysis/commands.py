"""Read one command line: which server it starts, what that loads, with how many processes."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from codemods.analysis.model import LaunchCommand

# More than one process, as far as reading tells: the number itself is made at run time.
SEVERAL = 2

_OPERATORS = frozenset(
    {"&&", "||", ";", "|", "&", "then", "do", "else", "if", "fi", "done", "!", "{", "}", "(", ")"}
)
_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_TARGET = re.compile(r"^([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)(\(.*\))?$")
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
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_ASGI = frozenset({"uvicorn", "hypercorn", "granian", "daphne"})
SERVERS = _ASGI | {"gunicorn", "fastapi", "celery", "rq", "arq", "dramatiq", "taskiq", "rqworker"}

_WITH_VALUE = {
    "uvicorn": {"--host", "--port", "--uds", "--fd", "--loop", "--http", "--ws", "--interface", "--env-file",
                "--log-config", "--log-level", "--root-path", "--forwarded-allow-ips", "--ssl-keyfile",
                "--ssl-certfile",
                "--limit-concurrency", "--backlog", "--timeout-keep-alive", "--header", "--lifespan", "--reload-dir",
                "--reload-include", "--reload-exclude", "--timeout-graceful-shutdown", "--limit-max-requests"},
    "gunicorn": {"-b", "--bind", "-k", "--worker-class", "-t", "--timeout", "--log-level", "--access-logfile",
                 "--error-logfile", "--log-file", "--threads", "--max-requests", "--max-requests-jitter", "-e", "--env",
                 "--graceful-timeout", "--keep-alive", "-n", "--name", "-u", "-g", "-p", "--pid", "--pythonpath",
                 "--worker-tmp-dir", "--forwarded-allow-ips", "--access-logformat", "--worker-connections",
                 "--log-config"},
    "hypercorn": {"-b", "--bind", "-k", "--worker-class", "--log-level", "--log-file", "-g", "-u", "--access-logfile"},
    "granian": {"--host", "--port", "--interface", "--loop", "--threads", "--log-level", "--http", "--runtime-mode"},
    "daphne": {"-b", "-p", "--port", "--bind", "-u", "-e", "-v"},
    "fastapi": {"--host", "--port", "--root-path", "--reload-dir", "--forwarded-allow-ips"},
    "celery": {"-l", "--loglevel", "-Q", "--queues", "-n", "--hostname", "-P", "--pool", "-b", "--broker", "--port"},
    "rq": {"-u", "--url", "-c", "--config", "-n", "--name", "--path", "-P", "-w", "--worker-class"},
}  # fmt: skip


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
        elif _PYTHON.match(word):
            module, words = _python_module(words)
            if not words:
                return [LaunchCommand(file, text, "python", module, directory=state.directory)]
        elif word in SERVERS:
            return [_server(file, word, words[1:], state, text)]
        else:
            return []
    return []


def _python_module(words: list[str]) -> tuple[str, list[str]]:
    """Return the module that an interpreter runs, or, for ``python -m uvicorn …``, the server's own command."""
    if "-m" in words[1:3]:
        rest = words[words.index("-m") + 1 :]
        if rest and rest[0] in SERVERS:
            return "", rest
        return (rest[0] if rest and _MODULE.match(rest[0]) else ""), []
    script = next((item for item in words[1:] if not item.startswith("-")), "")
    if not script.endswith(".py"):
        return "", []
    return script.removeprefix("./").removesuffix(".py").replace("/", "."), []


def _is_command(word: str) -> bool:
    name = PurePosixPath(word).name
    return name in SERVERS or name in _SHELLS or _PYTHON.match(name) is not None


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


def _server(file: str, server: str, words: list[str], state: _Words, text: str) -> LaunchCommand:
    options, positional = _options(server, words)
    workers = _number(
        _first(options, "--workers", "-w", "--concurrency" if server == "celery" else "--workers"), state
    )
    if server == "celery":
        workers = _number(_first(options, "--concurrency", "-c"), state)
    if workers is None:
        workers = _number(state.environment.get("WEB_CONCURRENCY"), state)
    directory = _first(options, "--app-dir", "--chdir", "--workdir") or state.directory
    target, factory = _target(server, options, positional)
    return LaunchCommand(
        file,
        text,
        "rq" if server == "rqworker" else server,
        target,
        factory=factory,
        workers=workers or 1,
        preload="--preload" in options,
        reload="--reload" in options or (server == "fastapi" and positional[:1] == ["dev"]),
        directory="" if directory in {None, "."} else str(directory),
    )


def _options(server: str, words: list[str]) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    positional: list[str] = []
    takes_value = _WITH_VALUE.get(server, set()) | {
        "--workers", "-w", "--app-dir", "--chdir", "-d", "-A", "--app", "-c", "--config", "--concurrency", "-e",
        "--entrypoint", "--workdir",
    }  # fmt: skip
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


def _target(server: str, options: dict[str, str], positional: list[str]) -> tuple[str, bool]:
    if server == "celery":
        return _first(options, "-A", "--app") or "", False
    if server in {"rq", "rqworker"}:
        return "", False
    if server == "fastapi":
        return _fastapi_target(options, positional), False
    for word in positional:
        if match := _TARGET.match(word):
            factory = "--factory" in options or match[3] is not None
            return f"{match[1]}:{match[2]}", factory
    for word in positional:
        if _MODULE.match(word) and (server in {"gunicorn", "hypercorn", "arq", "dramatiq"}):
            return (f"{word}:application" if server == "gunicorn" else word), False
    return "", False


def _fastapi_target(options: dict[str, str], positional: list[str]) -> str:
    """Read ``fastapi run [PATH]``. https://fastapi.tiangolo.com/fastapi-cli/."""
    if entry := _first(options, "-e", "--entrypoint"):
        return entry
    path = next((word for word in positional if word not in {"run", "dev"}), "")
    if not path:
        return ""
    module = path.removeprefix("./").removesuffix(".py").strip("/").replace("/", ".")
    return f"{module}:{_first(options, '--app') or 'app'}"


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
