"""The bytes of one stream -> its events, and how it ends. No I/O.

Belongs here: what the sync and the async stream share. Not known here: how an answer is opened, read or closed.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Generic

import httpx

from cohere_chat import errors, types
from cohere_chat.http.call import Answer, Exchange, I
from cohere_chat.http.connections import inherited
from cohere_chat.http.encoding import BrokenEncodingError, Gunzip, coding_of
from cohere_chat.http.failures import connection_error, without_key
from cohere_chat.streaming.accumulate import Accumulator
from cohere_chat.streaming.events import decode_event
from cohere_chat.streaming.sse import SSEBufferError, SSEDecoder
from cohere_chat.types import ChatResponse


class Reader(Generic[I]):
    """The state of a stream. The generator refers to it, not to the stream: an abandoned stream is closed at once."""

    def __init__(self, exchange: Exchange[Any], client: Any) -> None:  # Any: sync or async
        self.exchange, self.client = exchange, client  # kept alive: the exchange refers to its connections weakly
        self.answer: Answer[I] | None = None
        self.headers = httpx.Headers()  # of the answer
        self.failure: errors.CohereChatError | None = None
        self.over = False  # message-end or [DONE] was received
        self.broken: tuple[str, bytes, Exception] | None = None  # what cannot be read, its bytes, and why
        self.accumulator = Accumulator()
        self.gunzip: Gunzip | None = None  # for a compressed stream
        self._decoder = SSEDecoder()
        inherited.add(self)

    def _decode_error(self, what: str, raw: bytes, cause: Exception | None = None) -> errors.StreamDecodeError:
        line = f"{what} is in .raw; the answer so far is in .partial"
        error = errors.StreamDecodeError(line, headers=self.headers, partial=self.snapshot(), raw=raw)
        error.__cause__ = cause
        return error

    def snapshot(self) -> ChatResponse:
        """The answer so far."""
        response = ChatResponse.from_dict(self.accumulator.to_dict())
        response.headers = self.headers
        return response

    def begin(self, answer: Answer[I]) -> str:
        """Takes the open answer. Returns the reason why it cannot be read as an event stream; `""` if it can."""
        self.answer, self.headers = answer, answer.response.headers
        if "stream_id" not in answer.response.extensions:  # HTTP/2 has one: other calls share the connection
            self.exchange.limits.network = answer.response.extensions.get("network_stream")
        coding = coding_of(answer.response)
        self.gunzip = Gunzip() if coding == "gzip" else None
        kind: str = self.headers.get("content-type", "text/event-stream")
        good = coding in ("", "gzip") and kind.partition(";")[0].strip().lower() == "text/event-stream"
        return "" if good else f"a stream was requested and {kind} was received"

    def read(self, chunk: bytes) -> list[types.ChatEvent]:
        """Returns the events of the next chunk, already decompressed. The caller adds each to `accumulator` as it
        yields it, then checks `over` and `broken` to see if there is more to read. A generator would be slower."""
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
                    self.over, self.broken = True, None  # anything after the end is ignored
                else:
                    self.broken = f"the event {name!r} cannot be read: {error}. It", data, error
                break
            events.append(event)
            if type(event) is types.MessageEndEvent:
                self.over, self.broken = True, None
                break
        return events

    def finish(self) -> None:
        """Raises an error if the stream ended badly."""
        if self.broken is not None:
            raise self._decode_error(*self.broken)
        end = self.accumulator.end
        if end is None:
            if self.exchange.closed or self.exchange.connections.closed:
                raise self._closed_early()
            line = "the stream ended before message-end; the answer so far is in .partial"
            raise errors.StreamTruncatedError(line, headers=self.headers, partial=self.snapshot())
        if end.delta.finish_reason == types.FinishReason.ERROR and self.answer:
            told: dict[str, Any] = {"body": end.delta.error, "error_type": end.delta.error_type}  # Any: as in the class
            told |= {"status_code": self.answer.response.status_code, "attempts": self.exchange.attempts}
            line = end.delta.error or "the generation failed"
            raise errors.GenerationError(line, headers=self.headers, partial=self.snapshot(), **told)

    @contextmanager
    def watching(self) -> Generator[None]:
        """Turns an exception that breaks the stream into our own, and stores it."""
        try:
            yield
        except BrokenEncodingError as error:
            why, chunk = error.args
            self.failure = self._decode_error(f"the content-encoding is broken: {why}. A piece", chunk, error)
            raise self.failure from error
        except Exception as error:
            closed = self.exchange.closed or (self.answer is not None and self.exchange.connections.closed)
            said = isinstance(error, errors.StreamError | errors.ConfigurationError)
            if closed and not said and self.accumulator.end is None:
                self.failure = self._closed_early()
            elif isinstance(error, errors.CohereChatError):
                self.failure = error
                raise
            elif self.answer is not None and isinstance(error, httpx.RequestError):
                self.failure = connection_error(error, self.exchange, self.headers)
                self.failure.partial = self.snapshot()
            else:
                raise
            raise self.failure from without_key(error)

    def leave_to_parent(self) -> object:
        """Leaves the answer to the parent, in the child of a fork; see `connections.py`."""
        left = self.answer
        if self.exchange.attempts and not self.exchange.closed:
            self.answer, self.exchange.limits.network, self.exchange.closed = None, None, True
            self.failure = errors.ConfigurationError("the stream belongs to the parent process, which reads it")
        return left

    def _closed_early(self) -> errors.StreamError:
        line = "the stream was closed before message-end"
        return errors.StreamError(line, headers=self.headers, partial=self.snapshot())

    def check(self) -> None:
        """Raises the error that broke the stream again, or StreamError if it was closed before its end."""
        if self.failure is not None:
            raise self.failure
        if self.exchange.closed and self.accumulator.end is None:
            raise self._closed_early()

    def check_whole(self) -> None:
        """Raises StreamDecodeError if an event that adds to the answer cannot be read."""
        lost = self.accumulator.lost
        if lost is not None:
            raise self._decode_error(f"the event {lost.type!r} cannot be read. It", lost.raw_bytes)

    def final_response(self) -> ChatResponse:
        """The complete answer. Raises the error that broke the stream, if there is one."""
        self.check()
        self.check_whole()
        return self.snapshot()
