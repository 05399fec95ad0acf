"""Plain calls over a real socket: what is sent, retried, raised and closed."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

import cohere_chat
from cohere_chat import (
    APIConnectionError,
    APIStatusError,
    AsyncChatClient,
    ChatClient,
    ConfigurationError,
    GenerationError,
    InternalServerError,
    RateLimitError,
)

from .conftest import HI, AsyncFace, SyncFace
from .faults.scenarios import BEGUN
from .server import CLOSE, RESET, RawServer, answer, chunk, chunked, frames, head, text_answer, text_events

Face = SyncFace | AsyncFace
OK = answer(text_answer("Hi"), x_debug_trace_id="trace")


def test_an_answer_has_text_and_metadata(face: Face, server: RawServer) -> None:
    server.play(OK)
    response = face.chat(server.url)
    assert response.text == "Hi"
    assert response.finish_reason is cohere_chat.FinishReason.COMPLETE
    assert response.request_id == "trace"
    assert response.headers["content-type"] == "application/json"


@pytest.mark.usefixtures("no_wait")
def test_the_last_error_is_raised_with_the_number_of_attempts(face: Face, server: RawServer) -> None:
    for retries, script in ((2, answer({"message": "busy"}, status=503)), (0, [CLOSE])):
        server.play(*[script] * 4)
        server.requests.clear()
        with pytest.raises((InternalServerError, APIConnectionError)) as caught:
            face.chat(server.url, max_retries=retries)
        assert caught.value.attempts == len(server.requests) == retries + 1
        server.scripts.clear()


def test_retry_after_is_waited_for_and_beyond_60_s_raised_at_once(face: Face, server: RawServer) -> None:
    server.play(answer({"message": "slow down"}, status=429, retry_after_ms="10"), OK)
    assert face.chat(server.url).text == "Hi"
    server.play(answer({"message": "limited to 1000 calls / month"}, status=429, retry_after="61"), OK)
    with pytest.raises(RateLimitError, match="limited to 1000 calls / month") as caught:
        face.chat(server.url)
    assert (caught.value.retry_after, caught.value.attempts) == (61.0, 1)


def test_a_refusal_is_typed_and_carries_all_there_is(face: Face, server: RawServer) -> None:
    server.play(answer({"message": "no", "id": "1"}, status=400, x_debug_trace_id="trace"))
    with pytest.raises(cohere_chat.BadRequestError) as caught:
        face.chat(server.url)
    error = caught.value
    assert (error.status_code, error.message, error.body) == (400, "no", {"message": "no", "id": "1"})
    assert (error.request_id, error.attempts, error.headers["content-type"]) == ("trace", 1, "application/json")


def test_a_generation_that_failed_is_its_own_error(face: Face, server: RawServer) -> None:
    server.play(answer({"error_type": "INVALID_TOOL_GENERATION", "message": "the model failed"}, status=422))
    with pytest.raises(GenerationError, match="the model failed") as caught:
        face.chat(server.url)
    assert (caught.value.error_type, caught.value.partial) == ("INVALID_TOOL_GENERATION", None)


def test_a_redirect_is_an_error_and_the_key_does_not_follow_it(face: Face, server: RawServer) -> None:
    server.play(answer(b"", status=307, location=f"{server.url}/elsewhere"))
    with pytest.raises(APIStatusError, match=r"307 redirect to http://127\.0\.0\.1:\d+/elsewhere, not followed"):
        face.chat(server.url)
    assert len(server.requests) == 1


def test_a_client_that_follows_redirects_does_not_follow_one_of_a_chat(server: RawServer) -> None:
    server.play(answer(b"", status=307, location=f"{server.url}/elsewhere"), OK)
    with httpx.Client(follow_redirects=True) as http, pytest.raises(APIStatusError, match="307 redirect"):
        ChatClient("k", base_url=server.url, http_client=http).chat(model="m", messages=HI)
    assert len(server.requests) == 1


def test_with_options_changes_a_copy_that_shares_the_connections(server: RawServer) -> None:
    server.play(OK, OK, OK)
    with ChatClient("k", base_url=server.url, headers={"X-A": "1", "X-B": "1"}) as client:
        with client.with_options(headers={"X-B": "2"}, timeout=1, max_retries=0) as other:
            other.chat(model="m", messages=HI)
        client.chat(model="m", messages=HI)
        client.with_options().chat(model="m", messages=HI)
    assert [request.headers["x-b"] for request in server.requests] == ["2", "1", "1"]
    assert [request.headers["x-a"] for request in server.requests] == ["1", "1", "1"]
    assert server.connections == 1
    with pytest.raises(TypeError, match="'temperature' is not a client option: use timeout, max_retries, headers"):
        client.with_options(temperature=1)  # type: ignore[call-arg]


def test_with_options_holds_for_its_calls(server: RawServer) -> None:
    server.play(answer({"message": "busy"}, status=503))
    with ChatClient("k", base_url=server.url) as client, pytest.raises(InternalServerError) as caught:
        client.with_options(max_retries=0).chat(model="m", messages=HI)
    assert caught.value.attempts == 1


def test_an_http_client_of_yours_is_used_as_it_is_and_never_closed(server: RawServer) -> None:
    server.play(OK, OK)
    with httpx.Client(headers={"X-Mine": "yes", "User-Agent": "theirs"}, base_url="http://nowhere.invalid") as http:
        for _ in range(2):
            with ChatClient("k", base_url=server.url, http_client=http) as client:
                client.chat(model="m", messages=HI)
        assert not http.is_closed
    assert server.connections == 1
    assert server.requests[0].headers["x-mine"] == "yes"
    assert server.requests[0].headers["authorization"] == "Bearer k"


def test_an_async_http_client_of_yours_likewise(server: RawServer) -> None:
    async def main() -> None:
        async with httpx.AsyncClient() as http:
            async with AsyncChatClient("k", base_url=server.url, http_client=http) as client:
                await client.chat(model="m", messages=HI)
            assert not http.is_closed

    server.play(OK)
    asyncio.run(main())


def test_an_empty_key_leaves_your_own_authentication_alone(server: RawServer) -> None:
    server.play(OK, OK)
    with httpx.Client(headers={"Authorization": "Basic x"}) as http:
        ChatClient("", base_url=server.url, http_client=http).chat(model="m", messages=HI)
    with ChatClient("", base_url=server.url) as client:
        client.chat(model="m", messages=HI)
    assert server.requests[0].headers["authorization"] == "Basic x"
    assert "authorization" not in server.requests[1].headers


def test_proxies_of_the_environment_are_used(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.play(OK)
    monkeypatch.setenv("HTTP_PROXY", server.url)
    with ChatClient("", base_url="http://cohere.invalid") as client:
        assert client.chat(model="m", messages=HI).text == "Hi"
    assert server.requests[0].line == "POST http://cohere.invalid/v2/chat HTTP/1.1"


def test_closing_twice_is_fine_and_a_closed_client_says_so(server: RawServer) -> None:
    client = ChatClient("k", base_url=server.url)
    client.close()
    client.close()
    with pytest.raises(ConfigurationError, match="the client is closed: create a new one"):
        client.chat(model="m", messages=HI)

    async def main() -> None:
        client = AsyncChatClient("k", base_url=server.url)
        await client.aclose()
        await client.aclose()
        with pytest.raises(ConfigurationError, match="the client is closed: create a new one"):
            await client.chat(model="m", messages=HI)

    asyncio.run(main())


def test_closing_the_client_closes_its_connections(server: RawServer) -> None:
    server.play(OK)
    with ChatClient("k", base_url=server.url) as client:
        client.chat(model="m", messages=HI)
        assert not server.closed_by_client.is_set()
    assert server.closed_by_client.wait(2)


def test_threads_share_a_client(server: RawServer) -> None:
    server.play(*[OK] * 32)
    texts: list[str] = []
    with ChatClient("k", base_url=server.url) as client:
        threads = [
            threading.Thread(target=lambda: texts.append(client.chat(model="m", messages=HI).text)) for _ in range(32)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert texts == ["Hi"] * 32


def test_bad_arguments_are_told_before_anything_is_sent(face: Face, server: RawServer) -> None:
    with pytest.raises(ValueError, match=r"messages\[0\]\.role is 'bot'"):
        face.chat(server.url, messages=[{"role": "bot", "content": "x"}])
    streamed = face.stream(server.url, temprature=1)
    assert isinstance(streamed.error, TypeError)
    assert server.requests == []


def test_the_key_is_in_no_repr_and_no_error(server: RawServer) -> None:
    server.play(answer({"message": "no"}, status=400), [RESET])
    client = ChatClient("s3cret", base_url=server.url, headers={"X-Other": "t0ken"}, max_retries=0)
    shown = [repr(client), str(client), repr(vars(client))]
    for _ in range(2):
        with pytest.raises(cohere_chat.CohereChatError) as caught:
            client.chat(model="m", messages=HI)
        shown += [repr(caught.value), str(caught.value), repr(vars(caught.value)), repr(caught.value.__cause__)]
    client.close()
    assert not any(secret in text for secret in ("s3cret", "t0ken") for text in shown)


def test_importing_brings_no_test_server_and_no_command_line() -> None:
    program = "import sys, cohere_chat; print(sorted({'pytest', 'werkzeug', 'typer'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_response_that_a_hook_has_read_is_read_all_the_same(server: RawServer) -> None:
    server.play(OK, chunked(frames(text_events("Hi"))), answer({"message": "no"}, status=400))
    gzipped = answer(gzip.compress(json.dumps(text_answer("Hi")).encode()), content_encoding="gzip")
    server.scripts.appendleft(gzipped)
    with httpx.Client(event_hooks={"response": [lambda response: response.read()]}) as http:
        client = ChatClient("k", base_url=server.url, http_client=http)
        assert client.chat(model="m", messages=HI).text == "Hi"
        assert client.chat(model="m", messages=HI).text == "Hi"
        assert client.chat_stream(model="m", messages=HI).get_final_response().text == "Hi"
        with pytest.raises(cohere_chat.BadRequestError, match="400 no"):
            client.chat(model="m", messages=HI)


@pytest.mark.usefixtures("no_wait")
def test_an_answer_that_breaks_in_a_hook_is_not_asked_for_again(server: RawServer) -> None:
    cut = [head(content_length="99") + b"{", CLOSE]
    refused = [head(status=400, content_length="99") + b"{", CLOSE]
    server.play(
        cut,
        refused,
        answer(b"no gzip", content_encoding="gzip"),
        answer(b"no gzip", status=503, content_encoding="gzip"),
        OK,
    )
    with httpx.Client(event_hooks={"response": [lambda response: response.read()]}) as http:
        client = ChatClient("k", base_url=server.url, http_client=http)
        with pytest.raises(cohere_chat.APIConnectionError, match="connection was lost"):
            client.chat(model="m", messages=HI)
        with pytest.raises(cohere_chat.BadRequestError, match="400 Bad Request"):
            client.chat(model="m", messages=HI)
        with pytest.raises(cohere_chat.APIResponseError, match="content-encoding"):
            client.chat(model="m", messages=HI)
        assert len(server.requests) == 3
        assert client.chat(model="m", messages=HI).text == "Hi"  # a 503 is retried, whether or not its body can be read
    assert len(server.requests) == 5


def test_a_transport_without_a_network_works() -> None:
    stream = b"".join(frames(text_events("Hi")))

    def plain(request: httpx.Request) -> httpx.Response:
        if json.loads(request.content)["stream"]:
            return httpx.Response(200, content=stream, headers={"content-type": "text/event-stream"})
        return httpx.Response(200, json=text_answer("Hi"))

    with httpx.Client(transport=httpx.MockTransport(plain)) as http:
        client = ChatClient("k", http_client=http)
        assert client.chat(model="m", messages=HI).text == "Hi"
        assert client.chat_stream(model="m", messages=HI).get_final_response().text == "Hi"

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(plain)) as http:
            client = AsyncChatClient("k", http_client=http)
            assert (await client.chat(model="m", messages=HI)).text == "Hi"
            assert (await client.chat_stream(model="m", messages=HI).get_final_response()).text == "Hi"

    asyncio.run(main())


def test_a_stream_of_another_transport_is_not_read_on_when_it_is_closed() -> None:
    taken = []

    async def endless() -> Any:
        for piece in frames(text_events("a", "b", "c")):
            taken.append(piece)
            yield piece
            if len(taken) > 2:
                raise KeyError("the user's own")

    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=endless(), headers={"content-type": "text/event-stream"})

    async def main() -> None:
        http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
        async with http, AsyncChatClient("k", http_client=http).chat_stream(model="m", messages=HI) as stream:
            await anext(stream)

    asyncio.run(main())
    assert len(taken) == 1


def test_the_timeout_of_an_http_client_of_yours_holds_when_you_set_one(server: RawServer) -> None:
    def limit(**options: Any) -> Any:
        server.play(OK)
        with httpx.Client(**options.pop("http", {})) as http:
            seen: list[Any] = []
            http.event_hooks["request"].append(lambda request: seen.append(request.extensions["timeout"]["read"]))
            ChatClient("k", base_url=server.url, http_client=http, **options).chat(model="m", messages=HI)
        return seen[0]

    assert limit() == 300.0
    assert limit(http={"timeout": 70}) == 70
    assert limit(http={"timeout": 70}, timeout=80) == 80


def test_headers_are_the_same_in_any_case(server: RawServer) -> None:
    server.play(OK)
    with ChatClient("k", base_url=server.url, headers={"X-Team": "one"}, client_name="app") as client:
        other = client.with_options(headers={"x-team": "two", "x-client-name": "mine"})
        other.chat(model="m", messages=HI, extra_headers={"X-CLIENT-NAME": "call"})
    assert server.requests[0].headers["x-team"] == "two"
    assert server.requests[0].headers["x-client-name"] == "call"
    assert (
        server.requests[0].header_names.count("x-team") == server.requests[0].header_names.count("x-client-name") == 1
    )


BAD_SETTINGS: dict[str, dict[str, Any]] = {
    "timeout below 0": {"timeout": -1},
    "no time": {"timeout": 0},
    "a timeout without an end": {"timeout": float("inf")},
    "a name that is none": {"base_url": "https://api..cohere.com"},
    "a key of bytes": {"api_key": b"k"},
    "a timeout of text": {"timeout": "3"},
    "a part of a timeout": {"timeout": httpx.Timeout(3, read=-1)},
    "retries of text": {"max_retries": "2"},
    "headers that are no mapping": {"headers": ["a"]},
    "a header that frames": {"headers": {"Content-Length": "5"}},
    "a client name of two lines": {"client_name": "a\nb"},
    "the other client": {"http_client": httpx.AsyncClient()},
    "a stream path without a slash": {"stream_path": "v2/chat/stream"},
    "a password in the base URL": {"base_url": "https://user:pa55@example.com"},
}


@pytest.mark.parametrize("options", BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_a_bad_setting_is_a_configuration_error(options: dict[str, Any], server: RawServer) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ChatClient(**{"api_key": "k", **options})
    assert "pa55" not in str(caught.value)
    per_call = {"extra_headers" if name == "headers" else name: value for name, value in options.items()}
    if per_call.keys() & {"timeout", "max_retries", "extra_headers"}:
        with ChatClient("k", base_url=server.url) as client:
            with pytest.raises(ConfigurationError):
                client.chat(model="m", messages=HI, **per_call)
            with pytest.raises(ConfigurationError):
                client.with_options(**options)
    assert server.requests == []


def test_an_httpx_url_is_a_base_url_and_no_headers_are_no_change(server: RawServer) -> None:
    server.play(OK)
    with ChatClient("k", base_url=httpx.URL(server.url)) as client:  # type: ignore[arg-type]
        answered = client.with_options(headers=None).chat(model="m", messages=HI)  # type: ignore[typeddict-item]
    assert answered.text == "Hi"
    assert server.requests[0].headers["host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("proxy", ["foo://x", "socks5://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_is_a_configuration_error(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    for client in (ChatClient, AsyncChatClient):
        with pytest.raises(
            ConfigurationError, match=f"the environment has ALL_PROXY='{proxy}', .* use one like http://"
        ):
            client("k")


def test_a_client_that_is_closed_while_a_call_waits_to_try_again_says_so(server: RawServer) -> None:
    server.play(answer({"message": "busy"}, status=503, retry_after="0.3"))
    client = ChatClient("k", base_url=server.url)
    threading.Timer(0.1, client.close).start()
    with pytest.raises(ConfigurationError, match="the client is closed"):
        client.chat(model="m", messages=HI)


def test_a_broken_body_has_the_answers_headers(face: Face, server: RawServer) -> None:
    server.play([head(content_length="99", x_debug_trace_id="trace") + b"{", CLOSE])
    with pytest.raises(APIConnectionError) as caught:
        face.chat(server.url)
    assert caught.value.request_id == "trace"


def test_nulls_and_unknown_types_in_an_answer_lose_nothing(face: Face, server: RawServer) -> None:
    data = text_answer("Hi")
    call = {"id": "c", "type": "custom", "function": {"name": "f", "arguments": None}}
    data["message"] |= {"tool_calls": [call], "tool_plan": None, "citations": None}
    data["usage"] = {**data["usage"], "tokens": None}
    server.play(answer(data))
    response = face.chat(server.url)
    assert (response.text, response.tool_calls[0].type, response.tool_calls[0].function.arguments) == (
        "Hi",
        "custom",
        "",
    )
    kept = json.loads(json.dumps(data))  # a null reads as absent
    del kept["message"]["tool_plan"], kept["message"]["citations"]
    kept["message"]["tool_calls"] = [{**call, "function": {"name": "f", "arguments": ""}}]
    del kept["usage"]["tokens"]
    assert response.to_dict() == kept


# --- what comes between a client and the service ---------------------------------------------------------------------


@pytest.mark.usefixtures("no_wait")
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # httpcore leaves the socket open if TLS fails
@pytest.mark.parametrize("status", [200, 403, 407, 502])
def test_a_proxys_answer_is_not_taken_for_the_services(status: int, server: RawServer) -> None:
    server.play(*[[head(status, proxy_agent="p"), RESET]] * 3)
    with httpx.Client(proxy=server.url) as http:
        client = ChatClient(KEY, base_url="https://api.example.test", http_client=http)
        with pytest.raises(cohere_chat.APIConnectionError, match="3 attempts") as caught:
            client.chat(model="m", messages=HI)
    assert caught.value.headers == httpx.Headers()
    assert len(server.requests) == 3
    del caught
    gc.collect()


@pytest.mark.usefixtures("no_wait")
def test_a_challenge_is_not_taken_for_the_answer(server: RawServer) -> None:
    challenge = answer(b"", status=401, www_authenticate='Digest realm="r", nonce="n", qop="auth", algorithm=MD5')
    server.play(challenge, [RESET], challenge, OK)
    with httpx.Client(auth=httpx.DigestAuth("u", "p")) as http:
        assert ChatClient(KEY, base_url=server.url, http_client=http).chat(model="m", messages=HI).text == "Hi"


KEY = "s3cr3t-k3y"


def test_no_cause_of_an_error_holds_the_key(server: RawServer) -> None:
    def refuse(response: httpx.Response) -> None:
        response.read()
        response.raise_for_status()

    server.play(
        answer(b"", status=302, location="//[::1"),
        [head(503, content_length="99") + b"{", CLOSE],
        answer(b"no gzip", content_encoding="gzip"),
        answer({"message": "no"}, status=400),
    )
    with httpx.Client(event_hooks={"response": [refuse]}) as http:
        client = ChatClient(KEY, base_url=server.url, http_client=http, max_retries=0)
        for error in (
            cohere_chat.APIStatusError,
            cohere_chat.InternalServerError,
            cohere_chat.APIResponseError,
            cohere_chat.BadRequestError,
        ):
            with pytest.raises(error) as caught:
                client.chat(model="m", messages=HI)
            cause: Any = caught.value.__cause__
            assert "authorization" not in cause.request.headers
    assert str(caught.value) == "400 no"


def test_what_broke_an_answer_off_names_its_request_without_the_key(face: Face, server: RawServer) -> None:
    begun = head(content_type="application/json", transfer_encoding="chunked")
    server.play([begun, CLOSE], [begun, chunk(b"{"), CLOSE], [*chunked(BEGUN, end=False), CLOSE])
    errors: list[Any] = [face.stream(server.url, {"max_retries": 0}).error]
    for _ in range(2):
        with pytest.raises(cohere_chat.APIConnectionError) as caught:
            face.chat(server.url, {"max_retries": 0})
        errors.append(caught.value)
    for error in errors:
        assert str(error.__cause__.request.url) == f"{server.url}/v2/chat"
        assert "authorization" not in error.__cause__.request.headers


@pytest.mark.parametrize("stream", [False, True])
def test_a_body_that_a_hook_has_gone_through_is_not_read_from_a_connection_that_may_be_another_s(
    stream: bool, server: RawServer
) -> None:
    def consume(response: httpx.Response) -> None:
        for _ in response.iter_raw():
            pass

    async def consume_async(response: httpx.Response) -> None:
        async for _ in response.aiter_raw():
            pass

    async def main(hook: Any, error: type[Exception]) -> None:
        async with httpx.AsyncClient(event_hooks={"response": [hook]}) as http:
            client = AsyncChatClient("k", base_url=server.url, http_client=http, timeout=2)
            with pytest.raises(error):
                if stream:
                    await client.chat_stream(model="m", messages=HI).get_final_response()
                else:
                    await client.chat(model="m", messages=HI)

    server.play(*[OK] * 4)
    for hook, error in ((consume, httpx.StreamConsumed), (httpx.Response.close, httpx.StreamClosed)):
        with httpx.Client(event_hooks={"response": [hook]}) as http:
            client = ChatClient("k", base_url=server.url, http_client=http, timeout=2)
            with pytest.raises(error):
                if stream:
                    client.chat_stream(model="m", messages=HI).get_final_response()
                else:
                    client.chat(model="m", messages=HI)
    asyncio.run(main(consume_async, httpx.StreamConsumed))
    asyncio.run(main(httpx.Response.aclose, httpx.StreamClosed))
    assert len(server.requests) == 4


def test_an_empty_chunk_is_no_byte_of_the_answer(face: Face) -> None:
    class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b""
            raise httpx.ReadError("broken")

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b""
            raise httpx.ReadError("broken")

    asked = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, stream=Broken()) if len(asked) == 1 else httpx.Response(200, json=text_answer("Hi"))

    http = (httpx.Client if isinstance(face, SyncFace) else httpx.AsyncClient)(transport=httpx.MockTransport(handler))
    assert face.chat("http://127.0.0.1", {"http_client": http, "max_retries": 1}).text == "Hi"
    assert len(asked) == 2


def test_an_answer_may_have_keys_that_are_named_as_ours(server: RawServer) -> None:
    odd = {"headers": {"x": 1}, "_json": 2, "additional_properties": {"a": 1}}
    end = {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "headers": {"x": 1}}}
    server.play(answer(text_answer("Hi") | odd), chunked(frames([*text_events("Hi")[:-1], end])))
    with ChatClient(KEY, base_url=server.url) as client:
        response = client.chat(model="m", messages=HI)
        assert response.additional_properties == odd
        assert response.to_dict() == text_answer("Hi") | odd
        streamed = client.chat_stream(model="m", messages=HI).get_final_response()
        assert streamed.additional_properties == {"headers": {"x": 1}}


def test_the_connection_of_a_stream_may_be_slow_again_in_the_next_call(server: RawServer) -> None:
    server.play(chunked(frames(text_events("Hi"))), [1.3, *OK])  # longer than the time limit for draining a stream
    with ChatClient("k", base_url=server.url, max_retries=0) as client:
        client.chat_stream(model="m", messages=HI).get_final_response()
        assert client.chat(model="m", messages=HI).text == "Hi"
    assert server.connections == 1


def test_an_async_client_that_follows_redirects_does_not_follow_one_of_a_chat(server: RawServer) -> None:
    async def main() -> None:
        async with httpx.AsyncClient(follow_redirects=True) as http:
            client = AsyncChatClient("k", base_url=server.url, http_client=http)
            with pytest.raises(cohere_chat.APIStatusError, match="307 redirect"):
                await client.chat(model="m", messages=HI)

    server.play(answer(b"", status=307, location=f"{server.url}/elsewhere"), OK)
    asyncio.run(main())
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_auth_that_asks_again_sends_the_body_again(kind: str, server: RawServer) -> None:
    async def main() -> str:
        async with httpx.AsyncClient(auth=httpx.DigestAuth("u", "p")) as http:
            client = AsyncChatClient("k", base_url=server.url, http_client=http, timeout=2, max_retries=0)
            return (await client.chat(model="m", messages=HI)).text

    challenge = 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5'
    server.play(answer(b"", status=401, www_authenticate=challenge), OK)
    if kind == "async":
        assert asyncio.run(main()) == "Hi"
    else:
        with httpx.Client(auth=httpx.DigestAuth("u", "p")) as http:
            client = ChatClient("k", base_url=server.url, http_client=http, timeout=2, max_retries=0)
            assert client.chat(model="m", messages=HI).text == "Hi"
    assert server.requests[0].body == server.requests[1].body != b""


class WatchedBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of a response from a transport other than httpcore."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.breaks, self.closed = breaks, False

    def __iter__(self) -> Iterator[bytes]:
        if self.breaks:
            raise httpx.ReadError("broken")
        yield b"{}"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("status", "breaks", "error"),
    [
        (400, False, cohere_chat.BadRequestError),
        (400, True, cohere_chat.BadRequestError),
        (200, False, cohere_chat.APIResponseError),
        (200, True, cohere_chat.APIConnectionError),
    ],
)
def test_the_body_of_any_transport_is_closed(
    status: int, breaks: bool, error: type[Exception], stream: bool, kind: str
) -> None:
    body = WatchedBody(breaks=breaks)
    headers = {"content-type": "application/json"}
    transport = httpx.MockTransport(lambda _: httpx.Response(status, headers=headers, stream=body))

    async def main() -> None:
        async with httpx.AsyncClient(transport=transport) as http:
            client = AsyncChatClient("k", http_client=http, max_retries=0)
            if stream:
                await client.chat_stream(model="m", messages=HI).get_final_response()
            else:
                await client.chat(model="m", messages=HI)

    with pytest.raises(error):
        if kind == "async":
            asyncio.run(main())
        else:
            with httpx.Client(transport=transport) as http:
                client = ChatClient("k", http_client=http, max_retries=0)
                if stream:
                    client.chat_stream(model="m", messages=HI).get_final_response()
                else:
                    client.chat(model="m", messages=HI)
    assert body.closed


def test_a_stream_over_a_transport_without_httpcore_ends_and_is_closed() -> None:
    whole = b"".join(frames(text_events("It ", "is ", "42.")))

    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=whole)

    async def main() -> str:
        async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as http:
            client = AsyncChatClient("k", http_client=http)
            left = client.chat_stream(model="m", messages=HI)
            await anext(left)
            await left.aclose()
            return (await client.chat_stream(model="m", messages=HI).get_final_response()).text

    with httpx.Client(transport=httpx.MockTransport(handle)) as http:
        with ChatClient("k", http_client=http).chat_stream(model="m", messages=HI) as stream:
            next(stream)
            stream.close()
        with ChatClient("k", http_client=http).chat_stream(model="m", messages=HI) as stream:
            assert stream.get_final_response().text == "It is 42."
    assert asyncio.run(main()) == "It is 42."


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_without_a_key_no_header_is_sent_and_gzip_is_offered(kind: str, server: RawServer) -> None:
    async def main() -> None:
        async with AsyncChatClient("", base_url=server.url) as client:
            await client.chat(model="m", messages=HI)

    server.play(OK)
    if kind == "async":
        asyncio.run(main())
    else:
        with ChatClient("", base_url=server.url) as client:
            client.chat(model="m", messages=HI)
    assert "authorization" not in server.requests[0].headers
    assert server.requests[0].headers["accept-encoding"] == "gzip"


def test_our_own_client_keeps_100_connections_and_opens_1000() -> None:
    with ChatClient("k") as client:
        pool = client._connections.http._transport._pool  # type: ignore[attr-defined]
        assert (pool._max_keepalive_connections, pool._max_connections) == (100, 1000)


@pytest.mark.parametrize(
    "body", [{"id": "x"}, {"id": "x", "message": None}, {"message": {"role": "assistant"}}, [], "x"]
)
def test_a_body_that_is_no_answer_is_an_error(body: Any, face: Face, server: RawServer) -> None:
    server.play(answer(body))
    with pytest.raises(cohere_chat.APIResponseError):
        face.chat(server.url)
