"""The deadline of a call also stops a peer that sends a byte now and then, at any point of the answer."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
import trio
import trustme

import cohere_chat as c
from cohere_chat.http.call import Call, Exchange

from ..conftest import HI, AsyncFace, SyncFace
from ..server import RawServer, answer, chunk, chunked, frame, frames, head, text_answer
from .scenarios import BEGUN, EVENTS, WAIT
from .test_limits import authority, close, silent, tls_options, tls_server  # noqa: F401  # fixtures

Face = SyncFace | AsyncFace
DEADLINE = 0.4  # seconds


def drip(data: bytes, every: float = 0.05) -> list[Any]:
    """A script that sends a byte now and then, for about ten seconds."""
    return [step for byte in (data * 200)[: int(10 / every)] for step in (bytes([byte]), every)]


class Watch:
    """Checks that the block takes about as long as the deadline, not as long as the peer."""

    def __enter__(self) -> None:
        self.began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        took = time.monotonic() - self.began
        assert DEADLINE - 0.05 < took < DEADLINE + 2, took


BODY = json.dumps(text_answer("Hi")).encode()
DRIPS: dict[str, list[Any]] = {
    "nothing": [30.0],
    "the status line": drip(b"HTTP/1.1 200 OK"),
    "headers": [b"HTTP/1.1 200 OK\r\n", *drip(b"x: y\r\n")],
    "informational answers": [step for _ in range(200) for step in (b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05)],
    "a body": [head(content_type="application/json", content_length="5000"), *drip(b" ")],
    "a body that began": [head(content_type="application/json", content_length="5000") + BODY, *drip(b" ")],
    "the size of a chunk": [head(content_type="application/json", transfer_encoding="chunked"), *drip(b"0")],
    "chunks": [
        head(content_type="application/json", transfer_encoding="chunked"),
        *(step for _ in range(200) for step in (chunk(b" "), 0.05)),
    ],
    "a body without a length": [head(content_type="application/json"), *drip(b" ")],
    "packed bytes": [
        head(content_type="application/json", content_length="5000", content_encoding="gzip"),
        *drip(gzip.compress(b"x" * 5000, 0)),
    ],
}


@pytest.mark.parametrize("script", DRIPS.values(), ids=DRIPS)
def test_a_plain_call_ends_at_its_deadline_wherever_the_peer_drips(face: Face, script: Any, server: RawServer) -> None:
    server.play(script)
    with Watch(), pytest.raises(c.APITimeoutError) as caught:
        face.chat(server.url, deadline=DEADLINE)
    assert f"the deadline of {DEADLINE} s passed (1 attempt). Try a larger deadline=" in str(caught.value)
    assert isinstance(caught.value.__cause__, httpx.TimeoutException)
    assert len(server.requests) == 1


def test_what_had_come_of_a_plain_answer_is_kept(face: Face, server: RawServer) -> None:
    server.play([head(content_type="application/json", content_length="5000") + b'{"id": "x"', *drip(b" ")])
    with pytest.raises(c.APITimeoutError) as caught:
        face.chat(server.url, deadline=DEADLINE)
    assert caught.value.raw.rstrip() == b'{"id": "x"'
    assert caught.value.headers["content-type"] == "application/json"


STREAMS: dict[str, list[Any]] = {
    "nothing": [30.0],
    "pings": [step for _ in range(200) for step in (chunk(b": ping\n\n"), 0.05)],
    "an event that does not end": [chunk(b"data: {"), *(step for _ in range(200) for step in (chunk(b" "), 0.05))],
    "the size of a chunk": drip(b"0"),
    "events": [step for _ in range(200) for step in (chunk(frame(EVENTS[-1] | {"type": "debug"})), 0.05)],
}


@pytest.mark.parametrize("script", STREAMS.values(), ids=STREAMS)
def test_a_stream_ends_at_its_deadline_with_the_answer_so_far(face: Face, script: Any, server: RawServer) -> None:
    server.play([*chunked(BEGUN, end=False), *script])
    with Watch():
        streamed = face.stream(server.url, deadline=DEADLINE)
    assert isinstance(streamed.error, c.APITimeoutError)
    assert f"the deadline of {DEADLINE} s passed" in str(streamed.error)
    assert streamed.error.partial is not None
    assert streamed.error.partial.text == "It is "


def test_the_time_that_a_reader_takes_counts_but_an_answer_that_has_come_is_whole(server: RawServer) -> None:
    server.play(chunked([b"".join(frames(EVENTS))]), [*chunked(BEGUN, end=False), 30.0])
    with c.ChatClient("k", base_url=server.url) as client:
        with client.chat_stream(model="m", messages=HI, deadline=0.1) as stream:
            time.sleep(0.2)
            assert stream.get_final_response().text == "It is 42."
        with client.chat_stream(model="m", messages=HI, deadline=0.1) as stream:
            next(stream)
            time.sleep(0.2)
            with pytest.raises(c.APITimeoutError, match=r"the deadline of 0\.1 s passed"):
                stream.get_final_response()


def test_a_deadline_ends_connecting(face: Face, silent: str) -> None:  # noqa: F811  # a fixture
    with Watch(), pytest.raises(c.APITimeoutError, match="the deadline of"):
        face.chat(silent, deadline=DEADLINE)


def test_a_deadline_ends_sending(face: Face) -> None:
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        over = threading.Event()

        def sip() -> None:
            connection, _ = deaf.accept()
            with connection:
                while not over.wait(0.05) and connection.recv(10_000):
                    pass

        thread = threading.Thread(target=sip)
        thread.start()
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        large = [{"role": "user", "content": "x" * 50_000_000}]
        try:
            with pytest.raises(c.APITimeoutError, match="the deadline of"):
                face.chat(url, deadline=DEADLINE, messages=large)
        finally:
            over.set()
            thread.join()


def test_a_deadline_ends_the_wait_for_the_pool(server: RawServer) -> None:
    server.play([*chunked(BEGUN, end=False), WAIT])
    with httpx.Client(limits=httpx.Limits(max_connections=1)) as http:
        client = c.ChatClient("k", base_url=server.url, http_client=http, timeout=60)
        with client.chat_stream(model="m", messages=HI) as stream:
            next(stream)
            with Watch(), pytest.raises(c.APITimeoutError, match="the deadline of"):
                client.chat(model="m", messages=HI, deadline=DEADLINE)


def test_a_deadline_holds_on_a_connection_that_is_used_again(face: Face, server: RawServer) -> None:
    server.play(answer(text_answer("Hi")), DRIPS["the status line"])

    def sync() -> None:
        with c.ChatClient("k", base_url=server.url) as client:
            client.chat(model="m", messages=HI)
            with Watch(), pytest.raises(c.APITimeoutError, match="the deadline of"):
                client.chat(model="m", messages=HI, deadline=DEADLINE)

    async def main() -> None:
        async with c.AsyncChatClient("k", base_url=server.url) as client:
            await client.chat(model="m", messages=HI)
            with Watch(), pytest.raises(c.APITimeoutError, match="the deadline of"):
                await client.chat(model="m", messages=HI, deadline=DEADLINE)

    sync() if isinstance(face, SyncFace) else face.run(main)
    assert {request.connection for request in server.requests} == {1}


def test_a_deadline_holds_on_a_connection_that_another_client_opened(server: RawServer) -> None:
    server.play(answer(text_answer("Hi")), DRIPS["the status line"])
    with httpx.Client() as yours:
        c.ChatClient("k", base_url=server.url, http_client=yours).chat(model="m", messages=HI)
        with Watch(), pytest.raises(c.APITimeoutError, match="the deadline of"):
            c.ChatClient("k", base_url=server.url, http_client=yours).chat(model="m", messages=HI, deadline=DEADLINE)


def test_each_step_of_connecting_has_what_is_left_of_the_deadline() -> None:
    call = Call("POST", httpx.URL("http://x"), httpx.Headers(), b"", httpx.Timeout(300), 0.3, 0, 1)
    exchange = Exchange(c.ChatClient("k")._connections, call)
    exchange.begin()
    for event in ("connection.connect_tcp.started", "http_proxy.start_tls.started"):
        info = {"timeout": 300.0}
        exchange.trace(event, info)
        assert info["timeout"] <= 0.3
    assert exchange.limits.get("total", 9) == 9


def test_a_deadline_holds_over_tls(face: Face, tls_server: RawServer, authority: trustme.CA) -> None:  # noqa: F811
    tls_server.play(DRIPS["the status line"])
    options = tls_options(face, authority)
    with Watch(), pytest.raises(c.APITimeoutError, match="the deadline of"):
        face.chat(tls_server.url, options, deadline=DEADLINE)
    close(face, options)


def test_a_deadline_ends_a_tls_handshake(face: Face) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        with Watch(), pytest.raises(c.APITimeoutError, match="the deadline of"):
            face.chat(f"https://127.0.0.1:{mute.getsockname()[1]}", deadline=DEADLINE)


def test_the_retries_share_the_time(face: Face, server: RawServer) -> None:
    server.play(answer(b"{}", 503, retry_after="0.1"), answer(b"{}", 503, retry_after="0.1"), [30.0])
    with Watch(), pytest.raises(c.APITimeoutError, match=r"the deadline of 0\.4 s passed \(3 attempts\)"):
        face.chat(server.url, deadline=DEADLINE)
    assert len(server.requests) == 3


@pytest.mark.parametrize("script", [answer(b'{"message": "slower"}', 429, retry_after="30"), [head(429), WAIT]])
def test_a_retry_that_would_come_too_late_is_not_waited_for(face: Face, script: Any, server: RawServer) -> None:
    server.play(script)
    with pytest.raises(c.APITimeoutError, match=r"the deadline of 0\.4 s would pass before the next attempt") as caught:
        face.chat(server.url, deadline=DEADLINE)
    assert isinstance(caught.value.__cause__, c.RateLimitError)
    assert len(server.requests) == 1


def test_a_limit_that_is_met_before_the_deadline_says_its_own_name(face: Face, server: RawServer) -> None:
    server.play([30.0])
    with pytest.raises(c.APITimeoutError, match=r"timed out waiting for the next bytes after 0\.1 s"):
        face.chat(server.url, timeout=0.1, deadline=5, max_retries=0)


def test_a_call_in_time_gives_its_answer(face: Face, server: RawServer) -> None:
    server.play(answer(text_answer("Hi")), chunked(frames(EVENTS)))
    assert face.chat(server.url, deadline=30).text == "Hi"
    streamed = face.stream(server.url, deadline=30)
    assert streamed.response is not None
    assert streamed.response.text == "It is 42."


@pytest.mark.parametrize("wrong", [0, -1, "5", float("nan"), float("inf")])
def test_a_deadline_that_is_none_is_refused_before_anything_is_sent(face: Face, wrong: Any, server: RawServer) -> None:
    with pytest.raises(c.ConfigurationError, match=r"deadline is .*: use seconds above 0 and below a year"):
        face.chat(server.url, deadline=wrong)
    assert server.requests == []


def test_a_tool_run_gives_each_request_its_deadline(server: RawServer) -> None:
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    asked = text_answer("") | {"message": {"role": "assistant", "tool_calls": [call]}, "finish_reason": "TOOL_CALL"}
    server.play([0.25, *answer(asked)], [0.25, *answer(text_answer("Hi"))])

    def f() -> str:
        """Nothing."""
        return "done"

    with c.ChatClient("k", base_url=server.url) as client:
        run = client.run_tools(model="m", messages=HI, tools=[f], deadline=DEADLINE)
    assert run.response.text == "Hi"


class Slow(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of a transport that does not support time limits."""

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(200):
            time.sleep(0.05)
            yield b" "

    async def __aiter__(self) -> AsyncIterator[bytes]:
        import anyio

        for _ in range(200):
            await anyio.sleep(0.05)
            yield b" "


def test_a_deadline_holds_between_the_chunks_of_any_transport(face: Face) -> None:
    kind: Callable[..., Any] = httpx.Client if isinstance(face, SyncFace) else httpx.AsyncClient
    http = kind(transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=Slow())))
    with Watch(), pytest.raises(c.APITimeoutError, match="the deadline of"):
        face.chat("http://localhost", {"http_client": http}, deadline=DEADLINE)


@pytest.mark.parametrize("kind", ["plain", "stream"])
def test_a_time_limit_of_asyncio_around_a_call_stays_one(kind: str, server: RawServer) -> None:
    async def main() -> None:
        async with c.AsyncChatClient("k", base_url=server.url) as client:
            server.play(DRIPS["headers"])
            with pytest.raises(TimeoutError) as caught:
                async with asyncio.timeout(0.2):
                    if kind == "plain":
                        await client.chat(model="m", messages=HI, deadline=30)
                    else:
                        await client.chat_stream(model="m", messages=HI, deadline=30).get_final_response()
            assert not isinstance(caught.value, c.CohereChatError)
            server.play(answer(text_answer("Hi")))
            assert (await client.chat(model="m", messages=HI, deadline=30)).text == "Hi"

    asyncio.run(main())


@pytest.mark.parametrize("run", [asyncio.run, trio.run], ids=["asyncio", "trio"])
def test_after_a_deadline_no_connection_is_in_use(run: Any, server: RawServer) -> None:
    async def main() -> None:
        async with c.AsyncChatClient("k", base_url=server.url) as client:
            for script in (DRIPS["headers"], DRIPS["a body"]):
                server.play(script)
                with pytest.raises(c.APITimeoutError):
                    await client.chat(model="m", messages=HI, deadline=0.2)
            pool = client._connections.http._transport._pool  # type: ignore[attr-defined]
            assert pool.connections == []

    run(main) if run is trio.run else run(main())
