"""Unfinished calls and streams are closed: the server sees it, the pool is empty, and there are no warnings."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx
import pytest
import trio
import trustme

from cohere_chat import AsyncChatClient, ChatClient, ConfigurationError
from cohere_chat.http.call import Answer, Call, Exchange
from cohere_chat.http.cancelling import closing_cleanly
from cohere_chat.http.closing import drain

from ..conftest import ALIASED, HI
from ..server import RawServer, answer, chunk, chunked, frames, head, text_answer
from .scenarios import BEGUN, EVENTS, WAIT

ENDLESS = [*chunked(BEGUN, end=False), WAIT]
ROOT = Path(__file__).parents[2]


def exchange() -> Exchange[Any]:
    call = Call("POST", httpx.URL("http://x"), httpx.Headers(), b"", httpx.Timeout(300), None, 0, 1)
    return Exchange(ChatClient("k")._connections, call)


def run(kind: str, main: Any) -> None:
    if kind == "asyncio":
        asyncio.run(main())
    else:
        trio.run(main)


def pool(client: Any) -> list[Any]:
    """The connections that the client holds; httpx does not expose them otherwise."""
    return client._connections.http._transport._pool.connections


async def seen_closed(server: RawServer) -> bool:
    return await anyio.to_thread.run_sync(server.closed_by_client.wait, 2)


@pytest.mark.parametrize("kind", ["asyncio", "trio"])
@pytest.mark.parametrize("script", [[WAIT], ENDLESS], ids=["opening", "reading"])
@pytest.mark.parametrize("call", ["chat", "stream", "stream without a block"])
def test_a_cancelled_call_closes_its_connection(call: str, script: Any, kind: str, server: RawServer) -> None:
    async def main() -> None:
        scope = anyio.CancelScope()
        async with AsyncChatClient("k", base_url=server.url) as client:

            async def read() -> None:
                with scope:
                    if call == "chat":
                        await client.chat(model="m", messages=HI)
                    elif call == "stream":
                        async with client.chat_stream(model="m", messages=HI) as stream:
                            await stream.get_final_response()
                    else:
                        async for _ in client.chat_stream(model="m", messages=HI):
                            pass

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(read)
                await server.asked()
                await anyio.sleep(0.05)  # the part that the script sends at once has been received
                scope.cancel()
            assert scope.cancelled_caught
            assert await seen_closed(server)
            assert pool(client) == []

    server.play(script)
    run(kind, main)
    assert len(server.requests) == 1


REFUSED = [head(400, content_length="99") + b"{", WAIT]
ENDED = [*chunked(frames(EVENTS), end=False), WAIT]


@pytest.mark.parametrize("script", [[WAIT], ENDLESS, REFUSED, ENDED], ids=["opening", "reading", "refused", "ended"])
def test_a_task_that_is_cancelled_twice_closes_its_connection(script: Any, server: RawServer) -> None:
    async def main() -> None:
        async with AsyncChatClient("k", base_url=server.url) as client:

            async def read() -> None:
                async with client.chat_stream(model="m", messages=HI) as stream:
                    await stream.get_final_response()

            task = asyncio.create_task(read())
            await server.asked()
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await seen_closed(server)
            assert pool(client) == []

    server.play(script)
    asyncio.run(main())


@pytest.mark.parametrize("ends", ["returns", "raises"])
def test_a_cancellation_that_was_held_back_comes_when_the_closing_is_done(ends: str) -> None:
    went_on = []

    async def close_slowly() -> None:
        try:
            await asyncio.sleep(WAIT)
        except asyncio.CancelledError:
            for _ in range(3):
                await asyncio.sleep(0)  # a second cancellation here would skip the rest
            went_on.append("closed")
            if ends == "raises":
                raise ConnectionError from None

    async def call() -> None:
        with contextlib.suppress(ConnectionError):
            await closing_cleanly(close_slowly(), exchange())
        await asyncio.sleep(0)
        went_on.append("after")

    async def main() -> None:
        task = asyncio.create_task(call())
        for _ in range(2):
            await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelling() == 2

    asyncio.run(main())
    assert went_on == ["closed"]


@pytest.mark.parametrize("ticks", range(6))
def test_a_cancellation_that_meets_a_time_limit_is_not_lost(ticks: int, server: RawServer) -> None:
    async def main() -> None:
        async with AsyncChatClient("k", base_url=server.url, timeout=0.1, max_retries=2) as client:
            task = asyncio.create_task(client.chat(model="m", messages=HI))
            await server.asked()
            await asyncio.sleep(0.1)  # about when the limit passes
            for _ in range(ticks):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert len(server.requests) == 1

    server.play([WAIT], [WAIT], [WAIT])
    asyncio.run(main())


def test_a_timeout_of_asyncio_around_a_call_stays_one(server: RawServer) -> None:
    async def pass_when_asked(limit: asyncio.Timeout, times: int) -> None:
        await server.asked(times)
        limit.reschedule(0)

    async def main() -> None:
        async with AsyncChatClient("k", base_url=server.url) as client:
            for times in range(1, 4):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as tasks:
                        tasks.create_task(pass_when_asked(limit, times))
                        await client.chat(model="m", messages=HI)
            task = asyncio.current_task()
            assert task is not None
            assert task.cancelling() == 0
            assert (await client.chat(model="m", messages=HI)).text == "Hi"

    server.play([WAIT], [WAIT], [WAIT], answer(text_answer("Hi")))
    asyncio.run(main())


def test_a_stream_that_is_left_leaves_the_pool_empty(server: RawServer) -> None:
    server.play(ENDLESS, ENDLESS)
    with ChatClient("k", base_url=server.url) as client:
        for _ in client.chat_stream(model="m", messages=HI):
            break
        assert server.closed_by_client.wait(2)
        assert pool(client) == []
        with client.chat_stream(model="m", messages=HI) as stream:
            next(stream)
        assert pool(client) == []


def test_a_client_that_nobody_holds_closes_its_connections(server: RawServer) -> None:
    server.play(*[answer(text_answer("Hi"))] * 3)
    gc.disable()
    try:
        client = ChatClient("k", base_url=server.url)
        copy = client.with_options(max_retries=0)
        del client
        assert copy.chat(model="m", messages=HI).text == "Hi"
        assert not server.closed_by_client.is_set()
        del copy
        assert server.closed_by_client.wait(2)
        assert ChatClient("k", base_url=server.url).with_options(timeout=5).chat(model="m", messages=HI).text == "Hi"
    finally:
        gc.enable()


def test_a_stream_holds_its_client(server: RawServer) -> None:
    server.play(chunked(BEGUN))
    pieces = ChatClient("k", base_url=server.url).chat_stream(model="m", messages=HI).text_stream
    gc.collect()
    assert next(pieces) == "It "


PROGRAMS = {
    "a stream": """
stream = ChatClient("k", base_url=url).chat_stream(model="m", messages=HI)
next(stream)
""",
    "an opened stream": """
client = ChatClient("k", base_url=url)
stream = client.chat_stream(model="m", messages=HI).__enter__()
""",
    "an async stream": """
async def main():
    global client, stream
    client = AsyncChatClient("k", base_url=url)
    stream = client.chat_stream(model="m", messages=HI)
    await anext(stream)
asyncio.run(main())
""",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_an_interpreter_that_exits_in_the_middle_warns_of_nothing(program: str, server: RawServer) -> None:
    if ALIASED and "async" in program:
        pytest.skip("asyncio may log that an httpx2 generator is running, with or without cohere_chat")
    server.play(ENDLESS)
    start = (
        "import asyncio, sys\nfrom cohere_chat import *\nurl, HI = sys.argv[1], [{'role': 'user', 'content': 'Hi'}]\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", start + program, server.url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WAIT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert server.closed_by_client.wait(2)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # asyncio warns about a loop that ended this way
def test_a_client_of_an_event_loop_that_has_ended_says_so(server: RawServer) -> None:
    def two_loops() -> None:
        client = AsyncChatClient("k", base_url=server.url)

        async def ask() -> str:
            return (await client.chat(model="m", messages=HI)).text

        assert asyncio.run(ask()) == "Hi"
        with pytest.raises(
            ConfigurationError, match=r"Event loop is closed: .* Create one inside each asyncio\.run\(\)"
        ):
            asyncio.run(ask())

    server.play(*[answer(text_answer("Hi"))] * 2)
    two_loops()
    gc.collect()


@pytest.mark.parametrize("kind", ["plain", "stream"])
def test_a_cancellation_while_the_body_ends_leaves_no_connection_in_use(kind: str, server: RawServer) -> None:
    whole = frames(EVENTS)[0] if kind == "stream" else json.dumps(text_answer("Hi")).encode()
    began = head(
        content_type="text/event-stream" if kind == "stream" else "application/json", transfer_encoding="chunked"
    )

    async def ask(client: AsyncChatClient) -> None:
        if kind == "plain":
            await client.chat(model="m", messages=HI)
        else:
            async with client.chat_stream(model="m", messages=HI) as stream:
                async for _ in stream:
                    pass

    async def cancel_after(steps: int) -> bool:
        server.requests.clear()
        end = threading.Event()
        server.play([began + chunk(whole), end, b"0\r\n\r\n"])
        async with AsyncChatClient("k", base_url=server.url, max_retries=0) as client:
            task = asyncio.create_task(ask(client))
            await server.asked()
            await asyncio.sleep(0.02)  # the task waits for the end of the body
            end.set()
            (connection,) = client._connections.http._transport._pool.connections  # type: ignore[attr-defined]
            arrived = connection._connection._network_stream._stream._protocol.read_event
            while not arrived.is_set() and not task.done():  # noqa: ASYNC110  # each step of the loop counts
                await asyncio.sleep(0)
            for _ in range(steps):
                await asyncio.sleep(0)
            over = task.done()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert all(connection.is_idle() or connection.is_closed() for connection in pool(client))
        return over

    async def main() -> None:
        for steps in range(30):
            if await cancel_after(steps):
                break

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["plain", "stream"])
def test_a_cancellation_at_any_step_of_opening_leaves_no_connection_in_use(kind: str, server: RawServer) -> None:
    async def ask(client: AsyncChatClient) -> None:
        if kind == "plain":
            await client.chat(model="m", messages=HI)
        else:
            await client.chat_stream(model="m", messages=HI).get_final_response()

    async def cancel_after(steps: int) -> None:
        server.play([WAIT])
        async with AsyncChatClient("k", base_url=server.url, max_retries=0) as client:
            task = asyncio.create_task(ask(client))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asyncio.wait_for(task, 1)
            assert all(connection.is_idle() or connection.is_closed() for connection in pool(client))

    async def main() -> None:
        for steps in range(40):
            await cancel_after(steps)

    asyncio.run(main())


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # about TLS connections that asyncio cancels while they open
def test_a_cancellation_at_any_step_of_opening_tls_leaves_no_connection_in_use() -> None:
    authority = trustme.CA()
    of_server, of_client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(of_server)
    authority.configure_trust(of_client)

    async def cancel_after(steps: int, server: RawServer) -> None:
        server.play([WAIT])
        async with httpx.AsyncClient(verify=of_client) as http:
            client = AsyncChatClient("k", base_url=server.url, http_client=http, max_retries=0)
            task = asyncio.create_task(client.chat(model="m", messages=HI))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asyncio.wait_for(task, 2)
            assert all(connection.is_idle() or connection.is_closed() for connection in pool(client)), steps

    async def main(server: RawServer) -> None:
        for steps in range(200):
            await cancel_after(steps, server)

    with RawServer(tls=of_server) as server:
        asyncio.run(main(server))
    gc.collect()  # its warnings do not belong to the next test


def test_a_hook_that_takes_a_part_of_the_body_leaves_no_connection_in_use(server: RawServer) -> None:
    taken = []

    async def hook(response: httpx.Response) -> None:
        taken.append(response.aiter_raw())
        await anext(taken[0])

    async def main() -> None:
        async with httpx.AsyncClient(event_hooks={"response": [hook]}) as yours:
            with pytest.raises(httpx.StreamConsumed):
                await AsyncChatClient("k", base_url=server.url, http_client=yours).chat(model="m", messages=HI)
            assert yours._transport._pool.connections == []  # type: ignore[attr-defined]
            await taken[0].aclose()

    server.play([*chunked(BEGUN, end=False), WAIT])
    asyncio.run(main())


def test_a_network_stream_that_cannot_be_read_is_drained_without_a_limit() -> None:
    response = httpx.Response(200, extensions={"network_stream": object()})
    rest = iter((b"the end",))
    drain(Answer(response, b"", rest, exchange()))
    assert next(rest, None) is None


def test_draining_lowers_the_limit_of_its_own_reads_and_of_no_other() -> None:
    limits: list[float | None] = []

    class Network:
        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            limits.append(timeout)
            return b""

    network, own = Network(), exchange()
    of_the_body = own.limits.get("read")  # as httpcore reads it when the body begins

    def rest() -> Iterator[bytes]:
        other = threading.Thread(target=network.read, args=(1,), kwargs={"timeout": exchange().limits.get("read")})
        other.start()
        other.join()
        network.read(1, timeout=of_the_body)
        network.read(1, timeout=17.0)
        network.read(1, timeout=None)
        yield b""

    drain(Answer(httpx.Response(200, extensions={"network_stream": network}), b"", rest(), own))
    network.read(1, timeout=of_the_body)
    other, drained, plain, none, after = limits
    assert (other, plain, none, after) == (300.0, 17.0, None, 300.0)
    assert drained is not None
    assert 0.9 < drained <= 1.0


def test_a_connection_that_calls_share_over_http_2_belongs_to_none_of_them() -> None:
    class Network:
        def write(self, buffer: bytes, timeout: float | None = None) -> bytes:
            return buffer

    network, own = Network(), exchange()
    own.trace("connection.connect_tcp.complete", {"return_value": network})
    assert own.limits.network is network
    own.trace("http2.send_request_headers.complete", {})
    network.write(b"", timeout=own.limits.get("write"))
    assert own.limits.network is None


def test_a_connection_tells_the_call_that_is_written_to_it_until_its_answer_is_closed() -> None:
    class Network:
        def write(self, buffer: bytes, timeout: float | None = None) -> bytes:
            return buffer

    network, first, second = Network(), exchange(), exchange()
    first.trace("connection.connect_tcp.complete", {"return_value": network})
    first.trace("http11.response_closed.started", {})
    assert network.write(b"a request", timeout=second.limits.get("write")) == b"a request"
    assert (first.limits.network, second.limits.network) == (None, network)
    assert network.write(b"of others", timeout=5.0) == b"of others"
