"""Workaround: closing an httpx response so that its connection can be reused, or so that it ends at once.

Upstream (httpx 0.28, httpcore 1.0): closing a response before the end of its body closes its connection (`drain`).
Closing an async response, or cancelling a request that is being sent, leaves generators open (`close_async`, `Body`).

Belongs here: these three. Not known here: what was read, why it ends.
"""

from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import suppress

import anyio
import httpx

from cohere_chat.http.call import AsyncAnswer, SyncAnswer
from cohere_chat.http.cancelling import closing_cleanly
from cohere_chat.http.encoding import PIECE
from cohere_chat.http.limits import patch

DRAIN_SECONDS = 1.0  # how long to wait, after the last event, for the end of the body


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of a request, in pieces, so that each is sent within a limit. The async iterator is no generator."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._pieces = iter(self)

    def __iter__(self) -> Iterator[bytes]:
        content = self._content  # not self: that would be a cycle
        return (content[at : at + PIECE] for at in range(0, len(content), PIECE))

    def __aiter__(self) -> AsyncIterator[bytes]:
        return Body(self._content)

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


def next_chunk(answer: AsyncAnswer) -> Awaitable[bytes | None]:
    """The next chunk of a body; `None` at the end."""
    return closing_cleanly(anext(answer.rest, None), answer.exchange)


def drain(answer: SyncAnswer) -> None:
    """Reads the rest of a stream that has ended, but does not wait long for a peer that keeps it open."""
    network = answer.response.extensions.get("network_stream")
    answer.exchange.limits.end_within(DRAIN_SECONDS)
    patch(network, read=True)  # its read limit was fixed when the body began
    with suppress(httpx.RequestError):
        for _ in answer.rest:
            pass
    patch(network, read=False)  # other calls use the connection after this


async def drain_async(answer: AsyncAnswer) -> None:
    """The same for async."""
    answer.exchange.limits.end_within(DRAIN_SECONDS)
    with suppress(httpx.RequestError):
        while await answer.exchange.limits.in_time(next_chunk(answer)) is not None:
            pass


async def close_async(answer: AsyncAnswer) -> None:
    """Closes the response and the generators of httpx and httpcore inside it, unless it is closed already."""
    response = answer.response
    if response.is_closed:
        return
    await closing_cleanly(response.aclose(), answer.exchange)
    if "network_stream" in response.extensions:  # httpcore's; other transports' streams are not read on
        with anyio.CancelScope() as scope, suppress(Exception):
            scope.cancel()  # reads what has arrived already, without waiting
            async for _ in answer.rest:
                pass
