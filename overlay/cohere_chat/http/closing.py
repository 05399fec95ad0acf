"""Workaround: closing a response of httpx so that its connection can be used again, or so that it ends at once.

Upstream (httpx 0.28, httpcore 1.0):
- A response that is closed before its body has been read to the end closes its connection. After the last event only
  the end of the body is missing, so it is read (`drain`), for a second at most. httpx fixes the time limit of a read
  when the body begins, so the limit is lowered below it.
- Closing an async response leaves nested async generators open, of which trio warns (`close_async`). So does a request
  that is cancelled while its body is sent (`Body`).

Belongs here: these three. Not known here: what was read, why it ends.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import suppress
from typing import Any

import httpx

from .call import AsyncAnswer, Head, SyncAnswer
from .cancelling import closing_cleanly

DRAIN_SECONDS = 1.0  # how long to wait, after the last event, for the end of the body


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of a request, at once, and without a generator."""

    def __init__(self, content: bytes) -> None:
        self._content = self._left = content

    def __iter__(self) -> Iterator[bytes]:
        return iter((self._content,))

    def __aiter__(self) -> AsyncIterator[bytes]:
        return Body(self._content)

    async def __anext__(self) -> bytes:
        left, self._left = self._left, b""
        if not left:
            raise StopAsyncIteration
        return left


def next_chunk(chunks: AsyncIterator[bytes], head: Head) -> Awaitable[bytes | None]:
    """The next chunk of a body; `None` at the end."""
    return closing_cleanly(anext(chunks, None), head)


def drain(answer: SyncAnswer) -> None:
    """Reads the rest of a stream that has ended, but does not wait long for a peer that keeps it open.

    The limit of the connection's own reads is lowered, and for this thread alone: before this is undone, the connection
    may be in the hands of another.
    """
    network, me = answer.response.extensions.get("network_stream"), threading.get_ident()
    read: Any = getattr(network, "read", None)  # Any: httpcore's

    def read_briefly(max_bytes: int, timeout: float | None = None) -> bytes:
        brief = DRAIN_SECONDS if timeout is None else min(timeout, DRAIN_SECONDS)
        data: bytes = read(max_bytes, timeout=brief if threading.get_ident() == me else timeout)
        return data

    if read is not None:
        vars(network)["read"] = read_briefly
    try:
        with suppress(httpx.RequestError):
            for _ in answer.rest:
                pass
    finally:
        if read is not None:
            vars(network).pop("read", None)


async def drain_async(answer: AsyncAnswer) -> None:
    """The same for async, where a scope can end the wait."""
    import anyio  # httpx has loaded it for async; sync never needs it

    with suppress(httpx.RequestError), anyio.move_on_after(DRAIN_SECONDS):
        while await next_chunk(answer.rest, answer.head) is not None:
            pass


async def close_async(response: httpx.Response, rest: AsyncIterator[bytes], head: Head) -> None:
    """Closes the response, and the generators of httpx and httpcore inside it. Once."""
    if response.is_closed:
        return
    import anyio

    await closing_cleanly(response.aclose(), head)
    if "network_stream" in response.extensions:  # httpcore's; the stream of another transport is not read on
        with anyio.CancelScope() as scope, suppress(Exception):
            scope.cancel()  # takes what is there already, and does not wait
            async for _ in rest:
                pass
