"""Plain calls over a real socket: what is sent, what is tried again, what is raised, what is closed."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest

import cohere_chat
from cohere_chat import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    AsyncChatClient,
    ChatClient,
    ConfigurationError,
    GenerationError,
    InternalServerError,
    RateLimitError,
)

from .conftest import HI, AsyncFace, SyncFace
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


def test_a_gzipped_answer_is_read(face: Face, server: RawServer) -> None:
    server.play(answer(gzip.compress(json.dumps(text_answer("Hi")).encode()), content_encoding="gzip"))
    assert face.chat(server.url).text == "Hi"


RETRIED = {
    **{str(status): answer({"message": "again"}, status=status) for status in (408, 409, 429, 500, 502, 503, 504)},
    "closed before the answer": [CLOSE],
    "reset before the answer": [RESET],
    "closed in the headers": [b"HTTP/1.1 200 OK\r\nContent-", CLOSE],
    "closed before the first byte of the body": [head(content_length="9"), CLOSE],
    "no HTTP": [b"garbage\r\n\r\n", CLOSE],
}


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("script", RETRIED.values(), ids=RETRIED)
def test_a_call_is_tried_again_with_the_same_body(script: Any, face: Face, server: RawServer) -> None:
    server.play(script, script, OK)
    assert face.chat(server.url, temperature=0.1).text == "Hi"
    assert len(server.requests) == 3
    assert server.requests[0].body == server.requests[1].body == server.requests[2].body != b""


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("script", RETRIED.values(), ids=RETRIED)
def test_a_stream_is_opened_again_just_so(script: Any, face: Face, server: RawServer) -> None:
    server.play(script, script, chunked(frames(text_events("Hi"))))
    streamed = face.stream(server.url)
    assert streamed.error is None
    assert streamed.response is not None
    assert streamed.response.text == "Hi"
    assert len(server.requests) == 3


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


def test_the_status_counts_however_the_body_of_a_refusal_ends(face: Face, server: RawServer) -> None:
    cut = [head(400, content_length="99") + b"cut sho", CLOSE]
    broken = [head(400, content_length="9", content_encoding="gzip") + b"no gzip!!"]
    for script, message in ((cut, "cut sho"), (broken, "Bad Request")):
        server.play(script)
        with pytest.raises(cohere_chat.BadRequestError) as caught:
            face.chat(server.url)
        assert caught.value.message == message


def test_a_generation_that_failed_is_its_own_error(face: Face, server: RawServer) -> None:
    server.play(answer({"error_type": "INVALID_TOOL_GENERATION", "message": "the model failed"}, status=422))
    with pytest.raises(GenerationError, match="the model failed") as caught:
        face.chat(server.url)
    assert (caught.value.error_type, caught.value.partial) == ("INVALID_TOOL_GENERATION", None)


def test_a_redirect_is_an_error_and_the_key_does_not_follow_it(face: Face, server: RawServer) -> None:
    for client in ({}, {"follow": True}):
        server.play(answer(b"", status=307, location=f"{server.url}/elsewhere"))
        options: dict[str, Any] = {}
        if client and isinstance(face, SyncFace):
            options["http_client"] = httpx.Client(follow_redirects=True)
        with pytest.raises(APIStatusError, match=r"307 redirect to http://127\.0\.0\.1:\d+/elsewhere, not followed"):
            face.chat(server.url, options)
        if options:
            options["http_client"].close()
    assert len(server.requests) == 2


NO_ANSWER = {
    "HTML": (answer(b"<html>sign in</html>", content_type="text/html"), b"<html>sign in</html>"),
    "no JSON": (answer(b'{"id": "x", "mess'), b'{"id": "x", "mess'),
    "no object": (answer(b"[1]"), b"[1]"),
    "another object": (answer(b'{"ok": true}'), b'{"ok": true}'),
    "no id": (answer(b'{"message": {"role": "assistant"}}'), b'{"message": {"role": "assistant"}}'),
    "a wrong type deep inside": (
        answer(b'{"id":"x","message":{"role":"assistant","tool_calls":[{"id":5}]}}'),
        b'{"id":"x","message":{"role":"assistant","tool_calls":[{"id":5}]}}',
    ),
    "too deep": (answer(b"[" * 100_000), b"[" * 100_000),
    "empty": (answer(b""), b""),
    "nothing at all": (answer(b"", status=204), b""),
}


@pytest.mark.parametrize(("script", "raw"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_an_answer_that_cannot_be_read_is_raised_with_its_bytes(
    script: Any, raw: bytes, face: Face, server: RawServer
) -> None:
    server.play(script)
    with pytest.raises(APIResponseError, match=r"is none of the chat API") as caught:
        face.chat(server.url)
    assert caught.value.raw == raw
    assert len(server.requests) == 1


def test_an_answer_that_breaks_off_is_not_asked_for_again_and_what_came_is_in_the_error(
    face: Face, server: RawServer
) -> None:
    for script in (
        [head(content_length="99") + b'{"id":', CLOSE],
        [head(transfer_encoding="chunked") + chunk(b'{"id":'), CLOSE],
        [head(content_length="99") + b'{"id":', 0.05, RESET],
    ):
        server.play(script, OK)
        with pytest.raises(APIConnectionError, match="the connection broke off in the answer") as caught:
            face.chat(server.url)
        assert (caught.value.raw, caught.value.attempts, caught.value.partial) == (b'{"id":', 1, None)
        server.scripts.clear()


@pytest.mark.usefixtures("no_wait")
def test_a_timeout_is_tried_again_and_says_which_it_was(face: Face, server: RawServer) -> None:
    server.play([5.0], [5.0])
    with pytest.raises(APITimeoutError, match=r"timed out waiting for the next bytes \(2 attempts") as caught:
        face.chat(server.url, timeout=0.1, max_retries=1)
    assert caught.value.attempts == len(server.requests) == 2
    assert isinstance(caught.value.__cause__, httpx.ReadTimeout)


def test_a_stall_in_the_answer_is_a_timeout_with_what_came(face: Face, server: RawServer) -> None:
    server.play([head(content_length="99") + b"{", 5.0])
    with pytest.raises(APITimeoutError, match="timed out waiting for the next bytes") as caught:
        face.chat(server.url, timeout=httpx.Timeout(5, read=0.1))
    assert (caught.value.raw, len(server.requests)) == (b"{", 1)


@pytest.mark.usefixtures("no_wait")
def test_a_connection_that_is_refused_says_where_and_how_often(face: Face) -> None:
    with RawServer() as gone:
        url = gone.url
    with pytest.raises(APIConnectionError, match=r"127\.0\.0\.1:\d+: no answer \(3 attempts\).*Check the base URL"):
        face.chat(url)


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
    with pytest.raises(TypeError, match="temperature"):
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
    with ChatClient("k", base_url="http://cohere.invalid") as client:
        assert client.chat(model="m", messages=HI).text == "Hi"
    assert server.requests[0].line == "POST http://cohere.invalid/v2/chat HTTP/1.1"


def test_closing_twice_is_fine_and_a_closed_client_says_so(server: RawServer) -> None:
    client = ChatClient("k", base_url=server.url)
    client.close()
    client.close()
    with pytest.raises(ConfigurationError, match="the client is closed: make a new one"):
        client.chat(model="m", messages=HI)

    async def main() -> None:
        client = AsyncChatClient("k", base_url=server.url)
        await client.aclose()
        await client.aclose()
        with pytest.raises(ConfigurationError, match="the client is closed: make a new one"):
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
    program = "import sys, cohere_chat; print(sorted({'pytest', 'werkzeug', 'typer', 'trio'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
