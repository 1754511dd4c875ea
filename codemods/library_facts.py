"""Libraries that a service may use, as data: a part of ``frameworks/python.yml``."""

from __future__ import annotations

from typing import Literal

from codemods.routing_facts import Fact

Role = Literal["database", "cache", "http", "worker", "scheduler"]


class GeneratedCall(Fact):
    """A function of the generated package that injected code calls or decorates with."""

    module: str
    function: str
    arguments: list[str] = []


class Constructor(Fact):
    """A resolved dotted name whose call makes a connection or client.

    Attributes:
        call: The name.
        is_async: Whether the object's calls must be awaited.
        checkable: Whether readiness can ask the object: a pool or a client, not one connection that others use.
    """

    call: str
    is_async: bool
    checkable: bool = True


class Models(Fact):
    """How ORM model classes are recognised: by the resolved names of their bases.

    Attributes:
        bases: The names.
        makers: Classes whose objects have a base as an attribute: `db = SQLAlchemy()`, `class Order(db.Model)`.
        attribute: The attribute.
        abstract: The attribute of a class that is True where the class is no model itself.
        direct: Whether a class right below one of them is a model already, and not the project's own base.
    """

    bases: list[str] = []
    makers: list[str] = []
    attribute: str = ""
    abstract: str = "__abstract__"
    direct: bool = False


class Check(Fact):
    """The body of a readiness check for an object that only the service's own code can reach."""

    plain: str = ""
    awaited: str = ""


class Events(Fact):
    """A library that tells the generated package itself what it does, in the place of a contrib instrumentor.

    Attributes:
        spans: The generated function that gives its calls spans; none where its calls have no spans of their own.
        counts: The generated function that counts its queries or look-ups.
        check: The generated function that asks every connection that has been made, for objects without a name.
    """

    counts: GeneratedCall
    spans: GeneratedCall | None = None
    check: GeneratedCall | None = None


class Library(Fact):
    """A library that a service may use, and how it is traced: by an instrumentor, by its own events, or not at all.

    Attributes:
        interface: The only interface whose generated files know it; empty when all do.
        counts_lookups: Whether the service counts its look-ups itself, with a function that the metrics have for it.
        local_kinds: Kinds of what settings list that need no check, because nothing of another machine is in them.
    """

    role: Role
    title: str
    modules: list[str]
    distributions: list[str]
    package: str = ""
    instrumentor: str = ""
    events: Events | None = None
    interface: str = ""
    counts_lookups: bool = False
    local_kinds: list[str] = []
    constructors: list[Constructor] = []
    setup: GeneratedCall | None = None
    models: Models | None = None
    check: Check | None = None
