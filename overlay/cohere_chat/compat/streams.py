"""Streams of the native client that yield events as objects of the official SDK.

Belongs here: the conversion of events, answers and errors. Not known here: the network, bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Generic, Self, TypeVar

from cohere_chat.streaming.events import decoder
from cohere_chat.streaming.stream import AsyncChatStream, ChatStream
from cohere_chat.types import ChatEvent, ChatResponse

from .errors import their_errors
from .names import CLASSES, NAMES
from .objects import UncheckedBaseModel, Unknown

_json = decoder(Any).decode
S = TypeVar("S", ChatStream, AsyncChatStream)


def event_of_theirs(event: ChatEvent) -> UncheckedBaseModel:
    """Returns the event as the official SDK does: what the service sent, and `None` for what it did not send."""
    try:
        value = _json(event.raw_bytes)
    except ValueError:  # only Python's decoder reads NaN and bytes that are not UTF-8
        value = json.loads(event.raw)
    cls = CLASSES.get(type(event))
    if cls is None:
        made: UncheckedBaseModel = Unknown.read(value if isinstance(value, dict) else {"type": "", "data": value})
    else:
        try:
            value["type"] = event.type
            made = cls.read(value)
        except ValueError:  # an unexpected shape that the native client could read
            made = cls.read(event.to_dict())
    object.__setattr__(made, "raw_bytes", event.raw_bytes)
    return made


def response_of_theirs(response: ChatResponse) -> Any:  # Any: a V2ChatResponse, which is built from a table
    """Returns the answer as the official SDK does."""
    made = NAMES["V2ChatResponse"].read(response.to_dict())
    made.headers = response.headers
    return made


class _Stream(Generic[S]):
    """The base class of both streams."""

    _stream: S

    def __init__(self, stream: S) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:  # Any: whatever the native stream has: `text_stream`, `headers`, ...
        return getattr(object.__getattribute__(self, "_stream"), name)

    @property
    def snapshot(self) -> Any:  # Any: as above
        """The answer so far, as a V2ChatResponse."""
        return response_of_theirs(self._stream.snapshot)


class Stream(_Stream[ChatStream]):
    """The events of one streamed answer: an iterator and a context manager. See `cohere_chat.ChatStream`."""

    def __iter__(self) -> Iterator[UncheckedBaseModel]:
        with their_errors:
            for event in self._stream:
                yield event_of_theirs(event)

    def __next__(self) -> UncheckedBaseModel:
        with their_errors:
            return event_of_theirs(next(self._stream))

    def __enter__(self) -> Self:
        with their_errors:
            self._stream.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def get_final_response(self) -> Any:  # Any: a V2ChatResponse
        """Reads the rest of the stream and returns the answer as `chat` would have."""
        with their_errors:
            return response_of_theirs(self._stream.get_final_response())


class AsyncStream(_Stream[AsyncChatStream]):
    """The async version of Stream."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> UncheckedBaseModel:
        with their_errors:
            return event_of_theirs(await anext(self._stream))

    async def __aenter__(self) -> Self:
        with their_errors:
            await self._stream.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stream.aclose()

    async def get_final_response(self) -> Any:  # Any: a V2ChatResponse
        """Reads the rest of the stream and returns the answer as `chat` would have."""
        with their_errors:
            return response_of_theirs(await self._stream.get_final_response())
