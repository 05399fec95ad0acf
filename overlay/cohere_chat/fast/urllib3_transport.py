"""An httpx transport over urllib3, for sync: http.client costs a third of h11.

Belongs here: urllib3 and http.client, and what they need to behave as httpcore does. Not known here: our client.
Upstream (CPython 3.13, urllib3 2.8): http.client accepts headers that are cut off, and takes 103 for the answer.
"""

from __future__ import annotations

import http.client
import io
import math
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any

import httpx
import urllib3
from urllib3 import exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection

from cohere_chat.http.encoding import PIECE
from cohere_chat.http.limits import Limits, left_of

from .failures import Table, as_httpx


class _WriteTimeoutError(TimeoutError):
    """A write timeout. urllib3 would report it as a read timeout."""


_ERRORS: Table = [
    (exceptions.EmptyPoolError, httpx.PoolTimeout),
    (exceptions.ProxyError, httpx.ProxyError),
    (_WriteTimeoutError, httpx.WriteTimeout),
    (exceptions.NewConnectionError, httpx.ConnectError),
    (exceptions.ConnectTimeoutError, httpx.ConnectTimeout),
    (exceptions.TimeoutError, httpx.ReadTimeout),
    (exceptions.SSLError, httpx.ConnectError),
    (http.client.RemoteDisconnected, httpx.RemoteProtocolError),  # a ConnectionResetError too
    (TimeoutError, httpx.ReadTimeout),
    (BrokenPipeError, httpx.WriteError),
    (OSError, httpx.ReadError),
    (exceptions.LocationParseError, httpx.UnsupportedProtocol),
]


@contextmanager
def _errors() -> Generator[None]:
    """Turns the exceptions of urllib3 into those of httpx."""
    try:
        yield
    except (exceptions.HTTPError, http.client.HTTPException, OSError) as error:
        # urllib3 wraps what http.client and sockets raise.
        cause = error.args[1] if isinstance(error, exceptions.ProtocolError) and len(error.args) > 1 else error
    else:
        return
    raise as_httpx(cause, _ERRORS) from cause


class _Head:
    """The file of a response while its headers are read. End of file is an error there."""

    def __init__(self, file: Any) -> None:  # Any: what `makefile()` returns
        self._file = file

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self._file.readline(limit)
        if not line:
            raise http.client.RemoteDisconnected("the connection was closed before the end of the response headers")
        return line

    def close(self) -> None:
        self._file.close()


class _Raw(socket.SocketIO):
    """A socket on which each read is limited to the time left for the call."""

    def __init__(self, sock: socket.socket, limit: float | None) -> None:
        super().__init__(sock, "rb")
        self._socket, self._limit = sock, limit
        self._limits: Limits | None = getattr(limit, "limits", None)

    def readinto(self, buffer: Any) -> int | None:  # Any: as SocketIO has it  # pyright: ignore[reportIncompatibleMethodOverride]
        if self._limits is not None and self._limits.end < math.inf:
            self._socket.settimeout(left_of(self._limit))
        return super().readinto(buffer)


class _Response(http.client.HTTPResponse):
    fp: Any  # Any: as above
    headers: Any  # Any: `None` until the head has been read, which typeshed does not say

    def __init__(self, sock: Any, limit: float | None, **told: Any) -> None:  # Any: a socket, as http.client has it
        super().__init__(sock, **told)
        self.sock: socket.socket = sock
        sock._io_refs += 1  # as `sock.makefile()` does: the last user closes it
        self.fp.close()
        self.fp = io.BufferedReader(_Raw(sock, limit), PIECE)

    def begin(self) -> None:
        """Reads the headers of the response, and those of any 1xx responses before it."""
        file, self.fp = self.fp, _Head(self.fp)
        try:
            super().begin()
            while 100 <= self.status < 200 and self.status != 101:
                self.headers, self.length = None, None
                super().begin()
        finally:
            if isinstance(self.fp, _Head):
                self.fp = file

    def pieces(self) -> Iterator[bytes]:
        """The body as its bytes arrive, whatever the sizes of its chunks."""
        if self.chunked:
            while left := self._chunk_size():
                yield from self._read(left)
                if self.fp.readline(3) != b"\r\n":
                    raise http.client.HTTPException("a chunk does not have its declared size")
            while self.fp.readline(PIECE) not in (b"\r\n", b"\n", b""):
                pass  # trailers
        elif self.fp is not None:
            yield from self._read(self.length)
        if self.fp is not None:
            self._close_conn()  # type: ignore[attr-defined]  # http.client's own: all was read  # pyright: ignore[reportAttributeAccessIssue]

    def _chunk_size(self) -> int:
        size = self.fp.readline(PIECE).partition(b";")[0].strip()
        if not size or size.strip(b"0123456789abcdefABCDEF"):
            raise http.client.HTTPException(
                "the body was cut off" if not size else f"{size[:20]!r} is not a chunk size"
            )
        return int(size, 16)

    def _read(self, left: int | None) -> Iterator[bytes]:
        read = self.fp.read1
        while left is None or left > 0:
            data = read(PIECE if left is None else min(left, PIECE))
            if data:
                yield data
            elif left is None:
                return
            else:
                raise http.client.HTTPException(f"the body was cut off, {left} bytes before its end")
            left = left and left - len(data)


class _Wire(HTTPConnection):
    """What both kinds of connection need. `timeout` is the connect timeout at first, then the read timeout."""

    def response_class(self, sock: Any, **told: Any) -> _Response:  # type: ignore[override]  # a class elsewhere  # pyright: ignore[reportIncompatibleVariableOverride]
        """Any: as for `_Response`."""
        return _Response(sock, self.timeout, **told)

    def send(self, data: Any) -> None:  # Any: as http.client has it
        """Sends within the write timeout."""
        if self.sock is not None and isinstance(limits := getattr(self.timeout, "limits", None), Limits):
            self.sock.settimeout(limits.get("write"))
        try:
            super().send(data)
        except TimeoutError as error:
            raise _WriteTimeoutError(*error.args) from error


class _Connection(_Wire):
    pass


class _TLSConnection(_Wire, HTTPSConnection):  # pyright: ignore[reportIncompatibleVariableOverride]
    def connect(self) -> None:
        """Connects and does the TLS handshake."""
        try:
            super().connect()
        except TimeoutError as error:  # urllib3 would report a read timeout
            raise exceptions.ConnectTimeoutError(self, "TLS handshake timed out") from error


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection  # pyright: ignore[reportAssignmentType]


class _TLSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TLSConnection  # pyright: ignore[reportAssignmentType]


class _Network:
    """The socket of a response, under httpcore's name for it. Closing a stream that another thread is reading has to
    shut it down."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def get_extra_info(self, info: str) -> Any:  # Any: as httpcore has it
        return self._socket if info == "socket" else None


class _Body(httpx.SyncByteStream):
    """The body of a response."""

    def __init__(self, response: Any) -> None:  # Any: urllib3's, whose parts have no public names
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _errors():
            yield from self._response._original_response.pieces()

    def close(self) -> None:
        """Releases the connection, which is closed unless the whole body was read."""
        if not self._response._original_response.isclosed():
            self._response.close()
        self._response.release_conn()


class Urllib3Transport(httpx.BaseTransport):
    """An httpx transport over urllib3. If it has a proxy, it sends every request to it.

    `max_connections` applies to each origin. HTTP/2, Unix sockets and SOCKS are not supported.
    """

    def __init__(self, context: SSLContext, limits: httpx.Limits, proxy: httpx.Proxy | None = None) -> None:
        at_most = limits.max_connections
        options: dict[str, Any] = {  # Any: of urllib3
            "num_pools": 100,
            "maxsize": at_most or 100,
            "block": at_most is not None,
            "ssl_context": context,
        }
        self._pools: Any  # Any: of either class, and of ours below
        if proxy is None:
            self._pools = urllib3.PoolManager(**options)
        else:
            if not proxy.url.scheme.startswith("http"):
                raise ValueError(f"the proxy is {proxy.url.scheme}://...: use http:// or https://")
            headers = dict(proxy.headers)
            if proxy.auth:
                headers |= urllib3.make_headers(proxy_basic_auth=":".join(proxy.auth))
            told: dict[str, Any] = {"proxy_headers": headers, "proxy_ssl_context": proxy.ssl_context}
            self._pools = urllib3.ProxyManager(str(proxy.url), **told, **options)
        self._pools.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request and returns once the response headers have arrived."""
        url, given = request.url, request.extensions.get("timeout")
        limits = (
            given if isinstance(given, Limits) else Limits(httpx.Timeout(**given) if given else httpx.Timeout(None))
        )
        if url.scheme not in ("http", "https"):
            raise httpx.UnsupportedProtocol(f"the address has the scheme {url.scheme!r}: use http or https")
        sent: Any = request.stream  # Any: a SyncByteStream here
        with _errors():
            pool = self._pools.connection_from_host(url.host, url.port, url.scheme)
            response = pool.urlopen(
                request.method,
                str(url) if pool.proxy and url.scheme == "http" else url.raw_path.decode("ascii"),
                body=iter(sent),
                headers=urllib3.HTTPHeaderDict(request.headers.multi_items()),
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=urllib3.Timeout(connect=limits.get("connect"), read=limits.get("read")),
                pool_timeout=limits.get("pool"),
                preload_content=False,
                decode_content=False,
            )
        return httpx.Response(
            response.status,
            headers=[*response.headers.iteritems()],
            stream=_Body(response),
            extensions={
                "http_version": b"HTTP/1.0" if response.version == 10 else b"HTTP/1.1",
                "reason_phrase": (response.reason or "").encode("latin-1"),
                "network_stream": _Network(response._original_response.sock),
            },
        )

    def close(self) -> None:
        """Closes the idle connections. The others are closed with their responses."""
        pools = self._pools.pools
        for pool in filter(None, map(pools.get, pools.keys())):
            pool.close()  # `clear()` would wait until no response refers to it
        pools.clear()
