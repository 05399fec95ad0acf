"""When to retry, and how long to wait."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
import stamina

from cohere_chat import (
    APIConnectionError,
    APIResponseError,
    APITimeoutError,
    ChatClient,
    ConfigurationError,
    InternalServerError,
    RateLimitError,
)
from cohere_chat.errors import status_error
from cohere_chat.http.call import Call, Exchange
from cohere_chat.http.retry import RETRY_STATUSES, retry_wait, retrying

from .conftest import HI
from .server import RawServer, answer


def wait(status: int, retry_after: str | None = None, body: bytes = b"") -> bool | float:
    headers = httpx.Headers({} if retry_after is None else {"retry-after": retry_after})
    return retry_wait(status_error(status, headers, body, attempts=1))


def test_these_statuses_are_tried_again_and_no_other() -> None:
    assert {408, 409, 429, 500, 502, 503, 504} == RETRY_STATUSES
    for status in range(300, 600):
        assert wait(status) is (status in RETRY_STATUSES)


@pytest.mark.parametrize(
    ("retry_after", "decision"),
    [("0", 0.0), ("0.25", 0.25), ("60", 60.0), ("60.1", False), ("1e300", False), ("-1", True), ("soon", True)],
)
def test_retry_after_is_obeyed_up_to_60_s_and_beyond_it_given_up(retry_after: str, decision: bool | float) -> None:
    assert wait(503, retry_after) is decision or wait(503, retry_after) == decision
    assert type(wait(503, retry_after)) is type(decision)
    assert wait(400, retry_after) is False


def test_a_connection_that_failed_is_tried_again_unless_bytes_of_the_body_had_come() -> None:
    assert retry_wait(APIConnectionError("refused")) is True
    assert retry_wait(APITimeoutError("slow")) is True
    assert retry_wait(APIConnectionError("reset", headers=httpx.Headers({"a": "b"}))) is False


@pytest.mark.parametrize(
    "error",
    [ConfigurationError("no"), APIResponseError("no", raw=b""), ValueError("no")],
)
def test_nothing_else_is_tried_again(error: Exception) -> None:
    assert retry_wait(error) is False


def test_a_generation_that_failed_is_not_tried_again() -> None:
    assert wait(422, body=b'{"error_type":"X","message":"no"}') is False


def exchange(max_retries: int, deadline: float | None = None) -> Exchange[Any]:
    call = Call("POST", httpx.URL("http://x"), httpx.Headers(), b"", httpx.Timeout(300), deadline, max_retries, 1)
    return Exchange(ChatClient("k")._connections, call)


def test_the_wait_doubles_from_half_a_second_to_8_s_with_jitter_until_the_attempts_are_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    ours = exchange(max_retries=7)
    with stamina.set_testing(False), pytest.raises(APIConnectionError):
        for attempt in retrying(ours):
            with attempt:
                ours.begin()
                raise APIConnectionError("refused", attempts=ours.attempts)
    assert ours.attempts == 8
    for waited, least in zip(slept, (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0), strict=True):
        assert least <= waited <= least + 0.25
    assert any(waited not in (0.5, 1.0, 2.0, 4.0, 8.0) for waited in slept)


@pytest.mark.parametrize("retry_after", [None, "30"])
def test_a_wait_that_ends_after_the_deadline_is_not_begun(
    retry_after: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"slept {seconds}"))
    ours = exchange(max_retries=7, deadline=0.4)
    headers = httpx.Headers({} if retry_after is None else {"retry-after": retry_after})
    with stamina.set_testing(False), pytest.raises(APITimeoutError) as caught:
        for attempt in retrying(ours):
            with attempt:
                ours.begin()
                raise status_error(429, headers, b'{"message": "slower"}', attempts=1)
    assert re.fullmatch(
        r"the deadline of 0\.4 s would pass before the next attempt, in (30|0\.[5-8])\.?\d? s: 429 slower",
        str(caught.value),
    )
    assert isinstance(caught.value.__cause__, RateLimitError)
    assert caught.value.attempts == 1


def test_the_attempts_of_staminas_test_mode_hold(server: RawServer) -> None:
    server.play(*[answer(b"{}", 503)] * 5)
    client = ChatClient("k", base_url=server.url)
    with stamina.set_testing(True, attempts=5), pytest.raises(InternalServerError) as caught:
        client.chat(model="m", messages=HI)
    client.close()
    assert caught.value.attempts == len(server.requests) == 5
