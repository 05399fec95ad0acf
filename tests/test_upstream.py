"""The behaviour of httpx, httpcore and msgspec that `overlay/cohere_chat/` works around, without our code.

If a test fails here, a workaround can be removed: the module that the test names, or a part of it.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import anyio
import httpx
import pytest
import trio

from .conftest import ALIASED, HI
from .faults.scenarios import EVENTS, WAIT
from .server import CLOSE, RawServer, answer, chunk, frames, head

pytestmark = pytest.mark.skipif(ALIASED, reason="about httpx; overlay/README.md says what httpx2 has fixed")
ENDLESS = [head(transfer_encoding="chunked") + chunk(b"a piece"), WAIT]


@pytest.fixture(autouse=True)
def quiet_end() -> Iterator[None]:
    """Collects what httpx leaves open in these tests, so that no other test gets its warnings."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


def connections(client: httpx.Client | httpx.AsyncClient) -> list[Any]:
    """Any: httpcore's. httpx does not expose it otherwise."""
    return client._transport._pool.connections  # type: ignore[union-attr,attr-defined]


def test_cancelling_a_task_that_is_cancelled_while_it_connects_loses_the_connection(server: RawServer) -> None:
    async def lost_after(steps: int) -> bool:
        server.play([WAIT])
        async with httpx.AsyncClient() as client:
            task = asyncio.create_task(client.post(server.url, json=HI))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return not all(connection.is_idle() or connection.is_closed() for connection in connections(client))

    async def main() -> bool:
        return any([await lost_after(steps) for steps in range(40)])

    assert asyncio.run(main())


def test_closing_a_response_with_the_end_of_its_body_unread_closes_the_connection(server: RawServer) -> None:
    end = threading.Event()
    server.play([head(transfer_encoding="chunked") + chunk(frames(EVENTS)[0]), end, b"0\r\n\r\n"])
    with httpx.Client() as client:
        with client.stream("POST", server.url, json=HI) as response:
            next(response.iter_raw())
            end.set()
        assert connections(client) == []


def test_closing_the_limit_of_a_read_is_fixed_when_the_body_begins(server: RawServer) -> None:
    server.play([head(transfer_encoding="chunked") + chunk(b"a piece"), 0.4, chunk(b"more") + b"0\r\n\r\n"])
    with httpx.Client(timeout=10) as client, client.stream("POST", server.url, json=HI) as response:
        pieces = response.iter_raw()
        next(pieces)
        response.request.extensions["timeout"]["read"] = 0.05
        assert next(pieces) == b"more"


def test_closing_a_response_does_not_wake_a_thread_that_reads_from_it(server: RawServer) -> None:
    server.play(ENDLESS)
    with httpx.Client(timeout=1) as client, client.stream("POST", server.url, json=HI) as response:
        pieces = response.iter_raw()
        next(pieces)
        ended = threading.Event()

        def read() -> None:
            with pytest.raises(httpx.HTTPError):
                next(pieces)
            ended.set()

        thread = threading.Thread(target=read)
        thread.start()
        time.sleep(0.1)  # it is reading now
        response.close()
        assert not ended.wait(0.3)
        thread.join()


def left_open(main: Callable[[], Coroutine[Any, Any, None]]) -> list[str]:
    """The warnings of trio about async generators that are collected before they have ended."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        trio.run(main)
        gc.collect()
    return [str(warning.message) for warning in caught]


def test_closing_an_async_response_leaves_generators_open_of_which_trio_warns(server: RawServer) -> None:
    async def main() -> None:
        async with httpx.AsyncClient() as client, client.stream("POST", server.url, json=HI) as response:
            await anext(aiter(response.stream))  # type: ignore[arg-type]

    server.play(ENDLESS)
    assert any("httpx" in line for line in left_open(main))


def test_closing_a_request_that_is_cancelled_leaves_the_generator_of_its_body_open(server: RawServer) -> None:
    def left_open_after(steps: int) -> list[str]:
        async def main() -> None:
            scope = anyio.CancelScope()
            async with httpx.AsyncClient() as client, anyio.create_task_group() as tasks:

                async def ask() -> None:
                    with scope:
                        await client.post(server.url, json=HI)

                tasks.start_soon(ask)
                for _ in range(steps):
                    await trio.lowlevel.checkpoint()
                scope.cancel()

        server.play([WAIT])
        return left_open(main)

    tries = (
        line for _ in range(10) for steps in range(20) for line in left_open_after(steps)
    )  # trio shuffles its steps
    assert any("ByteStream" in line for line in tries)


def test_encoding_what_came_before_a_broken_piece_is_gone(server: RawServer) -> None:
    packed = gzip.compress(b"".join(frames(EVENTS)))
    server.play(answer(packed[:-8] + b"\xff" * 8, content_encoding="gzip"))
    read = bytearray()
    with httpx.Client() as client, client.stream("POST", server.url, json=HI) as response:
        with pytest.raises(httpx.DecodingError):
            for piece in response.iter_bytes():
                read += piece
        assert read == b""


def test_encoding_one_that_nobody_asked_for_passes_as_text(server: RawServer) -> None:
    server.play(answer(b"\x01\x02", content_encoding="unheard-of"))
    with httpx.Client() as client:
        assert client.post(server.url, json=HI, headers={"accept-encoding": "gzip"}).content == b"\x01\x02"


def test_hooks_a_location_that_is_no_url_hides_the_status(server: RawServer) -> None:
    server.play(answer(b"", status=302, location="//[::1"))
    with httpx.Client() as client, pytest.raises(httpx.RemoteProtocolError) as caught:
        client.send(client.build_request("POST", server.url, json=HI), stream=True, follow_redirects=False)
    assert not hasattr(caught.value, "response")


def test_hooks_a_body_that_breaks_in_a_hook_hides_the_status(server: RawServer) -> None:
    server.play([head(content_length="99") + b"{", CLOSE])
    with httpx.Client(event_hooks={"response": [httpx.Response.read]}) as client:
        with pytest.raises(httpx.RemoteProtocolError) as caught:
            client.send(client.build_request("POST", server.url, json=HI), stream=True)
        assert not hasattr(caught.value, "response")


def test_limits_of_a_read_hold_for_each_byte_anew(server: RawServer) -> None:
    answered = answer(b"{}")[0]
    server.play([step for at in range(len(answered)) for step in (answered[at : at + 1], 0.02)])
    with httpx.Client(timeout=0.4) as client:
        began = time.monotonic()
        assert client.post(server.url, json=HI).content == b"{}"
        assert time.monotonic() - began > 1


FORK = """
import os, sys, httpx
client = httpx.Client(trust_env=False)
client.get(sys.argv[1])
pid = os.fork()
if pid == 0:
    client.get(sys.argv[1])
    os._exit(0)
os.waitpid(pid, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_connections_are_those_of_the_parent_in_a_child_of_a_fork(server: RawServer) -> None:
    server.play(answer(b"{}"), answer(b"{}"))
    subprocess.run([sys.executable, "-c", FORK, server.url], check=True, timeout=20)
    assert [request.connection for request in server.requests] == [1, 1]


THREADS = """
import sys, threading, msgspec
from dataclasses import make_dataclass
sys.setswitchinterval(1e-6)
def a_class():
    inner = make_dataclass("Inner", [("number", int)])
    return make_dataclass("Outer", [("one", inner), ("more", list[inner])])
classes = [a_class() for _ in range(200)]
ready = threading.Barrier(25, timeout=20)
def first():
    for cls in classes:
        ready.wait()
        msgspec.json.decode('{"one": {"number": 1}, "more": [{"number": 2}]}', type=cls)
threads = [threading.Thread(target=first) for _ in range(25)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_events_msgspec_crashes_if_threads_meet_a_class_for_the_first_time_at_once() -> None:
    assert any(
        subprocess.run([sys.executable, "-c", THREADS], check=False, timeout=60).returncode < 0 for _ in range(3)
    )
