"""List what the URL resolver of a booted Django project holds; runs in the project's own environment.

    python booted_urls.py ROOT

``DJANGO_SETTINGS_MODULE`` is set by the caller. Prints one JSON list of routes: the patterns that lead to a view, without
those of the admin site and of modules outside ``ROOT``, which reading the project cannot know.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def leaves(root: Path) -> list[str]:
    """Return the joined route of every pattern of the project that leads to a view."""
    # Django is in the project's environment, not in the one that checks this file.
    import_module("django").setup()
    settings = import_module("django.conf").settings
    get_resolver = import_module("django.urls").get_resolver
    found: list[str] = []

    def walk(resolver: Any, route: str) -> None:
        for pattern in resolver.url_patterns:
            inner = joined(route, str(pattern.pattern))
            if not hasattr(pattern, "url_patterns"):
                found.append(inner)
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


if __name__ == "__main__":
    directory = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(directory))
    print(json.dumps(leaves(directory)))  # noqa: T201
