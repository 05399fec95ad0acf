"""The data of one frame -> its event.

Belongs here: which class reads it, and what happens to JSON that does not fit. Not known here: framing, how events add
up, what a caller does with them.

`data.type` decides; the `event:` line is a hint. The three kinds that make up nearly all of a stream are decoded from
bytes straight into their classes. All others go through `from_dict`, with missing required properties filled in.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from cohere_chat import types
from cohere_chat.http.connections import first_use
from cohere_chat.types import UnknownEvent, call_as_meant, filled, skeleton

_KINDS = ("content-delta", "tool-plan-delta", "tool-call-delta")
# The types, and the decoders of their classes, by the first 20 bytes of the data, which identify the type. The first
# event of a type adds its decoder, which raises ValueError if an event has another shape.
_HOT = {(start + kind).encode()[:20]: kind for kind in _KINDS for start in ('{"type":"', '{"type": "')}
_DECODE: dict[bytes, Callable[[bytes], types.ChatEvent]] = {}


def decoder(cls: Any, **hooks: Any) -> Any:  # Any: a type form, the options of msgspec's decoder, and a decoder
    """msgspec's decoder. Upstream (msgspec 0.22): if two threads create the first for a class, the process crashes."""
    with first_use:
        import msgspec  # the first stream needs it, a client does not

        return msgspec.json.Decoder(cls, **hooks)


def decode_event(name: str, data: bytes) -> types.ChatEvent:
    """Returns the event of one frame, from its `event:` line, which is a hint, and its data. Any JSON is an event.
    Raises ValueError if the data is not JSON."""
    event: types.ChatEvent
    try:
        event = _DECODE[data[:20]](data)
    except (KeyError, ValueError):
        event = _decode_slowly(name, data)
        if _HOT.get(data[:20]) == event.type and type(event) is not UnknownEvent:
            _DECODE[data[:20]] = decoder(type(event)).decode
    event.raw_bytes = data
    return event


def _decode_slowly(name: str, data: bytes) -> types.ChatEvent:
    value = json.loads(data.decode("utf-8", "replace"))
    told = value.get("type") or value.get("event_type") or name if isinstance(value, dict) else ""
    cls = types.CHAT_EVENT_BY_TYPE.get(told) if isinstance(told, str) else None
    if cls is not None:
        known = {**value, "type": cls._tags["type"][0]}  # gap 5: the YAML has other names for start and end
        for shape in (dict, _as_meant):
            with suppress(ValueError):
                return cls.from_dict(filled(skeleton(cls), shape(known)))  # type: ignore[arg-type]  # classes have a hash
        if cls is types.MessageEndEvent:
            return _end_of_another_shape(known)
        if cls is types.MessageStartEvent:  # its message is empty, whatever its shape
            texts = {"id": known["id"]} if isinstance(known.get("id"), str) else {}
            return types.MessageStartEvent.from_dict(skeleton(cls) | texts)  # type: ignore[arg-type]  # as above
    return UnknownEvent(type=told if isinstance(told, str) else "", data=value)


def _as_meant(value: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    delta = value.get("delta")
    if not isinstance(delta, dict) or not isinstance(delta.get("message"), dict):
        return value
    message = {key: piece_as_meant(key, piece) for key, piece in delta["message"].items()}
    return {**value, "delta": {**delta, "message": message}}


def piece_as_meant(key: str, piece: Any) -> Any:  # Any: JSON
    """What an event adds, corrected if its shape has only one possible meaning: a list of one is that item, a string
    as content is a text part, an object as arguments is JSON text."""
    if isinstance(piece, list) and len(piece) == 1:
        piece = piece[0]
    if key == "content" and isinstance(piece, str):
        return {"type": "text", "text": piece}
    return call_as_meant(piece) if key == "tool_calls" else piece


def _end_of_another_shape(value: dict[str, Any]) -> types.MessageEndEvent:  # Any: JSON
    """A `message-end` of any other shape. Strings are kept where strings belong; the rest is in `raw`."""
    delta = value["delta"] if isinstance(value.get("delta"), dict) else {}
    wanted = {key: delta.get(key) for key in ("finish_reason", "error", "error_type")}
    texts = {key: text for key, text in wanted.items() if isinstance(text, str)}
    if delta.get("error") and "error" not in texts:
        texts["error"] = json.dumps(delta["error"])
    return types.MessageEndEvent.from_dict({"type": "message-end", "delta": texts})
