"""Generates the emulator's own plain answer from the JSON of a request. Pure and deterministic.

Belongs here: how each feature of a request shows in an answer, in the shapes of WIRE.md sections 3 and 4.
Not known here: sockets, streams, which requests are refused.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .examples import example_of

JSON = dict[str, Any]  # Any: JSON

NOTICE = "This is an emulator, not a model."
IMAGE_TOKENS = 256
_LEADS = ("You said", "I read", "Your words were")  # the seed selects one


def pieces(text: str) -> list[str]:
    """Splits a text into token-sized pieces, which add up to the text."""
    return re.findall(r"\s*\S+|\s+$", text)


def make_answer(
    request: JSON,
    *,
    text: str = "",
    thinking: str = "",
    tool_plan: str = "",
    tool_calls: Sequence[tuple[str, str]] = (),
    citations: Sequence[Any] = (),  # Any: JSON
    finish_reason: str = "",
) -> JSON:
    """Returns the body of a plain answer with these parts. Empty parts are left out, as on the wire.

    tool_calls: for each call, the name of the function and its arguments as JSON text.

    Usage is counted. Ids are derived from the request.
    """
    message: JSON = {"role": "assistant"}
    parts = [("thinking", thinking), ("text", text)]
    content = [{"type": kind, kind: said} for kind, said in parts if said]
    calls = [
        {
            "id": f"{name}_{_digest(request, name, number)[:12]}",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }
        for number, (name, arguments) in enumerate(tool_calls)
    ]
    told = {"content": content, "tool_plan": tool_plan, "tool_calls": calls, "citations": [*citations]}
    message |= {key: value for key, value in told.items() if value}
    answer: JSON = {
        "id": str(uuid.UUID(_digest(request)[:32], version=4)),
        "message": message,
        "finish_reason": finish_reason or ("TOOL_CALL" if calls else "COMPLETE"),
        "usage": _usage(request, message),
    }
    if request.get("logprobs") and text:
        answer["logprobs"] = [logprob(piece) for piece in pieces(text)]
    return answer


def logprob(piece: str) -> JSON:
    """Returns the log probability of a piece, which is one token here."""
    number = int(_digest({"piece": piece})[:4], 16)
    return {"text": piece, "token_ids": [number], "logprobs": [-round(number / 65536, 4)]}


def own_answer(request: JSON) -> JSON:
    """Returns the answer to a request. It depends only on the request."""
    calls = [*_calls(request)]
    if calls:
        plan = f"{NOTICE} I will call {' and '.join(name for name, _ in calls)}."
        thinking = _thinking(request, plan)
        # A reasoning model thinks instead of planning (WIRE 4).
        return make_answer(request, tool_calls=calls, thinking=thinking, tool_plan="" if thinking else plan)
    thinking = _thinking(request, f"{NOTICE} The last message is from the {request['messages'][-1]['role']}.")
    text, citations = _text(request)
    text, finish_reason = _cut(request, text)
    most = request.get("max_tokens")
    if most:  # it includes the thinking
        thought, answered = pieces(thinking)[: int(most)], pieces(text)
        thinking, left = "".join(thought), int(most) - len(thought)
        text, finish_reason = "".join(answered[:left]), "MAX_TOKENS" if len(answered) > left else finish_reason
    kept = [citation for citation in citations if citation["end"] <= len(text)]
    return make_answer(request, text=text, thinking=thinking, citations=kept, finish_reason=finish_reason)


# --- what a request says ---------------------------------------------------------------------------------------------


def _parts(content: Any) -> list[JSON]:  # Any: JSON, a string or parts
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [part for part in content or [] if isinstance(part, dict)]


def said(request: JSON) -> str:
    """Returns the text of the last user message, or of the last message if there is none."""
    messages = request["messages"]
    message = next((message for message in reversed(messages) if message["role"] == "user"), messages[-1])
    return " ".join(str(part["text"]) for part in _parts(message.get("content")) if part.get("type") == "text")


def citation_mode(request: JSON) -> str:
    """Returns the citation mode in upper case (`OFF`, `FAST`, ...). The service's own pages use both cases."""
    return str((request.get("citation_options") or {}).get("mode") or "ENABLED").upper()


def compact(value: Any) -> str:  # Any: JSON
    """Returns JSON text as the service writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _images(request: JSON) -> int:
    parts = [part for message in request["messages"] for part in _parts(message.get("content"))]
    return sum(part.get("type") == "image_url" for part in parts)


def _digest(request: Mapping[str, Any], *more: object) -> str:  # Any: JSON
    alike = {key: value for key, value in request.items() if key != "stream"}
    return hashlib.sha256(json.dumps([alike, *more], sort_keys=True).encode()).hexdigest()


def _thinking(request: JSON, thought: str) -> str:
    """Returns the thought, cut to the token budget; `""` if the model does not think."""
    told = request.get("thinking") or {}
    kind = told.get("type") or ("enabled" if told or "reasoning" in request["model"] else "disabled")
    if kind == "disabled":
        return ""
    return "".join(pieces(thought)[: told.get("token_budget")])


def _calls(request: JSON) -> Iterator[tuple[str, str]]:
    """Yields calls to the tools that the user names, else to the first; no calls if the request has their results."""
    choice = request.get("tool_choice")
    answered = request["messages"][-1]["role"] == "tool"
    if choice == "NONE" or (answered and choice != "REQUIRED"):
        return
    functions = [tool["function"] for tool in request.get("tools") or []]
    named = [function for function in functions if re.search(rf"\b{function['name']}\b", said(request))]
    for function in named or functions[:1]:
        arguments = example_of({"type": "object"} | (function.get("parameters") or {}), said(request))
        yield function["name"], compact(arguments)


# --- what is answered ------------------------------------------------------------------------------------------------


def _text(request: JSON) -> tuple[str, list[JSON]]:
    form = request.get("response_format") or {}
    if form.get("type") == "json_object" or _prompted_for_json(request):
        schema = form.get("json_schema") or form.get("schema")  # WIRE 2: the service accepts the old key too
        value = example_of(schema, said(request)) if schema else {"notice": NOTICE, "said": said(request)}
        return json.dumps(value, ensure_ascii=False), []
    lead = _LEADS[int(request.get("seed") or 0) % len(_LEADS)]
    text = f"{NOTICE} {lead}: {said(request)}"
    count = _images(request)
    if count:
        text += f" ({count} image{'s' if count > 1 else ''})"
    citations: list[JSON] = []
    for source in _sources(request):
        told = source["tool_output"] if source["type"] == "tool" else source["document"]
        fact = max((str(value) for key, value in told.items() if key != "id"), key=len, default="")
        fact = " ".join(fact.split())[:80]
        if fact:
            text += " I cite: "
            citations.append({"start": len(text), "end": len(text) + len(fact), "text": fact, "sources": [source]})
            text += fact
    if citation_mode(request) in ("OFF", "DISABLED"):
        citations = []
    return text, [citation | {"type": "TEXT_CONTENT"} for citation in citations]


_ASKS_FOR_JSON = re.compile(
    r"\b(return|respond|reply|answer|output|produce|generate|give|write|format(ted)?)\b(\s+(?!no\b|about\b)\w+){0,5}?\s+JSON\b"
    r"|\bonly (valid )?JSON\b|\bJSON schema\b",
    re.IGNORECASE,
)


def _prompted_for_json(request: JSON) -> bool:
    """Whether a system message or the last user message asks for JSON in words. With documents, the answer is text."""
    system = [message for message in request["messages"] if message["role"] == "system"]
    told = [str(part.get("text", "")) for message in system for part in _parts(message["content"])]
    return not request.get("documents") and _ASKS_FOR_JSON.search(" ".join([*told, said(request)])) is not None


def _sources(request: JSON) -> Iterator[JSON]:
    """Yields the sources to cite: the documents, and the tool results at the end of the conversation (WIRE 3)."""
    for number, document in enumerate(request.get("documents") or []):
        data = document if isinstance(document, str) else document["data"]
        name = f"doc:{number}" if isinstance(document, str) else document.get("id") or f"doc:{number}"
        yield {"type": "document", "id": name, "document": {"id": name, **_data(data)}}
    messages = request["messages"]
    last = next((at for at in reversed(range(len(messages))) if messages[at]["role"] != "tool"), -1)
    for message in messages[last + 1 :]:
        for number, part in enumerate(_parts(message.get("content"))):
            document = part.get("document") or {"data": part.get("text", "")}
            name = document.get("id") or f"{message['tool_call_id']}:{number}"
            yield {"type": "tool", "id": name, "tool_output": _data(document.get("data", ""))}


def _data(data: Any) -> JSON:  # Any: JSON
    """Returns a document's data as a source shows it. A JSON object in text is parsed, with all values as text."""
    if isinstance(data, dict):
        return data
    try:
        read = json.loads(data)
    except (TypeError, ValueError):
        read = None
    if not isinstance(read, dict):
        return {"content": str(data)}
    return {key: value if isinstance(value, str) else compact(value) for key, value in read.items()}


def _cut(request: JSON, text: str) -> tuple[str, str]:
    """Returns the text up to the first of the `stop_sequences`, and the finish reason."""
    found = [text.find(stop) for stop in request.get("stop_sequences") or [] if stop and stop in text]
    return (text[: min(found)], "STOP_SEQUENCE") if found else (text, "COMPLETE")


def _usage(request: JSON, message: JSON) -> JSON:
    given = [*request["messages"], *(request.get("documents") or []), *(request.get("tools") or [])]
    read = sum(len(pieces(json.dumps(item, ensure_ascii=False))) for item in given)
    wrote = [part[part["type"]] for part in message.get("content", [])] + [message.get("tool_plan", "")]
    wrote += [call["function"]["name"] + call["function"]["arguments"] for call in message.get("tool_calls", [])]
    output = sum(len(pieces(text)) for text in wrote)
    hidden = 900 if request.get("tools") or request.get("documents") else 66  # the service's own prompt (WIRE 4)
    image_tokens = IMAGE_TOKENS * _images(request)
    tokens = {"input_tokens": read + hidden, "output_tokens": output}
    if image_tokens:
        tokens["image_tokens"] = image_tokens
    billed = {"input_tokens": read + image_tokens, "output_tokens": output}
    return {"billed_units": billed, "tokens": tokens, "cached_tokens": 0}
