"""Arguments -> the request."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohere_chat import ChatParams, ConfigurationError, Document, UserMessage, __version__
from cohere_chat.body import messages_to_json
from cohere_chat.http.call import Call
from cohere_chat.http.settings import DEFAULT_TIMEOUT, Secret, Settings
from cohere_chat.params import CALL_OPTIONS
from cohere_chat.wire import prepare, read_answer

from .conftest import HI
from .server import text_answer
from .test_events import json_values

SETTINGS: dict[str, Any] = {
    "api_key": Secret("a-key"),
    "base_url": "https://example.com",
    "timeout": DEFAULT_TIMEOUT,
    "max_retries": 2,
    "headers": {},
}


def call(settings: dict[str, Any] | None = None, *, stream: bool = False, **params: Any) -> Call:
    arguments = {"model": params.pop("model", "a-model"), "messages": params.pop("messages", HI)}
    return prepare(Settings(**{**SETTINGS, **(settings or {})}), **arguments, params=params, stream=stream)


def body(**params: Any) -> dict[str, Any]:
    return json.loads(call(**params).content)


def test_what_is_not_set_is_not_sent() -> None:
    assert body() == {"model": "a-model", "messages": HI, "stream": False}
    assert body(stream=True) == {"model": "a-model", "messages": HI, "stream": True}
    nothing = dict.fromkeys(ChatParams.__annotations__)
    assert body(**nothing) == {"model": "a-model", "messages": HI, "stream": False}


# One value for each parameter of WIRE.md section 2.
PARAMS: dict[str, Any] = {
    "tools": [{"type": "function", "function": {"name": "f", "description": "", "parameters": {"type": "object"}}}],
    "strict_tools": True,
    "tool_choice": "REQUIRED",
    "documents": ["a", {"data": {"t": "x"}, "id": "1"}, {"data": "text"}],
    "citation_options": {"mode": "FAST"},
    "response_format": {"type": "json_object", "json_schema": {"type": "object"}},
    "safety_mode": "OFF",
    "max_tokens": 5,
    "stop_sequences": ["x"],
    "temperature": 0.0,
    "seed": 2**64 - 1,
    "frequency_penalty": 0.5,
    "presence_penalty": 0,
    "k": 0,
    "p": 0.75,
    "logprobs": False,
    "thinking": {"type": "enabled", "token_budget": 100},
    "priority": 0,
}


def test_every_parameter_is_sent_as_it_is() -> None:
    assert PARAMS.keys() == ChatParams.__annotations__.keys() - CALL_OPTIONS
    assert body(**PARAMS) == {"model": "a-model", "messages": HI, **PARAMS, "stream": False}


def test_classes_tuples_and_other_sequences_are_json_too() -> None:
    sent = body(documents=(Document({"t": 1}), "b"), stop_sequences=deque(["x"]), messages=(UserMessage("Hi"),))
    assert sent["documents"] == [{"data": {"t": 1}}, "b"]
    assert sent["stop_sequences"] == ["x"]
    assert sent["messages"] == HI


def test_a_parameter_that_nobody_knows_is_a_type_error_that_suggests_the_nearest_name() -> None:
    with pytest.raises(TypeError, match=r"unknown parameter 'temprature': did you mean 'temperature'\?"):
        call(temprature=0.1)
    with pytest.raises(TypeError, match=r"unknown parameter 'max_retry': did you mean 'max_retries'\?"):
        call(max_retry=0.1)
    with pytest.raises(
        TypeError, match="unknown parameter 'zzz': to send one that this version lacks, use extra_body="
    ):
        call(zzz=1)
    with pytest.raises(
        TypeError,
        match=r"stream is not a parameter: use chat\(\) for a complete response and chat_stream\(\) for a stream",
    ):
        prepare(Settings(**SETTINGS), model="m", messages=HI, params={"stream": True}, stream=False)


def test_a_type_as_response_format_is_an_error_that_names_the_way() -> None:
    with pytest.raises(
        TypeError, match=r"response_format is of type type, which is not JSON: pass it as response_type= to chat_parsed"
    ):
        call(response_format=dict)


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("top_p", "p"),
        ("stop", "stop_sequences"),
        ("max_completion_tokens", "max_tokens"),
        ("reasoning_effort", "thinking"),
    ],
)
def test_a_parameter_of_openais_api_has_another_name_here(name: str, ours: str) -> None:
    with pytest.raises(TypeError, match=rf"unknown parameter '{name}': did you mean '{ours}'\?"):
        call(**{name: 1})


def test_extra_body_passes_anything_over_all_else() -> None:
    sent = body(temperature=0.1, extra_body={"temperature": 0.2, "zzz": {"a": None}, "stream": "maybe"})
    assert sent == {"model": "a-model", "messages": HI, "temperature": 0.2, "zzz": {"a": None}, "stream": "maybe"}


BAD: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "no model": ({"model": ""}, ValueError, "model is '': pass the name of a model"),
    "model is none": ({"model": None}, ValueError, "model is None: pass the name of a model"),
    "NaN": ({"temperature": float("nan")}, ValueError, "temperature is nan: JSON has no such number"),
    "infinite": ({"p": float("inf")}, ValueError, "p is inf"),
    "no JSON": ({"tools": [{"type": object()}]}, TypeError, r"tools\[0\]\.type is of type object, which is not JSON"),
    "bytes": ({"stop_sequences": [b"x"]}, TypeError, r"stop_sequences\[0\] is of type bytes"),
    "a huge integer": ({"seed": 10**5000}, ValueError, "seed is an integer of more than 3,000 digits"),
    "surrogate": ({"documents": ["a\udc00"]}, ValueError, r"documents\[0\] has a lone surrogate"),
    "extra_body": ({"extra_body": {"a": {1, 2}}}, TypeError, r"extra_body\.a is of type set"),
    "header": ({"extra_headers": {"X-Bad": "a\r\nb"}}, ConfigurationError, "value of the header 'X-Bad' cannot"),
}


@pytest.mark.parametrize(("params", "error", "says"), BAD.values(), ids=BAD)
def test_a_bad_argument_is_an_error_that_names_the_place(
    params: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        call(**params)


def test_what_goes_in_circles_is_an_error() -> None:
    circle: dict[str, Any] = {}
    circle["x"] = circle
    with pytest.raises(ValueError, match="tools is nested too deeply, or contains a circular reference"):
        call(tools=[circle])
    with pytest.raises(ValueError, match=r"messages\[1\] is nested too deeply, or contains a circular reference"):
        call(messages=[*HI, {"role": "user", "content": [circle]}])


def test_the_path_method_and_headers_are_those_of_the_generated_operation() -> None:
    made = call()
    assert (made.method, made.url) == ("post", "https://example.com/v2/chat")
    assert made.headers["content-type"] == "application/json"
    assert made.headers["authorization"] == "Bearer a-key"
    assert made.headers["user-agent"] == f"cohere-chat/{__version__}"
    assert made.headers["accept"] == "application/json"
    assert call(stream=True).headers["accept"] == "text/event-stream"


def test_stream_path_is_for_streams_only() -> None:
    settings = {"stream_path": "/v2/chat/stream"}
    assert call(settings, stream=True).url == "https://example.com/v2/chat/stream"
    assert call(settings).url == "https://example.com/v2/chat"


def test_a_path_of_the_base_url_is_kept() -> None:
    assert call({"base_url": "https://example.com/a/b/"}).url == "https://example.com/a/b/v2/chat"


def test_an_empty_key_sends_no_authorization() -> None:
    assert "authorization" not in call({"api_key": Secret("")}).headers


def test_headers_of_the_call_win_over_those_of_the_client_and_those_over_ours() -> None:
    settings = {"headers": {"User-Agent": "mine", "X-A": "client", "X-B": "client"}}
    headers = call(settings, extra_headers={"x-a": "call", "Authorization": "Other"}).headers
    assert headers["user-agent"] == "mine"
    assert (headers["x-a"], headers["x-b"], headers["authorization"]) == ("call", "client", "Other")
    assert len(headers.get_list("x-a")) == 1


def test_timeout_and_retries_of_the_call_win() -> None:
    assert call().timeout == DEFAULT_TIMEOUT == httpx.Timeout(300, connect=5)
    assert call(timeout=3).timeout == httpx.Timeout(3)
    assert call(timeout=None).timeout == httpx.Timeout(None)
    assert call(timeout=httpx.Timeout(1, read=2)).timeout == httpx.Timeout(1, read=2)
    assert (call().max_retries, call(max_retries=0).max_retries, call(max_retries=None).max_retries) == (2, 0, 2)


def test_neither_key_nor_content_is_in_a_repr() -> None:
    made = call({"headers": {"X-Secret": "s3cret"}})
    assert "a-key" not in repr(made) + repr(Settings(**SETTINGS))
    assert "s3cret" not in repr(Settings(**{**SETTINGS, "headers": {"X-Secret": "s3cret"}}))


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), json_values, max_size=3))
def test_any_json_is_sent_as_it_is(value: dict[str, Any]) -> None:
    assert body(extra_body={"value": value})["value"] == value


@pytest.mark.parametrize("several", [True, False])
def test_arguments_of_a_plain_answer_that_are_an_object_are_read_as_json_text(several: bool) -> None:
    made = {"id": "a", "type": "function", "function": {"name": "f", "arguments": {"q": "ä"}}}
    data = text_answer("Hi") | {"message": {"role": "assistant", "tool_calls": [made] if several else made}}
    (read,) = read_answer(json.dumps(data).encode(), httpx.Response(200)).tool_calls
    assert (read.id, read.function.name, read.function.arguments) == ("a", "f", '{"q":"ä"}')


def test_an_answer_with_a_lone_surrogate_can_be_shown_and_sending_it_back_says_where_it_is() -> None:
    response = read_answer(json.dumps(text_answer("a\ud800")).encode(), httpx.Response(200))
    assert "a\\ud800" in repr(response)
    assert repr(response).encode()
    with pytest.raises(ValueError, match=r"messages\[0\]\.content\[0\]\.text has a lone surrogate at character 1"):
        messages_to_json([response.message])
