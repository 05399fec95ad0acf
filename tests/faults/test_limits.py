"""Time limits, the pool, and TLS: the error names the limit, and a cut below HTTP is a fault like any other."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import trustme

import cohere_chat as c

from ..conftest import HI, AsyncFace, SyncFace
from ..server import RESET, RawServer, answer, chunked, frames, text_answer
from .scenarios import BEGUN, EVENTS

Face = SyncFace | AsyncFace
pytestmark = pytest.mark.usefixtures("no_wait")


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a socket whose queue is full, so that connecting to it takes forever."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        for one in waiting:
            one.close()


def test_a_connect_timeout_says_so(face: Face, silent: str) -> None:
    for limit in (0.2, httpx.Timeout(5, connect=0.2)):
        with pytest.raises(
            c.APITimeoutError, match=r"timed out connecting after 0\.2 s \(2 attempts\)\. Try a larger"
        ) as caught:
            face.chat(silent, timeout=limit, max_retries=1)
        assert isinstance(caught.value.__cause__, httpx.ConnectTimeout)


def test_a_write_timeout_says_so(face: Face) -> None:
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        large = [{"role": "user", "content": "x" * 20_000_000}]
        with pytest.raises(c.APITimeoutError, match="timed out sending the request"):
            face.chat(url, timeout=httpx.Timeout(5, write=0.2), max_retries=0, messages=large)


def test_a_pool_timeout_says_so(server: RawServer) -> None:
    limits = httpx.Limits(max_connections=1)
    server.play([*chunked(BEGUN, end=False), 5.0])
    with httpx.Client(limits=limits) as http:
        client = c.ChatClient("k", base_url=server.url, http_client=http, timeout=httpx.Timeout(5, pool=0.1))
        with client.chat_stream(model="m", messages=HI) as stream:
            next(stream)
            with pytest.raises(c.APITimeoutError, match="waiting for a free connection in the pool"):
                client.chat(model="m", messages=HI, max_retries=0)


def test_a_limit_of_the_call_wins_over_the_clients(face: Face, server: RawServer) -> None:
    server.play([5.0], answer(text_answer("Hi")))
    with pytest.raises(c.APITimeoutError, match=r"after 0\.1 s \(1 attempt\)"):
        face.chat(server.url, {"timeout": 60}, timeout=0.1, max_retries=0)
    assert face.chat(server.url, {"timeout": 0.000001}, timeout=None, max_retries=0).text == "Hi"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls_options(face: Face, authority: trustme.CA) -> dict[str, Any]:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    kind = httpx.Client if isinstance(face, SyncFace) else httpx.AsyncClient
    return {"http_client": kind(verify=context)}


def close(face: Face, options: dict[str, Any]) -> None:
    http = options["http_client"]
    if isinstance(face, SyncFace):
        http.close()
    else:
        asyncio.run(http.aclose())


@pytest.fixture
def tls_server(authority: trustme.CA) -> Iterator[RawServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with RawServer(tls=context) as server:
        yield server


def test_a_stream_over_tls_that_is_cut_gives_what_had_come(tls_server: RawServer, authority: trustme.CA) -> None:
    face = SyncFace()
    for script in ([*chunked(BEGUN, end=False), 0.05, RESET], chunked(frames(EVENTS))):
        tls_server.play(script)
        options = tls_options(face, authority)
        streamed = face.stream(tls_server.url, options)
        close(face, options)
        if script[-1] is RESET:
            assert isinstance(streamed.error, c.APIConnectionError)
            assert streamed.error.partial is not None
            assert streamed.error.partial.text == "It is "
        else:
            assert streamed.response is not None
            assert streamed.response.text == "It is 42."


def test_a_certificate_that_nobody_trusts_is_a_connection_error(face: Face, tls_server: RawServer) -> None:
    with pytest.raises(c.APIConnectionError, match=r"no response \(1 attempt\): .*CERTIFICATE_VERIFY_FAILED"):
        face.chat(tls_server.url, max_retries=0)


def test_a_name_that_nobody_knows_is_a_connection_error(face: Face) -> None:
    with pytest.raises(c.APIConnectionError, match=r"cohere\.invalid: no response \(1 attempt\).*Check the base URL"):
        face.chat("https://cohere.invalid", max_retries=0)
