"""An open answer -> events: the sync and the async stream, which read it and close it.

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
from cohere_chat.types import ChatResponse, WithStatus


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
        await reader.exchange.limits.network.aclose()  # another task is waiting for the response headers


class _Unpacked:
    """The decompressed pieces of a compressed async stream."""

    def __init__(self, answer: AsyncAnswer, gunzip: Gunzip) -> None:
        self._chunks, self._gunzip = answer.rest, gunzip
        self._pieces = gunzip.pieces(answer.first)

    async def __anext__(self) -> bytes:
        while (piece := next(self._pieces, None)) is None:
            self._pieces = self._gunzip.pieces(await anext(self._chunks))
        if len(piece) == PIECE:
            await checkpoint()  # lets other tasks run
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
                    except StopIteration as stop:  # raised by send(), mostly: the bytes have arrived already
                        chunk = stop.value
                    except StopAsyncIteration:
                        break
                if reader.over:
                    await drain_async(answer)
            reader.finish()
    finally:
        await _close_async(reader)


class _Stream(WithStatus, Generic[I]):
    """What both streams have that needs no I/O."""

    _reader: Reader[I]

    @property
    def snapshot(self) -> ChatResponse:
        """The response so far, rebuilt on each access. Raises StreamDecodeError if a part of it cannot be read."""
        self._reader.check_whole()
        return self._reader.snapshot()

    @property
    def headers(self) -> httpx.Headers:  # type: ignore[override]  # pyright: ignore[reportIncompatibleVariableOverride]  # read-only
        """The HTTP response headers; empty until they have been received, like all that comes from them."""
        return self._reader.headers


class ChatStream(_Stream[Iterator[bytes]]):
    """The events of one streamed response: an iterator, and a context manager that closes the connection.

    The request is sent when you enter `with` or read the first event. If the stream breaks, the error is raised at that
    point, with the response so far in `.partial`. `get_final_response()` raises it again: APIConnectionError,
    APITimeoutError, StreamTruncatedError, StreamDecodeError, or, after the `message-end` event, GenerationError.

    An event of an unexpected shape is an UnknownEvent. If it adds to the response, `snapshot`, `text_stream` and
    `get_final_response()` raise StreamDecodeError.
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
        """Returns the generator that `next(stream)` reads. It raises an error once; the stream raises it each time."""
        if self._exchange.closed:
            self._reader.check()
        return self._events

    def __next__(self) -> types.ChatEvent:
        if self._exchange.closed:
            self._reader.check()
        return next(self._events)

    @property
    def text_stream(self) -> Iterator[str]:
        """The text of the remaining events, piece by piece."""
        for event in self:
            self._reader.check_whole()
            if text := _text_of(event):
                yield text

    def get_final_response(self) -> ChatResponse:
        """Reads the rest of the stream and returns the complete response, as `chat` would have.

        Raises the error that broke the stream, even if it was raised before, or StreamError if it was closed early.
        """
        for _ in self:
            pass
        return self._reader.final_response()

    def close(self) -> None:
        """Closes the connection, or returns it to the pool after `message-end`. Safe to call twice."""
        if self._reader.accumulator.end is not None:
            with suppress(CohereChatError, ValueError):  # the model failed, or another thread is reading
                for _ in self._events:
                    pass
        self._exchange.closed = True
        if getgeneratorstate(self._events) == GEN_RUNNING or self._reader.answer is None:
            cut(self._exchange.limits.network)  # another thread is waiting for bytes
        _close(self._reader)


class AsyncChatStream(_Stream[AsyncIterator[bytes]]):
    """The async version of ChatStream: use `async with`, `async for` and `await`."""

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
        """The text of the remaining events, piece by piece."""
        return Pulled(self._next_text)

    async def _next_text(self) -> str:
        text = ""
        while not text:
            text = _text_of(await anext(self))
            self._reader.check_whole()
        return text

    async def get_final_response(self) -> ChatResponse:
        """Reads the rest of the stream and returns the complete response; see ChatStream."""
        async for _ in self:
            pass
        return self._reader.final_response()

    async def aclose(self) -> None:
        """Closes the connection, or returns it to the pool after `message-end`. Safe to call twice."""
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
