"""What operators see: log lines, and the status, time, headers and bytes of each response, stream and error."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest

import cohere_chat as c
from cohere_chat import AsyncChatClient, ChatClient
from cohere_chat.fast import fast_http_client
from cohere_chat.testing import ChatEmulator

from .server import CLOSE, RawServer

HIDDEN: Any = {"model": "m", "messages": [{"role": "user", "content": "hidden content"}]}
ATTEMPT = re.compile(r"POST /v2/chat: (\d{3}|no response), request id (\w+), attempt (\d), \d+ ms")


def plain(client: ChatClient) -> c.ChatResponse:
    return client.chat(**HIDDEN)


def streamed(client: ChatClient) -> c.ChatResponse:
    return client.chat_stream(**HIDDEN).get_final_response()


def plain_async(client: ChatClient) -> c.ChatResponse:
    async def main() -> c.ChatResponse:
        async with AsyncChatClient("secret-key") as other:
            return await other.chat(**HIDDEN)

    return asyncio.run(main())


WAYS = [plain, streamed, plain_async]


@pytest.mark.parametrize("ask", WAYS)
def test_each_attempt_is_a_debug_line_and_each_retry_an_info_line_without_key_and_content(
    ask: Callable[[ChatClient], c.ChatResponse], chat_emulator: ChatEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    chat_emulator.fail(503, "hidden refusal")
    chat_emulator.fail(429, retry_after=0.01)
    with caplog.at_level(logging.DEBUG, "cohere_chat"), ChatClient("secret-key") as client:
        answer = ask(client)
    ours = [record for record in caplog.records if record.name == "cohere_chat"]
    assert [record.levelname for record in ours] == ["DEBUG", "INFO", "DEBUG", "INFO", "DEBUG"]
    attempts = [ATTEMPT.fullmatch(record.getMessage()) for record in ours[::2]]
    assert [found and found.group(1, 3) for found in attempts] == [("503", "1"), ("429", "2"), ("200", "3")]
    assert attempts[-1] is not None
    assert attempts[-1][2] == answer.request_id
    assert re.fullmatch(
        r"attempt 1 failed \(InternalServerError 503\), the next one is in 0\.\d s", ours[1].getMessage()
    )
    assert ours[3].getMessage() == "attempt 2 failed (RateLimitError 429), the next one is in 0.0 s"
    assert "hidden" not in "".join(record.getMessage() for record in ours)
    assert "secret-key" not in caplog.text


def test_the_last_failure_is_not_followed_by_the_line_of_a_retry(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "cohere_chat"), pytest.raises(c.APIConnectionError):
        ChatClient("k", base_url="http://127.0.0.1:9", max_retries=1).chat(**HIDDEN)
    ours = [record.getMessage() for record in caplog.records if record.name == "cohere_chat"]
    assert [line[:12] for line in ours] == ["POST /v2/cha", "attempt 1 fa", "POST /v2/cha"]
    assert "no response" in ours[0]


def test_the_line_of_an_attempt_without_a_response_has_no_id_of_the_one_before(
    server: RawServer, caplog: pytest.LogCaptureFixture, no_wait: None
) -> None:
    server.play([b"HTTP/1.1 503 No\r\nx-debug-trace-id: abc\r\ncontent-length: 0\r\n\r\n"], [CLOSE], [CLOSE])
    with caplog.at_level(logging.DEBUG, "cohere_chat"), pytest.raises(c.APIConnectionError):
        ChatClient("k", base_url=server.url, max_retries=1).chat(**HIDDEN)
    assert "503, request id abc, attempt 1" in caplog.text
    assert "no response, request id None, attempt 2" in caplog.text


def test_a_request_id_in_a_log_line_cannot_act_on_a_terminal(
    server: RawServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.play([b"HTTP/1.1 404 No\r\nx-debug-trace-id: a\x1b[31m\x9bb\r\ncontent-length: 0\r\n\r\n"])
    with caplog.at_level(logging.DEBUG, "cohere_chat"), pytest.raises(c.NotFoundError):
        ChatClient("k", base_url=server.url).chat(**HIDDEN)
    assert "request id a\\x1b[31m\\x9bb, attempt 1" in caplog.text


@pytest.mark.parametrize("make", [httpx.Client, fast_http_client], ids=["httpx", "urllib3"])
def test_a_status_that_a_hook_raises_is_logged_and_has_its_time(
    make: Callable[..., httpx.Client], chat_emulator: ChatEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    def check(response: httpx.Response) -> None:
        response.raise_for_status()

    chat_emulator.fail(404, "no such model")
    with (
        make(event_hooks={"response": [check]}) as http,
        caplog.at_level(logging.DEBUG, "cohere_chat"),
        pytest.raises(c.NotFoundError) as caught,
    ):
        ChatClient(http_client=http).chat(**HIDDEN)
    assert caught.value.elapsed is not None
    assert f"404, request id {caught.value.request_id}" in caplog.text


def test_nothing_is_logged_by_default(chat_emulator: ChatEmulator, caplog: pytest.LogCaptureFixture) -> None:
    with ChatClient() as client:
        client.chat(**HIDDEN)
    assert [record for record in caplog.records if record.name == "cohere_chat"] == []


PROGRAM = """
from cohere_chat import ChatClient
with ChatClient() as client:
    client.chat(model="m", messages=[{"role": "user", "content": "hidden content"}])
"""


@pytest.mark.parametrize(
    ("level", "lines"),
    [("", 0), ("debug", 3), ("info", 1), (" DEBUG ", 3), ("1", 1)],
    ids=["unset", "debug", "info", "padded", "1"],
)
def test_a_retry_writes_to_stderr_only_what_the_environment_asks_for(
    level: str, lines: int, chat_emulator: ChatEmulator
) -> None:
    chat_emulator.fail(503, retry_after=0)
    environment = {**os.environ, "COHERE_CHAT_LOG": level}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == lines, done.stderr
    assert all(" cohere_chat " in line for line in done.stderr.splitlines())


def test_stamina_still_reports_the_retries_of_others(caplog: pytest.LogCaptureFixture) -> None:
    import stamina

    tries = []

    @stamina.retry(on=ValueError, attempts=2, wait_initial=0.01, wait_jitter=0)
    def twice() -> None:
        tries.append(1)
        if len(tries) < 2:
            raise ValueError

    twice()
    assert "stamina.retry_scheduled" in caplog.messages


# --- the response below -----------------------------------------------------------------------------------------------


def test_a_plain_answer_has_its_status_time_headers_id_and_bytes(chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client:
        response = client.chat(**HIDDEN)
    assert response.status_code == 200
    assert response.elapsed is not None
    assert 0 < response.elapsed < 30
    assert response.request_id == response.headers["x-debug-trace-id"]
    assert json.loads(response.raw) == response.to_dict()


def test_the_elapsed_time_is_that_of_the_last_attempt_until_the_headers() -> None:
    with ChatEmulator(latency=0.3) as emulator, ChatClient("k", base_url=emulator.url) as client:
        assert 0.3 <= (client.chat(**HIDDEN).elapsed or 0) < 10
        stream = client.chat_stream(**HIDDEN)
        assert (stream.status_code, stream.elapsed, stream.request_id) == (None, None, None)
        next(stream)
        assert 0.3 <= (stream.elapsed or 0) < 10


def test_a_stream_has_the_same_and_its_events_have_the_bytes(chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client, client.chat_stream(**HIDDEN) as stream:
        events = list(stream)
    assert stream.status_code == 200
    assert stream.elapsed is not None
    assert stream.request_id == stream.headers["x-debug-trace-id"]
    assert [json.loads(event.raw_bytes)["type"] for event in events] == [event.type for event in events]
    final = stream.get_final_response()
    assert (final.status_code, final.elapsed, final.raw) == (200, stream.elapsed, b"")


def errors_of(emulator: ChatEmulator) -> dict[str, Callable[[], object]]:
    return {
        "status": lambda: emulator.fail(404, "no such model"),
        "broken stream": lambda: emulator.cut(after_events=2, how="end"),
        "lost connection": lambda: emulator.cut(after_events=2),
        "failed model": emulator.error_end,
        "bad event": emulator.bad_json,
        "not a chat": lambda: emulator.raw(b"no", content_type="text/html"),
    }


@pytest.mark.parametrize(
    "fault", ["status", "broken stream", "lost connection", "failed model", "bad event", "not a chat"]
)
def test_an_error_has_them_too_also_when_it_is_copied_or_pickled(fault: str, chat_emulator: ChatEmulator) -> None:
    errors_of(chat_emulator)[fault]()
    with ChatClient(max_retries=0) as client, pytest.raises(c.CohereChatError) as caught:
        if fault == "not a chat":
            client.chat(**HIDDEN)
        client.chat_stream(**HIDDEN).get_final_response()
    for error in (caught.value, copy.copy(caught.value), pickle.loads(pickle.dumps(caught.value))):
        assert error.status_code == (404 if fault == "status" else 200)
        assert error.elapsed is not None
        assert error.request_id is not None
        assert error.headers


def test_without_a_response_an_error_has_no_status_and_no_time() -> None:
    with pytest.raises(c.APIConnectionError) as caught:
        ChatClient("k", base_url="http://127.0.0.1:9", max_retries=0).chat(**HIDDEN)
    assert (caught.value.status_code, caught.value.elapsed, caught.value.request_id) == (None, None, None)
