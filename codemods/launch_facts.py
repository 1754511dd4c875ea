"""How the command lines of servers and workers are read, as data: a part of ``frameworks/python.yml``."""

from __future__ import annotations

from typing import Literal

from codemods.routing_facts import Fact


class ServerProgram(Fact):
    """A program that starts services or workers, and how its command line is read.

    Attributes:
        programs: Other names of it, among them the module behind ``python -m``.
        worker: Whether it runs tasks and serves no requests.
        subcommands: Words of which one must follow; without one of them nothing is started.
        with_value: Options that a value follows.
        application: Options that name what is loaded; otherwise it is a word of its own.
        variable: Variable of the environment that names it.
        files: What is loaded where nothing is named, the first that exists.
        bare: What may stand there without an object: nothing, a ``module``, or a ``file`` too.
        object: Options that name the object in a module.
        default_object: The object that is meant where none is named.
        factory: Options that say that the object is called.
        workers: Options that give the number of processes.
        reload: Options or subcommands under which it watches the code.
        no_reload: Options that keep it from watching; it does without them.
    """

    programs: list[str] = []
    worker: bool = False
    subcommands: list[str] = []
    with_value: list[str] = []
    application: list[str] = []
    variable: str = ""
    files: list[str] = []
    bare: Literal["", "module", "file"] = ""
    object: list[str] = []
    default_object: str = ""
    factory: list[str] = ["--factory"]
    workers: list[str] = ["--workers", "-w"]
    reload: list[str] = ["--reload"]
    no_reload: list[str] = []


class Server(Fact):
    """A server that is taken where it is installed.

    Attributes:
        module: What shows that it is installed, and follows ``python -m``.
        serves: The part of a constructor's name that says what it serves: ``asgi``, ``wsgi``.
        command: What follows the module.
        directory: What is added for a service that is imported from another directory than its root.
    """

    module: str
    serves: str
    command: str
    directory: str = ""


class Launch(Fact):
    """How an application is served when the project does not say.

    Attributes:
        command: What follows ``python``; ``{import_string}``, ``{module}``, ``{name}`` and ``{port}`` are filled in.
        serves: The part of a constructor's name that the command is for; empty when it serves all.
        factory: What is added for an import string that names a factory.
        directory: What is added for a service that is imported from another ``{directory}`` than its root.
        environment: Variables of the environment, filled in alike; ``{directory}`` is added to what ``PYTHONPATH`` has.
        servers: What is taken first, where it is installed.
    """

    command: str
    serves: str = ""
    factory: str = ""
    directory: str = ""
    environment: dict[str, str] = {}
    servers: list[Server] = []
