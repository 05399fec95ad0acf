"""An open answer -> events: the sync and the async face of a stream, which read and close.

Belongs here: opening, reading and closing. Not known here: what the bytes mean (`reader.py`), how events add up.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import suppress
from inspect import GEN_RUNNING, getgeneratorstate
from itertools import chain
from typing import Generic, Self, TypeGuard

import httpx

from cohere_chat import types
from cohere_chat.errors import APIResponseError, CohereChatError
from cohere_chat.http.call import Answer, AsyncAnswer
from cohere_chat.http.cancelling import going_on_cleanly
from cohere_chat.http.closing import close_async, cut, drain, drain_async
from cohere_chat.http.encoding import unreadable
from cohere_chat.http.transport import read_body, read_body_async
from cohere_chat.types import ChatResponse, request_id_of

from .reader import A, Reader


def _no_event_stream(response: httpx.Response, raw: bytes) -> APIResponseError:
    return unreadable(response, f"a stream was requested and {response.headers.get('content-type')} came", raw)


def _open(reader: Reader[Answer], open_answer: Callable[[], Answer]) -> Answer:
    reader.check()
    if reader.answer is None:
        answer = open_answer()
        if reader.closed:  # meanwhile, by another thread
            answer.response.close()
            reader.check()
        if not reader.begin(answer):
            raise _no_event_stream(answer.response, read_body(answer))
        return answer
    return reader.answer


def _close(reader: Reader[Answer]) -> None:
    reader.closed = True
    if reader.answer is not None:
        reader.answer.response.close()


def _events(reader: Reader[Answer], open_answer: Callable[[], Answer]) -> Generator[types.ChatEvent]:
    try:
        with reader.watching():
            answer = _open(reader, open_answer)
            read, add = reader.read, reader.accumulator.add
            for chunk in chain((answer.first,), answer.rest):
                for event in read(chunk):
                    add(event)
                    yield event
                    if reader.closed:
                        reader.check()
                if reader.over or reader.broken:
                    break
            if reader.over:
                drain(answer)
            reader.finish()
    finally:
        _close(reader)


async def _open_async(reader: Reader[AsyncAnswer], open_answer: Callable[[], Awaitable[AsyncAnswer]]) -> AsyncAnswer:
    reader.check()
    if reader.answer is None:
        answer = await open_answer()
        if reader.closed:  # meanwhile, by another task
            await close_async(answer)
            reader.check()
        if not reader.begin(answer):
            raise _no_event_stream(answer.response, await read_body_async(answer))
        return answer
    return reader.answer


async def _close_async(reader: Reader[AsyncAnswer]) -> None:
    reader.closed = True
    if reader.answer is not None:
        await close_async(reader.answer)


async def _events_async(
    reader: Reader[AsyncAnswer], open_answer: Callable[[], Awaitable[AsyncAnswer]]
) -> AsyncGenerator[types.ChatEvent]:
    try:
        with reader.watching():
            answer = await _open_async(reader, open_answer)
            read, add, next_chunk = reader.read, reader.accumulator.add, answer.rest.__anext__
            chunk = answer.first
            while True:
                for event in read(chunk):
                    add(event)
                    yield event
                if reader.over or reader.broken:
                    break
                steps = next_chunk().__await__()
                try:
                    chunk = await going_on_cleanly(steps, steps.send(None), answer.head)
                except StopIteration as stop:  # of send(), mostly: the bytes are there, and an await would do no more
                    chunk = stop.value
                except StopAsyncIteration:
                    break
            if reader.over:
                await drain_async(answer)
            reader.finish()
    finally:
        await _close_async(reader)


class _Stream(Generic[A]):
    """What both streams say without I/O."""

    _reader: Reader[A]

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


class ChatStream(_Stream[Answer]):
    """The events of one streamed answer: an iterator, and a context manager that closes the connection.

    No request is sent before `with` or the first event. An error is raised where the stream breaks, has the answer so
    far in `.partial`, and is raised again by `get_final_response()`:

    - StreamTruncatedError: the bytes ended before `message-end`.
    - StreamDecodeError: an event that is not JSON, or larger than 64 MiB. `snapshot`, `text_stream` and
      `get_final_response()` raise it too if an event that adds to the answer has another shape than its kind; as an
      event, it is an UnknownEvent.
    - GenerationError: the model failed; raised after the `message-end` event.
    - APIConnectionError, APITimeoutError: the connection broke or stalled.
    """

    def __init__(self, open_answer: Callable[[], Answer]) -> None:
        self._reader = Reader[Answer]()
        self._open_answer = open_answer
        self._events = _events(self._reader, open_answer)

    def __enter__(self) -> Self:
        with self._reader.watching():
            _open(self._reader, self._open_answer)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[types.ChatEvent]:
        """The generator that `next(stream)` takes from too, which saves a call for each event.

        It ends once it has raised, like any generator. The stream raises again.
        """
        if self._reader.closed:
            self._reader.check()
        return self._events

    def __next__(self) -> types.ChatEvent:
        if self._reader.closed:
            self._reader.check()
        return next(self._events)

    @property
    def text_stream(self) -> Iterator[str]:
        """The pieces of text alone, from where the stream stands."""
        for event in self:
            if _has_text(event):
                yield event.delta.message.content.text
            self._reader.check_whole()

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
        self._reader.closed = True
        if getgeneratorstate(self._events) == GEN_RUNNING and self._reader.answer is not None:
            cut(self._reader.answer.response)  # another thread is waiting for bytes
        _close(self._reader)


class AsyncChatStream(_Stream[AsyncAnswer]):
    """ChatStream for async: `async with`, `async for`, `await`."""

    def __init__(self, open_answer: Callable[[], Awaitable[AsyncAnswer]]) -> None:
        self._reader = Reader[AsyncAnswer]()
        self._open_answer = open_answer
        self._events = _events_async(self._reader, open_answer)
        self._next = self._events.__anext__

    async def __aenter__(self) -> Self:
        with self._reader.watching():
            await _open_async(self._reader, self._open_answer)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[types.ChatEvent]:
        return self._next_after_closing() if self._reader.closed else self._next()

    async def _next_after_closing(self) -> types.ChatEvent:
        self._reader.check()
        return await anext(self._events)

    @property
    async def text_stream(self) -> AsyncIterator[str]:
        """The pieces of text alone, from where the stream stands."""
        async for event in self:
            if _has_text(event):
                yield event.delta.message.content.text
            self._reader.check_whole()

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


def _has_text(event: types.ChatEvent) -> TypeGuard[types.ContentDeltaEvent | types.ContentStartEvent]:
    return (
        isinstance(event, types.ContentDeltaEvent | types.ContentStartEvent) and event.delta.message.content.text != ""
    )
