"""How the command lines of servers and workers are read, as data: a part of ``frameworks/python.yml``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class ServerProgram(BaseModel):
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

    model_config = ConfigDict(extra="forbid", frozen=True)

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
