"""Workaround: time limits that hold for a whole call, whatever a peer sends in between.

Upstream (httpcore 1.0): a limit is taken when a step begins (to connect, to read a head or a body), and each read has
all of it. So a peer that sends a byte now and then is never late. Here, each read, write and await has what is left.

Belongs here: what is left of a call. Not known here: requests, answers, errors of ours.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, TypeVar
from weakref import proxy

import anyio
import httpx

T = TypeVar("T")

_NO_LIMIT = 7 * 24 * 3600.0  # seconds; a socket cannot wait for much longer


class _Limit(float):
    """The limit of one step, in seconds."""

    limits: "Limits"


def _now(limit: float | None) -> float | None:
    """What is left of a step and of its call."""
    return max(0.001, min(limit, limit.limits.left())) if isinstance(limit, _Limit) else limit


class Limits(dict[str, float | None]):
    """The limits of one call, in place of the dict that httpx gives to its transport."""

    def __init__(self, timeout: httpx.Timeout) -> None:
        super().__init__(timeout.as_dict())
        self.end = math.inf  # when the call has to be over, by `monotonic()`

    def get(self, name: str, _: object = None) -> float:
        """What httpcore asks at each step."""
        step = self[name]
        limit = _Limit(max(0.001, min(_NO_LIMIT if step is None else step, self.left())))
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


class Timed(AsyncIterator[bytes]):
    """`Limits.timed` for async. No generator: trio warns of one that is left open."""

    def __init__(self, chunks: AsyncIterator[bytes], limits: Limits) -> None:
        self._chunks, self._limits = chunks, limits

    async def __anext__(self) -> bytes:
        return await self._limits.in_time(anext(self._chunks))


def _asking(name: str, network: Any, data: Any, timeout: float | None = None) -> Any:
    """Any: httpcore's NetworkStream, what its `read` or `write` takes, and gives."""
    return getattr(network.__class__, name)(network, data, _now(timeout))


def ask_again(network: Any, again: bool = True) -> None:  # Any: as above, or what another transport has
    """Whether each read and write of a network stream takes its limit anew, which is a little slower."""
    with suppress(TypeError):  # it has no `__dict__`
        for name in ("read", "write"):
            if again:
                vars(network)[name] = partial(_asking, name, proxy(network))
            else:
                vars(network).pop(name, None)
