"""Workaround: time limits that apply to a whole call, whatever the peer sends in between.

Upstream (httpcore 1.0): a limit is fixed when a step begins (to connect, to read a head or a body), and applies to each
read anew: a peer that sends a byte now and then never exceeds it. Here, each read, write and await gets the rest.

Belongs here: the time left for a call, and which connection it uses. Not known here: requests, answers, our own errors.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, TypeVar
from weakref import ref

import anyio
import httpx

T = TypeVar("T")


class _Limit(float):
    """The limit of one step, in seconds."""

    limits: "Limits"


def left_of(limit: float | None) -> float | None:
    """Returns the seconds that are left of a step and of its call."""
    return max(0.001, min(limit, limit.limits.left())) if isinstance(limit, _Limit) else limit


class Limits(dict[str, float | None]):
    """The limits of one call, in place of the dict that httpx passes to its transport."""

    def __init__(self, timeout: httpx.Timeout) -> None:
        super().__init__(timeout.as_dict())
        self.end = math.inf  # when the call has to end, by `monotonic()`
        self.network: Any = None  # httpcore's network stream, if it is known and only this call uses it

    def get(self, name: str, default: Any = None) -> Any:
        """Returns a limit; httpcore calls this at each step. Any: as for a dict; a float for each of the limits."""
        if name not in self:
            return default
        step = self[name] or 7 * 24 * 3600.0  # a socket cannot wait much longer
        limit = _Limit(step if self.end == math.inf else max(0.001, min(step, self.left())))
        limit.limits = self
        return limit

    def left(self) -> float:
        """Returns the seconds left; 0 or less if the call has to end."""
        return self.end - monotonic()

    def end_within(self, seconds: float) -> None:
        """Makes the call end within `seconds`, or earlier if it already has to."""
        self.end = min(self.end, monotonic() + seconds)

    def timed(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Yields the chunks of a body. Raises httpx.ReadTimeout if there is no time for the next one."""
        for chunk in chunks:
            yield chunk
            if self.left() <= 0:
                raise httpx.ReadTimeout("")

    async def in_time(self, awaitable: Awaitable[T]) -> T:
        """Awaits. Raises httpx.ReadTimeout if there is no time for it."""
        if self.end == math.inf:
            return await awaitable
        with anyio.move_on_after(self.left() + 0.05):  # later than the step's own limit, which closes what it opened
            return await awaitable
        raise httpx.ReadTimeout("")


class Pulled(AsyncIterator[T]):
    """Awaits `pull()` for each item. This is not a generator because trio warns about one that is left open."""

    def __init__(self, pull: Callable[[], Awaitable[T]]) -> None:
        self._pull = pull

    def __anext__(self) -> Awaitable[T]:
        return self._pull()


def _read(weak: Callable[[], Any], max_bytes: int, timeout: float | None = None) -> Any:  # Any: a NetworkStream; bytes
    return weak().__class__.read(weak(), max_bytes, left_of(timeout))


def _write(weak: Callable[[], Any], data: bytes, timeout: float | None = None) -> Any:  # Any: as above
    network = weak()
    if isinstance(timeout, _Limit) and timeout.limits.network is not network:
        timeout.limits.network = network
        patch(network, read=timeout.limits.end < math.inf)
    return network.__class__.write(network, data, left_of(timeout))


def patch(network: Any, **wanted: bool) -> None:  # Any: httpcore's NetworkStream, or that of another transport
    """Sets whether a network stream reports itself to each call that writes to it (`write`; see `Limits.network`), and
    whether each read computes its limit anew, which is a little slower (`read`)."""
    with suppress(TypeError):  # it has no `__dict__`
        for name, again in wanted.items():
            vars(network).pop(name, None)
            if again:
                vars(network)[name] = partial(_read if name == "read" else _write, ref(network))
