"""The key is never shown."""

from __future__ import annotations

import logging
import pickle
import traceback
import warnings
from typing import Any

import pytest

import cohere_chat
from cohere_chat import AsyncChatClient, ChatClient, ConfigurationError

from ..conftest import HI
from ..server import CLOSE, RESET, RawServer, answer, chunked, text_answer
from .scenarios import BEGUN, WAIT

KEY = "s3cr3t-k3y"
FAULTS: dict[str, list[Any]] = {
    "refused": answer({"message": "no"}, status=401),
    "redirected": answer(b"", status=302, location="https://elsewhere.invalid/"),
    "closed": [CLOSE],
    "reset": [RESET],
    "stalled": [WAIT],
    "no JSON": answer(b"<html>"),
    "a stream cut": [*chunked(BEGUN, end=False), CLOSE],
}


def locals_of(error: BaseException) -> str:
    """The local variables of all our own frames in the tracebacks of the error and of its causes."""
    shown = []
    seen: BaseException | None = error
    while seen is not None:
        for frame, _ in traceback.walk_tb(seen.__traceback__):
            if "cohere_chat" in frame.f_code.co_filename:
                shown += [f"{name}={value!r}" for name, value in frame.f_locals.items()]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(shown)


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("script", FAULTS.values(), ids=FAULTS)
def test_the_key_is_in_no_error_log_or_traceback(
    script: list[Any], server: RawServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.play(script, script, script, script)
    with ChatClient(KEY, base_url=server.url, timeout=0.1, max_retries=1) as client:
        with pytest.raises(cohere_chat.CohereChatError) as plain:
            client.chat(model="m", messages=HI)
        with pytest.raises(cohere_chat.CohereChatError) as streamed:
            list(client.chat_stream(model="m", messages=HI))
        shown = repr(client) + repr(client.chat_stream(model="m", messages=HI))
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert "POST" in caplog.text
    for error in (plain.value, streamed.value):
        shown += (
            str(error) + repr(error) + repr(vars(error)) + repr(error.__cause__) + repr(vars(error.__cause__ or error))
        )
        shown += locals_of(error) + pickle.dumps(error).decode("latin-1")
        request = getattr(error.__cause__, "request", None)
        shown += repr(list(request.headers.raw)) if request is not None else ""
    assert KEY not in shown + caplog.text


@pytest.mark.parametrize("key", [f"{KEY}\x7f", f"{KEY}\nx", f"{KEY}é"])
@pytest.mark.parametrize("source", ["argument", "CO_API_KEY"])
def test_a_key_that_cannot_be_sent_is_not_shown(source: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CO_API_KEY", key)
    with pytest.raises(ConfigurationError, match="not allowed in an HTTP header") as caught:
        ChatClient(key if source == "argument" else None)
    assert KEY not in str(caught.value) + locals_of(caught.value)


def test_a_good_key_is_not_shown_when_something_else_is_wrong() -> None:
    for wrong in ({"base_url": "nowhere"}, {"max_retries": -1}, {"headers": {"a b": "c"}}, {"http_client": object()}):
        with pytest.raises(ConfigurationError) as caught:
            ChatClient(KEY, **wrong)  # type: ignore[arg-type]
        assert KEY not in str(caught.value) + locals_of(caught.value)


BAD_CALLS: dict[str, dict[str, Any]] = {
    "timeout": {"timeout": -1},
    "a text as timeout": {"timeout": "soon"},
    "extra_headers": {"extra_headers": {"X": "a\nb"}},
    "extra_headers that are none": {"extra_headers": ["X"]},
    "max_retries": {"max_retries": -1},
    "a text as max_retries": {"max_retries": "two"},
    "extra_body": {"extra_body": {"x": object()}},
    "a parameter": {"temperature": float("nan")},
    "an unknown parameter": {"temprature": 1},
    "model": {"model": ""},
    "messages": {"messages": [{"role": "user"}]},
    "response_format": {"response_format": dict},
    "tools": {"tools": [{1: 2}]},
}


@pytest.mark.parametrize("arguments", BAD_CALLS.values(), ids=BAD_CALLS)
@pytest.mark.parametrize("method", ["chat", "chat_stream"])
def test_the_key_is_in_no_frame_of_a_call_that_is_refused(method: str, arguments: dict[str, Any]) -> None:
    with ChatClient(KEY, base_url="http://127.0.0.1:1", headers={"X-A": "1"}) as client:
        with pytest.raises((TypeError, ValueError, ConfigurationError)) as caught:
            getattr(client, method)(**{"model": "m", "messages": HI, **arguments})
        told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        shown = "".join(told.format())
        assert "prepare" in shown
        ours = [
            line for frame in told.stack if "cohere_chat" in frame.filename for line in (frame.locals or {}).values()
        ]
        assert KEY not in "".join(ours) + str(caught.value)


def test_a_key_under_another_name_is_in_no_frame_of_ours() -> None:
    with ChatClient(KEY, base_url="http://127.0.0.1:1") as client:
        for refused in (lambda: ChatClient(token=KEY), lambda: client.with_options(api_key=KEY)):  # type: ignore[call-arg]
            with pytest.raises(TypeError) as caught:
                refused()
            assert KEY not in str(caught.value) + locals_of(caught.value)


def test_a_header_of_the_caller_replaces_the_key(server: RawServer) -> None:
    server.play(*[answer(text_answer("Hi"))] * 2)
    with ChatClient(KEY, base_url=server.url, headers={"authorization": "Bearer of-the-client"}) as client:
        client.chat(model="m", messages=HI)
        client.chat(model="m", messages=HI, extra_headers={"AUTHORIZATION": "Bearer of-the-call"})
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == ["Bearer of-the-client", "Bearer of-the-call"]


def test_a_key_with_white_space_around_it_works(server: RawServer) -> None:
    server.play(answer(text_answer("Hi")))
    with ChatClient(f" {KEY}\r\n", base_url=server.url) as client:
        client.chat(model="m", messages=HI)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("client", [ChatClient, AsyncChatClient])
def test_a_client_does_not_pickle(client: type[ChatClient]) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(client(KEY))


@pytest.mark.parametrize("client", [ChatClient, AsyncChatClient])
def test_a_key_that_goes_over_the_network_unencrypted_is_warned_of(client: type[ChatClient]) -> None:
    for url in ("http://example.com", "http://10.0.0.1:8080", "http://localhost.example.com"):
        with pytest.warns(UserWarning, match=f"the API key is sent unencrypted to {url}") as caught:
            client(KEY, base_url=url)
        assert caught[0].filename == __file__
        assert KEY not in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for url in (
            "https://example.com",
            "http://localhost:8000",
            "http://127.0.0.1",
            "http://127.3.2.1",
            "http://[::1]:80",
        ):
            client(KEY, base_url=url)
        client("", base_url="http://example.com")


def test_the_tests_show_locals_of_our_frames_when_there_are_any() -> None:
    with pytest.raises(ConfigurationError) as caught:
        ChatClient("x", base_url="nowhere")
    assert "nowhere" in locals_of(caught.value)
