"""A prepared call, its progress, and its answer.

Belongs here: what `wire.py` builds and `transport.py` sends and returns. Not known here: how it is built or sent.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from time import monotonic
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar
from weakref import ref

import attrs
import httpx

from cohere_chat.errors import CohereChatError
from cohere_chat.http.connections import Connections, H, cut
from cohere_chat.http.limits import Limits, patch
from cohere_chat.http.settings import LOG
from cohere_chat.types import shown

I = TypeVar("I")  # noqa: E741  # the iterator of the chunks of a body
_BUSY_AFTER = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete", "response_closed.started")


@attrs.frozen(eq=False, repr=False)  # no repr: the headers contain the key
class Call:
    """One request."""

    method: str
    url: httpx.URL
    headers: httpx.Headers
    content: bytes
    timeout: httpx.Timeout
    deadline: float | None
    max_retries: int
    max_response_bytes: int


@attrs.define(eq=False, repr=False)
class Exchange(Generic[H]):
    """A call in progress, and what httpcore (not other transports) reports of it before httpx returns the response."""

    connections: Connections[H]  # a weak proxy: httpx leaves the request, which refers to this, in a cycle
    call: Call
    attempts: int = 0  # how often the call was sent
    limits: Limits = attrs.field(default=attrs.Factory(lambda own: Limits(own.call.timeout), takes_self=True))
    pending: list[CohereChatError] = attrs.field(factory=list)  # the failure of the first attempt, until stamina has it
    closed: bool = False  # whether the stream that reads the answer was closed
    request: ref[httpx.Request] | None = None
    started: float = 0.0  # when the attempt began, by `monotonic()`; 0 once it is logged
    status_code: int | None = None  # set as soon as it has arrived, like the headers
    headers: httpx.Headers = attrs.field(factory=httpx.Headers)
    busy: bool = False  # whether the connection is being opened or closed, which no cancellation may interrupt
    _of_a_proxy: bool = False

    def begin(self) -> None:
        """Prepares an attempt. The deadline counts from the first one, since `end_within` never extends it."""
        if self.pending:
            raise self.pending.pop()
        if self.closed:
            raise httpx.ReadError("closed")
        if self.call.deadline is not None:
            self.limits.end_within(self.call.deadline)
        self.attempts += 1
        self.limits.network, self.status_code, self.busy = None, None, False
        self.started, self.headers = monotonic(), httpx.Headers()

    def received(self, status_code: int, headers: httpx.Headers) -> None:
        """Notes the head of a response, and adds its status and the seconds that it took to its headers."""
        self.status_code, self.headers = status_code, headers
        vars(headers).update(status_code=status_code, elapsed=monotonic() - self.started)

    def log(self) -> None:
        """Logs the attempt, once: never the key, never content."""
        if self.started and LOG.isEnabledFor(logging.DEBUG):
            line, took = "%s %s: %s, request id %s, attempt %d, %d ms", (monotonic() - self.started) * 1000
            told = self.status_code or "no response", shown(self.headers.get("x-debug-trace-id", "None")), self.attempts
            LOG.debug(line, self.call.method.upper(), self.call.url.path, *told, took)
        self.started = 0.0

    def check_open(self) -> None:
        """Raises httpx.ReadError if the stream or the client was closed."""
        if self.closed or self.connections.closed:
            raise httpx.ReadError("closed")

    async def trace_async(self, event: str, info: dict[str, Any]) -> None:  # Any: httpcore's
        """The async version of `trace`."""
        self.trace(event, info)

    def trace(self, event: str, info: dict[str, Any]) -> None:  # Any: as above
        """httpcore calls this at each of its steps."""
        self.busy = event.endswith(_BUSY_AFTER)
        if "timeout" in info and event.endswith(".started"):  # the connect limit applies anew to TLS and proxies
            info["timeout"] = self.limits.get("connect")
        if self.busy:
            network = self.limits.network = info.get("return_value")  # `None` once closed: another call may use it
            if network is not None:
                patch(network, write=True, read=self.call.deadline is not None)
                self.connections.opened[id(network)] = network
                if self.connections.closed:
                    cut(network)
        elif event.startswith("http2.") and self.limits.network is not None:  # other calls use it too
            patch(self.limits.network, write=False)
            self.limits.network = None
        if event.endswith("send_request_headers.started"):  # a second time with a proxy or an httpx.Auth
            self.status_code = None
            self._of_a_proxy = info["request"].method == b"CONNECT"
            self.check_open()
        elif event.endswith("receive_response_headers.complete") and not self._of_a_proxy:
            told = {type(value): value for value in info["return_value"]}  # in HTTP/1.1 and HTTP/2 in different places
            self.received(told[int], httpx.Headers(told[list]))


class Answer(NamedTuple, Generic[I]):
    """A success whose body has begun: its first chunk and the rest, as sent. The holder has to close `response`."""

    response: httpx.Response
    first: bytes
    rest: I
    exchange: Exchange[Any]  # Any: sync or async


SyncAnswer: TypeAlias = Answer[Iterator[bytes]]
AsyncAnswer: TypeAlias = Answer[AsyncIterator[bytes]]
