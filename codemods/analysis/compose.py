"""The commands of a compose file's services. https://docs.docker.com/reference/compose-file/services/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codemods.analysis.commands import parse_command, parse_words
from codemods.analysis.paths import followed, parent

if TYPE_CHECKING:
    from codemods.analysis.model import LaunchCommand


class UnreadableComposeError(Exception):
    """The file is no YAML; the message says why."""


class ComposeFiles:
    """Reads the compose files of a project one after the other, the plain file of a directory first.

    An override file names a service that another file of the same directory builds.
    """

    def __init__(self) -> None:
        self._contexts: dict[tuple[str, str], str] = {}

    def read(self, path: str, text: str) -> list[tuple[LaunchCommand, str]]:
        """Return the launch commands of a file, each with the directory its image is built from, if any.

        Raises:
            UnreadableComposeError: It is no YAML.
        """
        data = _load(text)
        services = data.get("services") if isinstance(data, dict) else None
        found = []
        for name, service in services.items() if isinstance(services, dict) else []:
            if isinstance(service, dict):
                key = (parent(path), str(name))
                context = _build_context(path, service.get("build")) or self._contexts.get(key, "")
                self._contexts.setdefault(key, context)
                found += [(launch, context) for launch in _commands(path, service)]
        return found


def _load(text: str) -> Any:
    import yaml  # heavy, and only needed where there is such a file

    # libyaml's, where PyYAML was built with it: a large file takes a tenth of the time.
    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Takes the tags of compose files (`!reset`, `!override`) for what they mark."""

    Loader.add_multi_constructor("!", lambda *_: None)
    try:
        return yaml.load(text, Loader)  # noqa: S506  # a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = getattr(error, "problem", None) or type(error).__name__
        raise UnreadableComposeError(f"not readable as YAML: {problem}") from None


def _commands(path: str, service: dict[str, Any]) -> list[LaunchCommand]:
    """Read ``entrypoint`` and ``command``, each alone; both as one command line where neither is one alone."""
    environment = _environment(service.get("environment"))
    together: list[str] = []
    found: list[LaunchCommand] = []
    for key in ("entrypoint", "command"):
        value = service.get(key)
        if isinstance(value, list):
            words = [str(word) for word in value]
            together += words
            found += parse_words(path, words, " ".join(words), environment)
        elif isinstance(value, str):
            found += parse_command(path, value, environment)
    if not found and together:
        return parse_words(path, together, " ".join(together), environment)
    return found


def _build_context(path: str, build: Any) -> str:
    context = build.get("context", ".") if isinstance(build, dict) else build
    if not isinstance(context, str) or "://" in context or "$" in context:
        return ""
    return followed(parent(path), context)


def _environment(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(name): str(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return {name: item for name, _, item in (str(line).partition("=") for line in value)}
    return {}
