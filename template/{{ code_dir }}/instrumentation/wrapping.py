"""Puts an observation around a function, whatever kind of function it is."""

from __future__ import annotations

import inspect
from contextlib import aclosing, closing, contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Iterator
    from contextlib import AbstractContextManager

P = ParamSpec("P")
R = TypeVar("R")


class Observation(Protocol):
    """One call under observation.

    A plain function and a coroutine run in one stretch. A generator runs in many,
    and what its consumer does in between is not part of it.
    """

    def stretch(self) -> AbstractContextManager[object]:
        """Return what to enter while the function itself runs."""
        ...

    def finish(self, error: BaseException | None, /) -> None:
        """Take note of the end of the call."""


def observed(
    function: Callable[P, R], begin: Callable[..., Observation]
) -> Callable[P, R]:
    """Return the function, of the same kind, with an observation of each call."""
    call: Callable[..., Any] = function
    if inspect.isasyncgenfunction(function):
        wrapper = _around_async_generator(call, begin)
    elif inspect.iscoroutinefunction(function):
        wrapper = _around_coroutine(call, begin)
    elif inspect.isgeneratorfunction(function):
        wrapper = _around_generator(call, begin)
    else:
        wrapper = _around_function(call, begin)
    return cast("Callable[P, R]", wraps(function)(wrapper))


@contextmanager
def _whole(observation: Observation) -> Iterator[Observation]:
    """Finish the observation with the error that ended the block, if one did."""
    error: BaseException | None = None
    try:
        yield observation
    except GeneratorExit:
        raise
    except BaseException as caught:
        error = caught
        raise
    finally:
        observation.finish(error)


def _around_function(
    function: Callable[..., object], begin: Callable[..., Observation]
) -> Callable[..., object]:
    def wrapper(*args: object, **kwargs: object) -> object:
        with _whole(begin(*args, **kwargs)) as observation, observation.stretch():
            return function(*args, **kwargs)

    return wrapper


def _around_coroutine(
    function: Callable[..., Any], begin: Callable[..., Observation]
) -> Callable[..., object]:
    async def wrapper(*args: object, **kwargs: object) -> object:
        with _whole(begin(*args, **kwargs)) as observation, observation.stretch():
            return await function(*args, **kwargs)

    return wrapper


def _around_generator(
    function: Callable[..., Generator[object, object, object]],
    begin: Callable[..., Observation],
) -> Callable[..., object]:
    def wrapper(*args: object, **kwargs: object) -> Generator[object, object, object]:
        steps = function(*args, **kwargs)
        sent = _Sent()
        with _whole(begin(*args, **kwargs)) as observation, closing(steps):
            while True:
                try:
                    with observation.stretch():
                        item = (
                            steps.throw(sent.error)
                            if sent.error
                            else steps.send(sent.value)
                        )
                except StopIteration as stop:
                    return stop.value
                with sent:
                    sent.value = yield item

    return wrapper


def _around_async_generator(
    function: Callable[..., AsyncGenerator[object, object]],
    begin: Callable[..., Observation],
) -> Callable[..., object]:
    async def wrapper(
        *args: object, **kwargs: object
    ) -> AsyncGenerator[object, object]:
        steps = function(*args, **kwargs)
        sent = _Sent()
        with _whole(begin(*args, **kwargs)) as observation:
            async with aclosing(steps):
                while True:
                    try:
                        with observation.stretch():
                            item = await (
                                steps.athrow(sent.error)
                                if sent.error
                                else steps.asend(sent.value)
                            )
                    except StopAsyncIteration:
                        return
                    with sent:
                        sent.value = yield item

    return wrapper


class _Sent:
    """What the consumer of a generator sends in: a value, or an error to raise."""

    value: object = None
    error: BaseException | None = None

    def __enter__(self) -> None:
        self.value = self.error = None

    def __exit__(self, _type: object, error: BaseException | None, _: object) -> bool:
        """Keep an error for the function, except the one that closes the generator."""
        self.error = error
        return error is not None and not isinstance(error, GeneratorExit)
