"""ChatEmulator: the chat API's wire format on a real socket of this machine. It is no model and says so.

Belongs here: a server that answers like the service (WIRE.md sections 1, 4 and 5). Not known here: the client.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response


class ChatEmulator:
    """A server that answers `POST /v2/chat`, whole or as a stream, with a text that repeats the last message.

    delay: seconds between two events of a stream; default 0.

    >>> from cohere_chat import ChatClient
    >>> with ChatEmulator() as emulator, ChatClient("any-key", base_url=emulator.url) as client:
    ...     print(client.chat(model="any", messages=[{"role": "user", "content": "Hi"}]).text)
    This is an emulator, no model. You said: Hi
    """

    def __init__(self, *, delay: float = 0.0) -> None:
        self._delay = delay
        self._server = HTTPServer(host="127.0.0.1", port=0, threaded=True)
        for path in ("/v2/chat", "/v2/chat/stream"):
            self._server.expect_request(path, method="POST").respond_with_handler(self._answer)

    @property
    def url(self) -> str:
        """The base URL to give a client."""
        return self._server.url_for("").rstrip("/")

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop()

    def _answer(self, request: Request) -> Response:
        body = request.get_json()
        answer = _echo(body)
        headers = {"x-debug-trace-id": uuid.uuid4().hex, "x-cohere-chat-emulator": "this is no model"}
        if body.get("stream") or request.path.endswith("/stream"):
            return Response(self._stream(answer), headers=headers, content_type="text/event-stream")
        billed = answer["usage"]["billed_units"]
        headers["num_tokens"] = str(sum(billed.values()))
        return Response(json.dumps(answer, ensure_ascii=False), headers=headers, content_type="application/json")

    def _stream(self, answer: dict[str, Any]) -> Iterator[bytes]:  # Any: JSON
        for event in events_of(answer):
            yield f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
            time.sleep(self._delay)
        yield b"data: [DONE]\n\n"


def _echo(body: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    content = body["messages"][-1].get("content") or ""
    said = content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)
    text = f"This is an emulator, no model. You said: {said}"
    read = sum(len(_pieces(json.dumps(message))) for message in body["messages"])
    counts = {"input_tokens": read, "output_tokens": len(_pieces(text))}
    return {
        "id": str(uuid.uuid4()),
        "message": {"role": "assistant", "content": [{"type": "text", "text": text}]},
        "finish_reason": "COMPLETE",
        "usage": {"billed_units": counts, "tokens": counts},
    }


def _pieces(text: str) -> list[str]:
    """A text in pieces as small as tokens; joined, they are the text."""
    return re.findall(r"\s*\S+|\s+$", text)


def events_of(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:  # Any: JSON
    """The events that stream `answer`, a plain call's body, in the wire's order (WIRE.md section 5)."""
    message = answer["message"]
    empty = {"role": message["role"], "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    yield {"id": answer["id"], "type": "message-start", "delta": {"message": empty}}
    for piece in _pieces(message.get("tool_plan", "")):
        yield {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": piece}}}
    for index, call in enumerate(message.get("tool_calls", [])):
        opened = {**call, "function": {**call["function"], "arguments": ""}}
        yield {"type": "tool-call-start", "index": index, "delta": {"message": {"tool_calls": opened}}}
        for piece in _pieces(call["function"]["arguments"]):
            delta = {"tool_calls": {"function": {"arguments": piece}}}
            yield {"type": "tool-call-delta", "index": index, "delta": {"message": delta}}
        yield {"type": "tool-call-end", "index": index}
    parts = message.get("content", [])
    for index, part in enumerate(parts):
        key = part["type"]
        yield {"type": "content-start", "index": index, "delta": {"message": {"content": {**part, key: ""}}}}
        for piece in _pieces(part[key]):
            yield {"type": "content-delta", "index": index, "delta": {"message": {"content": {key: piece}}}}
        if index == len(parts) - 1:
            for number, citation in enumerate(message.get("citations", [])):
                yield {"type": "citation-start", "index": number, "delta": {"message": {"citations": citation}}}
                yield {"type": "citation-end", "index": number}
        yield {"type": "content-end", "index": index}
    yield {"type": "message-end", "delta": {"finish_reason": answer["finish_reason"], "usage": answer["usage"]}}
