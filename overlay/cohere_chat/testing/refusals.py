"""Checks the JSON of a request, and refuses it with a status and a message where the service would.

Belongs here: the rules of WIRE.md sections 2, 3 and 6. Types, ranges, enums, required and known keys are read from the
generated classes; rules that no schema can express are written here. The messages for unknown fields, empty documents,
ranges and "tool call id not found" are the service's; the others are our own. Not known here: API keys, models, rate
limits (the settings of the emulator), answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from cohere_chat import types
from cohere_chat.types import Record, wire_fields

from .answers import JSON

_PARTS: dict[str, set[str]] = {
    "system": {"text"},
    "user": {"text", "image_url"},
    "assistant": {"text", "thinking"},
    "tool": {"text", "document"},
}
# The key that holds the content of a part, and the type of the content.
_HOLDS: dict[str, type] = {"text": str, "thinking": str, "image_url": dict, "document": dict}
_INT_32 = 2**31 - 1
_IMAGE_BYTES = 20 * 10**6
_ANY_CASE = {"mode"}  # the service's own pages write the citation mode in lower case (WIRE.md section 2)


class Refused(Exception):  # noqa: N818  # not an error of the emulator
    """The service would refuse the request with this status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def check(request: Any) -> None:  # Any: JSON
    """Raises Refused for a request that the service would refuse."""
    if not isinstance(request, dict):
        raise _bad("the body must be a JSON object")
    _check_known(request, types.ChatRequest)
    if not isinstance(request.get("model"), str) or not request["model"]:
        raise _bad("model is required")
    if not isinstance(request.get("messages"), list) or not request["messages"]:
        raise _bad("messages must have at least one message")
    _check_fields(request, types.ChatRequest)
    if (request.get("max_tokens") or 0) > _INT_32:
        raise _bad(f"max_tokens must be at most {_INT_32}")
    form = request.get("response_format") or {}
    if form.get("type") == "json_object" and (request.get("tools") or request.get("documents")):
        raise _bad("response_format json_object is not supported together with tools or documents")
    _of_tools(request)
    _of_documents(request)
    _of_messages(request["messages"])


def _bad(what: str) -> Refused:
    return Refused(400, f"invalid request: {what}")


def _check_known(value: JSON, cls: type[Record]) -> None:
    known = wire_fields(cls)
    for name in value:
        if name not in known:
            raise Refused(422, f"unknown field: parameter {name} is not a valid field")


@cache
def _kinds(hint: Any) -> tuple[type, ...]:  # Any: a type hint
    """Returns the JSON types that fit a hint, as Python types; an empty tuple if any value fits."""
    members = [member for member in get_args(hint) if member is not NoneType] if _is_union(hint) else [hint]
    kinds: list[type] = []
    for member in members:
        origin = get_origin(member) or member
        if not isinstance(origin, type):
            return ()
        if issubclass(origin, Record | dict | Mapping):
            kinds.append(dict)
        elif issubclass(origin, str | bool | int):
            kinds.append(next(kind for kind in (str, bool, int) if issubclass(origin, kind)))
        else:
            kinds.append(float if origin is float else list)
    return tuple(kinds)


def _is_union(hint: Any) -> bool:  # Any: a type hint
    return NoneType in get_args(hint) or type(hint).__name__ == "UnionType"


def _fits(value: Any, kinds: tuple[type, ...]) -> bool:  # Any: JSON
    if isinstance(value, bool) or not isinstance(value, int | float):
        return type(value) in kinds
    return float in kinds or (int in kinds and float(value).is_integer())


def _check_fields(value: JSON, cls: type[Record], place: str = "") -> None:
    """Checks the type, range and enum of each key. `place` is put before the name of the key in messages."""
    hints = get_type_hints(cls)
    for key, field in wire_fields(cls).items():
        told, name, rules = value.get(key), f"{place}{key}", field.metadata
        if told is None:
            continue  # `null` counts as absent: official clients send it. Inferred, not recorded
        kinds = _kinds(hints[field.name])
        least, most = rules.get("minimum"), rules.get("maximum")
        wrong = kinds and not _fits(told, kinds)
        if least is not None and (wrong or told < least or (most is not None and told > most)):
            raise _bad(
                f"{name} must be {f'at least {least}' if most is None else f'between {least} and {most} inclusive'}"
            )
        allowed = rules.get("enum")
        if allowed and (told.upper() if key in _ANY_CASE and isinstance(told, str) else told) not in allowed:
            raise _bad(f"{name} must be one of {', '.join(allowed)}")
        if wrong:
            raise _bad(f"{name} has the wrong type")
        if "maxItems" in rules and (len(told) > rules["maxItems"] or not all(isinstance(one, str) for one in told)):
            raise _bad(f"{name} must be at most {rules['maxItems']} strings")
        inner = [one for one in get_args(hints[field.name]) if isinstance(one, type) and issubclass(one, Record)]
        if len(inner) == 1 and isinstance(told, dict):
            _check_fields(told, inner[0], f"{name}.")


def _of_tools(request: JSON) -> None:
    names: set[str] = set()
    fields = 0
    for index, tool in enumerate(request.get("tools") or []):
        if not isinstance(tool, dict):
            raise _bad(f"tool at index {index} must be an object")
        _check_known(tool, types.ToolDefinition)
        function = tool.get("function")
        if tool.get("type") != "function" or not isinstance(function, dict):
            raise _bad(f"tool at index {index} must have the type function, and a function")
        _check_known(function, types.ToolDefinitionFunction)
        name = function.get("name")
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise _bad(f"the name of the tool at index {index} must be letters, digits and underscores")
        if name in names:
            raise _bad(f"duplicate tool name {name}")
        names.add(name)
        parameters, description = function.get("parameters"), function.get("description")
        if not isinstance(parameters, dict | NoneType) or not isinstance(description, str | NoneType):
            raise _bad(f"tool at index {index} must have an object as parameters and text as description")
        if request.get("strict_tools") and not (parameters or {}).get("required"):
            raise _bad(f"with strict_tools the tool at index {index} must have at least one required parameter")
        fields += str(parameters).count("'type':") - 1
    if request.get("strict_tools") and fields > 200:
        raise _bad("with strict_tools all tools together may have 200 fields")
    if request.get("tool_choice") == "REQUIRED" and not names:
        raise _bad("tool_choice REQUIRED needs tools")


def _of_documents(request: JSON) -> None:
    documents = request.get("documents") or []
    for index, document in enumerate(documents):
        if not document or (not isinstance(document, str) and not _has_data(document)):
            raise _bad(f"document at index {index} cannot be empty")
    _of_ids([document for document in documents if isinstance(document, dict)])


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
    images: list[str] = []
    for index, message in enumerate(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if not isinstance(role, str) or role not in types.MESSAGE_BY_ROLE:
            raise _bad(f"message at index {index} must have a role of {', '.join(types.MESSAGE_BY_ROLE)}")
        _check_known(message, types.MESSAGE_BY_ROLE[role])
        for name, wanted in {"tool_calls": list, "citations": list, "tool_plan": str, "tool_call_id": str}.items():
            if name in message and message[name] is not None and not isinstance(message[name], wanted):
                raise _bad(f"{name} of the message at index {index} has the wrong type")
        _of_content(message, index)
        parts = message["content"] if isinstance(message.get("content"), list) else []
        images += [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
        for call in message.get("tool_calls") or []:
            _of_call(call, index, calls)
        if role == "tool" and message.get("tool_call_id") not in calls:
            raise _bad(f"tool call id not found in previous tool calls: {message.get('tool_call_id')}")
    if len(images) > 20:
        raise _bad("a request may have 20 images")
    if sum(map(_size, images)) > _IMAGE_BYTES:
        raise _bad("the images of a request may have 20 MB together")


def _size(url: str) -> int:
    """Returns the number of bytes of an image in a data URI; 0 for any other URL, which the emulator does not fetch."""
    head, _, data = url.partition(",")
    if not head.lower().startswith("data:"):
        return 0
    return len(data.rstrip("=")) * 3 // 4 if head.lower().endswith(";base64") else len(data)


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
        if kind == "image_url":
            if not part["image_url"].get("url"):
                raise _bad(f"an image of the message at index {index} must have a url")
            _check_fields(part["image_url"], types.ImageUrl, f"message at index {index}: image_url.")
        if not part[kind] and not message.get("tool_calls"):
            raise _bad(f"message at index {index} must have non-empty content")
    _of_ids([part["document"] for part in parts if part["type"] == "document"])
    if role == "assistant" and message.get("tool_calls") and any(part.get("text") for part in parts):
        raise _bad(f"message at index {index} must not have both text content and tool calls: use tool_plan")
