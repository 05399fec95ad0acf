"""httpx's client, and what closing it and an event loop that has ended leave of its connections.

Belongs here: making it and closing it. Not known here: requests, answers.
Upstream (httpx 0.28, httpcore 1.0): closing a client does not wake a thread that reads.
"""

from __future__ import annotations

import os
import socket
import weakref
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any, Generic, TypeVar

import httpx

from cohere_chat.errors import ConfigurationError

from .settings import environment_error

H = TypeVar("H", httpx.Client, httpx.AsyncClient)


class Connections(Generic[H]):
    """An httpx client: ours, which `make` makes, or yours. Clients of `with_options` share it.

    http:   the client.
    opened: the network streams of httpcore, in use or idle.
    closed: whether ours was closed.
    """

    def __init__(self, make: Callable[[], H], yours: H | None) -> None:
        self.opened: weakref.WeakSet[Any] = weakref.WeakSet()  # Any: httpcore's NetworkStream
        self.closed = False
        self._pid = os.getpid()  # a child of a fork must not shut the sockets of its parent
        self._loop: object = None  # the event loop of the last answer
        try:
            self.http: H = make() if yours is None else yours
        except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
            raise environment_error(error) from None  # it may show the password of a proxy
        if yours is None and isinstance(self.http, httpx.Client):
            weakref.finalize(self, self.http.close)

    def close(self) -> None:
        """Closes a sync client, and wakes the threads that wait for bytes."""
        self.closed = True
        for network in list(self.opened) if os.getpid() == self._pid else ():
            cut(network)
        if isinstance(self.http, httpx.Client):
            self.http.close()

    async def aclose(self) -> None:
        """Closes an async client."""
        self.closed = True
        if isinstance(self.http, httpx.AsyncClient):
            with self.in_loop():
                await self.http.aclose()

    @contextmanager
    def in_loop(self) -> Generator[None]:
        """Around what an async client does. Raises ConfigurationError for connections of another event loop."""
        try:
            yield
        except RuntimeError as error:
            if self._loop in (None, _running_loop()):
                raise
            line = f"{error}: an AsyncChatClient lives in one event loop. Make one inside each asyncio.run()"
            raise ConfigurationError(line) from error
        self._loop = _running_loop()


def _running_loop() -> object:
    import asyncio  # httpx has loaded it for async; sync never needs it

    return asyncio._get_running_loop()  # None under trio, which has one at a time


def cut(network: Any) -> None:  # Any: httpcore's NetworkStream, or None
    """Ends the wait of a thread that reads, with an error there."""
    with suppress(OSError, AttributeError, TypeError):  # not SSLSocket's own: after it, CPython sends unencrypted
        socket.socket.shutdown(network.get_extra_info("socket"), socket.SHUT_RDWR)
