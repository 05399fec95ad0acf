"""Clients of httpx2. `make test-httpx2` also runs the fault suite on them."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import httpx2
import pytest

import cohere_chat as c
from cohere_chat import AsyncChatClient, ChatClient

from .conftest import ALIASED, HI, TLS, told_in_a_child
from .faults.scenarios import EVENTS, WAIT
from .faults.test_key import locals_of
from .server import CLOSE, RawServer, answer, chunked, frames, text_answer

pytestmark = pytest.mark.skipif(ALIASED, reason="httpx is an alias of httpx2 here; these tests need both")
CALL: dict[str, Any] = {"model": "m", "messages": HI}
HI_ANSWER = answer(text_answer("Hi"), x_debug_trace_id="abc")


def ask(url: str, *, options: dict[str, Any] | None = None, **http: Any) -> c.ChatResponse:
    with httpx2.Client(verify=TLS, **http) as yours:
        return ChatClient("k", base_url=url, http_client=yours, max_retries=0, **(options or {})).chat(**CALL)


def ask_async(url: str, *, options: dict[str, Any] | None = None, **http: Any) -> c.ChatResponse:
    async def main() -> c.ChatResponse:
        async with httpx2.AsyncClient(verify=TLS, **http) as yours:
            client = AsyncChatClient("k", base_url=url, http_client=yours, max_retries=0, **(options or {}))
            return await client.chat(**CALL)

    return asyncio.run(main())


@pytest.fixture(params=[ask, ask_async])
def way(request: pytest.FixtureRequest) -> Callable[..., c.ChatResponse]:
    return request.param


def of_face(way: Any, hook: Callable[[Any], object]) -> Any:
    """The hook for one face: for async, a coroutine function."""
    if way is ask:
        return hook

    async def hook_async(told: Any) -> None:
        hook(told)

    return hook_async


def test_answers_streams_and_their_headers_are_as_ever_and_the_connection_is_used_again(server: RawServer) -> None:
    server.play(*[HI_ANSWER, chunked(frames(EVENTS))] * 2, HI_ANSWER)
    with httpx2.Client(verify=TLS) as yours, ChatClient("k", base_url=server.url, http_client=yours) as client:
        for _ in range(2):
            response = client.chat(**CALL)
            assert (response.text, response.request_id, type(response.headers)) == ("Hi", "abc", httpx.Headers)
            with client.chat_stream(**CALL) as stream:
                assert stream.get_final_response().text == "It is 42."
                assert type(stream.headers) is httpx.Headers
        assert client.with_options(max_retries=0).chat(**CALL).text == "Hi"
    assert server.connections == 1
    assert server.requests[0].headers["authorization"] == "Bearer k"


def test_async_streams_give_their_connection_back_too(server: RawServer) -> None:
    server.play(*[chunked(frames(EVENTS))] * 3)

    async def main() -> None:
        async with httpx2.AsyncClient(verify=TLS) as yours:
            client = AsyncChatClient("k", base_url=server.url, http_client=yours)
            for _ in range(3):
                async with client.chat_stream(**CALL) as stream:
                    assert (await stream.get_final_response()).text == "It is 42."

    asyncio.run(main())
    assert server.connections == 1


def test_headers_cookies_parameters_and_auth_of_the_client_are_sent_and_ours_win(way: Any, server: RawServer) -> None:
    server.play(HI_ANSWER)
    headers = {"X-App": "a", "User-Agent": "b", "Connection": "close", "Host": "api.cohere.com"}
    way(server.url, headers=headers, cookies={"d": "e"}, params={"f": "g"}, options={"headers": {"X-Call": "h"}})
    (request,) = server.requests
    sent = {name: request.headers[name] for name in ("x-app", "connection", "cookie", "host", "x-call")}
    assert sent == {"x-app": "a", "connection": "close", "cookie": "d=e", "host": "api.cohere.com", "x-call": "h"}
    assert request.headers["user-agent"].startswith("cohere-chat/")
    assert request.line.startswith("POST /v2/chat?f=g ")
    assert request.header_names.count("host") == request.header_names.count("content-length") == 1

    server.play(HI_ANSWER)
    way(server.url, auth=("user", "password"))
    assert server.requests[1].headers["authorization"].startswith("Basic ")


def test_auth_that_asks_twice_sends_the_body_twice(way: Any, server: RawServer) -> None:
    challenge = 'Digest realm="a", nonce="b", qop="auth"'
    server.play(answer(b"", status=401, www_authenticate=challenge), HI_ANSWER)
    assert way(server.url, auth=httpx2.DigestAuth("user", "password")).text == "Hi"
    assert server.requests[0].body == server.requests[1].body
    assert server.requests[1].headers["authorization"].startswith("Digest ")


def test_hooks_get_requests_and_answers_of_httpx2_with_what_is_sent(way: Any, server: RawServer) -> None:
    server.play(HI_ANSWER)
    seen: list[Any] = []
    hooks = {"request": [of_face(way, seen.append)], "response": [of_face(way, seen.append)]}
    assert way(server.url, event_hooks=hooks).text == "Hi"
    assert [type(told) for told in seen] == [httpx2.Request, httpx2.Response]
    assert seen[0].content == server.requests[0].body


@pytest.mark.parametrize("packed", [False, True])
def test_a_hook_may_read_the_body(way: Any, packed: bool, server: RawServer) -> None:
    body = json.dumps(text_answer("Hi")).encode()
    server.play(answer(gzip.compress(body), content_encoding="gzip") if packed else answer(body))

    async def read_async(response: Any) -> None:
        await response.aread()

    hook = read_async if way is ask_async else lambda response: response.read()
    response = way(server.url, event_hooks={"response": [hook]})
    assert (response.text, "content-encoding" in response.headers) == ("Hi", packed)


def test_a_hook_that_consumes_the_body_is_told_as_on_httpx(server: RawServer) -> None:
    server.play(HI_ANSWER)
    with pytest.raises(httpx.StreamConsumed):
        ask(server.url, event_hooks={"response": [lambda response: list(response.iter_raw())]})


def test_a_hook_that_raises_for_the_status_gives_our_error(way: Any, server: RawServer) -> None:
    server.play(answer({"message": "slow down"}, status=429, retry_after="7"))
    hook = of_face(way, lambda response: response.raise_for_status())
    with pytest.raises(c.RateLimitError) as caught:
        way(server.url, event_hooks={"response": [hook]})
    assert (caught.value.retry_after, type(caught.value.headers)) == (7, httpx.Headers)
    assert type(caught.value.__cause__) is httpx.HTTPStatusError


def test_an_exception_of_your_hook_is_yours(way: Any, server: RawServer) -> None:
    server.play(HI_ANSWER)
    with pytest.raises(ZeroDivisionError):
        way(server.url, event_hooks={"response": [of_face(way, lambda _: 1 / 0)]})


class Timeout(httpx2.ReadTimeout):
    """An exception of an application, whose name httpx uses for something else."""


@pytest.mark.parametrize("error", [httpx2.ReadTimeout("late"), Timeout("late"), httpx2.PoolTimeout("late")])
def test_exceptions_become_those_of_httpx_with_the_same_name(way: Any, error: Exception, server: RawServer) -> None:
    def fail(_: object) -> None:
        raise error

    with pytest.raises(c.APITimeoutError) as caught:
        way(server.url, event_hooks={"request": [of_face(way, fail)]})
    cause = caught.value.__cause__
    assert cause is not None
    assert (type(cause).__module__, str(cause)) == ("httpx", "late")
    assert cause.__cause__ is error


TIMEOUT = httpx2.Timeout(0.1, connect=3)


def test_timeouts_of_httpx2_are_taken_everywhere(server: RawServer) -> None:
    server.play(*[[WAIT]] * 5)
    for options in ({"options": {"timeout": TIMEOUT}}, {"timeout": TIMEOUT}, {"timeout": 0.1}):
        with pytest.raises(c.APITimeoutError, match=r"timed out waiting for the next bytes after 0.1 s"):
            ask(server.url, **options)
    with ChatClient("k", base_url=server.url, max_retries=0) as client:
        with pytest.raises(c.APITimeoutError, match=r"next bytes after 0.1 s"):
            client.chat(**CALL, timeout=TIMEOUT)
        with pytest.raises(c.APITimeoutError, match=r"next bytes after 0.1 s"):
            client.with_options(timeout=TIMEOUT).chat(**CALL)
        assert client.with_options(timeout=TIMEOUT)._settings.timeout == httpx.Timeout(0.1, connect=3)
    with httpx2.Client(verify=TLS) as yours:
        client = ChatClient("k", http_client=yours)
        assert client._settings.timeout == c.DEFAULT_TIMEOUT, "5 s is httpx2's default, and too short for a model"


def test_the_client_of_the_other_face_is_refused() -> None:
    async def main() -> None:
        async with httpx2.AsyncClient(verify=TLS) as yours:
            wanted = r"^http_client is of type AsyncClient: ChatClient takes an httpx or httpx2 Client$"
            with pytest.raises(c.ConfigurationError, match=wanted):
                ChatClient("k", http_client=yours)  # type: ignore[arg-type]

    asyncio.run(main())
    wanted = "http_client is of type Client: AsyncChatClient takes an httpx or httpx2 AsyncClient"
    with httpx2.Client(verify=TLS) as yours, pytest.raises(c.ConfigurationError, match=wanted):
        AsyncChatClient("k", http_client=yours)  # type: ignore[arg-type]


def test_your_client_stays_open_and_one_that_you_closed_says_so(server: RawServer) -> None:
    with httpx2.Client(verify=TLS) as yours:
        with ChatClient("k", base_url=server.url, http_client=yours) as client:
            pass
        assert not yours.is_closed
    with pytest.raises(c.ConfigurationError, match="the client is closed: create a new one"):
        client.chat(**CALL)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_client_that_was_used_before_a_fork_says_so_whoever_used_it(server: RawServer) -> None:
    server.play(HI_ANSWER)
    with httpx2.Client(verify=TLS) as yours:
        ChatClient("k", base_url=server.url, http_client=yours).chat(**CALL)
        other = ChatClient("k", base_url=server.url, http_client=yours)
        assert told_in_a_child(other) == "your http_client was used before this process was forked: create one in each"


def test_the_key_is_in_no_error(server: RawServer) -> None:
    server.play([CLOSE])
    with httpx2.Client(verify=TLS) as yours, pytest.raises(c.APIConnectionError) as caught:
        ChatClient("s3cr3t", base_url=server.url, http_client=yours, max_retries=0).chat(**CALL)
    error: Any = caught.value
    shown = repr(error) + locals_of(error)
    while error is not None:
        request = getattr(error, "_request", None)
        shown += repr(error) + (repr(list(request.headers.raw)) if request is not None else "")
        error = error.__cause__
    assert "s3cr3t" not in shown
    assert server.requests[0].headers["authorization"] == "Bearer s3cr3t"


def run(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.strip()


def test_httpx2_is_imported_by_the_application_alone() -> None:
    program = "import sys, cohere_chat; cohere_chat.ChatClient('k', timeout=5); print('httpx2' in sys.modules)"
    assert run(program) == "False"


def test_without_httpx2_another_client_is_refused_as_ever() -> None:
    program = """
import sys; sys.modules["httpx2"] = None
import cohere_chat
try: cohere_chat.ChatClient("k", http_client=5)
except cohere_chat.ConfigurationError as error: print(error)
"""
    assert run(program) == "http_client is of type int: ChatClient takes an httpx or httpx2 Client"


def test_an_application_that_calls_alias_httpx_works_unchanged(server: RawServer) -> None:
    server.play(HI_ANSWER, HI_ANSWER)
    program = """
import sys, httpx2; httpx2.alias_httpx()
import cohere_chat, httpx
for yours in (None, httpx2.Client()):
    client = cohere_chat.ChatClient("k", base_url=sys.argv[1], http_client=yours)
    print(client.chat(model="m", messages=[{"role": "user", "content": "Hi"}]).text, type(client._connections.http) is httpx2.Client)
print(httpx is httpx2, "cohere_chat.fast.over_httpx2" in sys.modules)
"""
    assert run(program, server.url).split("\n") == ["Hi True", "Hi True", "True False"]
