"""An open answer -> events: the sync and the async face of a stream, which read and close.

Belongs here: opening, reading and closing. Not known here: what the bytes mean (`reader.py`), how events add up.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Generator, Iterator
from contextlib import suppress
from inspect import GEN_RUNNING, getgeneratorstate
from itertools import chain
from typing import Any, Generic, Self

import httpx
from anyio.lowlevel import checkpoint

from cohere_chat import types
from cohere_chat.errors import CohereChatError
from cohere_chat.http.call import AsyncAnswer, Exchange, I, SyncAnswer
from cohere_chat.http.cancelling import going_on_cleanly
from cohere_chat.http.closing import close_async, drain, drain_async
from cohere_chat.http.connections import cut
from cohere_chat.http.encoding import PIECE, Gunzip, unreadable
from cohere_chat.http.limits import Pulled
from cohere_chat.http.transport import open_answer, open_answer_async, read_body, read_body_async
from cohere_chat.streaming.reader import Reader
from cohere_chat.types import ChatResponse, request_id_of


def _open(reader: Reader[Iterator[bytes]]) -> SyncAnswer:
    reader.check()
    if reader.answer is not None:
        return reader.answer
    answer: SyncAnswer = open_answer(reader.exchange)
    if why := reader.begin(answer):
        raise unreadable(answer.response, why, read_body(answer))
    return answer


def _close(reader: Reader[Iterator[bytes]]) -> None:
    reader.exchange.closed = True
    if reader.answer is not None:
        reader.answer.response.close()


def _events(reader: Reader[Iterator[bytes]]) -> Generator[types.ChatEvent]:
    try:
        with reader.watching():
            answer = _open(reader)
            read, add, exchange = reader.read, reader.accumulator.add, answer.exchange
            chunks = chain((answer.first,), answer.rest)
            for chunk in chain.from_iterable(map(reader.gunzip.pieces, chunks)) if reader.gunzip else chunks:
                for event in read(chunk):
                    add(event)
                    yield event
                    if exchange.closed:
                        reader.check()
                if reader.over or reader.broken:
                    break
            if reader.over:
                drain(answer)
            reader.finish()
    finally:
        _close(reader)


async def _open_async(reader: Reader[AsyncIterator[bytes]]) -> AsyncAnswer:
    reader.check()
    if reader.answer is not None:
        return reader.answer
    answer: AsyncAnswer = await open_answer_async(reader.exchange)
    if why := reader.begin(answer):
        raise unreadable(answer.response, why, await read_body_async(answer))
    return answer


async def _close_async(reader: Reader[AsyncIterator[bytes]]) -> None:
    reader.exchange.closed = True
    if reader.answer is not None:
        await close_async(reader.answer)
    elif reader.exchange.limits.network is not None:
        await reader.exchange.limits.network.aclose()  # another task is waiting for the head


class _Unpacked:
    """The pieces of an async stream that is packed."""

    def __init__(self, answer: AsyncAnswer, gunzip: Gunzip) -> None:
        self._chunks, self._gunzip = answer.rest, gunzip
        self._pieces = gunzip.pieces(answer.first)

    async def __anext__(self) -> bytes:
        while (piece := next(self._pieces, None)) is None:
            self._pieces = self._gunzip.pieces(await anext(self._chunks))
        if len(piece) == PIECE:
            await checkpoint()  # other tasks run
        return piece


async def _events_async(reader: Reader[AsyncIterator[bytes]]) -> AsyncGenerator[types.ChatEvent]:
    try:
        with reader.watching():
            answer = await _open_async(reader)
            with answer.exchange.connections.in_loop():
                read, add, exchange = reader.read, reader.accumulator.add, answer.exchange
                chunk, next_chunk = answer.first, answer.rest.__anext__
                if reader.gunzip is not None:
                    chunk, next_chunk = b"", _Unpacked(answer, reader.gunzip).__anext__
                while True:
                    for event in read(chunk):
                        add(event)
                        yield event
                    if reader.over or reader.broken:
                        break
                    steps = next_chunk().__await__()
                    try:
                        chunk = await going_on_cleanly(steps, steps.send(None), exchange)
                    except StopIteration as stop:  # of send(), mostly: the bytes are there already
                        chunk = stop.value
                    except StopAsyncIteration:
                        break
                if reader.over:
                    await drain_async(answer)
            reader.finish()
    finally:
        await _close_async(reader)


class _Stream(Generic[I]):
    """What both streams say without I/O."""

    _reader: Reader[I]

    @property
    def snapshot(self) -> ChatResponse:
        """The answer so far. It is built each time you ask for it. Raises StreamDecodeError as the stream does."""
        self._reader.check_whole()
        return self._reader.snapshot()

    @property
    def headers(self) -> httpx.Headers:
        """The headers of the HTTP answer; empty until it is open."""
        return self._reader.headers

    @property
    def request_id(self) -> str | None:
        """The service's id of the request (`x-debug-trace-id`); `None` until the answer is open."""
        return request_id_of(self.headers)


class ChatStream(_Stream[Iterator[bytes]]):
    """The events of one streamed answer: an iterator, and a context manager that closes the connection.

    No request is sent before `with` or the first event. An error is raised where the stream breaks, has the answer so
    far in `.partial`, and is raised again by `get_final_response()`:

    - StreamTruncatedError: the bytes ended before `message-end`.
    - StreamDecodeError: an event that is not JSON, or larger than 64 MiB. If an event that adds to the answer cannot be
      read, it is an UnknownEvent, and `snapshot`, `text_stream` and `get_final_response()` raise this.
    - GenerationError: the model failed; raised after the `message-end` event.
    - APIConnectionError, APITimeoutError: the connection broke or stalled.
    """

    def __init__(self, exchange: Exchange[httpx.Client], client: Any) -> None:  # Any: a ChatClient, a layer above
        self._reader, self._exchange = Reader[Iterator[bytes]](exchange, client), exchange
        self._events = _events(self._reader)

    def __enter__(self) -> Self:
        with self._reader.watching():
            _open(self._reader)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[types.ChatEvent]:
        """The generator that `next(stream)` takes from too. It ends once it has raised; the stream raises again."""
        if self._exchange.closed:
            self._reader.check()
        return self._events

    def __next__(self) -> types.ChatEvent:
        if self._exchange.closed:
            self._reader.check()
        return next(self._events)

    @property
    def text_stream(self) -> Iterator[str]:
        """The pieces of text alone, from where the stream stands."""
        for event in self:
            self._reader.check_whole()
            if text := _text_of(event):
                yield text

    def get_final_response(self) -> ChatResponse:
        """Reads what is left, and returns the answer as the plain call would have.

        Raises what broke the stream, even if it was raised before, and StreamError if the stream was closed early.
        """
        for _ in self:
            pass
        return self._reader.final_response()

    def close(self) -> None:
        """Closes the connection; after `message-end` it goes back to the pool. Safe to call twice."""
        if self._reader.accumulator.end is not None:
            with suppress(CohereChatError, ValueError):  # the model failed; another thread is reading
                for _ in self._events:
                    pass
        self._exchange.closed = True
        if getgeneratorstate(self._events) == GEN_RUNNING or self._reader.answer is None:
            cut(self._exchange.limits.network)  # another thread is waiting for bytes
        _close(self._reader)


class AsyncChatStream(_Stream[AsyncIterator[bytes]]):
    """ChatStream for async: `async with`, `async for`, `await`."""

    def __init__(self, exchange: Exchange[httpx.AsyncClient], client: Any) -> None:  # Any: an AsyncChatClient
        self._reader, self._exchange = Reader[AsyncIterator[bytes]](exchange, client), exchange
        self._events = _events_async(self._reader)
        self._next = self._events.__anext__

    async def __aenter__(self) -> Self:
        with self._reader.watching():
            await _open_async(self._reader)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[types.ChatEvent]:
        return self._next_after_closing() if self._exchange.closed else self._next()

    async def _next_after_closing(self) -> types.ChatEvent:
        self._reader.check()
        return await anext(self._events)

    @property
    def text_stream(self) -> AsyncIterator[str]:
        """The pieces of text alone, from where the stream stands."""
        return Pulled(self._next_text)

    async def _next_text(self) -> str:
        text = ""
        while not text:
            text = _text_of(await anext(self))
            self._reader.check_whole()
        return text

    async def get_final_response(self) -> ChatResponse:
        """Reads what is left, and returns the answer; see ChatStream."""
        async for _ in self:
            pass
        return self._reader.final_response()

    async def aclose(self) -> None:
        """Closes the connection; after `message-end` it goes back to the pool. Safe to call twice."""
        try:
            with suppress(CohereChatError, RuntimeError):  # RuntimeError: another task is reading, and gets an error
                if self._reader.accumulator.end is not None:
                    async for _ in self._events:
                        pass
                await self._events.aclose()
        finally:
            await _close_async(self._reader)


def _text_of(event: types.ChatEvent) -> str:
    if isinstance(event, types.ContentDeltaEvent | types.ContentStartEvent):
        return event.delta.message.content.text
    return ""
