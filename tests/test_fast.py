"""httpx clients over urllib3 and aiohttp. The fault suite runs on both too (`face` in conftest.py)."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
import trio
import trustme

import cohere_chat as c
from cohere_chat import AsyncChatClient, ChatClient
from cohere_chat.fast import fast_async_http_client, fast_http_client
from cohere_chat.testing import ChatEmulator

from .conftest import run_aiohttp, told_in_a_child
from .faults.scenarios import EVENTS
from .server import CLOSE, RawServer, answer, chunk, chunked, frames, head, text_answer

HI: Any = [{"role": "user", "content": "Hi"}]
CALL: dict[str, Any] = {"model": "m", "messages": HI}
HI_ANSWER = answer(text_answer("Hi"))


def in_both(url: str, work: Any, work_async: Any, **options: Any) -> None:
    """Does the same with a sync and an async client over the fast transports."""
    with fast_http_client(**options) as http, ChatClient("k", base_url=url, http_client=http) as client:
        work(client)

    async def main() -> None:
        async with (
            fast_async_http_client(**options) as http,
            AsyncChatClient("k", base_url=url, http_client=http) as client,
        ):
            await work_async(client)

    run_aiohttp(main)


def test_connections_are_used_again_after_whole_streams_and_plain_answers(server: RawServer) -> None:
    server.play(*[HI_ANSWER, chunked(frames(EVENTS)), HI_ANSWER] * 2)

    def work(client: ChatClient) -> None:
        client.chat(**CALL)
        with client.chat_stream(**CALL) as stream:
            assert stream.get_final_response().text == "It is 42."
        client.chat(**CALL)

    async def work_async(client: AsyncChatClient) -> None:
        await client.chat(**CALL)
        async with client.chat_stream(**CALL) as stream:
            assert (await stream.get_final_response()).text == "It is 42."
        await client.chat(**CALL)

    in_both(server.url, work, work_async)
    assert [request.connection for request in server.requests] == [1, 1, 1, 2, 2, 2]


def test_a_stream_that_is_left_early_closes_its_connection_and_frees_its_place(server: RawServer) -> None:
    server.play(*[[*chunked(frames(EVENTS[:2], done=False), end=False), 5.0], HI_ANSWER] * 2)

    def work(client: ChatClient) -> None:
        with client.chat_stream(**CALL) as stream:
            next(stream)
        assert server.closed_by_client.wait(2)
        server.closed_by_client.clear()
        client.chat(**CALL)

    async def work_async(client: AsyncChatClient) -> None:
        async with client.chat_stream(**CALL) as stream:
            await anext(stream)
        assert await asyncio.to_thread(server.closed_by_client.wait, 2)
        await client.chat(**CALL)

    in_both(server.url, work, work_async, limits=httpx.Limits(max_connections=1))
    assert len({request.connection for request in server.requests}) == 4


def test_a_thread_that_reads_ends_when_the_stream_is_closed(server: RawServer) -> None:
    server.play([*chunked(frames(EVENTS[:2], done=False), end=False), 30.0])
    with fast_http_client() as http, ChatClient("k", base_url=server.url, http_client=http) as client:
        stream = client.chat_stream(**CALL)
        next(stream), next(stream)
        threading.Timer(0.2, stream.close).start()
        begun = time.monotonic()
        with pytest.raises(c.StreamError):
            next(stream)
        assert time.monotonic() - begun < 5


def test_a_full_pool_is_a_timeout_of_the_pool(server: RawServer) -> None:
    server.play([*chunked(frames(EVENTS[:1], done=False), end=False), 5.0])
    limits, timeout = httpx.Limits(max_connections=1), httpx.Timeout(5, pool=0.1)
    with (
        fast_http_client(limits=limits, timeout=timeout) as http,
        ChatClient("k", base_url=server.url, http_client=http) as client,
        client.chat_stream(**CALL) as stream,
    ):
        next(stream)
        with pytest.raises(c.APITimeoutError, match="waiting for a free connection in the pool"):
            client.chat(**CALL, max_retries=0)


def test_cancelling_loses_no_connection() -> None:
    async def main(url: str) -> None:
        limits = httpx.Limits(max_connections=1)
        async with (
            fast_async_http_client(limits=limits) as http,
            AsyncChatClient("k", base_url=url, http_client=http, max_retries=0) as client,
        ):
            for delay in (0.0, 0.001, 0.005, 0.02, 0.05, 0.1):
                task = asyncio.create_task(client.chat(**CALL))
                await asyncio.sleep(delay)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert (await client.chat(**CALL, timeout=5)).text

    with ChatEmulator(latency=0.5) as emulator:
        run_aiohttp(lambda: main(emulator.url))


def test_options_of_httpx_are_those_of_these_clients(server: RawServer) -> None:
    server.play(*[answer(text_answer("Hi"), set_cookie="a=b; Path=/"), HI_ANSWER] * 2)
    seen: list[str] = []

    async def see(request: httpx.Request) -> None:
        seen.append(request.headers["x-mine"])

    def work(client: ChatClient) -> None:
        assert client.with_options(headers={"x-mine": "2"}).chat(**CALL).headers["set-cookie"]
        assert client.chat(**CALL).text == "Hi"

    async def work_async(client: AsyncChatClient) -> None:
        await client.with_options(headers={"x-mine": "2"}).chat(**CALL)
        await client.chat(**CALL)

    with fast_http_client(
        headers={"x-mine": "1"}, event_hooks={"request": [lambda r: seen.append(r.headers["x-mine"])]}
    ) as http:
        work(ChatClient("k", base_url=server.url, http_client=http))

    async def main() -> None:
        async with fast_async_http_client(headers={"x-mine": "1"}, event_hooks={"request": [see]}) as http:
            await work_async(AsyncChatClient("k", base_url=server.url, http_client=http))

    run_aiohttp(main)
    assert seen == ["2", "1", "2", "1"]
    assert [request.headers.get("cookie") for request in server.requests] == [None, "a=b", None, "a=b"]
    for make in (fast_http_client, fast_async_http_client):
        for name in ("http2", "transport"):
            with pytest.raises(TypeError, match=f"{name} is not an option here"):
                make(**{name: True})


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.usefixtures("no_proxies")
def test_proxies_of_the_environment_are_used_but_for_no_proxy(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url.replace("//", "//user:secret@"))
    monkeypatch.setenv("NO_PROXY", "elsewhere.example")
    server.play(HI_ANSWER, HI_ANSWER)
    with pytest.warns(UserWarning, match="unencrypted"):
        in_both("http://service.example/base", lambda client: client.chat(**CALL), lambda client: client.chat(**CALL))
    for request in server.requests:
        assert request.line.startswith("POST http://service.example/base/v2/chat ")
        assert request.headers["proxy-authorization"] == "Basic dXNlcjpzZWNyZXQ="

    def refused(client: ChatClient) -> None:
        with pytest.raises(c.APIConnectionError):
            client.chat(**CALL, max_retries=0)

    async def refused_async(client: AsyncChatClient) -> None:
        with pytest.raises(c.APIConnectionError):
            await client.chat(**CALL, max_retries=0)

    with pytest.warns(UserWarning, match="unencrypted"):
        in_both("http://elsewhere.example", refused, refused_async)
    with pytest.warns(UserWarning, match="unencrypted"):
        in_both("http://service.example", refused, refused_async, trust_env=False)
    assert len(server.requests) == 2


@pytest.mark.usefixtures("no_proxies")
def test_tls_goes_through_a_proxy_in_a_tunnel(server: RawServer) -> None:
    server.play([head(403, content_length="0")], [head(403, content_length="0")])

    def refused(client: ChatClient) -> None:
        with pytest.raises(c.APIConnectionError) as caught:
            client.chat(**CALL, max_retries=0)
        assert isinstance(caught.value.__cause__, httpx.ProxyError)

    async def refused_async(client: AsyncChatClient) -> None:
        with pytest.raises(c.APIConnectionError) as caught:
            await client.chat(**CALL, max_retries=0)
        assert isinstance(caught.value.__cause__, httpx.ProxyError)

    in_both("https://service.example", refused, refused_async, proxy=server.url)
    assert [request.line[:-1] for request in server.requests] == ["CONNECT service.example:443 HTTP/1."] * 2
    with pytest.raises(ValueError, match=r"the proxy is socks5h?://\.\.\.: use http://"):
        fast_http_client(proxy="socks5://127.0.0.1:1")


@pytest.fixture
def tls_server() -> Iterator[tuple[RawServer, trustme.CA]]:
    import ssl

    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    with RawServer(tls=context) as server:
        yield server, authority


def test_certificates_are_checked(tls_server: tuple[RawServer, trustme.CA]) -> None:
    import ssl

    server, authority = tls_server
    server.play(HI_ANSWER, HI_ANSWER)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    in_both(server.url, lambda client: client.chat(**CALL), lambda client: client.chat(**CALL), verify=context)
    assert len(server.requests) == 2

    def refused(client: ChatClient) -> None:
        with pytest.raises(c.APIConnectionError, match="certificate verify failed") as caught:
            client.chat(**CALL, max_retries=0)
        assert isinstance(caught.value.__cause__, httpx.ConnectError)

    async def refused_async(client: AsyncChatClient) -> None:
        with pytest.raises(c.APIConnectionError, match="certificate verify failed") as caught:
            await client.chat(**CALL, max_retries=0)
        assert isinstance(caught.value.__cause__, httpx.ConnectError)

    in_both(server.url, refused, refused_async)


@pytest.mark.parametrize("kind", ["refused", "no such host", "silent in TLS"])
def test_what_fails_before_the_request_has_httpx_s_class(kind: str) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        if kind == "silent in TLS":
            bound.listen()
        port = bound.getsockname()[1]
        url = {"refused": f"http://127.0.0.1:{port}", "no such host": "https://nowhere.invalid"}.get(kind)
        cls = httpx.ConnectTimeout if url is None else httpx.ConnectError

        def fails(client: ChatClient) -> None:
            with pytest.raises(c.APIConnectionError) as caught:
                client.chat(**CALL, max_retries=0, timeout=httpx.Timeout(5, connect=0.3))
            assert type(caught.value.__cause__) is cls

        async def fails_async(client: AsyncChatClient) -> None:
            with pytest.raises(c.APIConnectionError) as caught:
                await client.chat(**CALL, max_retries=0, timeout=httpx.Timeout(5, connect=0.3))
            assert type(caught.value.__cause__) is cls

        in_both(url or f"https://127.0.0.1:{port}", fails, fails_async)


EACH = [chunk(piece) for event in frames(EVENTS) for piece in (event[:10], event[10:])]


def test_each_event_comes_when_its_bytes_do(server: RawServer) -> None:
    """In two chunks, with 200 ms before each event."""
    script: list[Any] = [head(transfer_encoding="chunked", content_type="text/event-stream")]
    for one in range(0, len(EACH), 2):
        script += [0.2, EACH[one], EACH[one + 1]]
    server.play([*script, b"0\r\n\r\n"], [*script, b"0\r\n\r\n"])

    def on_time(at: list[float]) -> None:
        assert all(0.1 < later - earlier < 0.35 for earlier, later in pairwise(at)), at

    def work(client: ChatClient) -> None:
        on_time([time.monotonic() for _ in client.chat_stream(**CALL)])

    async def work_async(client: AsyncChatClient) -> None:
        on_time([time.monotonic() async for _ in client.chat_stream(**CALL)])

    in_both(server.url, work, work_async)


def test_the_body_of_one_large_chunk_comes_piece_by_piece(server: RawServer) -> None:
    data = b"".join(frames(EVENTS))
    half = len(frames(EVENTS)[0]) + 5
    told = chunk(data)
    at = told.index(data[:20]) + half
    server.play(
        [head(transfer_encoding="chunked", content_type="text/event-stream"), told[:at], 0.5, told[at:], b"0\r\n\r\n"]
    )
    with fast_http_client() as http, ChatClient("k", base_url=server.url, http_client=http) as client:
        stream = client.chat_stream(**CALL)
        begun = time.monotonic()
        next(stream)
        assert time.monotonic() - begun < 0.4
        assert stream.get_final_response().text == "It is 42."


def test_the_async_client_needs_asyncio_and_says_so(server: RawServer) -> None:
    async def main() -> None:
        async with (
            fast_async_http_client() as http,
            AsyncChatClient("k", base_url=server.url, http_client=http) as client,
        ):
            with pytest.raises(c.ConfigurationError, match=r"needs asyncio: with trio, use httpx\.AsyncClient\(\)"):
                await client.chat(**CALL)

    trio.run(main)


SILENT = """
import asyncio, os
from cohere_chat import AsyncChatClient, ChatClient
from cohere_chat.fast import fast_async_http_client, fast_http_client

async def main():
    client = AsyncChatClient(http_client=fast_async_http_client())
    print((await client.chat(model="m", messages=[{"role": "user", "content": "Hi"}])).text)

client = ChatClient(http_client=fast_http_client())
print(client.chat(model="m", messages=[{"role": "user", "content": "Hi"}]).text)
asyncio.run(main())
"""


def test_nothing_is_printed_at_exit_if_nobody_closes() -> None:
    with ChatEmulator() as emulator:
        environment = {**os.environ, "CO_API_KEY": "k", "CO_API_URL": emulator.url}
        done = subprocess.run(
            [sys.executable, "-c", SILENT], env=environment, capture_output=True, text=True, check=True
        )
    assert done.stdout.count("You said: Hi") == 2
    assert done.stderr == ""


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, make in (("urllib3", fast_http_client), ("httpx_aiohttp", fast_async_http_client)):
        monkeypatch.setitem(sys.modules, name, None)
        for module in ("urllib3_transport", "aiohttp_transport"):
            monkeypatch.delitem(sys.modules, f"cohere_chat.fast.{module}", raising=False)
        with pytest.raises(ImportError, match=r"pip install 'cohere-chat\[fast\]'"):
            make()


def test_no_error_shows_the_key(server: RawServer) -> None:
    """Nor do the frames of its traceback: the exceptions that caused it have no traceback."""
    key = "the-secret-key"

    def seen(error: BaseException | None) -> str:
        told = ""
        while error is not None:
            told += repr(error) + str(error)
            frame = error.__traceback__
            while frame is not None:
                if (
                    "cohere_chat" not in frame.tb_frame.f_code.co_filename
                    and "tests" not in frame.tb_frame.f_code.co_filename
                ):
                    told += repr(frame.tb_frame.f_locals)
                frame = frame.tb_next
            error = error.__cause__ or error.__context__
        return told

    server.play([CLOSE], [CLOSE])
    with fast_http_client() as http, ChatClient(key, base_url=server.url, http_client=http, max_retries=0) as client:
        with pytest.raises(c.APIConnectionError) as caught:
            client.chat(**CALL)
        assert key not in seen(caught.value)

    async def main() -> None:
        async with fast_async_http_client() as http:
            client = AsyncChatClient(key, base_url=server.url, http_client=http, max_retries=0)
            with pytest.raises(c.APIConnectionError) as caught:
                await client.chat(**CALL)
            assert key not in seen(caught.value)

    run_aiohttp(main)
    gc.collect()


def test_closing_the_client_closes_idle_connections_though_a_stream_is_still_held(server: RawServer) -> None:
    server.play(chunked(frames(EVENTS)))
    with fast_http_client() as http:
        stream = ChatClient("k", base_url=server.url, http_client=http).chat_stream(**CALL)
        assert stream.get_final_response().text == "It is 42."
        assert not server.closed_by_client.is_set()
    assert server.closed_by_client.wait(2)


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_client_that_was_used_before_a_fork_says_so_in_the_child_and_goes_on_in_the_parent(server: RawServer) -> None:
    server.play(HI_ANSWER, HI_ANSWER)
    with fast_http_client() as http, ChatClient("k", base_url=server.url, http_client=http) as client:
        client.chat(**CALL)
        assert told_in_a_child(client) == "your http_client was used before this process was forked: create one in each"
        assert client.chat(**CALL).text == "Hi"
    assert server.connections == 1
