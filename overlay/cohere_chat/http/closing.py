"""Workaround: closing a response of httpx so that its connection can be used again, or so that it ends at once.

Upstream (httpx 0.28, httpcore 1.0):
- A response that is closed before its body has been read to the end closes its connection. After the last event only
  the end of the body is missing, so it is read (`drain`), for a second at most. httpx fixes the time limit of a read
  when the body begins, so the limit is lowered below it.
- Closing an async response leaves nested async generators open, of which trio warns (`close_async`). So does a request
  that is cancelled while its body is sent (`Body`).
- Closing a response does not wake a thread that reads from it (`cut`).

Belongs here: these four. Not known here: what was read, why it ends.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress

import httpx

from .call import Answer, AsyncAnswer, Head
from .cancelling import closing_cleanly

DRAIN_SECONDS = 1.0
"""How long to wait, after the last event, for the end of the body."""


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


def drain(answer: Answer) -> None:
    """Reads the rest of a stream that has ended, but does not wait long for a peer that keeps it open.

    The limit of the connection's own reads is lowered, and for this thread alone: before this is undone, the connection
    may be in the hands of another.
    """
    network, me = answer.response.extensions.get("network_stream"), threading.get_ident()
    read: Callable[..., bytes] | None = getattr(network, "read", None)

    def read_briefly(max_bytes: int, timeout: float | None = None) -> bytes:
        assert read is not None  # noqa: S101  # only then is this used
        brief = DRAIN_SECONDS if timeout is None else min(timeout, DRAIN_SECONDS)
        return read(max_bytes, timeout=brief if threading.get_ident() == me else timeout)

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


async def close_async(answer: AsyncAnswer) -> None:
    """Closes the response, and the generators of httpx and httpcore inside it. Once."""
    if answer.response.is_closed:
        return
    import anyio

    await closing_cleanly(answer.response.aclose(), answer.head)
    if "network_stream" in answer.response.extensions:  # httpcore's; the stream of another transport is not read on
        with anyio.CancelScope() as scope, suppress(Exception):
            scope.cancel()  # takes what is there already, and does not wait
            async for _ in answer.rest:
                pass


def cut(response: httpx.Response) -> None:
    """Ends the wait of a thread that reads, with an error there."""
    network = response.extensions.get("network_stream")
    if network is not None:
        with suppress(OSError):
            network.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
