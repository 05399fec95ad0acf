"""The httpx client, one in each process, and its connections after it is closed or its event loop has ended.

Belongs here: creating and closing it, and what stays with the parent after a fork. Not known here: requests, answers.
Upstream (httpx 0.28, httpcore 1.0): closing a client wakes no reader; after a fork, sockets and locks are shared.
"""

import os
import socket
import weakref
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from threading import RLock
from typing import Any, Generic, TypeVar

import httpx

from cohere_chat.errors import ConfigurationError
from cohere_chat.http.settings import environment_error

H = TypeVar("H", httpx.Client, httpx.AsyncClient)


# In a forked child, each `leave_to_parent()` gives up what belongs to the parent. It goes to `_kept`: closing it could
# wait for ever for a lock that another thread of the parent held. Any: connections and streams.
inherited: weakref.WeakSet[Any] = weakref.WeakSet()
_kept: list[object] = []
_used: weakref.WeakSet[httpx.Client | httpx.AsyncClient] = weakref.WeakSet()
first_use = RLock()  # held while msgspec is imported or a decoder is created; a fork waits for it

if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(before=first_use.acquire, after_in_parent=first_use.release, after_in_child=first_use.release)
    os.register_at_fork(after_in_child=lambda: _kept.extend([one.leave_to_parent() for one in list(inherited)]))


class Connections(Generic[H]):
    """An httpx client: ours, which `make` creates in each process, or the user's. `with_options` shares it."""

    def __init__(self, make: Callable[[], H], yours: H | None) -> None:
        self.closed = False  # whether our own client was closed
        self._make: Callable[[], H] = make
        self._yours: H | None = yours
        # httpcore's network streams (Any), in use or idle, by their id().
        self.opened: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self._loop: object = None  # the event loop of the last answer
        self._made: dict[str, H] = {"http": yours or self._new()}
        if yours is None:
            weakref.finalize(self, _close, self._made)
        inherited.add(self)

    def _new(self) -> H:
        try:
            return self._make()
        except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
            raise environment_error(error) from None  # it may contain the password of a proxy

    @property
    def http(self) -> H:
        """The client. Raises ConfigurationError if it is closed, or if it is the user's and was used before a fork."""
        if not self._made and self._yours:
            raise ConfigurationError("your http_client was used before this process was forked: create one in each")
        http: H = self._made.get("http") or self._made.setdefault("http", self._new())  # of two threads, one sets it
        if self.closed or http.is_closed:
            raise ConfigurationError("the client is closed: create a new one")
        _used.add(getattr(http, "over", http))
        return http

    def leave_to_parent(self) -> object:
        """Called in a forked child. Drops clients that were used before the fork; what it returns has to be kept."""
        left = dict(self._made)
        if any(getattr(http, "over", http) in _used for http in left.values()):
            self._made.clear()
            self.opened = weakref.WeakValueDictionary()
        return left

    def close(self) -> None:
        """Closes a sync client and wakes the threads that wait for bytes."""
        self.closed = True
        for network in self.opened.valuerefs():  # a list, not a view: threads may add more
            cut(network())
        _close(self._made)

    async def aclose(self) -> None:
        """Closes an async client."""
        self.closed = True
        for http in self._made.values():
            if isinstance(http, httpx.AsyncClient):
                with self.in_loop():
                    await http.aclose()

    @contextmanager
    def in_loop(self) -> Generator[None]:
        """Wraps what an async client does. Raises ConfigurationError if its connections are of another event loop."""
        import asyncio  # httpx has loaded it for async; sync never needs it

        loop = asyncio._get_running_loop()  # None under trio, which has one at a time
        try:
            yield
        except RuntimeError as error:
            if self._loop in (None, loop):
                raise
            line = f"{error}: an AsyncChatClient belongs to one event loop. Create one inside each asyncio.run()"
            raise ConfigurationError(line) from error
        self._loop = loop


def _close(made: Mapping[str, httpx.Client | httpx.AsyncClient]) -> None:
    for http in made.values():
        if isinstance(http, httpx.Client):
            http.close()


def cut(network: Any) -> None:  # Any: httpcore's NetworkStream, or None
    """Interrupts a thread that is waiting for bytes; the thread gets an error."""
    with suppress(OSError, AttributeError, TypeError):  # not SSLSocket.shutdown: CPython would send unencrypted
        socket.socket.shutdown(network.get_extra_info("socket"), socket.SHUT_RDWR)
