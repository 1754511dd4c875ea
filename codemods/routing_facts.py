"""How a framework and its extensions declare routes, as data: a part of ``frameworks/<name>/framework.yml``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Fact(BaseModel):
    """A mapping of a facts file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RouteTable(Fact):
    """Routes given to the application's constructor as a list of objects."""

    argument: str
    route: list[str]
    websocket: list[str] = []
    mount: list[str] = []


class Prefix(Fact):
    """The path below which the routes of a router stand.

    Attributes:
        argument: Keyword that gives it, to the router's constructor and where the router is included.
        included: Whether the prefix of an inclusion ``adds`` to the router's own one, or ``overrides`` it.
        joined: Whether prefix and path are put together ``as_written``, or ``by_one_slash``.
        named: Position of the constructor's argument whose value, behind a slash, is the prefix when none is given.
    """

    argument: str = "prefix"
    included: Literal["adds", "overrides"] = "adds"
    joined: Literal["as_written", "by_one_slash"] = "as_written"
    named: int | None = None


class Handler(Fact):
    """Where a call that adds a route is given what answers it."""

    position: int = 1
    keywords: list[str] = ["endpoint", "route"]


class Static(Fact):
    """The route of static files that a constructor adds.

    Attributes:
        folder: Argument that names the folder; the last part of it is the path when no other is given.
        path: Argument that gives the path.
        default: The folder of an application that names none; a router has static files only where it names a folder.
        rule: What follows the path.
    """

    folder: str
    path: str
    default: str
    rule: str


class OwnRoute(Fact):
    """A route that an object brings itself, answering GET.

    Attributes:
        path: Where.
        argument: Constructor's argument that puts it elsewhere, or with a false value takes it away.
        key: Where in that argument, a dictionary, the path stands: keys with dots between them, lists passed through.
        prefixed: Whether the object's own prefix stands before it.
        at_root: Whether it stands at the root of the application, however deep the object hangs.
    """

    path: str
    argument: str = ""
    key: str = ""
    prefixed: bool = True
    at_root: bool = False


class Routes(Fact):
    """Names of the methods that make endpoints on an application or a router.

    Attributes:
        path: Keywords of the argument that holds a route's path; it is the first one by position.
        several_paths: Whether a decorator takes any number of paths by position.
        resources: Calls that are given a class first and its paths behind it.
        router: Keyword of the argument that holds an included router.
        unlisted_methods: Methods that the framework answers by itself, which count as no endpoint.
    """

    decorators: dict[str, str] = {}
    decorators_with_methods: list[str] = []
    websocket_decorators: list[str] = []
    calls: list[str] = []
    websocket_calls: list[str] = []
    resources: list[str] = []
    path: list[str] = ["path"]
    several_paths: bool = False
    handler: Handler = Handler()
    include: str = ""
    router: str = "router"
    prefix: Prefix = Prefix()
    mount: str = ""
    table: RouteTable | None = None
    static: Static | None = None
    own: list[OwnRoute] = []
    unlisted_methods: list[str] = []


class Extension(Fact):
    """Classes of an extension whose objects bring routes, or have ways of their own to declare them.

    Attributes:
        classes: Resolved names of the classes.
        application: Whether the objects are applications themselves.
        hangs_on: Keyword of the constructor's argument, the first by position, that is what the routes hang on.
        connects: Methods that are given later what the routes hang on.
        makes: Methods that make another object of the extension, with the class of it.
        routes: How routes are declared.
    """

    classes: list[str]
    application: bool = False
    hangs_on: str = ""
    connects: list[str] = []
    makes: dict[str, str] = {}
    routes: Routes = Routes()


class Unread(Fact):
    """Calls that add routes which stand in no source, and what they are."""

    calls: list[str]
    adds: str
