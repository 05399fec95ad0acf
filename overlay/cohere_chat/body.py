"""Converts a caller's arguments to the JSON that is sent, or raises an error that names the place.

Belongs here: the checks of messages, and of any value that must be JSON. Not known here: requests, HTTP.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from cohere_chat.types import Model, Record


def to_json(value: Any, place: str) -> Any:  # Any: whatever a caller passes; JSON
    """Returns `value` as JSON, without absent fields; dicts are kept as they are. Raises TypeError if it is not JSON,
    ValueError for a number or string that JSON cannot hold. The error names the `place`, e.g. `messages[2].content`."""
    return _placed(_to_json, value, place)


def _placed(convert: Callable[[Any], Any], value: Any, place: str) -> Any:  # Any: as above
    try:
        return convert(value)
    except _NotJSON as error:
        raise error.kind(f"{place}{error.place} {error.reason}") from None
    except RecursionError:
        raise ValueError(f"{place} is nested too deeply, or contains a circular reference") from None


class _NotJSON(Exception):  # noqa: N818  # never leaves this module
    """A value that cannot be sent. `place` is built as the error propagates, so that valid values cost nothing."""

    def __init__(self, kind: type[Exception], reason: str, place: str = "") -> None:
        self.kind, self.reason, self.place = kind, reason, place


def _to_json(value: Any) -> Any:  # Any: as above
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError as error:
                reason = f"has a lone surrogate at character {error.start}: it cannot be sent as text"
                raise _NotJSON(ValueError, reason) from None
        return value
    if isinstance(value, dict):
        return _object(value.items())
    if value is None or isinstance(value, bool | int):
        if value and value.bit_length() > 10_000:
            raise _NotJSON(ValueError, "is an integer of more than 3,000 digits, which is too large to send")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _NotJSON(ValueError, f"is {value}: JSON has no such number")
        return value
    if isinstance(value, Record):
        return _to_json(value.to_dict())
    if isinstance(value, Mapping):
        return _object(value.items())
    if hasattr(value, "model_dump") and not isinstance(value, type):  # from the official SDK or pydantic
        return _to_json(value.model_dump(exclude_none=True, by_alias=True))
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return _array(value, _to_json)
    raise _NotJSON(TypeError, f"is of type {type(value).__name__}, which is not JSON")


def _object(items: Iterable[tuple[Any, Any]]) -> dict[str, Any]:  # Any: as above
    data = {}
    for key, item in items:
        if not isinstance(key, str):
            raise _NotJSON(TypeError, f"has the key {key!r}: JSON object keys must be strings")
        name = key if key.isascii() else _to_json(key)
        try:
            data[name] = item if type(item) is str and item.isascii() else _to_json(item)
        except _NotJSON as error:
            error.place = f".{key}{error.place}"
            raise
    return data


def _array(items: Sequence[Any], convert: Callable[[Any], Any]) -> list[Any]:  # Any: as above
    data: list[Any] = []
    try:
        for item in items:
            data.append(convert(item))  # noqa: PERF401  # `len(data)` is the index of a bad item
    except _NotJSON as error:
        error.place = f"[{len(data)}]{error.place}"
        raise
    return data


_ROLES = ("user", "system", "assistant", "tool")  # as in `Message`; a contract test checks this
# What other APIs put into a message. The service rejects it.
_OTHER_ROLES = {"developer": "system", "model": "assistant", "ai": "assistant", "human": "user", "function": "tool"}
_OTHER_KEYS = {"refusal", "name", "function_call", "audio", "annotations"}
_OTHER_PARTS = {"input_text": "text", "output_text": "text", "input_image": "image_url"}


def messages_to_json(messages: Any) -> list[Any]:  # Any: whatever a caller passes; JSON
    """Returns `messages` as JSON. Raises TypeError or ValueError, which names the place, e.g. `messages[2].role`."""
    if not isinstance(messages, Sequence) or isinstance(messages, str | bytes):
        raise TypeError(f"messages is of type {type(messages).__name__}: pass a list of messages")
    if not messages:
        raise ValueError("messages is empty: pass at least one message")
    made: list[Any] = _placed(lambda items: _array(items, _message_to_json), messages, "messages")  # Any: JSON
    return made


def _message_to_json(message: Any) -> Any:  # Any: whatever a caller passes; JSON
    known = isinstance(message, (dict, Model, Mapping)) or hasattr(message, "model_dump")  # the usual type first
    try:
        data = _to_json(message) if known else None
    except RecursionError:
        raise _NotJSON(ValueError, "is nested too deeply, or contains a circular reference") from None
    if not isinstance(data, dict):
        reason = f"is of type {type(message).__name__}: pass a message such as UserMessage(...), or a dict such as "
        raise _NotJSON(TypeError, reason + '{"role": "user", "content": "..."}')
    role = data.get("role")
    if role not in _ROLES:
        use = _OTHER_ROLES.get(role) if isinstance(role, str) else None
        advice = repr(use) if use else f"one of {', '.join(map(repr, _ROLES))}"
        raise _NotJSON(ValueError, f"is {role!r}: use {advice}", ".role")
    if len(data) > 2 and (other := _OTHER_KEYS & data.keys()):
        raise _NotJSON(ValueError, "is not a message field in this API: leave it out", f".{min(other)}")
    if role == "tool" and not data.get("tool_call_id"):
        raise _NotJSON(ValueError, "is missing: pass the id of the tool call", ".tool_call_id")
    content = data.get("content")
    if role == "assistant" and not content:
        if not data.get("tool_calls"):
            raise _NotJSON(ValueError, "has neither content nor tool calls, which the service refuses: leave it out")
    elif not isinstance(content, str | list):
        raise _NotJSON(ValueError, f"is {content!r}: pass a string or a list of content parts", ".content")
    if isinstance(content, list):
        for number, part in enumerate(content):
            kind = part.get("type") if isinstance(part, dict) else None
            if isinstance(kind, str) and kind in _OTHER_PARTS:
                use = _OTHER_PARTS[kind]
                raise _NotJSON(ValueError, f"is {kind!r}: use {use!r}", f".content[{number}].type")
    return data
