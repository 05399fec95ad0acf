"""The server under the emulator: pytest-httpserver, with connections that stay open.

Belongs here: sockets, and how a response is written to one. Not known here: what is answered.
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
    """pytest-httpserver's log of all requests and answers, which nobody reads."""

    def append(self, item: tuple[Request, Response]) -> None:
        """Keeps nothing."""


class _Handler(WSGIRequestHandler):
    """Serves one connection. Upstream (werkzeug 3.1): its own closes each connection after one response, and waits
    10 ms before that for bytes that nobody has read."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a small chunk would wait 40 ms for the one before it

    server: Any  # Any: werkzeug's, with the set of its connections that Server gives it

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def run_wsgi(self) -> None:
        """Answers one request."""
        chunks: Any  # Any: werkzeug's, which has `close()` and does not say so
        try:
            chunks, status, headers = run_wsgi_app(self.server.app, self.make_environ())
        except ConnectionError:  # a scripted fault before the first event
            self.close_connection = True
            return
        except Exception:  # noqa: BLE001  # of a scripted function. pytest-httpserver keeps it for `check()`
            self.send_error(500)
            return
        with closing(chunks):
            try:
                self._write(iter(chunks), status, [*headers])
            except ConnectionError:
                self.close_connection = True

    def _write(self, chunks: Iterator[bytes], status: str, headers: list[tuple[str, str]]) -> None:
        first = next(chunks, b"")  # before the head: a fault may come first
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        bare = self.command == "HEAD" or code in ("204", "304")  # no body comes, and no word about its length
        counted = bare or "content-length" in {name.lower() for name, _ in headers}
        chunked = not counted and self.request_version != "HTTP/1.0"
        if chunked:
            self.send_header("transfer-encoding", "chunked")
        elif not counted:
            self.close_connection = True  # which ends the body
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
    """A server with a thread for each connection."""

    def __init__(self, port: int) -> None:
        super().__init__(host="127.0.0.1", port=port, threaded=True)
        self.log = _NoLog()
        self._open: set[socket.socket] = set()

    def thread_target(self) -> None:
        """Checks often whether it has to stop: by default, each test would wait half a second."""
        server: Any = self.server  # Any: werkzeug's, which takes our handler and our set
        if server is not None:
            server.RequestHandlerClass, server.connections = _Handler, self._open
            server.serve_forever(poll_interval=0.01)

    def stop(self) -> None:
        """Stops, and closes all connections."""
        super().stop()
        for connection in [*self._open]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
