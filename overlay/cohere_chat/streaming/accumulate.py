"""Events -> the answer that a plain call would have returned.

Belongs here: how each event adds to the answer (WIRE.md section 5, last column), as JSON, so that unknown keys survive.
Not known here: frames, the network, what ends a stream.
"""

from __future__ import annotations

import json
from collections import defaultdict
from operator import itemgetter
from typing import Any

from cohere_chat import types
from cohere_chat.streaming.events import piece_as_meant
from cohere_chat.types import UnknownEvent


class _Text(list[str]):
    """Pieces of text, joined at intervals: one string per piece, or a StringIO, takes twelve times as much memory."""

    full = 256

    def add(self, piece: str) -> None:
        self.append(piece)
        if len(self) == self.full:
            self[-256:] = ["".join(self[-256:])]
            self.full += 1


class _Block:
    """An incomplete content part or tool call: the object that opened it, and the pieces of its texts."""

    def __init__(self) -> None:
        self.opened: dict[str, Any] = {}  # Any: JSON
        self.pieces: defaultdict[str, _Text] = defaultdict(_Text)

    def extend(self, opened: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
        return opened | {key: (opened.get(key) or "") + "".join(pieces) for key, pieces in self.pieces.items()}


class _Blocks(dict[Any, _Block]):  # Any: an int, and None to look one up
    """Blocks by index. A block that opens without an index is the next; a piece without one belongs to the last block.

    If a call opens at the index of a call with a different id, the earlier call is complete.
    """

    def __init__(self) -> None:
        super().__init__()
        self._complete: list[tuple[int, _Block]] = []

    def __missing__(self, index: int | None) -> _Block:
        if index is None:
            return self[next(reversed(self), 0)]
        return self.setdefault(index, _Block())

    def open(self, index: int | None, opened: dict[str, Any]) -> None:  # Any: JSON
        at = max(self, default=-1) + 1 if index is None else index
        block = self.pop(at, None) or _Block()
        before, now = block.opened.get("id"), opened.get("id")
        if before and now and before != now:
            self._complete.append((at, block))
            block = _Block()
        block.opened = opened
        self[at] = block  # moves it to the end

    def in_order(self) -> list[_Block]:
        return [block for _, block in sorted([*self._complete, *self.items()], key=itemgetter(0))]


# Events of these types add to the answer. If one cannot be read, a part of the answer is lost.
_ADDS = {"content-start", "content-delta", "tool-plan-delta", "tool-call-start", "tool-call-delta", "citation-start"}
_NOT_TAKEN_FROM_THE_END = {"id", "message", "logprobs", "error", "error_type"}  # an error is not part of the answer


class Accumulator:
    """Adds up the events of one stream."""

    def __init__(self) -> None:
        self.end: types.MessageEndEvent | None = None  # the last event, once it has arrived
        self.lost: types.ChatEvent | None = None  # the first event that adds to the answer but cannot be read
        self._ending: dict[str, Any] = {}  # Any: JSON
        self._id: str | None = None
        self._message: dict[str, Any] = {}  # Any: JSON
        self._content = _Blocks()
        self._tool_plan = _Text()
        self._tool_calls = _Blocks()
        self._citations: dict[int, Any] = {}  # Any: JSON
        self._logprobs: list[Any] = []  # Any: JSON

    def add(self, event: types.ChatEvent) -> None:
        """Adds one event. An event that is not part of the answer changes nothing."""
        try:
            if isinstance(event, types.ContentDeltaEvent):  # nearly all of a stream
                content = event.delta.message.content
                if content.text:
                    self._content[event.index].pieces["text"].add(content.text)
                if content.thinking:
                    self._content[event.index].pieces["thinking"].add(content.thinking)
                if event.logprobs is not None:
                    self._logprobs.append(_sent(event, "logprobs"))
            elif isinstance(event, types.ToolCallDeltaEvent):
                piece = event.delta.message.tool_calls.function.arguments
                self._tool_calls[event.index].pieces["arguments"].add(piece)
            elif isinstance(event, types.ToolPlanDeltaEvent):
                self._tool_plan.add(event.delta.message.tool_plan)
            else:
                self._add_another(event)
        except (ValueError, RecursionError):
            self.lost = self.lost or event

    def _add_another(self, event: types.ChatEvent) -> None:
        if isinstance(event, types.ContentStartEvent):
            self._content.open(event.index, _piece(event, "content"))
        elif isinstance(event, types.ToolCallStartEvent):
            self._tool_calls.open(event.index, _piece(event, "tool_calls"))
        elif isinstance(event, types.CitationStartEvent):
            if citation := _piece(event, "citations"):
                index = max(self._citations, default=-1) + 1 if event.index is None else event.index
                self._citations[index] = citation
        elif isinstance(event, types.MessageStartEvent):
            self._id = event.id
            message = _sent(event, "delta", "message")
            self._message = message if isinstance(message, dict) else {}
        elif isinstance(event, types.MessageEndEvent):
            delta = _sent(event, "delta")
            ill_shaped = {name for name in ("finish_reason", "usage") if getattr(event.delta, name) is None}
            left_out = _NOT_TAKEN_FROM_THE_END | ill_shaped  # which stays in the event's `raw`
            if isinstance(delta, dict):
                self._ending = {key: value for key, value in delta.items() if key not in left_out}
            self._id = self._id or event.id
            self.end = event
        elif isinstance(event, UnknownEvent) and event.type in _ADDS:
            self.lost = self.lost or event

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """The answer so far, as the body of a plain response. What has not arrived is absent."""
        parts = [
            {"type": next(iter(part.pieces), "text")} | part.extend(part.opened) for part in self._content.in_order()
        ]
        calls: list[Any] = []  # Any: JSON. If the start of a call was lost, its id and name are empty
        for call in self._tool_calls.in_order():
            function = {"name": "", "arguments": "", **_told(call.opened.get("function") or {})}
            calls.append({"id": "", "type": "function", **_told(call.opened), "function": call.extend(function)})
        message = {
            **self._message,
            "content": parts,
            "tool_plan": "".join(self._tool_plan),
            "tool_calls": calls,
            "citations": [self._citations[index] for index in sorted(self._citations)],
        }
        answer = {
            "id": self._id,
            "message": {"role": "assistant"} | {key: value for key, value in message.items() if value},
            **self._ending,
            "logprobs": self._logprobs or None,
        }
        return _told(answer)


def _sent(event: types.ChatEvent, *path: str) -> Any:  # Any: JSON
    """What the service sent at a place in an event, including the keys that its class does not have."""
    value = json.loads(event.raw)
    for key in path:
        value = (value.get(key) if isinstance(value, dict) else None) or {}
    return value


def _piece(event: types.ChatEvent, key: str) -> Any:  # Any: JSON
    return piece_as_meant(key, _sent(event, "delta", "message", key)) or {}


def _told(data: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    return {key: value for key, value in data.items() if value is not None}
