"""Workaround: time limits that hold for a whole call, whatever a peer sends in between.

Upstream (httpcore 1.0): a limit is taken when a step begins (to connect, to read a head or a body), and each read has
all of it. So a peer that sends a byte now and then is never late. Here, each read, write and await has what is left.

Belongs here: what is left of a call, and which connection it uses. Not known here: requests, answers, errors of ours.
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
    """What is left of a step and of its call."""
    return max(0.001, min(limit, limit.limits.left())) if isinstance(limit, _Limit) else limit


class Limits(dict[str, float | None]):
    """The limits of one call, in place of the dict that httpx gives to its transport."""

    def __init__(self, timeout: httpx.Timeout) -> None:
        super().__init__(timeout.as_dict())
        self.end = math.inf  # when the call has to be over, by `monotonic()`
        self.network: Any = None  # httpcore's network stream, if it is known and used for this call alone

    def get(self, name: str, default: Any = None) -> Any:
        """What httpcore asks at each step. Any: as for a dict; a float for each of the limits."""
        if name not in self:
            return default
        step = self[name] or 7 * 24 * 3600.0  # a socket cannot wait for much longer
        limit = _Limit(step if self.end == math.inf else max(0.001, min(step, self.left())))
        limit.limits = self
        return limit

    def left(self) -> float:
        """Seconds; 0 or less if the call has to be over."""
        return self.end - monotonic()

    def end_within(self, seconds: float) -> None:
        """Leaves no more than so many seconds."""
        self.end = min(self.end, monotonic() + seconds)

    def timed(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks of a body. Raises httpx.ReadTimeout if there is no time for the next one."""
        for chunk in chunks:
            yield chunk
            if self.left() <= 0:
                raise httpx.ReadTimeout("")

    async def in_time(self, awaitable: Awaitable[T]) -> T:
        """Awaits. Raises httpx.ReadTimeout if there is no time for it."""
        if self.end == math.inf:
            return await awaitable
        with anyio.move_on_after(self.left() + 0.05):  # after the limit of its step, which closes what it has opened
            return await awaitable
        raise httpx.ReadTimeout("")


class Pulled(AsyncIterator[T]):
    """Awaits `pull()` for each item. No generator: trio warns of one that is left open."""

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
    """Whether a network stream tells each call that is written to it (`write`; see `Limits.network`), and whether each
    read takes its limit anew, which is a little slower (`read`)."""
    with suppress(TypeError):  # it has no `__dict__`
        for name, again in wanted.items():
            vars(network).pop(name, None)
            if again:
                vars(network)[name] = partial(_read if name == "read" else _write, ref(network))
