"""Converts the body of a plain answer to the frames that stream it, in either dialect (WIRE.md section 5).

Belongs here: the events, their order and their bytes. Not known here: sockets, the content of answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from .answers import JSON, compact, logprob, pieces

DONE = b"data: [DONE]\n\n"

# The event names that differ in the YAML, and the events that it does not have (openapi/README.md, gap 5).
_YAML_NAMES = {"message-start": "stream-start", "message-end": "stream-end"}
_NOT_IN_THE_YAML = ("content-start", "content-end", "tool-plan-delta")


def events_of(answer: JSON, *, fast_citations: bool = False) -> Iterator[JSON]:
    """Yields the events of a stream that adds up to `answer`, in wire order.

    fast_citations: whether each citation follows the text that it refers to, instead of the whole text.
    """
    message = answer["message"]
    empty = {"role": message["role"], "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    yield {"id": answer["id"], "type": "message-start", "delta": {"message": empty}}
    for piece in pieces(message.get("tool_plan", "")):
        yield {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": piece}}}
    parts = message.get("content", [])
    for index, part in enumerate(parts):
        cited = message.get("citations", []) if index == len(parts) - 1 else []
        yield from _content(index, part, cited, fast_citations=fast_citations, logprobs="logprobs" in answer)
    for index, call in enumerate(message.get("tool_calls", [])):
        yield from _tool_call(index, call)
    yield {"type": "message-end", "delta": {"finish_reason": answer["finish_reason"], "usage": answer["usage"]}}


def _content(index: int, part: JSON, citations: list[JSON], *, fast_citations: bool, logprobs: bool) -> Iterator[JSON]:
    key = part["type"]
    waiting = list(enumerate(citations))
    length = 0
    yield {"type": "content-start", "index": index, "delta": {"message": {"content": {**part, key: ""}}}}
    for piece in pieces(part[key]):
        delta: JSON = {"type": "content-delta", "index": index, "delta": {"message": {"content": {key: piece}}}}
        yield delta | ({"logprobs": logprob(piece)} if logprobs and key == "text" else {})
        length += len(piece)
        while fast_citations and waiting and waiting[0][1]["end"] <= length:
            yield from _citation(*waiting.pop(0))
    for number, citation in waiting:
        yield from _citation(number, citation)
    yield {"type": "content-end", "index": index}


def _citation(number: int, citation: JSON) -> Iterator[JSON]:
    yield {"type": "citation-start", "index": number, "delta": {"message": {"citations": citation}}}
    yield {"type": "citation-end", "index": number}


def _tool_call(index: int, call: JSON) -> Iterator[JSON]:
    """Yields a call's events. The service pretty-prints arguments, and sends none for a function without parameters."""
    opened = {**call, "function": {**call["function"], "arguments": ""}}
    yield {"type": "tool-call-start", "index": index, "delta": {"message": {"tool_calls": opened}}}
    for piece in pieces(_as_streamed(call["function"]["arguments"])):
        delta = {"tool_calls": {"function": {"arguments": piece}}}
        yield {"type": "tool-call-delta", "index": index, "delta": {"message": delta}}
    yield {"type": "tool-call-end", "index": index}


def _as_streamed(arguments: str) -> str:
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return arguments  # scripted by a test
    return json.dumps(value, indent=4, ensure_ascii=False) if value else ""


def frame(event: JSON) -> bytes:
    """Returns one event as the service sends it."""
    return f"event: {event['type']}\ndata: {compact(event)}\n\n".encode(errors="replace")


def json_line(event: JSON) -> bytes:
    """Returns one event as a line of JSON."""
    return f"{compact(event)}\n".encode(errors="replace")


def yaml_frame(event: JSON) -> bytes:
    """Returns one event as the YAML describes it, with `event_type` and YAML names; `b""` if the YAML lacks it."""
    if event["type"] in _NOT_IN_THE_YAML:
        return b""
    name = _YAML_NAMES.get(event["type"], event["type"])
    told = {"event_type": name} | {key: value for key, value in event.items() if key != "type"}
    return f"event: {name}\ndata: {compact(told)}\n\n".encode(errors="replace")
