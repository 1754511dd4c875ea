"""Asks the caches of the settings that stand on other machines whether they answer."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # Whatever stands in `CACHES`.
    Cache = Any

_REMOTE = ("memcache", "redis", "valkey")
_SECONDS = 30


def cache_checks() -> dict[str, Callable[[], None]]:
    """Return a check for each remote cache, named `cache`, `cache_<alias>` ….

    It raises when the cache does not keep what it is given. Some clients hide that
    their server is away, so an answer alone says nothing.
    """
    return {
        "cache" if alias == DEFAULT_CACHE_ALIAS else f"cache_{alias}": partial(
            _ask, _cache(options)
        )
        for alias, options in settings.CACHES.items()
        if _is_remote(options["BACKEND"])
    }


def _is_remote(backend: str) -> bool:
    modules = [kind.__module__ for kind in import_string(backend).__mro__]
    return any(word in module for module in modules for word in _REMOTE)


def _cache(options: Mapping[str, object]) -> Cache:
    """Make a cache of its own, so that what it answers counts as no look-up."""
    parameters = dict(options)
    backend, location = parameters.pop("BACKEND"), parameters.pop("LOCATION", "")
    return import_string(str(backend))(location, parameters)


def _ask(cache: Cache) -> None:
    # Other processes and aliases may stand on the same server, and ask as well.
    token = secrets.token_hex(8)
    key = f"instrumentation.readiness.{token}"
    cache.set(key, token, _SECONDS)
    if cache.get(key) != token:
        message = "The cache does not keep what it is given."
        raise ConnectionError(message)
    cache.delete(key)
