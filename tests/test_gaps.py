"""The gaps between the published YAML and the service, by their numbers in openapi/README.md.

Each test shows the gap in the published YAML, and that it is closed. So it fails if the gap is no longer closed, and also
if a newer YAML does not have the gap: then remove the gap, what closes it, and its test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import attrs
import httpx
import pytest
from ruamel.yaml import YAML

import cohere_chat
from cohere_chat import ChatClient, ChatParams
from cohere_chat.streaming.events import decode_event
from cohere_chat_api_client import AuthenticatedClient, models
from cohere_chat_api_client.api.chat import chat, chat_stream
from cohere_chat_api_client.types import Response

from .conftest import HI, SyncFace
from .server import RawServer, answer, chunked, frames, text_answer, text_events
from .test_events import YAML_NAMES
from .test_wire import PARAMS

ROOT = Path(__file__).parent.parent
PUBLISHED: dict[str, Any] = YAML(typ="safe").load(ROOT / "openapi" / "cohere-chat-api-openapi.yml")
SCHEMAS: dict[str, Any] = PUBLISHED["components"]["schemas"]
REQUEST = SCHEMAS["ChatRequest"]["properties"]


def fields(cls: type) -> set[str]:
    return {field.name for field in attrs.fields(cls)}


def generated_call(server: RawServer, operation: Any, **fields: Any) -> Response[Any]:
    body = models.ChatRequest("a-model", [models.UserMessage("Hi")], **fields)
    with AuthenticatedClient(base_url=server.url, token="a-key") as client:
        return operation.sync_detailed(client=client, body=body)


def enums(schema: Any) -> Iterator[str]:
    """Every value of every enum."""
    if isinstance(schema, dict):
        yield from schema.get("enum", ())
    for item in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from enums(item)


def test_every_gap_has_its_test_and_every_test_its_gap() -> None:
    rows = re.findall(r"^\| (\d+) \|", (ROOT / "openapi" / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    tests = [name.split("_")[2] for name in globals() if name.startswith("test_gap_")]
    assert [int(row) for row in rows] == [int(test) for test in tests] == list(range(1, len(rows) + 1))


def test_every_gap_of_the_overlay_document_is_in_the_table_and_the_table_says_so() -> None:
    text = (ROOT / "overlay" / "cohere-chat-api.overlay.yaml").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \|.*\| (.*) \|$", (ROOT / "openapi" / "README.md").read_text(encoding="utf-8"), re.M)
    assert {*re.findall(r'description: "gap (\d+):', text)} == {row for row, by in rows if "the overlay document" in by}


def test_gap_1_enums_are_closed() -> None:
    assert "COMPLETE" not in enums(PUBLISHED)
    body = text_answer("Hi", finish_reason="NEW_REASON")
    assert models.ChatResponse.from_dict(body).to_dict() == body
    assert models.FinishReason("NEW_REASON") == "NEW_REASON"
    assert str(models.SafetyMode("NEW_MODE")) == "NEW_MODE"
    with pytest.raises(ValueError, match="5 is not a valid"):
        models.FinishReason(5)


def test_gap_2_finish_reasons_are_in_lower_case(server: RawServer) -> None:
    published = SCHEMAS["ChatResponse"]["properties"]["finish_reason"]["enum"]
    assert {reason.value for reason in models.FinishReason} == {reason.upper() for reason in published}
    assert {*published} == {reason.lower() for reason in published}
    for sent in ("MAX_TOKENS", "max_tokens"):
        server.play(answer(text_answer("Hi", finish_reason=sent)))
        assert SyncFace().chat(server.url).finish_reason is cohere_chat.FinishReason.MAX_TOKENS
        assert models.ChatResponse.from_dict(text_answer("Hi", finish_reason=sent)).finish_reason == "MAX_TOKENS"


def test_gap_3_streaming_has_an_address_of_its_own(server: RawServer) -> None:
    assert "stream" not in REQUEST
    assert "/v2/chat/stream" in PUBLISHED["paths"]
    server.play(chunked(frames(text_events("Hi"))), answer(text_answer("Hi")))
    SyncFace().stream(server.url)
    SyncFace().chat(server.url)
    assert [(request.line.split()[1], request.json.get("stream")) for request in server.requests] == [
        ("/v2/chat", True),
        ("/v2/chat", False),
    ]


def test_gap_4_a_stream_is_one_json_object(server: RawServer) -> None:
    content = PUBLISHED["paths"]["/v2/chat/stream"]["post"]["responses"]["200"]["content"]
    assert content == {"text/event-stream": {"schema": {"$ref": "#/components/schemas/StreamEvent"}}}
    stream = chunked(frames(text_events("Hi")))
    server.play(stream, stream)
    assert generated_call(server, chat_stream).parsed == b"".join(frames(text_events("Hi"))).decode()
    streamed = SyncFace().stream(server.url)
    assert streamed.response is not None
    assert streamed.response.text == "Hi"


def test_gap_5_an_event_names_itself_otherwise() -> None:
    assert "type" not in SCHEMAS["StreamEvent"]["properties"]
    published = {*SCHEMAS["StreamEvent"]["properties"]["event_type"]["enum"]}
    assert published == {*YAML_NAMES}
    for event in text_events("Hi"):
        assert type(models.CHAT_EVENT_BY_TYPE[event["type"]].from_dict(event)).__name__.endswith("Event")
        assert decode_event(event["type"], json.dumps(event).encode()).type == event["type"]
    ours = {get_args(get_type_hints(cls)["type"])[0] for cls in get_args(cohere_chat.ChatEvent)[:-1]}
    assert published - ours == {"stream-start", "stream-end"}
    assert len(ours - published) == 6
    for name in published:
        assert name in models.CHAT_EVENT_BY_TYPE
        event = decode_event("message", json.dumps({"event_type": name}).encode())
        assert not isinstance(event, cohere_chat.UnknownEvent)


def test_gap_6_temperature_and_safety_mode_are_sent_unasked(server: RawServer) -> None:
    assert (REQUEST["temperature"]["default"], REQUEST["safety_mode"]["default"]) == (0.3, "CONTEXTUAL")
    server.play(answer(text_answer("Hi")), answer(text_answer("Hi")))
    generated_call(server, chat)
    SyncFace().chat(server.url)
    theirs, ours = (request.json for request in server.requests)
    assert theirs == {"model": "a-model", "messages": HI}
    assert ours == {"model": "a-model", "messages": HI, "stream": False}


def test_gap_7_content_is_a_string_and_there_are_no_plans_and_citations(server: RawServer) -> None:
    published = SCHEMAS["Message"]["properties"]
    assert published["content"]["type"] == "string"
    assert not {"tool_plan", "citations"} & published.keys()
    data = text_answer("Hi")
    data["message"] |= {"tool_plan": "I will", "citations": [{"start": 0, "end": 2, "text": "Hi", "sources": []}]}
    message = models.ChatResponse.from_dict(data).message
    assert message.content == [models.TextContent("Hi")]
    assert message.citations == [models.Citation(start=0, end=2, text="Hi", sources=[])]
    server.play(answer(data))
    parts = [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "https://x"}}]
    response = SyncFace().chat(server.url, messages=[{"role": "user", "content": parts}])
    assert response.message.content == [cohere_chat.TextContent("Hi")]
    assert response.message.tool_plan == "I will"
    assert response.citations[0].end == 2
    assert server.requests[0].json["messages"][0]["content"] == parts


def test_gap_8_most_parameters_are_missing(server: RawServer) -> None:
    missing = PARAMS.keys() - REQUEST.keys()
    assert missing == {
        "citation_options",
        "documents",
        "frequency_penalty",
        "k",
        "logprobs",
        "p",
        "presence_penalty",
        "priority",
        "seed",
        "strict_tools",
        "thinking",
        "tool_choice",
    }
    assert missing <= fields(models.ChatRequest)
    server.play(answer(text_answer("Hi")))
    SyncFace().chat(server.url, **{name: PARAMS[name] for name in missing})
    assert {name: server.requests[0].json[name] for name in missing} == {name: PARAMS[name] for name in missing}


def test_gap_9_safety_off_has_the_name_of_v1() -> None:
    published = {*REQUEST["safety_mode"]["enum"]}
    assert published - {*models.SafetyMode} == {"NONE"}
    assert {*models.SafetyMode} - published == {"OFF"}
    assert {*get_args(get_args(get_type_hints(ChatParams)["safety_mode"])[1])} == {*models.SafetyMode}


def test_gap_10_a_tool_must_have_a_description(server: RawServer) -> None:
    assert SCHEMAS["Tool"]["properties"]["function"]["required"] == ["name", "description"]
    tools = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    assert models.ToolDefinition.from_dict(tools[0]).to_dict() == tools[0]
    with pytest.raises(ValueError, match=r"^\$\.function\.parameters: missing$"):
        models.ToolDefinition.from_dict({"type": "function", "function": {"name": "f", "description": ""}})
    server.play(answer(text_answer("Hi")))
    SyncFace().chat(server.url, tools=tools)
    assert server.requests[0].json["tools"] == tools


def test_gap_11_usage_lacks_counts() -> None:
    published = SCHEMAS["Usage"]["properties"]
    for theirs, made, ours, names in (
        (published, models.Usage, cohere_chat.Usage, {"cached_tokens"}),
        (published["tokens"]["properties"], models.UsageTokens, cohere_chat.UsageTokens, {"image_tokens"}),
        (
            published["billed_units"]["properties"],
            models.BilledUnits,
            cohere_chat.BilledUnits,
            {"search_units", "classifications"},
        ),
    ):
        assert not names & theirs.keys()
        assert fields(ours) == fields(made) == theirs.keys() | names | {"additional_properties"}
    assert published["tokens"]["properties"]["input_tokens"]["type"] == "integer"
    assert models.UsageTokens.from_dict({"input_tokens": 18.5}).input_tokens == 18.5


def test_gap_12_errors_are_silent_or_break(server: RawServer) -> None:
    assert PUBLISHED["paths"]["/v2/chat"]["post"]["responses"].keys() == {"200", "400", "401", "429"}
    ours = {
        404: cohere_chat.NotFoundError,
        422: cohere_chat.UnprocessableEntityError,
        498: cohere_chat.BlockedTokenError,
    }
    for status, cls in ours.items():
        server.play(answer({"message": "no", "id": "1"}, status=status), answer({"message": "no"}, status=status))
        given = generated_call(server, chat)
        assert (given.status_code, given.parsed) == (status, models.Error(message="no", id="1"))
        with pytest.raises(cls, match=f"{status} no"):
            SyncFace().chat(server.url)


def test_gap_13_the_generated_client_shows_its_token_and_waits_for_ever(server: RawServer) -> None:
    theirs = AuthenticatedClient(base_url=server.url, token="s3cret")
    assert "s3cret" in repr(theirs)
    assert theirs.get_httpx_client().timeout == httpx.Timeout(None)
    theirs.get_httpx_client().close()
    server.play(answer(text_answer("Hi")))
    with ChatClient("", base_url=server.url) as client:
        client.chat(model="m", messages=HI)
        assert client._connections.http.timeout == cohere_chat.DEFAULT_TIMEOUT
        assert "authorization" not in client._connections.http.headers
    assert "authorization" not in server.requests[0].headers


def test_gap_14_temperature_goes_up_to_two() -> None:
    assert REQUEST["temperature"]["maximum"] == 2
    assert attrs.fields(models.ChatRequest).temperature.metadata["maximum"] == 1
