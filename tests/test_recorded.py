"""The recorded traffic of the service, replayed through a real socket."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from cohere_chat import BadRequestError, UnknownEvent
from cohere_chat_api_client.models import ChatResponse as GeneratedResponse

from .conftest import AsyncFace, SyncFace, recorded
from .server import RawServer, answer, chunked

Exchange = dict[str, Any]


def call_of(exchange: Exchange) -> dict[str, Any]:
    """The recorded request as arguments; fields with another name in v1 go into extra_body."""
    body = dict(exchange["request"])
    body.pop("stream")
    known = {"messages", "model", "tools", "temperature", "documents"}
    extra = {key: body.pop(key) for key in body.keys() - known}
    return {**body, **({"extra_body": extra} if extra else {})}


def headers_of(exchange: Exchange) -> dict[str, str]:
    skipped = {"content-type", "content-length", "transfer-encoding", "content-encoding"}
    return {
        name.replace("_", "__").replace("-", "_"): value
        for name, value in exchange["headers"].items()
        if name.lower() not in skipped
    }


@pytest.mark.parametrize("exchange", recorded("json"))
def test_a_recorded_answer_comes_back_as_the_service_sent_it(
    exchange: Exchange, face: SyncFace | AsyncFace, server: RawServer
) -> None:
    server.play(answer(exchange["body"].encode(), **headers_of(exchange)))
    response = face.chat(server.url, **call_of(exchange))
    body = json.loads(exchange["body"])
    assert response.to_dict() == body
    assert response.id == body["id"]
    assert response.finish_reason == body["finish_reason"]
    assert response.text == "".join(part.get("text", "") for part in body["message"].get("content", []))
    assert response.usage is not None
    assert response.usage.billed_units is not None
    assert response.usage.billed_units.input_tokens == body["usage"]["billed_units"]["input_tokens"]
    assert response.request_id == exchange["headers"]["x-debug-trace-id"]
    (request,) = server.requests
    assert request.json == exchange["request"]
    assert request.line == "POST /v2/chat HTTP/1.1"


@pytest.mark.parametrize("exchange", recorded("json"))
def test_a_recorded_answer_can_be_appended_and_goes_back_unchanged(exchange: Exchange, server: RawServer) -> None:
    server.play(answer(exchange["body"].encode()), answer(exchange["body"].encode()))
    call = call_of(exchange)
    response = SyncFace().chat(server.url, **call)
    SyncFace().chat(server.url, **{**call, "messages": [*call["messages"], response.message]})
    assert server.requests[1].json["messages"][-1] == json.loads(exchange["body"])["message"]


@pytest.mark.parametrize("exchange", recorded("json"))
def test_the_generated_client_reads_a_recorded_answer_and_gives_it_back(exchange: Exchange) -> None:
    body = json.loads(exchange["body"])
    assert GeneratedResponse.from_dict(body).to_dict() == body


@pytest.mark.parametrize("exchange", recorded("sse"))
def test_a_recorded_stream_folds_to_the_plain_answer_however_it_is_cut(
    exchange: Exchange, face: SyncFace | AsyncFace, server: RawServer
) -> None:
    data = exchange["body"].encode()
    cuts = sorted(random.Random(exchange["name"]).choices(range(len(data)), k=200))
    pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    server.play(chunked(pieces, **headers_of(exchange)))
    streamed = face.stream(server.url, **call_of(exchange))
    assert streamed.error is None
    assert streamed.response is not None
    names = [line.removeprefix("event: ") for line in exchange["body"].splitlines() if line.startswith("event: ")]
    assert [event.type for event in streamed.events] == names
    assert not any(isinstance(event, UnknownEvent) for event in streamed.events)
    assert streamed.response.to_dict() == independent_fold(exchange["body"])
    assert streamed.response.request_id == exchange["headers"]["x-debug-trace-id"]
    (request,) = server.requests
    assert request.json == exchange["request"]


@pytest.mark.parametrize("exchange", recorded("errors"))
def test_a_recorded_refusal_is_typed(exchange: Exchange, face: SyncFace | AsyncFace, server: RawServer) -> None:
    refusal = answer(exchange["body"].encode(), status=exchange["status"], **headers_of(exchange))
    server.play(refusal)
    with pytest.raises(BadRequestError, match="document at index 0 cannot be empty") as caught:
        face.chat(server.url, **call_of(exchange))
    assert caught.value.body == json.loads(exchange["body"])
    assert caught.value.request_id == exchange["headers"]["x-debug-trace-id"]
    assert server.requests[0].json == exchange["request"]


def independent_fold(body: str) -> dict[str, Any]:
    """Accumulates a stream by the table of WIRE.md section 5, as plain JSON, without code from the package."""
    answer: dict[str, Any] = {}
    message: dict[str, Any] = {}
    for line in body.splitlines():
        if not line.startswith("data: {"):
            continue
        event = json.loads(line.removeprefix("data: "))
        delta = event.get("delta", {})
        inner = delta.get("message", {})
        match event["type"]:
            case "message-start":
                answer = {"id": event["id"], "message": message}
                message["role"] = inner["role"]
            case "content-start":
                message.setdefault("content", []).append(inner["content"])
            case "content-delta":
                for key, piece in inner["content"].items():
                    message["content"][event["index"]][key] += piece
            case "tool-plan-delta":
                message["tool_plan"] = message.get("tool_plan", "") + inner["tool_plan"]
            case "tool-call-start":
                message.setdefault("tool_calls", []).append(inner["tool_calls"])
            case "tool-call-delta":
                piece = inner["tool_calls"]["function"]["arguments"]
                message["tool_calls"][event["index"]]["function"]["arguments"] += piece
            case "citation-start":
                message.setdefault("citations", []).append(inner["citations"])
            case "message-end":
                answer |= delta
    return answer
