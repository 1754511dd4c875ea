"""Counts how often something was found in a cache of Django's, for every alias.

https://docs.djangoproject.com/en/stable/topics/cache/#the-low-level-cache-api
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.cache import CacheHandler, caches
from prometheus_client import Counter

from .registry import make
from .startup import wrap_method

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    # Whatever stands in `CACHES`.
    Cache = Any
    Values = dict[object, object]

_LOOKUPS_TOTAL = make(
    Counter, "cache_hits_total", "Cache lookups by result.", "cache", "result"
)
_MISSING = object()
# A look-up is often made of others: `get_many` of `get`, and `aget` of `get`.
_IS_INSIDE: ContextVar[bool] = ContextVar("is_inside_of_a_lookup", default=False)


@cache
def count_lookups() -> None:
    """Count the look-ups in all caches from now on."""

    def wrap(create: Callable[..., Cache]) -> Callable[..., Cache]:
        def create_connection(handler: object, alias: str) -> Cache:
            found = create(handler, alias)
            _Lookups(found, alias).stand_around(found)
            return found

        return create_connection

    wrap_method(CacheHandler, "create_connection", wrap)
    for alias in caches:
        # One that exists is made anew when it is asked for again.
        with suppress(AttributeError):
            del caches[alias]


@contextmanager
def _inside(*, inside: bool = True) -> Iterator[None]:
    token = _IS_INSIDE.set(inside)
    try:
        yield
    finally:
        _IS_INSIDE.reset(token)


class _Default:
    """What is put where nothing was found; knows whether that was the case."""

    def __init__(self, value: object) -> None:
        self._value = value
        self.was_asked_for = False

    def __call__(self) -> object:
        self.was_asked_for = True
        if not callable(self._value):
            return self._value
        # It may look other things up, and those count.
        with _inside(inside=False):
            made: object = self._value()
        return made


class _Lookups:
    """The methods of one cache that look something up, with a count of the results."""

    def __init__(self, found: Cache, alias: str) -> None:
        self._get = found.get
        self._get_many = found.get_many
        self._get_or_set = found.get_or_set
        self._aget = found.aget
        self._aget_many = found.aget_many
        self._aget_or_set = found.aget_or_set
        self._hits = _LOOKUPS_TOTAL.labels(alias, "hit")
        self._misses = _LOOKUPS_TOTAL.labels(alias, "miss")

    def stand_around(self, found: object) -> None:
        """Replace the methods of the cache by ours."""
        vars(found).update(
            get=self.get,
            get_many=self.get_many,
            get_or_set=self.get_or_set,
            aget=self.aget,
            aget_many=self.aget_many,
            aget_or_set=self.aget_or_set,
        )

    def get(
        self, key: object, default: object = None, *args: object, **kwargs: object
    ) -> object:
        if _IS_INSIDE.get():
            return self._get(key, default, *args, **kwargs)
        with _inside():
            value = self._get(key, _MISSING, *args, **kwargs)
        return self._counted(value, default)

    async def aget(
        self, key: object, default: object = None, *args: object, **kwargs: object
    ) -> object:
        if _IS_INSIDE.get():
            return await self._aget(key, default, *args, **kwargs)
        with _inside():
            value = await self._aget(key, _MISSING, *args, **kwargs)
        return self._counted(value, default)

    def get_many(
        self, keys: Iterable[object], *args: object, **kwargs: object
    ) -> object:
        wanted = list(keys)
        if _IS_INSIDE.get():
            return self._get_many(wanted, *args, **kwargs)
        with _inside():
            values = self._get_many(wanted, *args, **kwargs)
        return self._all_counted(values, wanted)

    async def aget_many(
        self, keys: Iterable[object], *args: object, **kwargs: object
    ) -> object:
        wanted = list(keys)
        if _IS_INSIDE.get():
            return await self._aget_many(wanted, *args, **kwargs)
        with _inside():
            values = await self._aget_many(wanted, *args, **kwargs)
        return self._all_counted(values, wanted)

    def get_or_set(
        self, key: object, default: object, *args: object, **kwargs: object
    ) -> object:
        if _IS_INSIDE.get():
            return self._get_or_set(key, default, *args, **kwargs)
        making = _Default(default)
        with _inside():
            value: object = self._get_or_set(key, making, *args, **kwargs)
        (self._misses if making.was_asked_for else self._hits).inc()
        return value

    async def aget_or_set(
        self, key: object, default: object, *args: object, **kwargs: object
    ) -> object:
        if _IS_INSIDE.get():
            return await self._aget_or_set(key, default, *args, **kwargs)
        making = _Default(default)
        with _inside():
            value: object = await self._aget_or_set(key, making, *args, **kwargs)
        (self._misses if making.was_asked_for else self._hits).inc()
        return value

    def _counted(self, value: object, default: object) -> object:
        if value is _MISSING:
            self._misses.inc()
            return default
        self._hits.inc()
        return value

    def _all_counted(self, values: Values, wanted: list[object]) -> Values:
        self._hits.inc(len(values))
        self._misses.inc(max(0, len(set(wanted)) - len(values)))
        return values
