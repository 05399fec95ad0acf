"""An httpx transport over aiohttp, for asyncio: httpx-aiohttp, with fixes for its faults.

Belongs here: aiohttp and httpx-aiohttp. Not known here: our client.
Upstream (httpx-aiohttp 0.2): a refused or reset connection is reported as a connect timeout, an unclosed session
writes to stderr, and cookies are stored twice.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from cohere_chat.errors import ConfigurationError
from cohere_chat.http.encoding import PIECE

from .failures import Table, as_httpx

_ERRORS: Table = [
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.ServerTimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientProxyConnectionError, httpx.ProxyError),
    (aiohttp.ClientHttpProxyError, httpx.ProxyError),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
    (aiohttp.ClientOSError, httpx.ReadError),
    (aiohttp.ClientPayloadError, httpx.RemoteProtocolError),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (TimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientConnectionError, httpx.ReadError),
]


@contextmanager
def _errors() -> Generator[None]:
    """Turns the exceptions of aiohttp into those of httpx."""
    try:
        yield
    except (aiohttp.ClientError, httpx.TransportError, TimeoutError, ValueError) as error:
        cause = error.__cause__ if isinstance(error, httpx.TransportError) and error.__cause__ is not None else error
    else:
        return
    raise as_httpx(cause, _ERRORS) from cause


class _Body(httpx.AsyncByteStream, AsyncIterator[bytes]):
    """The body of a response, as its bytes arrive. Not a generator: one that is left open is closed late."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        content = self._response.content
        with _errors():
            # Upstream (aiohttp 3.14): an error hides the bytes that arrived before it.
            come = getattr(content, "_buffer", None)
            data = content._read_nowait(PIECE) if come else await content.read(PIECE)
        if not data:
            raise StopAsyncIteration
        return data

    async def aclose(self) -> None:
        """Releases the connection, which is closed unless the whole body was read."""
        self._response.release()


class _Sent(httpx.AsyncByteStream, AsyncIterator[bytes]):
    """The body of a request. Upstream (aiohttp 3.14): there is no write timeout, so each piece gets one here."""

    def __init__(self, stream: Any, writing: asyncio.Timeout, limits: Any) -> None:  # Any: an async stream; a dict
        self._pieces, self._writing, self._limits = aiter(stream), writing, limits

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        limit = self._limits.get("write")
        piece: bytes | None = await anext(self._pieces, None)
        late = None if limit is None or piece is None else asyncio.get_running_loop().time() + limit
        if not self._writing.expired():
            self._writing.reschedule(late)
        if piece is None:
            raise StopAsyncIteration
        return piece


_used: ContextVar[list[asyncio.Transport]] = ContextVar("_used")  # the connections of this task's request


class _Connector(aiohttp.TCPConnector):
    async def connect(self, *arguments: Any, **options: Any) -> Any:  # Any: aiohttp's
        connection = await super().connect(*arguments, **options)
        if connection.transport is not None:
            _used.get().append(connection.transport)
        return connection


class AsyncioTransport(AiohttpTransport):
    """httpx-aiohttp's transport, with httpx's exceptions. It needs asyncio.

    The pool timeout includes the time to connect.
    """

    def get_client(self) -> aiohttp.ClientSession:
        """A session that stores no cookies, since httpx does, and is closed when the transport is garbage-collected."""
        connector = _Connector(
            ssl=self.ssl_context,
            limit=self.limits.max_connections or 0,
            keepalive_timeout=self.limits.keepalive_expiry,
        )
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        weakref.finalize(self, _end, session)
        return session

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request and returns once the response headers have arrived."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            line = "fast_async_http_client() needs asyncio: with trio, use httpx.AsyncClient()"
            raise ConfigurationError(line) from None
        limits, used = request.extensions.get("timeout") or {}, list[asyncio.Transport]()
        _used.set(used)
        try:
            async with asyncio.timeout(None) as writing:
                sent = _Sent(request.stream, writing, limits)
                told = httpx.Request(request.method, request.url, headers=request.headers, stream=sent)
                told.extensions = request.extensions
                with _errors():
                    response = await super().handle_async_request(told)
        except BaseException as error:
            for transport in used:
                transport.abort()  # aiohttp's close would wait for a peer that does not read
            if type(error) is TimeoutError:
                raise httpx.WriteTimeout("") from error
            raise
        stream: Any = response.stream  # Any: httpx-aiohttp's
        response.stream = _Body(stream._aiohttp_response)
        return response


def _end(session: aiohttp.ClientSession) -> None:
    connector = session.connector
    session.detach()
    # `close()` has to be awaited, and the event loop may have ended. Its first step has two names in aiohttp 3.
    end = getattr(connector, "_close_immediately", None) or getattr(connector, "_close", None)
    if end is not None:
        end()
