"""The emulator's server: pytest-httpserver, with connections that stay open.

Belongs here: sockets, and how a response is written to one. Not known here: the content of responses.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler
from werkzeug.test import run_wsgi_app


class _NoLog(list[tuple[Request, Response]]):
    """pytest-httpserver's log of all requests and responses, which is not used here."""

    def append(self, item: tuple[Request, Response]) -> None:
        """Discards the item."""


class _Handler(WSGIRequestHandler):
    """Serves one connection. Upstream (werkzeug 3.1): its own handler closes each connection after one response, and
    first waits 10 ms for unread bytes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise a small chunk waits 40 ms for the one before it

    server: Any  # Any: werkzeug's, with the set of connections that Server adds

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def run_wsgi(self) -> None:
        """Answers one request."""
        chunks: Any  # Any: werkzeug's, whose `close()` is not in its type
        try:
            chunks, status, headers = run_wsgi_app(self.server.app, self.make_environ())
        except ConnectionError:  # a scripted fault before the first event
            self.close_connection = True
            return
        except Exception:  # noqa: BLE001  # from a scripted function. pytest-httpserver keeps it for `check()`
            self.send_error(500)
            return
        with closing(chunks):
            try:
                self._write(iter(chunks), status, [*headers])
            except ConnectionError:
                self.close_connection = True

    def _write(self, chunks: Iterator[bytes], status: str, headers: list[tuple[str, str]]) -> None:
        first = next(chunks, b"")  # before the headers, since a fault may come first
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        bare = self.command == "HEAD" or code in ("204", "304")  # no body, so no header about its length is added
        counted = bare or "content-length" in {name.lower() for name, _ in headers}
        chunked = not counted and self.request_version != "HTTP/1.0"
        if chunked:
            self.send_header("transfer-encoding", "chunked")
        elif not counted:
            self.close_connection = True  # to end the body
        self.end_headers()
        if bare:
            return
        self._write_chunk(first, chunked)
        for chunk in chunks:
            self._write_chunk(chunk, chunked)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _write_chunk(self, chunk: bytes, chunked: bool) -> None:
        if chunk:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunked else chunk)


class Server(HTTPServer):
    """A server with one thread per connection."""

    def __init__(self, port: int) -> None:
        super().__init__(host="127.0.0.1", port=port, threaded=True)
        self.log = _NoLog()
        self._open: set[socket.socket] = set()

    def thread_target(self) -> None:
        """Checks often whether to stop: with the default interval, each test would wait half a second."""
        server: Any = self.server  # Any: werkzeug's, which takes our handler and our set
        if server is not None:
            server.RequestHandlerClass, server.connections = _Handler, self._open
            server.serve_forever(poll_interval=0.01)

    def stop(self) -> None:
        """Stops the server and closes all connections."""
        super().stop()
        for connection in [*self._open]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
