"""List the routes of a booted application; runs in the project's own environment.

    python booted_routes.py ROOT MODULE:NAME
    python booted_routes.py ROOT django

The first is for Flask, with the name of an application or of a factory; for the second ``DJANGO_SETTINGS_MODULE`` is set
by the caller. The last line printed is a JSON list. For Django these are the templates of the patterns that lead to a
view, without those of the admin site and of modules outside ``ROOT``, which reading the project cannot know.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module, util
from pathlib import Path
from typing import Any

_TEMPLATES = Path(__file__).parents[2] / "template" / "{{ django_dir }}" / "instrumentation" / "routes.py"


def rules(target: str) -> list[str]:
    """Return the rules of a Flask application, or of the one that a factory gives."""
    module, _, name = target.partition(":")
    application = getattr(import_module(module), name)
    if not hasattr(application, "url_map"):
        application = application()
    return [rule.rule for rule in application.url_map.iter_rules()]


def leaves(root: Path) -> list[str]:
    """Return the template of every pattern of a Django project that leads to a view."""
    # Django is in the project's environment, not in the one that checks this file.
    import_module("django").setup()
    settings = import_module("django.conf").settings
    get_resolver = import_module("django.urls").get_resolver
    # What names the spans of the running service names the routes here, so that both must agree with what is read.
    template_of = _loaded(_TEMPLATES).template_of
    found: list[str] = []

    def walk(resolver: Any, route: str) -> None:
        for pattern in resolver.url_patterns:
            inner = joined(route, str(pattern.pattern))
            if not hasattr(pattern, "url_patterns"):
                found.append(template_of(inner))
            elif is_own(pattern, root):
                walk(pattern, inner)

    walk(get_resolver(settings.ROOT_URLCONF), "")
    return found


def joined(outer: str, inner: str) -> str:
    """Join two routes as Django does for ``resolver_match.route``."""
    return outer + inner.removeprefix("^") if outer else inner


def is_own(resolver: Any, root: Path) -> bool:
    """Say whether the project lists the patterns of a resolver itself."""
    if resolver.app_name == "admin":
        return False
    file = getattr(resolver.urlconf_module, "__file__", None)
    return file is None or (Path(file).is_relative_to(root) and "site-packages" not in Path(file).parts)


def _loaded(file: Path) -> Any:
    spec = util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    directory = Path(sys.argv[1]).resolve()
    # In place of the directory of this file, whose modules must not hide those of a project.
    sys.path[0] = str(directory)
    print(json.dumps(leaves(directory) if sys.argv[2] == "django" else rules(sys.argv[2])))  # noqa: T201
