"""The emulator: its own answers, scripts, refusals and faults."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import logging
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

import cohere_chat as c
from cohere_chat import AsyncChatClient, ChatClient
from cohere_chat.params import REQUEST_PROPERTIES
from cohere_chat.testing import ChatEmulator
from cohere_chat.testing.answers import IMAGE_TOKENS, NOTICE
from cohere_chat.testing.frames import events_of

HI: list[Any] = [{"role": "user", "content": "Hi there, Ada"}]
CALL: dict[str, Any] = {"model": "m", "messages": HI}


def tool(name: str = "lookup", **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "description": "", "parameters": parameters}}


LOOKUP = tool(q={"type": "string"})
SAYS = {"id": "lookup_1", "type": "function", "function": {"name": "lookup", "arguments": "{}"}}
RESULT: list[Any] = [
    *HI,
    {"role": "assistant", "tool_plan": "I look.", "tool_calls": [SAYS]},
    {
        "role": "tool",
        "tool_call_id": "lookup_1",
        "content": [{"type": "document", "document": {"data": {"t": "18 °C"}}}],
    },
]
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name"],
}

REQUESTS: dict[str, dict[str, Any]] = {
    "text": CALL,
    "no ASCII": {**CALL, "messages": [{"role": "user", "content": "Grüße °👋 \u2028\n\n ok "}]},
    "parts": {**CALL, "messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, IMAGE]}]},
    "a tool": {**CALL, "tools": [LOOKUP]},
    "two tools that are named": {**CALL, "messages": [{"role": "user", "content": "lookup and add"}], "tools": [LOOKUP, tool("add")]},
    "a tool without parameters": {**CALL, "tools": [tool("now")]},
    "a tool result": {**CALL, "messages": RESULT, "tools": [LOOKUP]},
    "documents": {**CALL, "documents": ["Sky is °green.", {"id": "d", "data": {"title": "Moon"}}, {"data": '{"a": {"b": 1}}'}]},
    "documents, cited fast": {**CALL, "documents": ["Sky is °green."], "citation_options": {"mode": "FAST"}},
    "documents, not cited": {**CALL, "documents": ["Sky is green."], "citation_options": {"mode": "OFF"}},
    "JSON": {**CALL, "response_format": {"type": "json_object"}},
    "JSON by schema": {**CALL, "response_format": {"type": "json_object", "json_schema": PERSON}},
    "thinking": {**CALL, "thinking": {"type": "enabled"}},
    "thinking, then a tool": {**CALL, "thinking": {"type": "enabled", "token_budget": 3}, "tools": [LOOKUP]},
    "max_tokens": {**CALL, "max_tokens": 3},
    "stop_sequences": {**CALL, "stop_sequences": ["emulator"]},
    "logprobs": {**CALL, "logprobs": True},
    "seed": {**CALL, "seed": 2},
}  # fmt: skip


@pytest.fixture
def client(chat_emulator: ChatEmulator) -> ChatClient:
    return ChatClient(max_retries=0)


def loosely(answer: dict[str, Any]) -> dict[str, Any]:
    """Parses arguments: a stream pretty-prints them, and omits those of a function without parameters."""
    for call in answer["message"].get("tool_calls", []):
        call["function"]["arguments"] = json.loads(call["function"]["arguments"] or "{}")
    return answer


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_a_stream_adds_up_to_the_plain_answer_and_both_are_the_same_each_time(
    request_: dict[str, Any], client: ChatClient
) -> None:
    whole = loosely(client.chat(**request_).to_dict())
    with client.chat_stream(**request_) as stream:
        assert not [event for event in stream if isinstance(event, c.UnknownEvent)]
        assert loosely(stream.get_final_response().to_dict()) == whole
    assert loosely(client.chat(**request_).to_dict()) == whole


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_the_yaml_s_dialect_is_streamed_at_its_path(request_: dict[str, Any], chat_emulator: ChatEmulator) -> None:
    client = ChatClient(stream_path="/v2/chat/stream")
    plain, streamed = client.chat(**request_), client.chat_stream(**request_)
    assert all('"event_type":' in event.raw and '"type":"message' not in event.raw for event in streamed)
    response = streamed.get_final_response()
    assert (response.text, response.citations, response.usage) == (plain.text, plain.citations, plain.usage)


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_usage_adds_up_and_num_tokens_is_what_is_billed(request_: dict[str, Any], client: ChatClient) -> None:
    response = client.chat(**request_)
    assert response.usage is not None
    billed, tokens = response.usage.billed_units, response.usage.tokens
    assert billed is not None
    assert tokens is not None
    assert int(response.headers["num_tokens"]) == billed.input_tokens + billed.output_tokens  # type: ignore[operator]
    assert tokens.output_tokens == billed.output_tokens
    assert tokens.input_tokens + (tokens.image_tokens or 0) > billed.input_tokens  # type: ignore[operator]


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_every_answer_says_that_it_is_the_emulator_s(request_: dict[str, Any], client: ChatClient) -> None:
    response = client.chat(**request_)
    assert response.headers["x-cohere-chat-emulator"] == NOTICE
    said = response.text + response.thinking + (response.message.tool_plan or "")
    cut_or_json = request_.keys() & {"max_tokens", "stop_sequences", "response_format"}
    assert cut_or_json or said.startswith(NOTICE[: len(said)])


def test_text_refers_to_the_last_message(client: ChatClient) -> None:
    assert "Hi there, Ada" in client.chat(**CALL).text


def test_a_tool_is_called_with_arguments_that_fit_its_schema(client: ChatClient) -> None:
    add = tool("add", a={"type": "integer"}, b={"type": "number", "minimum": 10})
    response = client.chat(model="m", messages=[{"role": "user", "content": "please add 7"}], tools=[LOOKUP, add])
    (call,) = response.tool_calls
    assert call.function.name == "add"
    assert json.loads(call.function.arguments) == {"a": 7, "b": 10}
    assert re.fullmatch(r"add_[0-9a-z]{12}", call.id)
    assert response.finish_reason == "TOOL_CALL"
    assert response.message.tool_plan == f"{NOTICE} I will call add."


def test_a_tool_is_not_called_again_when_its_result_is_there_unless_it_must(client: ChatClient) -> None:
    with_tools: dict[str, Any] = {"model": "m", "messages": RESULT, "tools": [LOOKUP]}
    assert not client.chat(**with_tools).tool_calls
    assert client.chat(**with_tools, tool_choice="REQUIRED").tool_calls
    assert not client.chat(**{**CALL, "tools": [LOOKUP], "tool_choice": "NONE"}).tool_calls


@pytest.mark.parametrize("name", ["a tool result", "documents", "documents, cited fast"])
def test_citations_are_where_they_say_and_name_their_sources(name: str, client: ChatClient) -> None:
    response = client.chat(**REQUESTS[name])
    assert response.citations
    for citation in response.citations:
        assert response.text[citation.start : citation.end] == citation.text
        assert citation.type == "TEXT_CONTENT"
        assert len(citation.sources) == 1
    if name == "documents":
        ids = [citation.sources[0].id for citation in response.citations]
        assert ids == ["doc:0", "d", "doc:2"]
        assert response.citations[2].sources[0].document == {"id": "doc:2", "a": '{"b":1}'}
    if name == "a tool result":
        assert response.citations[0].sources[0].id == "lookup_1:0"
        assert response.citations[0].sources[0].tool_output == {"t": "18 °C"}


def test_fast_citations_come_between_the_text(client: ChatClient) -> None:
    both = {**CALL, "documents": ["one fact", "two facts"]}
    for mode, early in (("ACCURATE", False), ("FAST", True)):
        kinds = [event.type for event in client.chat_stream(**both, citation_options={"mode": mode})]
        last_delta = len(kinds) - 1 - kinds[::-1].index("content-delta")
        assert (kinds.index("citation-start") < last_delta) is early
        assert kinds.index("citation-end") < kinds.index("content-end")


def test_of_an_enum_the_value_that_the_message_names_is_chosen(chat_emulator: ChatEmulator) -> None:
    schema = {"type": "object", "properties": {"city": {"enum": ["Toronto", "Oslo"]}}, "required": ["city"]}
    form: Any = {"type": "json_object", "json_schema": schema}
    with ChatClient() as client:
        for text, city in (("the weather in oslo?", "Oslo"), ("the weather?", "Toronto")):
            response = client.chat(model="m", messages=[{"role": "user", "content": text}], response_format=form)
            assert json.loads(response.text) == {"city": city}


def test_a_json_schema_is_satisfied(client: ChatClient) -> None:
    assert json.loads(client.chat(**REQUESTS["JSON by schema"]).text) == {"name": "Hi there, Ada", "age": 1}
    assert json.loads(client.chat(**REQUESTS["JSON"]).text) == {"notice": NOTICE, "said": "Hi there, Ada"}


def test_parameters_show(client: ChatClient) -> None:
    cut, stopped = client.chat(**REQUESTS["max_tokens"]), client.chat(**REQUESTS["stop_sequences"])
    assert (cut.text, cut.finish_reason) == ("This is an", "MAX_TOKENS")
    assert (stopped.text, stopped.finish_reason) == ("This is an ", "STOP_SEQUENCE")
    thought = client.chat(**REQUESTS["thinking"])
    assert thought.thinking
    assert "Hi there" in thought.text
    budget = client.chat(**REQUESTS["thinking, then a tool"])
    assert budget.thinking == "This is an"
    assert budget.message.tool_plan is None
    assert budget.tool_calls
    scored = client.chat(**REQUESTS["logprobs"])
    assert "".join(item.text or "" for item in scored.logprobs or []) == scored.text
    assert client.chat(**REQUESTS["seed"]).text != client.chat(**CALL).text
    image = client.chat(**REQUESTS["parts"])
    assert image.usage is not None
    assert image.usage.tokens is not None
    assert image.usage.tokens.image_tokens == IMAGE_TOKENS
    assert "1 image" in image.text


# --- the wire --------------------------------------------------------------------------------------------------------


def post(emulator: ChatEmulator, body: Any = CALL, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"authorization": "Bearer k", "accept-encoding": "identity"} | headers
    return httpx.post(f"{emulator.url}/v2/chat", content=content, headers=sent, trust_env=False)


def test_frames_are_as_the_service_s(chat_emulator: ChatEmulator) -> None:
    response = post(chat_emulator, {**CALL, "stream": True})
    assert response.headers["content-type"] == "text/event-stream"
    assert response.headers["transfer-encoding"] == "chunked"
    assert "num_tokens" not in response.headers
    assert re.fullmatch("[0-9a-f]{32}", response.headers["x-debug-trace-id"])
    frames = response.text.split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""]
    for frame in frames[:-2]:
        name, data = frame.split("\n")
        assert name == f"event: {json.loads(data.removeprefix('data: '))['type']}"


def test_a_plain_answer_is_gzipped_for_who_takes_it(chat_emulator: ChatEmulator) -> None:
    plain, zipped = post(chat_emulator), post(chat_emulator, **{"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.json() == plain.json()


def test_a_delay_is_between_events() -> None:
    with ChatEmulator(delay=0.02) as emulator, ChatClient("k", base_url=emulator.url) as client:
        began = time.monotonic()
        events = list(client.chat_stream(**CALL))
        assert time.monotonic() - began >= 0.02 * len(events)


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "an unknown field": ({"tone": "kind"}, 422, "unknown field: parameter tone is not a valid field"),
    "a tool of version 1": (
        {"tools": [{"name": "f", "description": "", "parameter_definitions": {}}]},
        422,
        "unknown field: parameter name is not a valid field",
    ),
    "an extra key in a function": ({"tools": [{**LOOKUP, "function": {**LOOKUP["function"], "x": 1}}]}, 422, "parameter x"),
    "an unknown field of a message": ({"messages": [{**HI[0], "name": "x"}]}, 422, "parameter name"),
    "no model": ({"model": ""}, 400, "model is required"),
    "no messages": ({"messages": []}, 400, "at least one message"),
    "an unknown role": ({"messages": [{"role": "bot", "content": "x"}]}, 400, "message at index 0 must have a role"),
    "an empty message": ({"messages": [{"role": "user", "content": ""}]}, 400, "message at index 0 must have non-empty content"),
    "an empty answer": ({"messages": [{"role": "assistant", "content": ""}]}, 400, "message at index 0 must have non-empty content"),
    "no content": ({"messages": [{"role": "user"}]}, 400, "message at index 0 must have content"),
    "a part of another role": ({"messages": [{"role": "system", "content": [IMAGE]}]}, 400, "a part that its role cannot have"),
    "text beside tool calls": ({"messages": [*HI, {"role": "assistant", "content": "x", "tool_calls": [SAYS]}]}, 400, "use tool_plan"),
    "a tool message without its call": (
        {"messages": [*HI, {"role": "tool", "tool_call_id": "x", "content": "y"}]},
        400,
        "tool call id not found in previous tool calls: x",
    ),
    "a document without data": ({"documents": [{"id": "a"}]}, 400, "document at index 0 cannot be empty"),
    "two documents of one id": ({"documents": [{"id": "a", "data": {"x": 1}}] * 2}, 400, "duplicate document id a"),
    "two tools of one name": ({"tools": [LOOKUP, LOOKUP]}, 400, "duplicate tool name lookup"),
    "a bad tool name": ({"tools": [tool("2x")]}, 400, "the name of the tool at index 0"),
    "REQUIRED without tools": ({"tool_choice": "REQUIRED"}, 400, "needs tools"),
    "AUTO": ({"tool_choice": "AUTO", "tools": [LOOKUP]}, 400, "tool_choice must be one of REQUIRED, NONE"),
    "NONE as the safety mode": ({"safety_mode": "NONE"}, 400, "safety_mode must be one of CONTEXTUAL, STRICT, OFF"),
    "JSON with tools": ({"response_format": {"type": "json_object"}, "tools": [LOOKUP]}, 400, "not supported together"),
    "six stop sequences": ({"stop_sequences": ["a"] * 6}, 400, "at most 5"),
    "k": ({"k": 501}, 400, "k must be between 0 and 500 inclusive"),
    "k of text": ({"k": "5"}, 400, "k must be"),
    "p": ({"p": 1.0}, 400, "p must be between 0.01 and 0.99 inclusive"),
    "temperature": ({"temperature": 1.5}, 400, "temperature must be between 0 and 1.0 inclusive"),
    "frequency_penalty": ({"frequency_penalty": 1.1}, 400, "frequency_penalty must be"),
    "presence_penalty": ({"presence_penalty": -0.1}, 400, "presence_penalty must be"),
    "seed": ({"seed": 2**64}, 400, "seed must be"),
    "priority": ({"priority": 1000}, 400, "priority must be"),
    "a wrong type": ({"documents": {}}, 400, "documents has the wrong type"),
    "a thinking budget": ({"thinking": {"type": "enabled", "token_budget": 0}}, 400, "thinking.token_budget must be at least 1"),
    "strict tools without a required parameter": ({"strict_tools": True, "tools": [tool()]}, 400, "at least one required"),
    "21 images": ({"messages": [{"role": "user", "content": [IMAGE] * 21}]}, 400, "20 images"),
    "an unknown detail": ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x", "detail": "ultra"}}]}]}, 400, "image_url.detail must be one of auto, low, high"),
    "an image without a URL": ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}, 400, "must have a url"),
    "a document id of another type": ({"documents": [{"id": 1, "data": {"x": 1}}]}, 400, "a document id must be text"),
    "tool calls that are no list": ({"messages": [*HI, {"role": "assistant", "tool_calls": 3}]}, 400, "tool_calls of the message at index 1"),
    "a tool call without a name": ({"messages": [*HI, {"role": "assistant", "tool_calls": [{"id": "1", "function": {}}]}]}, 400, "a name and arguments as text"),
    "a tool call id that is no text": ({"messages": [*HI, {"role": "tool", "tool_call_id": ["a"], "content": "x"}]}, 400, "tool_call_id of the message"),
    "two documents of one id in a result": ({"messages": [*RESULT[:2], {**RESULT[2], "content": [{"type": "document", "document": {"id": "a", "data": {"x": 1}}}] * 2}]}, 400, "duplicate document id a"),
    "a schema that is none": ({"response_format": {"type": "json_object", "json_schema": {"type": "object", "properties": 3}}}, 400, "no value of this JSON Schema"),
    "a citation mode": ({"citation_options": {"mode": "SLOW"}}, 400, "citation_options.mode"),
    "a format": ({"response_format": {"type": "xml"}}, 400, "response_format.type"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "status", "message"), REFUSED.values(), ids=REFUSED)
def test_it_refuses_what_the_service_refuses(
    change: dict[str, Any], status: int, message: str, chat_emulator: ChatEmulator
) -> None:
    response = post(chat_emulator, CALL | change)
    assert response.status_code == status
    assert message in response.json()["message"]
    assert response.json().keys() == {"message"}
    assert "x-cohere-chat-emulator" in response.headers
    assert response.headers["content-type"] == "application/json"
    assert post(chat_emulator, CALL | change | {"stream": True}).status_code == status


def test_wrong_json_is_a_400(chat_emulator: ChatEmulator) -> None:
    for body in (b"{", b"[]", b"", b"\xff", b'"x"', b"[" * 100_000):
        assert post(chat_emulator, body).status_code == 400


def test_anything_else_is_not_there(chat_emulator: ChatEmulator) -> None:
    for path in ("/v1/chat", "/v1/models", "/v2/embed"):
        response = httpx.get(f"{chat_emulator.url}{path}", trust_env=False)
        assert response.status_code == 404
        assert f"this emulator has the v2 chat API only, POST /v2/chat; not {path}" in response.json()["message"]
    assert httpx.get(f"{chat_emulator.url}/v2/chat", trust_env=False).headers["allow"] == "POST"


def test_keys_are_asked_for() -> None:
    with ChatEmulator(api_key="right") as emulator:
        for key, message in (("", "no api key supplied"), ("wrong", "invalid api token")):
            with pytest.raises(c.AuthenticationError, match=message):
                ChatClient(key, base_url=emulator.url).chat(**CALL)
        assert ChatClient("right", base_url=emulator.url).chat(**CALL).text
        assert "right" not in repr(emulator.requests)


def test_only_the_models_that_it_is_told_are_served() -> None:
    with ChatEmulator(models=["command-a-03-2025"]) as emulator, ChatClient("k", base_url=emulator.url) as client:
        assert client.chat(model="command-a-03-2025", messages=HI).text
        with pytest.raises(c.NotFoundError, match="model 'command-x' not found"):
            client.chat(model="command-x", messages=HI)


def test_a_rate_limit_counts() -> None:
    with ChatEmulator(rate_limit=2) as emulator, ChatClient("k", base_url=emulator.url, max_retries=0) as client:
        limits = [client.chat(**CALL).rate_limit for _ in range(2)]
        assert [limit and limit.trial_remaining for limit in limits] == [1, 0]
        with pytest.raises(c.RateLimitError, match="limited to 2 API calls / minute") as caught:
            client.chat(**CALL)
        assert "x-trial-endpoint-call-limit" not in caught.value.headers
        assert caught.value.retry_after is not None
        assert 50 < caught.value.retry_after <= 60


def test_a_rate_limit_is_at_least_one() -> None:
    with pytest.raises(ValueError, match="rate_limit is 0: use 1 or more"):
        ChatEmulator(rate_limit=0)


NULL: dict[str, dict[str, Any]] = {
    "temperature": {"temperature": None},
    "everything": dict.fromkeys(sorted(REQUEST_PROPERTIES)),
    "a tool's description and parameters": {
        "tools": [{"type": "function", "function": {"name": "f", "description": None, "parameters": None}}]
    },
    "keys inside": {
        "thinking": {"type": "enabled", "token_budget": None},
        "citation_options": {"mode": None},
        "documents": [{"id": None, "data": {"a": "b"}}],
    },
    "a schema": {"response_format": {"type": "json_object", "json_schema": None}},
    "keys of messages": {
        "messages": [
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,", "detail": None}}]},
            {"role": "assistant", "content": "Hi", "tool_calls": None, "tool_plan": None, "citations": None},
            {"role": "user", "content": "Hi"},
        ]
    },
}


@pytest.mark.parametrize("told", NULL.values(), ids=NULL)
@pytest.mark.parametrize("stream", [False, True])
def test_null_for_what_is_optional_is_absent(told: dict[str, Any], stream: bool, chat_emulator: ChatEmulator) -> None:
    """Official clients send null. That the service accepts it is inferred, not recorded."""
    response = httpx.post(
        f"{chat_emulator.url}/v2/chat",
        json={**CALL, **told, "stream": stream},
        headers={"authorization": "Bearer k"},
        trust_env=False,
    )
    assert response.status_code == 200, response.text


def test_null_for_what_is_required_is_refused(chat_emulator: ChatEmulator) -> None:
    for told in ({"model": None}, {"messages": None}, {"documents": [{"data": None}]}):
        response = httpx.post(
            f"{chat_emulator.url}/v2/chat",
            json={**CALL, **told},
            headers={"authorization": "Bearer k"},
            trust_env=False,
        )
        assert response.status_code == 400, told


def test_the_images_of_a_request_have_20_mb_together(client: ChatClient) -> None:
    def ask(size: int) -> Any:
        image = c.ImageUrlContent(c.ImageUrl("data:image/png;base64," + "A" * (size * 4 // 3)))
        return client.chat(model="m", messages=[c.UserMessage([image, image])])

    assert ask(9_999_000).text
    exact = base64.b64encode(bytes(20_000_000)).decode()
    for head in ("data:image/png;base64,", "DATA:image/png;BASE64,"):
        client.chat(model="m", messages=[c.UserMessage([c.ImageUrlContent(c.ImageUrl(head + exact))])])
        with pytest.raises(c.BadRequestError, match="20 MB together"):
            client.chat(model="m", messages=[c.UserMessage([c.ImageUrlContent(c.ImageUrl(f"{head}{exact}AAAA"))])])
    with pytest.raises(c.BadRequestError, match="the images of a request may have 20 MB together"):
        ask(10_100_000)


def test_latency_comes_before_any_answer_and_may_depend_on_the_request() -> None:
    def slow(request: Any) -> float:
        return 0.3 if request.json["model"] == "slow" else 0.0

    with ChatEmulator(latency=slow) as emulator, ChatClient("k", base_url=emulator.url) as client:
        for stream in (False, True):
            for model, least in (("fast", 0.0), ("slow", 0.3)):
                begun = time.monotonic()
                if stream:
                    next(client.chat_stream(model=model, messages=HI))
                else:
                    client.chat(model=model, messages=HI)
                assert time.monotonic() - begun >= least
    with pytest.raises(ValueError, match="latency is -1"):
        ChatEmulator(latency=-1)


def test_a_stream_keeps_its_pace() -> None:
    with ChatEmulator(events_per_second=100) as emulator, ChatClient("k", base_url=emulator.url) as client:
        begun = time.monotonic()
        events = [*client.chat_stream(model="m", messages=[{"role": "user", "content": "a " * 30}])]
        assert time.monotonic() - begun >= (len(events) - 1) / 100
    for told in ({"events_per_second": 0}, {"events_per_second": 5, "delay": 1}):
        with pytest.raises(ValueError, match="events_per_second is"):
            ChatEmulator(**told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "is_json"),
    [
        ("Answer in JSON.", True),
        ("Return the data as a JSON object that has these keys", True),
        ("Output only valid json", True),
        ("Who invented JSON?", False),
        ("Write about the history of JSON", False),
        ("give no JSON", False),
        ("Is it valid JSON or YAML?", False),
    ],
)
def test_who_asks_for_json_in_words_gets_one_object(said: str, is_json: bool, client: ChatClient) -> None:
    by_user: list[Any] = [{"role": "user", "content": said}]
    by_system: list[Any] = [{"role": "system", "content": said}, {"role": "user", "content": "Hi"}]
    for messages in (by_user, by_system):
        text = client.chat(model="m", messages=messages).text
        if is_json:
            assert json.loads(text)["notice"] == "This is an emulator, not a model."
        else:
            assert text.startswith("This is an emulator, not a model.")
        assert client.chat(model="m", messages=messages, documents=["A fact."]).citations


def test_json_lines_are_an_option() -> None:
    def ask(emulator: ChatEmulator, accept: str) -> httpx.Response:
        headers = {"authorization": "Bearer k", "accept": accept}
        body = {**CALL, "stream": True}
        return httpx.post(f"{emulator.url}/v2/chat", json=body, headers=headers, trust_env=False)

    with ChatEmulator(json_lines=True) as emulator:
        lines = ask(emulator, "application/json")
        assert lines.headers["content-type"] == "application/stream+json"
        events = [json.loads(line) for line in lines.text.splitlines()]
        assert (events[0]["type"], events[-1]["type"]) == ("message-start", "message-end")
        assert ask(emulator, "text/event-stream, application/json").text.startswith("event: ")
    with ChatEmulator() as emulator:
        assert ask(emulator, "application/json").text.startswith("event: ")


# --- connections -----------------------------------------------------------------------------------------------------


def raw_request(*more: str, body: bytes | None = None) -> bytes:
    body = json.dumps(CALL).encode() if body is None else body
    head = ["POST /v2/chat HTTP/1.1", "Host: x", "Authorization: Bearer k", *more]
    if not any("chunked" in line for line in more):
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def answers(peer: socket.socket, count: int) -> list[bytes]:
    """Reads `count` complete answers of known length, and what precedes them."""
    read = b""
    while read.count(b'"cached_tokens":0}}') < count:
        piece = peer.recv(65536)
        assert piece, read
        read += piece
    return read.split(b"HTTP/1.1 ")[1:]


def connected(emulator: ChatEmulator) -> socket.socket:
    host, port = emulator.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def test_a_connection_stays_open_for_the_next_request(chat_emulator: ChatEmulator) -> None:
    with connected(chat_emulator) as peer:
        for _ in range(3):
            peer.sendall(raw_request())
            [answer] = answers(peer, 1)
            assert b"connection: close" not in answer.lower()
        peer.sendall(raw_request() * 3)  # pipelined
        assert len(answers(peer, 3)) == 3
        peer.sendall(
            raw_request(
                "Transfer-Encoding: chunked",
                body=b"%x\r\n" % len(json.dumps(CALL)) + json.dumps(CALL).encode() + b"\r\n0\r\n\r\n",
            )
        )
        peer.sendall(raw_request("Connection: close"))
        assert len(answers(peer, 2)) == 2
        assert peer.recv(1) == b""


def test_a_client_uses_one_connection_for_all_that_it_asks(chat_emulator: ChatEmulator) -> None:
    opened: list[Any] = []

    def watch(event: str, told: Any) -> None:
        if event == "connection.connect_tcp.complete":
            opened.append(told)

    with httpx.Client(trust_env=False) as http:
        for number in range(20):
            body = {**CALL, "stream": bool(number % 2)}
            http.post(
                f"{chat_emulator.url}/v2/chat",
                json=body,
                headers={"authorization": "Bearer k"},
                extensions={"trace": watch},
            )
    assert len(opened) == 1


def test_an_answer_without_a_body_leaves_the_connection_usable(chat_emulator: ChatEmulator) -> None:
    chat_emulator.fail(204)
    with connected(chat_emulator) as peer:
        peer.sendall(raw_request() * 2)
        read = b""
        while b"cached_tokens" not in read:
            read += peer.recv(65536)
        assert [answer[:3] for answer in read.split(b"HTTP/1.1 ")[1:]] == [b"204", b"200"]
        assert b"chunked" not in read


def test_a_fault_before_the_first_event_is_not_taken_for_an_error_of_a_script(
    chat_emulator: ChatEmulator, capfd: pytest.CaptureFixture[str]
) -> None:
    chat_emulator.cut(0)
    with connected(chat_emulator) as peer:
        peer.sendall(raw_request(body=json.dumps({**CALL, "stream": True}).encode()))
        assert peer.recv(65536) == b""
    assert capfd.readouterr().err == ""


def test_expect_100_continue_is_answered_once(chat_emulator: ChatEmulator) -> None:
    with connected(chat_emulator) as peer:
        whole = raw_request("Expect: 100-continue")
        head, body = whole[: whole.index(b"\r\n\r\n") + 4], whole[whole.index(b"\r\n\r\n") + 4 :]
        peer.sendall(head)
        assert peer.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        peer.sendall(body)
        assert [answer[:6] for answer in answers(peer, 1)] == [b"200 OK"]


def test_http_1_0_and_head_are_answered_too(chat_emulator: ChatEmulator) -> None:
    with connected(chat_emulator) as peer:
        body = json.dumps({**CALL, "stream": True}).encode()
        request = raw_request("Connection: keep-alive", body=body)  # no length, no chunks: it ends with the connection
        peer.sendall(request.replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        read = b""
        while piece := peer.recv(65536):
            read += piece
        assert b"transfer-encoding" not in read
        assert read.endswith(b"data: [DONE]\n\n")
    assert httpx.head(f"{chat_emulator.url}/v2/chat", trust_env=False).status_code == 405


def test_stopping_closes_all_connections_without_waiting() -> None:
    with ChatEmulator() as emulator:
        idle = [connected(emulator) for _ in range(20)]
        idle[0].sendall(raw_request())
        answers(idle[0], 1)
        emulator.stall(30, after_events=0)
        idle[1].sendall(raw_request(body=json.dumps({**CALL, "stream": True}).encode()))
        time.sleep(0.1)
        begun = time.monotonic()
    assert time.monotonic() - begun < 5
    for peer in idle:
        assert peer.recv(65536) == b""
        peer.close()


# --- scripts ---------------------------------------------------------------------------------------------------------


def test_scripts_are_played_in_order_then_it_answers_by_itself(chat_emulator: ChatEmulator, client: ChatClient) -> None:
    citation = {
        "start": 0,
        "end": 5,
        "text": "Hello",
        "sources": [{"type": "document", "id": "d", "document": {"id": "d"}}],
    }
    chat_emulator.reply("Hello", citations=[citation])
    chat_emulator.reply(tool_calls=[("lookup", {"q": "x"}), ("raw", "{no json")], tool_plan="I will look.")
    chat_emulator.reply(lambda request: f"{len(request.json['messages'])} message", finish_reason="MAX_TOKENS")
    chat_emulator.reply(
        lambda request: {"id": "x", "message": {"role": "assistant"}, "finish_reason": "COMPLETE", "new": 1}
    )
    chat_emulator.reply("Deep", thinking="I think.")
    first = client.chat(**CALL)
    assert (first.text, first.citations[0].text, first.finish_reason) == ("Hello", "Hello", "COMPLETE")
    second = client.chat(**CALL)
    assert second.message.tool_plan == "I will look."
    assert [(call.function.name, call.function.arguments) for call in second.tool_calls] == [
        ("lookup", '{"q": "x"}'),
        ("raw", "{no json"),
    ]
    assert second.finish_reason == "TOOL_CALL"
    third = client.chat(**CALL)
    assert (third.text, third.finish_reason) == ("1 message", "MAX_TOKENS")
    assert client.chat(**CALL).additional_properties == {"new": 1}
    fifth = client.chat_stream(**CALL).get_final_response()
    assert (fifth.text, fifth.thinking) == ("Deep", "I think.")
    assert NOTICE in client.chat(**CALL).text
    assert len(chat_emulator.requests) == 6
    assert chat_emulator.requests[-1].json["messages"] == HI
    assert chat_emulator.requests[-1].path == "/v2/chat"
    assert "emulated-key" not in repr(chat_emulator.requests)


def test_a_scripted_answer_streams_as_it_is(chat_emulator: ChatEmulator, client: ChatClient) -> None:
    chat_emulator.reply(tool_calls=[("f", "{no json")])
    assert client.chat_stream(**CALL).get_final_response().tool_calls[0].function.arguments == "{no json"


def test_a_bad_request_uses_no_script_up(chat_emulator: ChatEmulator, client: ChatClient) -> None:
    chat_emulator.reply("Hello")
    with pytest.raises(c.BadRequestError):
        client.chat(**CALL, temperature=1.5)
    assert client.chat(**CALL).text == "Hello"


def test_it_fails_when_told(chat_emulator: ChatEmulator) -> None:
    chat_emulator.fail(429, "slow down", retry_after=0.01)
    with ChatClient() as client:
        assert NOTICE in client.chat(**CALL).text  # retried
        chat_emulator.fail(422, "no", error_type="INVALID_TOOL_GENERATION")
        with pytest.raises(c.GenerationError, match="no") as caught:
            client.chat(**CALL)
    assert caught.value.error_type == "INVALID_TOOL_GENERATION"
    assert len(chat_emulator.requests) == 3


STREAM_FAULTS: dict[str, tuple[str, dict[str, Any], type[c.CohereChatError]]] = {
    "cut": ("cut", {}, c.APIConnectionError),
    "reset": ("cut", {"how": "reset"}, c.APIConnectionError),
    "end": ("cut", {"how": "end"}, c.StreamTruncatedError),
    "stall": ("stall", {"seconds": 2}, c.APITimeoutError),
    "bad JSON": ("bad_json", {}, c.StreamDecodeError),
    "ERROR": ("error_end", {}, c.GenerationError),
}


@pytest.mark.parametrize(("method", "options", "error"), STREAM_FAULTS.values(), ids=STREAM_FAULTS)
def test_a_fault_of_a_stream_comes_after_so_many_events(
    method: str,
    options: dict[str, Any],
    error: type[c.CohereChatError],
    chat_emulator: ChatEmulator,
    client: ChatClient,
) -> None:
    getattr(chat_emulator, method)(**options, after_events=4, text="one two three")
    events = []
    with pytest.raises(error) as caught:
        for event in client.chat_stream(**CALL, timeout=0.3):
            events.append(event)
    assert [event.type for event in events[:4]] == ["message-start", "content-start", "content-delta", "content-delta"]
    assert len(events) == 4 + (method == "error_end")
    assert type(caught.value) is error
    assert caught.value.partial.text == "one two"  # type: ignore[attr-defined]
    assert NOTICE in client.chat(**CALL).text


PLAIN_FAULTS: dict[str, tuple[str, dict[str, Any], type[c.CohereChatError]]] = {
    **{name: STREAM_FAULTS[name] for name in ("cut", "reset", "stall", "ERROR")},
    "end": ("cut", {"how": "end"}, c.APIResponseError),
    "bad JSON": ("bad_json", {}, c.APIResponseError),
}


@pytest.mark.parametrize(("method", "options", "error"), PLAIN_FAULTS.values(), ids=PLAIN_FAULTS)
def test_a_fault_of_a_plain_answer_is_in_its_middle(
    method: str,
    options: dict[str, Any],
    error: type[c.CohereChatError],
    chat_emulator: ChatEmulator,
    client: ChatClient,
) -> None:
    getattr(chat_emulator, method)(**options)
    with pytest.raises(error) as caught:
        client.chat(**CALL, timeout=0.3)
    assert type(caught.value) is error
    assert method == "error_end" or caught.value.raw  # type: ignore[attr-defined]


def test_a_stall_that_is_waited_for_is_no_fault(chat_emulator: ChatEmulator, client: ChatClient) -> None:
    chat_emulator.stall(0.05)
    chat_emulator.stall(0.05)
    assert client.chat(**CALL).text == client.chat_stream(**CALL).get_final_response().text


def test_an_unknown_event_changes_nothing(chat_emulator: ChatEmulator, client: ChatClient) -> None:
    chat_emulator.unknown_event({"type": "new-kind", "x": 1}, after_events=2)
    with client.chat_stream(**CALL) as stream:
        (unknown,) = [event for event in stream if isinstance(event, c.UnknownEvent)]
        assert (unknown.type, unknown.data) == ("new-kind", {"type": "new-kind", "x": 1})
        assert stream.get_final_response().text == client.chat(**CALL).text


def test_raw_bytes_are_sent_as_they_are(chat_emulator: ChatEmulator, client: ChatClient) -> None:
    chat_emulator.raw(b"<html>", content_type="text/html")
    with pytest.raises(c.APIResponseError) as caught:
        client.chat(**CALL)
    assert caught.value.raw == b"<html>"
    answer = client.chat(**CALL).to_dict()
    chat_emulator.raw(gzip.compress(json.dumps(answer).encode()), status=503)
    with pytest.raises(c.InternalServerError):
        client.chat(**CALL)


async def ask_at_once(url: str, count: int) -> list[str]:
    import asyncio

    async with AsyncChatClient("k", base_url=url) as client:
        asked = [[{"role": "user", "content": f"number {number}."}] for number in range(count)]
        answers = await asyncio.gather(*(client.chat(model="m", messages=messages) for messages in asked))
    return [answer.text for answer in answers]


def test_many_at_once_get_each_their_own(chat_emulator: ChatEmulator) -> None:
    import asyncio

    texts = asyncio.run(ask_at_once(chat_emulator.url, 50))
    assert [f"number {number}." in text for number, text in enumerate(texts)] == [True] * 50


def test_two_emulators_are_two() -> None:
    with ChatEmulator() as one, ChatEmulator() as other:
        assert one.url != other.url
        one.reply("One")
        assert ChatClient("k", base_url=other.url).chat(**CALL).text != "One"
        assert ChatClient("k", base_url=one.url).chat(**CALL).text == "One"


# --- the plugin ------------------------------------------------------------------------------------------------------

FIVE_LINES = """
from cohere_chat import ChatClient
def test_my_bot(chat_emulator):
    chat_emulator.reply("Hello")
    with ChatClient() as client:
        assert client.chat(model="m", messages=[{"role": "user", "content": "Hi"}]).text == "Hello"
    assert chat_emulator.requests[-1].json["messages"][0]["content"] == "Hi"
"""


@pytest.mark.parametrize("options", [[], ["-n", "2"]], ids=["alone", "under xdist"])
def test_five_lines_pass_without_any_configuration(options: list[str], tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"test_{name}.py").write_text(FIVE_LINES, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_the_plugin_loads_neither_the_client_nor_the_emulator_until_a_test_asks_for_it() -> None:
    program = (
        "import sys, pytest_cohere_chat; print([m for m in ('cohere_chat', 'httpx', 'werkzeug') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_the_extra_pytest_runs_and_the_fixture_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(FIVE_LINES + "\ndef test_other(): pass\n", encoding="utf-8")
    (tmp_path / "pytest_httpserver.py").write_text("raise ImportError('no pytest_httpserver')", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:pytest_httpserver"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert "1 passed, 1 error" in done.stdout
    assert "cohere_chat.testing: no pytest_httpserver. pip install 'cohere-chat[testing]'" in done.stdout


def test_events_of_a_plain_answer_are_in_the_wire_s_order() -> None:
    answer = {
        "id": "x",
        "message": {"role": "assistant", "content": [{"type": "text", "text": "a b"}]},
        "finish_reason": "COMPLETE",
        "usage": {},
    }
    kinds = [event["type"] for event in events_of(answer)]
    assert kinds == ["message-start", "content-start", "content-delta", "content-delta", "content-end", "message-end"]


# --- found in a review -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("after", [0, 1, 99])
def test_a_cut_is_seen_at_once_wherever_it_is(
    how: Any, after: int, chat_emulator: ChatEmulator, client: ChatClient, capfd: pytest.CaptureFixture[str]
) -> None:
    chat_emulator.cut(after, how=how)
    chat_emulator.cut(after, how=how)
    with pytest.raises(c.APIConnectionError) as caught:
        client.chat_stream(**CALL, timeout=3).get_final_response()
    assert not isinstance(caught.value, c.APITimeoutError)
    with pytest.raises(c.APIConnectionError):
        client.chat(**CALL, timeout=3)
    assert capfd.readouterr().err == ""


def test_what_a_scripted_function_raises_is_raised_in_the_end() -> None:
    def check(_: Any) -> str:
        raise AssertionError("WRONG")

    with pytest.raises(AssertionError, match="WRONG"), ChatEmulator() as emulator:
        emulator.reply(check)
        with ChatClient("k", base_url=emulator.url, max_retries=0) as client, pytest.raises(c.InternalServerError):
            client.chat(**CALL)


def test_a_tool_result_with_nothing_in_it_is_answered(client: ChatClient) -> None:
    nothing = {"type": "document", "document": {"data": "{}"}}
    assert client.chat(model="m", messages=[*RESULT[:2], {**RESULT[2], "content": [nothing]}]).text


def test_a_lone_surrogate_is_no_error_of_the_emulator(chat_emulator: ChatEmulator) -> None:
    body = b'{"model": "m", "messages": [{"role": "user", "content": "\\ud800"}], "stream": %b}'
    for stream in (b"false", b"true"):
        assert post(chat_emulator, body % stream).status_code == 200


def test_answers_of_the_client_s_own_kinds_can_be_replied(chat_emulator: ChatEmulator, client: ChatClient) -> None:
    first = client.chat(**REQUESTS["a tool"])
    chat_emulator.reply(first)
    chat_emulator.reply(tool_calls=first.tool_calls)
    chat_emulator.reply({"message": {"role": "assistant", "content": [{"type": "text", "text": "Hi"}]}})
    assert client.chat(**CALL).to_dict() == first.to_dict()
    assert client.chat(**CALL).tool_calls[0].function == first.tool_calls[0].function
    assert client.chat_stream(**CALL).get_final_response().text == "Hi"


def test_misuse_is_told_where_it_is(chat_emulator: ChatEmulator) -> None:
    for misuse, error in {
        lambda: chat_emulator.reply(5): "a reply is of type int",
        lambda: chat_emulator.reply(tool_calls=[{"name": "f"}]): "a tool call is",
        lambda: chat_emulator.cut(how="bogus"): "how is 'bogus'",
        lambda: chat_emulator.cut(-1): "after_events is -1",
        lambda: chat_emulator.unknown_event({"foo": 1}): "the event has no type",
        lambda: ChatEmulator(models="command-a"): "models is a str",
        lambda: ChatEmulator(delay=-1): "delay is -1",
        lambda: ChatEmulator().url: "the emulator is not running",
    }.items():  # type: ignore[misc]
        with pytest.raises((TypeError, ValueError, RuntimeError), match=error):
            misuse()


def test_requests_to_other_places_are_there_too(chat_emulator: ChatEmulator) -> None:
    httpx.post(f"{chat_emulator.url}/v1/chat", trust_env=False)
    assert [request.path for request in chat_emulator.requests] == ["/v1/chat"]


def test_faults_on_the_yaml_s_path_count_the_events_that_are_sent(chat_emulator: ChatEmulator) -> None:
    client = ChatClient(stream_path="/v2/chat/stream", max_retries=0)
    chat_emulator.unknown_event({"type": "new"}, after_events=1)
    assert [event.type for event in client.chat_stream(**CALL)][:2] == ["message-start", "new"]
    chat_emulator.cut(2)
    with pytest.raises(c.APIConnectionError) as caught:
        client.chat_stream(**CALL).get_final_response()
    assert caught.value.partial is not None
    assert caught.value.partial.text == "This"


def test_bad_json_is_bad_json_also_for_who_takes_gzip(chat_emulator: ChatEmulator, client: ChatClient) -> None:
    chat_emulator.bad_json()
    with pytest.raises(c.APIResponseError) as caught:
        client.chat(**CALL)
    assert caught.value.raw.startswith(b'{"id":')
    chat_emulator.unknown_event()
    assert client.chat(**CALL).text


def test_max_tokens_is_for_thinking_too(client: ChatClient) -> None:
    response = client.chat(**CALL, thinking={"type": "enabled"}, max_tokens=2)
    assert (response.thinking, response.text, response.finish_reason) == ("This is", "", "MAX_TOKENS")


def test_documents_and_tools_are_billed(client: ChatClient) -> None:
    usages = [client.chat(**CALL, **more).usage for more in ({}, {"documents": ["word " * 100]})]
    few, many = [usage.billed_units.input_tokens for usage in usages]  # type: ignore[union-attr]
    assert many > few + 99  # type: ignore[operator]


def test_a_citation_mode_is_read_in_any_case(client: ChatClient) -> None:
    assert not client.chat(**CALL, documents=["x"], citation_options={"mode": "off"}).citations  # type: ignore[typeddict-item]


def test_a_tool_is_named_by_a_whole_word(client: ChatClient) -> None:
    response = client.chat(
        model="m", messages=[{"role": "user", "content": "my address"}], tools=[tool("add"), tool("address")]
    )
    assert [call.function.name for call in response.tool_calls] == ["address"]


def test_a_rate_limit_opens_again_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatEmulator(rate_limit=1) as emulator, ChatClient("k", base_url=emulator.url, max_retries=0) as client:
        client.chat(model="m", messages=HI)
        with pytest.raises(c.RateLimitError):
            client.chat(model="m", messages=HI)
        for later, opens in ((59, False), (61, True)):
            now = time.monotonic() + later
            monkeypatch.setattr("cohere_chat.testing.emulator.time.monotonic", lambda now=now: now)
            if opens:
                assert client.chat(model="m", messages=HI).text
            else:
                with pytest.raises(c.RateLimitError):
                    client.chat(model="m", messages=HI)


@pytest.mark.parametrize("level", [logging.NOTSET, logging.ERROR])
def test_the_log_level_of_werkzeug_is_as_it_was(level: int, monkeypatch: pytest.MonkeyPatch) -> None:
    log = logging.getLogger("werkzeug")
    monkeypatch.setattr(log, "level", level)
    with ChatEmulator():
        assert log.level == (level or logging.WARNING)
    assert log.level == level


def test_an_exception_of_the_test_wins_over_one_of_a_scripted_function() -> None:
    def scripted(request: Any) -> str:
        raise KeyError("scripted")

    with pytest.raises(ZeroDivisionError):  # noqa: SIM117
        with ChatEmulator() as emulator, ChatClient("k", base_url=emulator.url, max_retries=0) as client:
            emulator.reply(scripted)
            with contextlib.suppress(c.CohereChatError):
                client.chat(model="m", messages=HI)
            1 / 0  # noqa: B018


def test_num_chars_is_the_length_of_the_request(chat_emulator: ChatEmulator, client: ChatClient) -> None:
    headers = client.chat(model="m", messages=HI).headers
    assert headers["num_chars"] == str(len(chat_emulator.requests[0].body))


def test_the_most_that_is_allowed_passes(client: ChatClient) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    assert client.chat(model="m", messages=[{"role": "user", "content": [image] * 20}]).text
    assert client.chat(model="m", messages=HI, stop_sequences=[*"abcde"]).text

    def tool(fields: int) -> dict[str, Any]:
        properties = {f"p{number}": {"type": "string"} for number in range(fields)}
        parameters = {"type": "object", "properties": properties, "required": ["p0"]}
        return {"type": "function", "function": {"name": "f", "parameters": parameters}}

    assert client.chat(model="m", messages=HI, tools=[tool(200)], strict_tools=True).tool_calls
    with pytest.raises(c.BadRequestError):
        client.chat(model="m", messages=HI, tools=[tool(201)], strict_tools=True)


@pytest.mark.parametrize("properties", [[], "x", 5, [{"type": "string"}], {"a": 5}])
def test_a_schema_of_a_tool_that_is_none_is_refused_or_answered_in_plain_words(
    properties: Any, chat_emulator: ChatEmulator, client: ChatClient
) -> None:
    parameters = {"type": "object", "properties": properties}
    tool = {"type": "function", "function": {"name": "f", "parameters": parameters}}
    try:
        client.chat(model="m", messages=HI, tools=[tool])
    except c.BadRequestError as error:
        assert "Error" not in error.message  # noqa: PT017  # no name of a Python exception
        assert "object has no attribute" not in error.message  # noqa: PT017


def test_deep_scripted_arguments_are_streamed(chat_emulator: ChatEmulator, client: ChatClient) -> None:
    deep = '{"x": ' + "[" * 3000 + "]" * 3000 + "}"
    chat_emulator.reply(tool_calls=[("f", deep)])
    (call,) = client.chat_stream(model="m", messages=HI).get_final_response().tool_calls
    assert "".join(call.function.arguments.split()) == "".join(deep.split())


def test_a_cut_takes_its_way_by_position(chat_emulator: ChatEmulator, client: ChatClient) -> None:
    chat_emulator.cut(2, "reset")
    with pytest.raises(c.APIConnectionError):
        client.chat_stream(model="m", messages=HI).get_final_response()


@pytest.mark.parametrize("port", ["99999", "abc", "-1"])
def test_a_port_that_is_none_is_a_usage_error(port: str) -> None:
    command = [sys.executable, "-m", "cohere_chat.testing", port]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "usage: python -m cohere_chat.testing" in done.stderr


def test_the_server_says_how_it_is_used() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cohere_chat.testing", "--help"], capture_output=True, text=True, check=True
    )
    assert "the port to serve on" in done.stdout


def test_without_the_extra_the_import_says_what_to_install() -> None:
    program = "import sys; sys.modules['pytest_httpserver'] = None; from cohere_chat.testing import ChatEmulator"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "ImportError: cohere_chat.testing: " in done.stderr
    assert "pip install 'cohere-chat[testing]'" in done.stderr
