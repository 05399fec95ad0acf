"""Hostile surroundings: closing from elsewhere, event loops, environment variables, and addresses."""

from __future__ import annotations

import asyncio
import copy
import gc
import os
import pickle
import re
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
import trio

import cohere_chat as c
from cohere_chat.http.connections import cut
from cohere_chat.http.settings import environment_error

from ..conftest import ALIASED, HI, AsyncFace, SyncFace
from ..server import RawServer, answer, chunk, chunked, frames, head, text_answer
from .scenarios import BEGUN, EVENTS, WAIT

Face = SyncFace | AsyncFace
STALLED = [*chunked(BEGUN, end=False), WAIT]  # a stream that has sent "It is "
CLOSED = "the stream was closed before message-end"
STALLS = {
    "in a body of chunks": (STALLED, "It is "),
    "in a body without a length": ([head(content_type="text/event-stream"), *BEGUN, WAIT], "It is "),
    "before the head": ([WAIT], ""),
    "in the head": ([b"HTTP/1.1 200 OK\r\n", WAIT], ""),
    "before the body": ([head(content_type="text/event-stream", transfer_encoding="chunked"), WAIT], ""),
}


@pytest.mark.parametrize("used", [False, True], ids=["new connection", "used connection"])
@pytest.mark.parametrize(("script", "said"), STALLS.values(), ids=STALLS)
@pytest.mark.parametrize("who", ["stream", "client"])
def test_a_stream_that_another_thread_closes_is_a_stream_error_at_once(
    who: str, script: Any, said: str, used: bool, server: RawServer
) -> None:
    client = c.ChatClient("k", base_url=server.url, timeout=30)
    if used:
        server.play(answer(text_answer("Hi")))
        client.chat(model="m", messages=HI)
    server.play(script)
    stream = client.chat_stream(model="m", messages=HI)
    threading.Timer(0.2, client.close if who == "client" else stream.close).start()
    begun = time.monotonic()
    with pytest.raises(c.CohereChatError) as caught:
        list(stream)
    assert time.monotonic() - begun < 1.2
    check_closed(caught.value, who, said)
    with pytest.raises(type(caught.value)):
        stream.get_final_response()
    client.close()
    assert len(server.requests) == 1 + used


def check_closed(error: c.CohereChatError, who: str, said: str) -> None:
    """Checks the error: if the client is closed before the answer is received, it is not a StreamError."""
    if who == "client" and not said:
        assert str(error) == "the client was closed before a response arrived"
        assert isinstance(error, c.ConfigurationError)
    else:
        assert type(error) is c.StreamError
        assert str(error) == CLOSED
        assert error.partial.text == said


@pytest.mark.parametrize("run", [lambda main: asyncio.run(main()), trio.run], ids=["asyncio", "trio"])
@pytest.mark.parametrize("used", [False, True], ids=["new connection", "used connection"])
@pytest.mark.parametrize(("script", "said"), STALLS.values(), ids=STALLS)
@pytest.mark.parametrize("who", ["stream", "client"])
def test_a_stream_that_another_task_closes_is_a_stream_error_at_once(
    who: str, script: Any, said: str, used: bool, run: Callable[..., None], server: RawServer
) -> None:
    async def main() -> None:
        client = c.AsyncChatClient("k", base_url=server.url, timeout=30)
        if used:
            server.play(answer(text_answer("Hi")))
            await client.chat(model="m", messages=HI)
        server.play(script)
        stream = client.chat_stream(model="m", messages=HI)

        async def close() -> None:
            await anyio.sleep(0.2)
            await (client.aclose() if who == "client" else stream.aclose())

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(close)
            with pytest.raises(c.CohereChatError) as caught:
                async for _ in stream:
                    pass
        check_closed(caught.value, who, said)
        with pytest.raises(type(caught.value)):
            await stream.get_final_response()
        await client.aclose()

    begun = time.monotonic()
    run(main)
    assert time.monotonic() - begun < 1.2
    gc.collect()  # trio would warn about anything left open


@pytest.mark.parametrize("run", [lambda main: asyncio.run(main()), trio.run], ids=["asyncio", "trio"])
def test_a_stream_that_is_closed_in_a_tls_handshake_is_a_stream_error_at_once(run: Callable[..., None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:

        async def main() -> None:
            url = f"https://127.0.0.1:{mute.getsockname()[1]}"
            async with c.AsyncChatClient("k", base_url=url, timeout=30) as client, anyio.create_task_group() as tasks:
                stream = client.chat_stream(model="m", messages=HI)

                async def close() -> None:
                    await anyio.sleep(0.2)
                    await stream.aclose()

                tasks.start_soon(close)
                with pytest.raises(c.StreamError, match=CLOSED):
                    await anext(stream)

        begun = time.monotonic()
        run(main)
        assert time.monotonic() - begun < 1.2


def test_a_stream_that_is_closed_while_it_waits_for_its_next_attempt_sends_nothing_more(server: RawServer) -> None:
    server.play(answer(b"{}", 503, retry_after="0.5"))
    with c.ChatClient("k", base_url=server.url) as client:
        stream = client.chat_stream(model="m", messages=HI)
        threading.Timer(0.2, stream.close).start()
        with pytest.raises(c.StreamError, match=CLOSED):
            next(stream)
    assert len(server.requests) == 1


@pytest.mark.parametrize("come", [b"", head(content_length="99") + b'{"id":'], ids=["nothing", "a part"])
def test_a_plain_call_whose_client_another_thread_closes_ends_at_once(come: bytes, server: RawServer) -> None:
    server.play([come, WAIT])
    with c.ChatClient("k", base_url=server.url, timeout=30) as client:
        threading.Timer(0.2, client.close).start()
        begun = time.monotonic()
        with pytest.raises(c.CohereChatError, match="the client was closed before") as caught:
            client.chat(model="m", messages=HI)
        assert time.monotonic() - begun < 1.2
        assert getattr(caught.value, "raw", b"") == come[-6:]
    assert len(server.requests) == 1


def test_closing_wakes_all_threads_over_kept_connections_too(server: RawServer) -> None:
    server.play(answer(text_answer("Hi")), *[STALLED] * 4)
    client = c.ChatClient("k", base_url=server.url, timeout=30)
    client.chat(model="m", messages=HI)
    errors: list[BaseException] = []

    def read() -> None:
        with pytest.raises(c.StreamError, match=CLOSED) as caught:
            list(client.chat_stream(model="m", messages=HI))
        errors.append(caught.value)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    client.close()
    for thread in threads:
        thread.join(1)
    assert len(errors) == 4


def test_cutting_a_tls_socket_leaves_it_encrypted() -> None:
    """`SSLSocket.shutdown` drops the TLS state first, so a thread about to send would send the key unencrypted."""
    here, there = socket.socketpair()
    tls = ssl.create_default_context().wrap_socket(here, server_hostname="x", do_handshake_on_connect=False)
    before = tls._sslobj  # type: ignore[attr-defined]  # CPython's
    assert before is not None

    class Network:
        def get_extra_info(self, _: str) -> socket.socket:
            return tls

    with tls, there:
        cut(Network())
        assert tls._sslobj is before  # type: ignore[attr-defined]
        assert there.recv(1) == b""


def test_closing_in_a_child_of_a_fork_leaves_the_sockets_of_the_parent(server: RawServer) -> None:
    go_on = threading.Event()
    server.play([*chunked(BEGUN, end=False), go_on, *map(chunk, frames(EVENTS[4:])), b"0\r\n\r\n"])
    with (
        c.ChatClient("k", base_url=server.url, timeout=30) as client,
        client.chat_stream(model="m", messages=HI) as stream,
    ):
        child = os.fork()
        if child == 0:
            client.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        go_on.set()
        assert stream.get_final_response().text == "It is 42."


def test_your_own_http_client_is_not_closed_and_its_readers_go_on(server: RawServer) -> None:
    go_on = threading.Event()
    server.play([*chunked(BEGUN, end=False), go_on, *map(chunk, frames(EVENTS[4:])), b"0\r\n\r\n"])
    with httpx.Client() as yours:
        client = c.ChatClient("k", base_url=server.url, http_client=yours)
        with client.chat_stream(model="m", messages=HI) as stream:
            client.close()
            go_on.set()
            assert stream.get_final_response().text == "It is 42."


def test_text_that_is_left_early_draws_no_warning_of_trio(server: RawServer) -> None:
    server.play(STALLED)

    async def main() -> None:
        client = c.AsyncChatClient("k", base_url=server.url)
        async with client, client.chat_stream(model="m", messages=HI) as stream:
            async for text in stream.text_stream:
                assert text == "It "
                break

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trio.run(main)
        gc.collect()


# --- event loops -----------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # asyncio warns about a loop that ended this way
def test_closing_a_client_whose_event_loop_has_ended_is_an_error_of_ours_and_once(server: RawServer) -> None:
    server.play(answer(text_answer("Hi")))
    client = c.AsyncChatClient("k", base_url=server.url)

    asyncio.run(client.chat(model="m", messages=HI))
    with pytest.raises(c.ConfigurationError, match=r"Event loop is closed: .* Create one inside each asyncio\.run\(\)"):
        asyncio.run(client.aclose())
    asyncio.run(client.aclose())
    del client
    gc.collect()


@pytest.mark.parametrize("words", ["my event loop is broken", "Event loop is closed", "attached to a different loop"])
def test_an_error_of_your_hook_or_transport_stays_yours_whatever_its_words(words: str) -> None:
    async def hook(_: httpx.Request) -> None:
        raise RuntimeError(words)

    def transport(_: httpx.Request) -> httpx.Response:
        raise RuntimeError(words)

    async def main() -> None:
        for yours in (
            httpx.AsyncClient(event_hooks={"request": [hook]}),
            httpx.AsyncClient(transport=httpx.MockTransport(transport)),
        ):
            async with yours:
                client = c.AsyncChatClient("k", http_client=yours)
                with pytest.raises(RuntimeError, match=words):
                    await client.chat(model="m", messages=HI)
                with pytest.raises(RuntimeError, match=words):
                    await client.chat_stream(model="m", messages=HI).get_final_response()

    asyncio.run(main())
    with pytest.raises(RuntimeError, match=words), httpx.Client(transport=httpx.MockTransport(transport)) as yours:
        c.ChatClient("k", http_client=yours).chat(model="m", messages=HI)


# --- the environment -------------------------------------------------------------------------------------------------

BAD_ENVIRONMENTS = [
    ("HTTPS_PROXY", "ftp://host:1", "HTTPS_PROXY='ftp://host:1'", "use one like http://host:3128"),
    ("https_proxy", "http://user:secret@host:port", "https_proxy='http://***@host:port'", "use one like http"),
    ("HTTP_PROXY", "user:sec/ret@host:port", "HTTP_PROXY='***@host:port'", "use one like http"),
    ("ALL_PROXY", "http://u:sec/r:et@host:port", "ALL_PROXY='http://***@host:port'", "use one like http"),
    ("http_proxy", "http://user:sec\nret@host:port", "http_proxy='http://***@host:port'", "use one like http"),
    ("HTTPS_PROXY", "http://user:secret%40host:port", "HTTPS_PROXY='http://***@host:port'", "use one like http"),
    ("ALL_PROXY", "socks5://host:1", "ALL_PROXY='socks5://host:1'", r"httpx\[socks\]"),
    ("HTTPS_PROXY", "http://user:secret:99999", "HTTPS_PROXY='http://***@'", "use one like http"),
    ("HTTP_PROXY", "user:secret:port", "HTTP_PROXY='***@'", "use one like http"),
    ("HTTP_PROXY", "http://user:secret", "HTTP_PROXY='http://***@'", "use one like http"),
    ("HTTP_PROXY", "http://:secret", "HTTP_PROXY='http://***@'", "use one like http"),
    ("HTTP_PROXY", "http://[u:secret", "HTTP_PROXY='http://***@'", "use one like http"),
    ("SSLKEYLOGFILE", "/no/such/folder/keys", "SSLKEYLOGFILE='/no/such/folder/keys'", "No such file.*a file to write"),
    ("NO_PROXY", "http://user:secret@::1/128", "NO_PROXY='http://***@::1/128'", "without a port or a mask"),
    ("NO_PROXY", "::1/128", "NO_PROXY='::1/128'", "without a port or a mask"),
    ("no_proxy", "localhost,[::1]", "no_proxy='localhost,[::1]'", "without a port or a mask"),
    ("SSL_CERT_FILE", "/no/such/file", "SSL_CERT_FILE='/no/such/file'", "No such file.*path of a PEM file"),
    ("SSL_CERT_FILE", "/etc/passwd", "SSL_CERT_FILE='/etc/passwd'", "path of a PEM file"),
]


@pytest.mark.parametrize(("name", "value", "shown", "advice"), BAD_ENVIRONMENTS)
@pytest.mark.parametrize("client", [c.ChatClient, c.AsyncChatClient])
def test_a_bad_variable_is_named_with_its_value_and_the_remedy(
    client: Any, name: str, value: str, shown: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ALIASED and name.lower() == "no_proxy":
        pytest.skip("httpx2 accepts it")
    monkeypatch.setenv("HTTP_PROXY" if "HTTP_PROXY" not in (name, name.upper()) else "ALL_PROXY", "http://good:1")
    monkeypatch.setenv(name, value)
    with pytest.raises(
        c.ConfigurationError, match=f"the environment has {re.escape(shown)}, .*{advice}.*, or unset it"
    ) as caught:
        client("k")
    assert "sec" not in str(caught.value)
    assert "good" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_certificate_error_says_what_the_system_says() -> None:
    assert "No such file" in str(environment_error(FileNotFoundError(2, "No such file or directory")))


# --- addresses, arguments, copies ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "hint"), [("", "the base URL$"), ("/v2", "the base URL, which must not end with /v2$")]
)
def test_a_404_shows_the_address_that_was_asked(path: str, hint: str, face: Face, server: RawServer) -> None:
    server.play(*[answer(b"404 page not found", status=404, content_type="text/plain")] * 2)
    with pytest.raises(c.NotFoundError, match=hint) as caught:
        face.chat(server.url + path)
    assert caught.value.url == f"{server.url}{path}/v2/chat"
    assert f"404 404 page not found. The URL was {server.url}{path}/v2/chat. Check" in str(caught.value)
    error = face.stream(server.url + path).error
    assert isinstance(error, c.NotFoundError)
    assert error.url == caught.value.url
    assert pickle.loads(pickle.dumps(error)).url == error.url  # our own


@pytest.mark.parametrize("client", [c.ChatClient, c.AsyncChatClient])
@pytest.mark.parametrize("name", ["proxy", "verify", "transport", "retries"])
def test_an_unknown_argument_is_a_type_error_that_names_the_class(client: type[Any], name: str) -> None:
    told = rf"^{client.__name__} has no argument '{name}'. If it is an option of httpx, pass http_client=httpx\."
    with pytest.raises(TypeError, match=told):
        client("k", **{name: 1})


@pytest.mark.parametrize("client", [c.ChatClient, c.AsyncChatClient])
@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_client_is_neither_copied_nor_pickled_and_says_what_to_do(client: type[Any], make: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{client.__name__} holds a key .* share it, use with_options\(\)"):
        make(client("k"))
