"""An open answer -> events; owns the closing.

Belongs here: what both streams share (`_Reader`: bytes -> events, how a stream ends), and the two faces that read and
close. Not known here: how an answer is opened, what the events add up to.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from inspect import GEN_RUNNING, getgeneratorstate
from itertools import chain
from types import TracebackType
from typing import Generic, Self, TypeGuard, TypeVar

import httpx

from .accumulate import Accumulator, UnreadableEventError
from .cancelling import going_on_cleanly
from .encoding import BrokenEncodingError, stream_decoder, unreadable
from .errors import (
    APIResponseError,
    CohereChatError,
    GenerationError,
    StreamDecodeError,
    StreamError,
    StreamTruncatedError,
    request_id,
)
from .events import ChatEvent, ContentDeltaEvent, ContentStartEvent, MessageEndEvent, decode_event
from .response import ChatResponse, FinishReason
from .sse import SSEBufferError, SSEDecoder
from .transport import (
    Answer,
    AsyncAnswer,
    broken_off,
    close_async,
    cut,
    drain,
    drain_async,
    raise_if_of_another_loop,
    read_body,
    read_body_async,
)

A = TypeVar("A", Answer, AsyncAnswer)


class _Reader(Generic[A]):
    """The bytes of one stream -> its events, and how it ends. No I/O.

    Apart from the streams, so that the generator that reads holds this and not the stream: without that cycle a stream
    that nobody holds is closed at once.
    """

    def __init__(self) -> None:
        self.answer: A | None = None
        self.failure: CohereChatError | None = None
        self.closed = False
        self.over = False  # message-end, or [DONE], has come
        self.broken: tuple[str, bytes, Exception] | None = None  # what cannot be read, its bytes, and why
        self.accumulator = Accumulator()
        self._undo: Callable[[bytes], bytes] | None = None
        self._decoder = SSEDecoder()

    @property
    def ended(self) -> bool:
        return self.accumulator.end is not None

    @property
    def headers(self) -> httpx.Headers:
        return self.answer.response.headers if self.answer else httpx.Headers()

    def _decode_error(self, what: str, raw: bytes, cause: Exception) -> StreamDecodeError:
        line = f"{what} is in .raw, the answer so far in .partial"
        error = StreamDecodeError(line, headers=self.headers, partial=self.snapshot(), raw=raw)
        error.__cause__ = cause
        return error

    def snapshot(self) -> ChatResponse:
        return self.accumulator.response(self.headers)

    def begin(self, answer: A) -> bool:
        """Takes the opened answer; false when it is no event stream, or nothing undoes its content-encoding."""
        self.answer = answer
        content_type: str = answer.response.headers.get("content-type", "text/event-stream")
        known, self._undo = stream_decoder(answer.response)
        return known and content_type.partition(";")[0].strip().lower() == "text/event-stream"

    def read(self, chunk: bytes) -> list[ChatEvent]:
        """The events of the next chunk, decoded. Whoever reads adds each to `accumulator` as it is handed over.

        After the last of them `over` and `broken` tell whether there is more to read. A list and no generator: what an
        event costs is mostly calls, and going on after each.
        """
        if self._undo is not None:
            try:
                chunk = self._undo(chunk)
            except BrokenEncodingError as error:
                self.broken = f"the content-encoding is broken: {error}. A piece", chunk, error
                chunk = error.decoded
        try:
            frames = self._decoder.frames(chunk)
        except SSEBufferError as error:
            self.broken = f"{error}. Its start", error.raw, error
            frames = error.frames
        events: list[ChatEvent] = []
        for name, data, _, _ in frames:
            try:
                event = decode_event(name, data)
            except (ValueError, RecursionError) as error:
                if data == b"[DONE]":
                    self.over, self.broken = True, None  # what comes after the end counts for nothing
                else:
                    self.broken = f"the event {name!r} cannot be read: {error}. It", data, error
                break
            events.append(event)
            if type(event) is MessageEndEvent:
                self.over, self.broken = True, None
                break
        return events

    def finish(self) -> None:
        """Raises what a stream that ended so has to raise."""
        if self.broken is not None:
            raise self._decode_error(*self.broken)
        end = self.accumulator.end
        if end is None:
            raise StreamTruncatedError(
                "the stream ended before message-end; the answer so far is in .partial",
                headers=self.headers,
                partial=self.snapshot(),
            )
        if end.delta.finish_reason == FinishReason.ERROR and self.answer:
            raise GenerationError(
                end.delta.error or "the generation failed",
                headers=self.headers,
                status_code=self.answer.response.status_code,
                body=end.delta.error,
                attempts=self.answer.attempts,
                error_type=end.delta.error_type,
                partial=self.snapshot(),
            )

    @contextmanager
    def watching(self) -> Generator[None]:
        """Turns what breaks the stream into our error and remembers it."""
        try:
            yield
        except httpx.RequestError as error:
            if self.answer is not None:
                self.failure = broken_off(error, self.answer, partial=self.snapshot())
                raise self.failure from error
        except UnreadableEventError as error:
            what = f"the event {error.event.type!r} cannot be read: {error}. It"
            self.failure = self._decode_error(what, error.event.raw_bytes, error)
            raise self.failure  # noqa: B904  # its cause is set
        except CohereChatError as error:
            self.failure = error
            raise
        except RuntimeError as error:
            raise_if_of_another_loop(error)
            raise

    def check(self) -> None:
        """Raises again what broke the stream, and StreamError when it was closed before its end."""
        if self.failure is not None:
            raise self.failure
        if self.closed and not self.ended:
            raise StreamError("the stream was closed before message-end", headers=self.headers, partial=self.snapshot())

    def final_response(self) -> ChatResponse:
        self.check()
        return self.snapshot()


def _no_event_stream(response: httpx.Response, raw: bytes) -> APIResponseError:
    kind = response.headers.get("content-type")
    return unreadable(response, f"a stream was asked for and {kind} came", raw)


def _open(reader: _Reader[Answer], open_answer: Callable[[], Answer]) -> Answer:
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


def _close(reader: _Reader[Answer]) -> None:
    reader.closed = True
    if reader.answer is not None:
        reader.answer.response.close()


def _events(reader: _Reader[Answer], open_answer: Callable[[], Answer]) -> Generator[ChatEvent]:
    try:
        with reader.watching():
            answer = _open(reader, open_answer)
            add = reader.accumulator.add
            for chunk in chain((answer.first,), answer.rest):
                for event in reader.read(chunk):
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


async def _open_async(reader: _Reader[AsyncAnswer], open_answer: Callable[[], Awaitable[AsyncAnswer]]) -> AsyncAnswer:
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


async def _close_async(reader: _Reader[AsyncAnswer]) -> None:
    reader.closed = True
    if reader.answer is not None:
        await close_async(reader.answer)


async def _events_async(
    reader: _Reader[AsyncAnswer], open_answer: Callable[[], Awaitable[AsyncAnswer]]
) -> AsyncGenerator[ChatEvent]:
    try:
        with reader.watching():
            answer = await _open_async(reader, open_answer)
            add = reader.accumulator.add
            chunk = answer.first
            while True:
                for event in reader.read(chunk):
                    add(event)
                    yield event
                if reader.over or reader.broken:
                    break
                steps = answer.rest.__anext__().__await__()
                try:
                    chunk = await going_on_cleanly(steps, steps.send(None), answer.head)
                except StopIteration as stop:  # of send(), as mostly: the bytes are there, and an await does no more
                    chunk = stop.value
                except StopAsyncIteration:
                    break
            if reader.over:
                await drain_async(answer)
            reader.finish()
    finally:
        await _close_async(reader)


class _Stream(Generic[A]):
    """What both streams tell without I/O."""

    _reader: _Reader[A]

    @property
    def snapshot(self) -> ChatResponse:
        """The answer so far, built when asked for."""
        return self._reader.snapshot()

    @property
    def headers(self) -> httpx.Headers:
        """The headers of the HTTP answer; empty before it is opened."""
        return self._reader.headers

    @property
    def request_id(self) -> str | None:
        """The service's id of the request (`x-debug-trace-id`); `None` before the answer is opened."""
        return request_id(self.headers)


class ChatStream(_Stream[Answer]):
    """The events of one streamed answer: an iterator, and a context manager that closes the connection.

    No request is sent before `with` or the first event. Errors are raised where the stream breaks, carry the answer so
    far in `.partial`, and are raised again by `get_final_response()`:

    - StreamTruncatedError: the bytes ended before `message-end`.
    - StreamDecodeError: an event that is not JSON, or larger than 64 MiB.
    - GenerationError: the model failed; raised after its `message-end` event.
    - APIConnectionError, APITimeoutError: the connection broke or stalled.
    """

    def __init__(self, open_answer: Callable[[], Answer]) -> None:
        self._reader = _Reader[Answer]()
        self._open_answer = open_answer
        self._events = _events(self._reader, open_answer)

    def __enter__(self) -> Self:
        with self._reader.watching():
            _open(self._reader, self._open_answer)
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[ChatEvent]:
        """What `next(stream)` takes from too: the generator itself, which saves each event a call.

        Like any generator it has ended once it has raised; the stream raises again.
        """
        if self._reader.closed:
            self._reader.check()
        return self._events

    def __next__(self) -> ChatEvent:
        if self._reader.closed:
            self._reader.check()
        return next(self._events)

    @property
    def text_stream(self) -> Iterator[str]:
        """The pieces of text alone, from where the stream is."""
        return self._texts()

    def _texts(self) -> Iterator[str]:
        for event in self:
            if _has_text(event):
                yield event.delta.message.content.text

    def get_final_response(self) -> ChatResponse:
        """Reads what is left and gives the answer, as the plain call would have.

        Raises what broke the stream, also when it was raised before, and StreamError when it was closed early.
        """
        for _ in self:
            pass
        return self._reader.final_response()

    def close(self) -> None:
        """Closes the connection; after `message-end` it goes back to the pool. Safe to call twice."""
        if self._reader.ended:
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
        self._reader = _Reader[AsyncAnswer]()
        self._open_answer = open_answer
        self._events = _events_async(self._reader, open_answer)

    async def __aenter__(self) -> Self:
        with self._reader.watching():
            await _open_async(self._reader, self._open_answer)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[ChatEvent]:
        return self._next_after_closing() if self._reader.closed else self._events.__anext__()

    async def _next_after_closing(self) -> ChatEvent:
        self._reader.check()
        return await anext(self._events)

    @property
    def text_stream(self) -> AsyncIterator[str]:
        """The pieces of text alone, from where the stream is."""
        return (event.delta.message.content.text async for event in self if _has_text(event))

    async def get_final_response(self) -> ChatResponse:
        """Reads what is left and gives the answer; see ChatStream."""
        async for _ in self:
            pass
        return self._reader.final_response()

    async def aclose(self) -> None:
        """Closes the connection; after `message-end` it goes back to the pool. Safe to call twice."""
        try:
            with suppress(CohereChatError, RuntimeError):  # RuntimeError: another task is reading, and gets an error
                if self._reader.ended:
                    async for _ in self._events:
                        pass
                await self._events.aclose()
        finally:
            await _close_async(self._reader)


def _has_text(event: ChatEvent) -> TypeGuard[ContentDeltaEvent | ContentStartEvent]:
    return isinstance(event, ContentDeltaEvent | ContentStartEvent) and event.delta.message.content.text != ""
