"""What the service refuses: a request's JSON -> status and message, as an exception. The emulator refuses the same.

Belongs here: the rules of WIRE.md sections 2, 3 and 6. The service's own words are those of unknown fields, empty
documents and ranges, "tool call id not found", and the status; the rest are ours. Not known here: keys, models, rate
limits (the emulator's own settings), answers.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

from cohere_chat.wire import REQUEST_PROPERTIES

from .answers import JSON

_RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0, 1.0),
    "p": (0.01, 0.99),
    "k": (0, 500),
    "frequency_penalty": (0, 1),
    "presence_penalty": (0, 1),
    "seed": (0, 2**64 - 1),
    "priority": (0, 999),
    "max_tokens": (1, 2**31 - 1),
}
_INTEGERS = {"k", "seed", "priority", "max_tokens"}
_TYPES: dict[str, type] = {
    "stream": bool,
    "strict_tools": bool,
    "logprobs": bool,
    "tools": list,
    "documents": list,
    "stop_sequences": list,
    "citation_options": dict,
    "response_format": dict,
    "thinking": dict,
}
_VALUES = {
    "safety_mode": ("CONTEXTUAL", "STRICT", "OFF"),
    "tool_choice": ("REQUIRED", "NONE"),
}
_FIELDS: dict[str, frozenset[str]] = {
    "system": frozenset({"role", "content"}),
    "user": frozenset({"role", "content"}),
    "assistant": frozenset({"role", "content", "tool_calls", "tool_plan", "citations"}),
    "tool": frozenset({"role", "content", "tool_call_id"}),
}
_PARTS = {
    "system": {"text"},
    "user": {"text", "image_url"},
    "assistant": {"text", "thinking"},
    "tool": {"text", "document"},
}
# Where a part has what its type says, and of which type that is.
_HOLDS: dict[str, type] = {"text": str, "thinking": str, "image_url": dict, "document": dict}


class Refused(Exception):  # noqa: N818  # it is no error of the emulator's
    """The service would refuse this, with this status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def check(request: Any) -> None:  # Any: JSON
    """Raises Refused for what the service would not answer."""
    if not isinstance(request, dict):
        raise _bad("the body must be a JSON object")
    _check_known(request, {*REQUEST_PROPERTIES.values(), "model", "messages", "stream"})
    if not isinstance(request.get("model"), str) or not request["model"]:
        raise _bad("model is required")
    if not isinstance(request.get("messages"), list) or not request["messages"]:
        raise _bad("messages must have at least one message")
    _of_parameters(request)
    _of_tools(request)
    _of_documents(request)
    _of_messages(request["messages"])


def _bad(what: str) -> Refused:
    return Refused(400, f"invalid request: {what}")


def _check_known(value: JSON, known: Container[str]) -> None:
    for name in value:
        if name not in known:
            raise Refused(422, f"unknown field: parameter {name} is not a valid field")


def _of_parameters(request: JSON) -> None:
    for name, wanted in _TYPES.items():
        if not isinstance(request.get(name, wanted()), wanted):
            raise _bad(f"{name} has the wrong type")
    for name, (least, most) in _RANGES.items():
        value = request.get(name, least)
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        whole = name not in _INTEGERS or isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if not numeric or not whole or not least <= value <= most:
            raise _bad(f"{name} must be between {least} and {most} inclusive")
    for name, values in _VALUES.items():
        if request.get(name, values[0]) not in values:
            raise _bad(f"{name} must be one of {', '.join(values)}")
    stops = request.get("stop_sequences", [])
    if len(stops) > 5 or not all(isinstance(stop, str) for stop in stops):
        raise _bad("stop_sequences must be at most 5 strings")
    thinking = request.get("thinking", {})
    budget = thinking.get("token_budget", 1)
    if thinking.get("type", "enabled") not in ("enabled", "disabled") or not isinstance(budget, int) or budget < 1:
        raise _bad("thinking must have a type of enabled or disabled, and a token_budget of at least 1")
    mode = str(request.get("citation_options", {}).get("mode", "ENABLED")).upper()
    if mode not in ("ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF"):
        raise _bad("citation_options.mode must be one of ENABLED, DISABLED, FAST, ACCURATE, OFF")
    form = request.get("response_format", {})
    if form.get("type", "text") not in ("text", "json_object"):
        raise _bad("response_format.type must be text or json_object")
    if not isinstance(form.get("json_schema", {}), dict):
        raise _bad("response_format.json_schema must be an object")
    if form.get("type") == "json_object" and (request.get("tools") or request.get("documents")):
        raise _bad("response_format json_object is not supported together with tools or documents")


def _of_tools(request: JSON) -> None:
    names: set[str] = set()
    fields = 0
    for index, tool in enumerate(request.get("tools", [])):
        if not isinstance(tool, dict):
            raise _bad(f"tool at index {index} must be an object")
        _check_known(tool, ("type", "function"))
        function = tool.get("function")
        if tool.get("type") != "function" or not isinstance(function, dict):
            raise _bad(f"tool at index {index} must have the type function, and a function")
        _check_known(function, ("name", "description", "parameters"))
        name = function.get("name")
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise _bad(f"the name of the tool at index {index} must be letters, digits and underscores")
        if name in names:
            raise _bad(f"duplicate tool name {name}")
        names.add(name)
        parameters = function.get("parameters", {})
        if not isinstance(parameters, dict) or not isinstance(function.get("description", ""), str):
            raise _bad(f"tool at index {index} must have an object as parameters and text as description")
        if request.get("strict_tools") and not parameters.get("required"):
            raise _bad(f"with strict_tools the tool at index {index} must have at least one required parameter")
        fields += str(parameters).count("'type':") - 1
    if request.get("strict_tools") and fields > 200:
        raise _bad("with strict_tools all tools together may have 200 fields")
    if request.get("tool_choice") == "REQUIRED" and not names:
        raise _bad("tool_choice REQUIRED needs tools")


def _of_documents(request: JSON) -> None:
    for index, document in enumerate(request.get("documents", [])):
        if not document or (not isinstance(document, str) and not _has_data(document)):
            raise _bad(f"document at index {index} cannot be empty")
    _of_ids([document for document in request.get("documents", []) if isinstance(document, dict)])


def _of_ids(documents: list[JSON]) -> None:
    names: set[str] = set()
    for name in [document["id"] for document in documents if document.get("id") is not None]:
        if not isinstance(name, str):
            raise _bad("a document id must be text")
        if name in names:
            raise _bad(f"duplicate document id {name}")
        names.add(name)


def _has_data(document: Any) -> bool:  # Any: JSON
    data = document.get("data") if isinstance(document, dict) else None
    return bool(data) and isinstance(data, dict | str)


def _of_messages(messages: list[Any]) -> None:  # Any: JSON
    calls: set[str] = set()
    images = 0
    for index, message in enumerate(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if not isinstance(role, str) or role not in _FIELDS:
            raise _bad(f"message at index {index} must have a role of {', '.join(_FIELDS)}")
        _check_known(message, _FIELDS[role])
        for name, wanted in {"tool_calls": list, "citations": list, "tool_plan": str, "tool_call_id": str}.items():
            if name in message and message[name] is not None and not isinstance(message[name], wanted):
                raise _bad(f"{name} of the message at index {index} has the wrong type")
        _of_content(message, index)
        images += str(message.get("content")).count("'image_url': {")
        for call in message.get("tool_calls") or []:
            _of_call(call, index, calls)
        if role == "tool" and message.get("tool_call_id") not in calls:
            raise _bad(f"tool call id not found in previous tool calls: {message.get('tool_call_id')}")
    if images > 20:
        raise _bad("a request may have 20 images")


def _of_call(call: Any, index: int, calls: set[str]) -> None:  # Any: JSON
    function = call.get("function") if isinstance(call, dict) else None
    texts = [call.get("id"), function.get("name"), function.get("arguments")] if isinstance(function, dict) else [None]
    if not all(isinstance(text, str) for text in texts) or call["id"] in calls:
        raise _bad(
            f"a tool call of the message at index {index} must have an id of its own, a name and arguments as text"
        )
    calls.add(call["id"])


def _of_content(message: JSON, index: int) -> None:
    role, content = message["role"], message.get("content")
    parts: Any = [{"type": "text", "text": content}] if isinstance(content, str) else content  # Any: JSON
    if role == "assistant" and content is None:
        if not message.get("tool_calls"):
            raise _bad(f"message at index {index} must have content or tool calls")
        return
    if not isinstance(parts, list) or not parts:
        raise _bad(f"message at index {index} must have content")
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        if not isinstance(kind, str) or kind not in _PARTS[role] or not isinstance(part.get(kind), _HOLDS[kind]):
            raise _bad(f"the content of the message at index {index} has a part that its role cannot have")
        if kind == "document" and not _has_data(part["document"]):
            raise _bad(f"a document of the message at index {index} cannot be empty")
        if kind == "image_url" and not isinstance(part["image_url"].get("url"), str):
            raise _bad(f"an image of the message at index {index} must have a url")
        if kind == "image_url" and part["image_url"].get("detail", "auto") not in ("auto", "low", "high"):
            raise _bad(f"the detail of an image of the message at index {index} must be auto, low or high")
        if not part[kind] and not message.get("tool_calls"):
            raise _bad(f"message at index {index} must have non-empty content")
    _of_ids([part["document"] for part in parts if part["type"] == "document"])
    if role == "assistant" and message.get("tool_calls") and any(part.get("text") for part in parts):
        raise _bad(f"message at index {index} must not have both text content and tool calls: use tool_plan")
