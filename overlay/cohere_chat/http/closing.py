"""Workaround: closing a response of httpx so that its connection can be used again, or so that it ends at once.

Upstream (httpx 0.28, httpcore 1.0): a response that is closed before the end of its body closes its connection
(`drain` reads the end). An async response that is closed, and a request that is cancelled while its body is sent, leave
async generators open, of which trio warns (`close_async`, `Body`).

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
    """The body of a request, in pieces, so that each is sent within a limit; for async without a generator."""

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
    patch(network, read=True)  # the limit of its reads was taken when the body began
    with suppress(httpx.RequestError):
        for _ in answer.rest:
            pass
    patch(network, read=False)  # others use the connection after this


async def drain_async(answer: AsyncAnswer) -> None:
    """The same for async."""
    answer.exchange.limits.end_within(DRAIN_SECONDS)
    with suppress(httpx.RequestError):
        while await answer.exchange.limits.in_time(next_chunk(answer)) is not None:
            pass


async def close_async(answer: AsyncAnswer) -> None:
    """Closes the response, and the generators of httpx and httpcore inside it. Once."""
    response = answer.response
    if response.is_closed:
        return
    await closing_cleanly(response.aclose(), answer.exchange)
    if "network_stream" in response.extensions:  # httpcore's; the stream of another transport is not read on
        with anyio.CancelScope() as scope, suppress(Exception):
            scope.cancel()  # takes what is there already, and does not wait
            async for _ in answer.rest:
                pass
