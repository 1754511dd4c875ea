"""Where a framework keeps settings and URL patterns, as data: a part of ``frameworks/<name>/framework.yml``."""

from __future__ import annotations

from codemods.routing_facts import Fact


class ConnectionSetting(Fact):
    """A setting that holds connections by their aliases.

    Attributes:
        setting: Its name.
        key: The key of a connection that says what kind it is.
        library: Key of ``libraries`` that stands for them.
    """

    setting: str
    key: str
    library: str


class SettingsFiles(Fact):
    """Settings that stand in Python modules and are named by a variable of the environment.

    Attributes:
        variable: The variable.
        object: Resolved name of the object through which code reads them.
        includes: Resolved names of functions that read further files in.
        connections: Settings with databases and caches.
        telemetry: Settings that name components as strings: applications, middleware, formatters.
    """

    variable: str
    object: str
    includes: list[str] = []
    connections: list[ConnectionSetting] = []
    telemetry: list[str] = []


class UrlRouters(Fact):
    """Objects that make URL patterns for the classes that are registered with them.

    Attributes:
        plain: Resolved names of routers that make list, detail and action patterns.
        rooted: Of those that add a pattern for their root, and one with a format suffix for each.
        nested: Of those whose patterns stand below another router's; they are ``plain`` or ``rooted`` as well.
        actions: What the library's own base classes answer.
        decorators: Resolved names of decorators that make an extra action.
    """

    plain: list[str] = []
    rooted: list[str] = []
    nested: list[str] = []
    actions: dict[str, list[str]] = {}
    decorators: list[str] = []


class UrlApis(Fact):
    """Objects whose decorated functions become URL patterns.

    Attributes:
        apis: Resolved names of the classes whose ``urls`` are included.
        routers: Of those that an API takes in.
        methods: Methods that decorate one operation.
        several: Methods that decorate an operation of several HTTP methods.
        include: Method that takes a router in.
        pages: Keyword arguments of the API that turn its own pages off, with their usual path.
    """

    apis: list[str] = []
    routers: list[str] = []
    methods: dict[str, str] = {}
    several: list[str] = []
    include: str = ""
    pages: dict[str, str] = {}


class UrlPatterns(Fact):
    """A URL configuration: lists of patterns that name views or include further lists.

    Attributes:
        setting: The setting that names the root module.
        variable: The list in a module.
        paths: Resolved names of functions whose first argument is a path.
        regexes: Of those whose first argument is a regular expression.
        include: Of the functions that include a module or a list.
        lists: Of those that take patterns and give a list with a language in front.
        debug: Of those that give patterns under debugging only, with the setting that holds their path.
        suffixed: Of those that add a format suffix to each pattern of a list.
        admin: Resolved names of objects and classes with patterns of their own, by the title they are told by.
        websockets: Of the constructors that are given patterns of web sockets.
        translated: Of the functions that may stand around a path to translate it.
        methods: HTTP methods of the library's own view classes, and of decorators without arguments.
        method_decorators: Decorators that are given the methods as a list.
        routers: Routers.
        apis: APIs.
    """

    setting: str
    variable: str
    paths: list[str]
    regexes: list[str]
    include: list[str]
    lists: list[str] = []
    debug: dict[str, str] = {}
    suffixed: list[str] = []
    admin: dict[str, str] = {}
    websockets: list[str] = []
    translated: list[str] = []
    methods: dict[str, list[str]] = {}
    method_decorators: list[str] = []
    routers: UrlRouters = UrlRouters()
    apis: UrlApis = UrlApis()
