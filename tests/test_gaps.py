"""The gaps between the YAML and the service, by their numbers in openapi/README.md.

Each test shows the gap in the generated code and its bridge in the overlay. Without the bridge it fails; and when a
newer YAML has mended a gap it fails too, and the gap, its bridge and its test go.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import attrs
import httpx
import pytest

import cohere_chat
from cohere_chat import ChatClient, ChatParams
from cohere_chat.events import decode_event
from cohere_chat_api_client import AuthenticatedClient, models
from cohere_chat_api_client.api.chat import chat, chat_stream
from cohere_chat_api_client.types import UNSET, Response

from .conftest import HI, SyncFace
from .server import RawServer, answer, chunked, frames, text_answer, text_events
from .test_wire import PARAMS

ROOT = Path(__file__).parent.parent


def fields(cls: type) -> set[str]:
    return {field.name for field in attrs.fields(cls)}


def generated_call(server: RawServer, operation: Any, **fields: Any) -> Response[Any]:
    message = models.Message(models.MessageRole.USER, "Hi")
    body = models.ChatRequest(model="a-model", messages=[message], **fields)
    with AuthenticatedClient(base_url=server.url, token="a-key") as client:
        return operation.sync_detailed(client=client, body=body)


def test_every_gap_has_its_test_and_every_test_its_gap() -> None:
    rows = re.findall(r"^\| (\d+) \|", (ROOT / "openapi" / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    tests = [name.split("_")[2] for name in globals() if name.startswith("test_gap_")]
    assert [int(row) for row in rows] == [int(test) for test in tests] == list(range(1, len(rows) + 1))


def test_gap_1_enums_are_closed() -> None:
    yaml = (ROOT / "openapi" / "cohere-chat-api-openapi.yml").read_text(encoding="utf-8")
    assert "COMPLETE" not in yaml
    body = text_answer("Hi")
    assert models.ChatResponse.from_dict(body).to_dict() == body
    assert models.ChatResponseFinishReason("COMPLETE") == "COMPLETE"
    assert str(models.ChatRequestSafetyMode("OFF")) == "OFF"
    with pytest.raises(ValueError, match="5 is not a valid"):
        models.ChatResponseFinishReason(5)


def test_gap_2_finish_reasons_are_in_lower_case(server: RawServer) -> None:
    assert {reason.value for reason in models.ChatResponseFinishReason} == {
        reason.value.lower() for reason in cohere_chat.FinishReason
    }
    for sent in ("MAX_TOKENS", "max_tokens"):
        server.play(answer(text_answer("Hi", finish_reason=sent)))
        assert SyncFace().chat(server.url).finish_reason is cohere_chat.FinishReason.MAX_TOKENS


def test_gap_3_streaming_has_an_address_of_its_own(server: RawServer) -> None:
    assert "stream" not in fields(models.ChatRequest)
    server.play(answer(b"", status=404), chunked(frames(text_events("Hi"))), answer(text_answer("Hi")))
    generated_call(server, chat_stream)
    SyncFace().stream(server.url)
    SyncFace().chat(server.url)
    assert [(request.line.split()[1], request.json.get("stream")) for request in server.requests] == [
        ("/v2/chat/stream", None),
        ("/v2/chat", True),
        ("/v2/chat", False),
    ]


def test_gap_4_a_stream_is_one_json_object(server: RawServer) -> None:
    stream = chunked(frames(text_events("Hi")))
    server.play(stream, stream)
    with pytest.raises(ValueError, match="dictionary update sequence"):
        generated_call(server, chat_stream)
    streamed = SyncFace().stream(server.url)
    assert streamed.response is not None
    assert streamed.response.text == "Hi"


def test_gap_5_an_event_names_itself_otherwise() -> None:
    for event in text_events("Hi"):
        assert models.StreamEvent.from_dict(event).event_type is UNSET
        assert decode_event(event["type"], json.dumps(event).encode()).type == event["type"]
    theirs = {str(value) for value in models.StreamEventEventType}
    ours = {get_args(get_type_hints(cls)["type"])[0] for cls in get_args(cohere_chat.ChatEvent)[:-1]}
    assert theirs - ours == {"stream-start", "stream-end"}
    for name in theirs:
        assert not isinstance(
            decode_event("message", json.dumps({"event_type": name}).encode()), cohere_chat.UnknownEvent
        )
    assert len(ours - theirs) == 6


def test_gap_6_temperature_and_safety_mode_are_sent_unasked(server: RawServer) -> None:
    server.play(answer(text_answer("Hi")), answer(text_answer("Hi")))
    generated_call(server, chat)
    SyncFace().chat(server.url)
    theirs, ours = (request.json for request in server.requests)
    assert theirs == {"model": "a-model", "messages": HI, "temperature": 0.3, "safety_mode": "CONTEXTUAL"}
    assert ours == {"model": "a-model", "messages": HI, "stream": False}


def test_gap_7_content_is_a_string_and_there_are_no_plans_and_citations(server: RawServer) -> None:
    assert attrs.fields(models.Message).content.type == "str | Unset"
    assert not {"tool_plan", "citations"} & fields(models.Message)
    data = text_answer("Hi")
    data["message"] |= {"tool_plan": "I will", "citations": [{"start": 0, "end": 2, "text": "Hi", "sources": []}]}
    server.play(answer(data))
    parts = [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "https://x"}}]
    response = SyncFace().chat(server.url, messages=[{"role": "user", "content": parts}])
    assert response.message.content == [cohere_chat.TextContent("Hi")]
    assert response.message.tool_plan == "I will"
    assert response.citations[0].end == 2
    assert server.requests[0].json["messages"][0]["content"] == parts


def test_gap_8_most_parameters_are_missing(server: RawServer) -> None:
    missing = PARAMS.keys() - fields(models.ChatRequest)
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
    server.play(answer(text_answer("Hi")))
    SyncFace().chat(server.url, **{name: PARAMS[name] for name in missing})
    assert {name: server.requests[0].json[name] for name in missing} == {name: PARAMS[name] for name in missing}


def test_gap_9_safety_off_has_the_name_of_v1() -> None:
    theirs = {str(mode) for mode in models.ChatRequestSafetyMode}
    ours = set(get_args(get_args(get_type_hints(ChatParams)["safety_mode"])[0]))
    assert (theirs - ours, ours - theirs) == ({"NONE"}, {"OFF"})


def test_gap_10_a_tool_must_have_a_description(server: RawServer) -> None:
    with pytest.raises(KeyError, match="description"):
        models.Tool.from_dict({"type": "function", "function": {"name": "f", "parameters": {}}})
    server.play(answer(text_answer("Hi")))
    tools = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    SyncFace().chat(server.url, tools=tools)
    assert server.requests[0].json["tools"] == tools


def test_gap_11_usage_lacks_counts() -> None:
    for theirs, ours, names in (
        (models.Usage, cohere_chat.Usage, {"cached_tokens"}),
        (models.UsageTokens, cohere_chat.UsageTokens, {"image_tokens"}),
        (models.UsageBilledUnits, cohere_chat.BilledUnits, {"search_units", "classifications"}),
    ):
        assert fields(ours) - fields(theirs) == names


def test_gap_12_errors_are_silent_or_break(server: RawServer) -> None:
    ours = {
        404: cohere_chat.NotFoundError,
        422: cohere_chat.UnprocessableEntityError,
        498: cohere_chat.BlockedTokenError,
    }
    for status, cls in ours.items():
        server.play(answer({"message": "no"}, status=status), answer({"message": "no"}, status=status))
        if status == 498:
            with pytest.raises(ValueError, match="498 is not a valid HTTPStatus"):
                generated_call(server, chat)
        else:
            assert generated_call(server, chat).parsed is None
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
        assert client._http.timeout == cohere_chat.DEFAULT_TIMEOUT
        assert "authorization" not in client._http.headers
    assert "authorization" not in server.requests[0].headers
