"""The bytes of one stream -> its events, and how it ends. No I/O.

Belongs here: what both faces of a stream share. Not known here: how an answer is opened, read or closed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Generic, TypeVar

import httpx

from cohere_chat import types
from cohere_chat.errors import CohereChatError, GenerationError, StreamDecodeError, StreamError, StreamTruncatedError
from cohere_chat.http.call import Answer, AsyncAnswer
from cohere_chat.http.encoding import BrokenEncodingError, stream_decoder
from cohere_chat.http.failures import broken_off, raise_if_of_another_loop
from cohere_chat.types import ChatResponse

from .accumulate import Accumulator
from .events import decode_event
from .sse import SSEBufferError, SSEDecoder

A = TypeVar("A", Answer, AsyncAnswer)


class Reader(Generic[A]):
    """The state of one stream.

    It is not the stream itself, so that the generator that reads does not hold the stream. Without that cycle, a stream
    that nobody holds is closed at once.
    """

    def __init__(self) -> None:
        self.answer: A | None = None
        self.failure: CohereChatError | None = None
        self.closed = False
        self.over = False  # message-end or [DONE] has come
        self.broken: tuple[str, bytes, Exception] | None = None  # what cannot be read, its bytes, and why
        self.accumulator = Accumulator()
        self._undo: Callable[[bytes], bytes] | None = None
        self._decoder = SSEDecoder()

    @property
    def headers(self) -> httpx.Headers:
        """The headers of the HTTP answer; empty until it is open."""
        return self.answer.response.headers if self.answer else httpx.Headers()

    def _decode_error(self, what: str, raw: bytes, cause: Exception | None = None) -> StreamDecodeError:
        line = f"{what} is in .raw, the answer so far in .partial"
        error = StreamDecodeError(line, headers=self.headers, partial=self.snapshot(), raw=raw)
        error.__cause__ = cause
        return error

    def snapshot(self) -> ChatResponse:
        """The answer so far."""
        return self.accumulator.response(self.headers)

    def begin(self, answer: A) -> bool:
        """Takes the open answer; false if it is no event stream, or has a content-encoding that nothing undoes."""
        self.answer = answer
        content_type: str = answer.response.headers.get("content-type", "text/event-stream")
        known, self._undo = stream_decoder(answer.response)
        return known and content_type.partition(";")[0].strip().lower() == "text/event-stream"

    def read(self, chunk: bytes) -> list[types.ChatEvent]:
        """The events of the next chunk. Whoever reads adds each to `accumulator` when it hands it over.

        After the last one, `over` and `broken` say whether there is more to read. It is a list and not a generator,
        since most of what an event costs is calls.
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
        events: list[types.ChatEvent] = []
        for name, data, _, _ in frames:
            try:
                event = decode_event(name, data)
            except (ValueError, RecursionError) as error:
                if not data.strip():
                    continue  # a ping
                if data == b"[DONE]":
                    self.over, self.broken = True, None  # what comes after the end does not count
                else:
                    self.broken = f"the event {name!r} cannot be read: {error}. It", data, error
                break
            events.append(event)
            if type(event) is types.MessageEndEvent:
                self.over, self.broken = True, None
                break
        return events

    def finish(self) -> None:
        """Raises the error of a stream that ended badly."""
        if self.broken is not None:
            raise self._decode_error(*self.broken)
        end = self.accumulator.end
        if end is None:
            raise StreamTruncatedError(
                "the stream ended before message-end; the answer so far is in .partial",
                headers=self.headers,
                partial=self.snapshot(),
            )
        if end.delta.finish_reason == types.FinishReason.ERROR and self.answer:
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
        """Turns what breaks the stream into our error, and remembers it."""
        try:
            yield
        except httpx.RequestError as error:
            if self.answer is not None:
                self.failure = broken_off(error, self.answer, partial=self.snapshot())
                raise self.failure from error
        except CohereChatError as error:
            self.failure = error
            raise
        except RuntimeError as error:
            raise_if_of_another_loop(error)
            raise

    def check(self) -> None:
        """Raises again what broke the stream, or StreamError if it was closed before its end."""
        if self.failure is not None:
            raise self.failure
        if self.closed and self.accumulator.end is None:
            raise StreamError("the stream was closed before message-end", headers=self.headers, partial=self.snapshot())

    def check_whole(self) -> None:
        """Raises StreamDecodeError if an event cannot be read that adds to the answer."""
        lost = self.accumulator.lost
        if lost is not None:
            raise self._decode_error(f"the event {lost.type!r} cannot be read. It", lost.raw_bytes)

    def final_response(self) -> ChatResponse:
        """The answer. Raises what broke the stream."""
        self.check()
        self.check_whole()
        return self.snapshot()
