"""Runs set-up when Django has read its settings, and before it uses them.

The set-up functions are called before `get_wsgi_application()`, and in `manage.py`
before the command line is read, which may name other settings. So they only leave here
what shall run: when a handler loads its middleware, or when a command begins.

The project's own list of middleware stays as it is. Ours stands before it while the
handler of a server reads it; the client of Django's tests never sees it.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import cache, partial, wraps
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import BaseCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

_TESTING = frozenset({"test"})


class _Startup:
    """What waits for Django, and whether it has begun."""

    def __init__(self) -> None:
        self.functions: list[Callable[[], object]] = []
        self.around_command: Callable[[str], AbstractContextManager[object]] | None = (
            None
        )
        # The middleware for each kind of handler, by its dotted name.
        self.middleware: dict[type[object], str] = {}
        self._has_begun = False
        self._is_test = False

    def begin(self, command: str = "") -> bool:
        """Run what waits; return whether anything is to be done in this process.

        Where the first command is the project's tests, nothing is: they are to run as
        they did before.
        """
        if not self._has_begun:
            self._has_begun = True
            self._is_test = command in _TESTING
            for function in () if self._is_test else self.functions:
                function()
        return not self._is_test

    def add(self, function: Callable[[], object]) -> None:
        if function in self.functions:
            return
        self.functions.append(function)
        if self._has_begun and not self._is_test:
            function()


_STARTUP = _Startup()


def at_start(function: Callable[[], object]) -> None:
    """Run a function once, as soon as Django has read its settings."""
    _hook_in()
    _STARTUP.add(function)


def around_commands(enter: Callable[[str], AbstractContextManager[object]]) -> None:
    """Enter something around each management command; it is given the name."""
    _hook_in()
    _STARTUP.around_command = enter


def put_first(sync_middleware: str, async_middleware: str) -> None:
    """Put a middleware before the project's own, for WSGI and for ASGI."""
    _hook_in()
    _STARTUP.middleware[WSGIHandler] = sync_middleware
    _STARTUP.middleware[ASGIHandler] = async_middleware


def wrap_method(
    kind: type[object], name: str, wrap: Callable[..., Callable[..., object]]
) -> None:
    """Put something around a method of a class of Django's, for all of its objects."""
    method = getattr(kind, name)
    setattr(kind, name, wraps(method)(wrap(method)))


@cache
def _hook_in() -> None:
    """Stand around three methods of Django's, once in a process.

    `runserver` has a handler for static files, which loads no middleware itself.
    """
    for kind in (WSGIHandler, ASGIHandler):
        wrap_method(kind, "load_middleware", partial(_loading, kind))
    wrap_method(BaseCommand, "execute", _executing)


def _loading(kind: type[object], load: Callable[..., object]) -> Callable[..., object]:
    def load_middleware(*args: object, **kwargs: object) -> object:
        if not _STARTUP.begin() or kind not in _STARTUP.middleware:
            return load(*args, **kwargs)
        with _first(_STARTUP.middleware[kind]):
            return load(*args, **kwargs)

    return load_middleware


def _executing(execute: Callable[..., object]) -> Callable[..., object]:
    def execute_command(command: object, *args: object, **kwargs: object) -> object:
        # A command is called what its module is called.
        name = type(command).__module__.rpartition(".")[2]
        with ExitStack() as entered:
            if _STARTUP.begin(name) and _STARTUP.around_command:
                entered.enter_context(_STARTUP.around_command(name))
            return execute(command, *args, **kwargs)

    return execute_command


@contextmanager
def _first(middleware: str) -> Iterator[None]:
    own = settings.MIDDLEWARE
    settings.MIDDLEWARE = [middleware, *own]
    try:
        yield
    finally:
        settings.MIDDLEWARE = own
