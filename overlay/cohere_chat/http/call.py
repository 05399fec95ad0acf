"""A prepared call, and the answer to it.

Belongs here: what `wire.py` makes and `transport.py` sends and returns. Not known here: how it is made, how it is sent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar
from weakref import WeakSet

import attrs
import httpx

from .connections import Connections

I = TypeVar("I")  # noqa: E741  # the iterator of the chunks of a body
_BUSY_AFTER = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete", "response_closed.started")


@attrs.frozen(eq=False, repr=False)  # no repr: the headers have the key
class Call:
    """One request."""

    method: str
    url: httpx.URL
    headers: httpx.Headers
    content: bytes
    timeout: httpx.Timeout
    max_retries: int
    max_response_bytes: int


@attrs.define(eq=False, repr=False)
class Head:
    """What httpcore's `trace` extension says of an answer before httpx gives it. Other transports do not call it.

    opened:               takes the network streams that are opened.
    status_code, headers: as soon as they have come; `None` and empty before.
    busy:                 whether the connection is just being opened, or closed, which no cancellation may interrupt.
    """

    opened: WeakSet[Any] = attrs.field(factory=WeakSet)  # Any: httpcore's NetworkStream
    status_code: int | None = None
    headers: httpx.Headers = attrs.field(factory=httpx.Headers)
    busy: bool = False
    _of_a_proxy: bool = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:  # Any: httpcore's
        """httpcore calls this at each of its steps."""
        self.busy = event.endswith(_BUSY_AFTER)
        if self.busy and "return_value" in info:
            self.opened.add(info["return_value"])
        elif event.endswith("send_request_headers.started"):  # again, if there is a proxy or an httpx.Auth
            self.status_code = None
            self._of_a_proxy = info["request"].method == b"CONNECT"
        elif event.endswith("receive_response_headers.complete") and not self._of_a_proxy:
            for value in info["return_value"]:  # HTTP/1.1 and HTTP/2 have them in other places
                if isinstance(value, int):
                    self.status_code = value
                elif isinstance(value, list):
                    self.headers = httpx.Headers(value)

    async def trace_async(self, event: str, info: Mapping[str, Any]) -> None:  # Any: as above
        """The same for async."""
        self.trace(event, info)


class Answer(NamedTuple, Generic[I]):
    """A success whose body has begun: its first chunk and the rest, as sent. Whoever holds it closes `response`."""

    response: httpx.Response
    first: bytes
    rest: I
    head: Head
    call: Call
    attempts: int
    connections: Connections[Any]  # Any: of either face


SyncAnswer: TypeAlias = Answer[Iterator[bytes]]
AsyncAnswer: TypeAlias = Answer[AsyncIterator[bytes]]
