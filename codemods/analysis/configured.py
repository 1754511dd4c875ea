"""What the settings of a service say of it, where its framework keeps settings in modules: endpoints, connections."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.analysis.configured_connections import configured_connections
from codemods.analysis.model import Connection, Endpoint, ExistingInstrumentation
from codemods.analysis.paths import is_test_path
from codemods.analysis.settings_files import Settings, settings_modules
from codemods.analysis.url_patterns import UrlConfiguration

if TYPE_CHECKING:
    from codemods.analysis.objects import Objects
    from codemods.facts import Framework, RuntimeFacts


@dataclass
class Configured:
    """What was found.

    Attributes:
        framework: Name of the framework whose settings these are.
        endpoints: One for each URL pattern.
        unseen: What reading alone cannot tell.
        connections: Databases and caches by alias.
        telemetry: What settings switch on, and what other packages answer.
    """

    framework: str = ""
    endpoints: list[Endpoint] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    telemetry: list[ExistingInstrumentation] = field(default_factory=list)


def named_settings(objects: Objects) -> list[str]:
    """Return the settings modules that the starting files name, each once; tests name their own."""
    found: list[str] = []
    for item in (*objects.all, *objects.commands):
        facts = item.framework.settings
        if facts is not None and not is_test_path(item.source.path):
            found += settings_modules(objects.project, objects.evaluator, facts, item.source)
    return list(dict.fromkeys(found))


def read_configured(objects: Objects, frameworks: list[Framework], runtime: RuntimeFacts) -> Configured:
    """Read the settings of the first framework that has any and is in use, and what they name."""
    for facts in frameworks:
        made = [item for item in (*objects.all, *objects.commands) if item.framework is facts]
        if facts.settings is None or not made:
            continue
        made.sort(key=lambda item: (is_test_path(item.source.path), not item.is_app))
        # What tests name counts only where nothing else does.
        usual = [item for item in made if not is_test_path(item.source.path)] or made
        sources = list(dict.fromkeys(item.source.path for item in usual))
        starters = [source for path in sources if (source := objects.project.read(path))]
        settings = Settings(objects.project, objects.evaluator, facts.settings, starters)
        return _read(objects, facts, settings, runtime)
    return Configured()


def _read(objects: Objects, facts: Framework, settings: Settings, runtime: RuntimeFacts) -> Configured:
    found = Configured(facts.name)
    if facts.urls is not None:
        settings.use_files_with(facts.urls.setting)
        urls = UrlConfiguration(objects.evaluator, facts.urls, settings)
        root = settings.text(facts.urls.setting)
        if root:
            urls.read(root)
        else:
            found.unseen.append(
                f"no settings that were read name the root URL configuration ({facts.urls.setting})"
            )
        urls.read_websockets()
        found.endpoints, found.unseen = urls.endpoints, [*found.unseen, *urls.unseen]
        found.telemetry += [
            ExistingInstrumentation(item.kind, item.feature, file, line, route)
            for route, module, file, line in urls.included
            for item in runtime.existing
            if module in item.includes
        ]
    found.unseen += [
        f"the settings module `{name}` is outside the code that was read" for name in settings.missing
    ]
    for connection in facts.settings.connections if facts.settings else ():
        found.connections += configured_connections(settings, connection)
    found.telemetry += [
        ExistingInstrumentation(item.kind, item.feature, file, line, text)
        for text, file, line in settings.components()
        for item in runtime.existing
        if any(text == name or text.startswith(f"{name}.") for name in item.settings)
    ]
    return found
