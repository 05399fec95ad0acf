"""The events of a stream, their union, and JSON -> event by one table.

Belongs here: one class for each name of WIRE.md section 5, in the wire's own nesting, and UnknownEvent for any other.
Not known here: framing, how events add up, what a caller does with them.

JSON goes straight into the class that the frame's `event:` line names. `data.type` has the last word: where the two
differ, where the dialect of the YAML says `event_type`, or where the shape is another, the slow way decides. An event
without a delta (the YAML asks for none) reads as one that adds nothing.

Classes whose keys are often absent have no slots, and like dataclasses keep their plain defaults: msgspec asks each
object for what the JSON left out, and only so is that quick (benchmarks/README.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import attrs
import msgspec

from .messages import Citation, decode_union, plain_json
from .records import Record
from .response import FinishReason, LogprobItem, Usage

M = TypeVar("M")


@attrs.define(eq=False, repr=False)
class Delta(Record, Generic[M]):
    """What an event adds, in the place of the message where it belongs."""

    message: M


@attrs.define(eq=False, repr=False)
class StartedMessage(Record):
    """An assistant message before it has anything: empty lists and strings, which mean nothing yet."""

    role: Literal["assistant"] = "assistant"
    content: Any = None  # Any: JSON
    tool_plan: Any = None
    tool_calls: Any = None
    citations: Any = None


@attrs.define(eq=False, repr=False)
class StartedContent(Record):
    """A content part that opens: `type` is `text` or `thinking`."""

    type: str = "text"
    text: str = ""
    thinking: str = ""


@attrs.define(slots=False, eq=False, repr=False)
class ContentPiece(Record):
    """A piece of text or of thinking; the other is `""`."""

    text: str = ""
    thinking: str = ""


@attrs.define(eq=False, repr=False)
class StartedContentMessage(Record):
    """Where a content part opens."""

    content: StartedContent = attrs.field(factory=StartedContent)


@attrs.define(eq=False, repr=False)
class ContentMessage(Record):
    """Where a piece of content is."""

    content: ContentPiece = attrs.field(factory=ContentPiece)


@attrs.define(eq=False, repr=False)
class ToolPlanMessage(Record):
    """A piece of the tool plan."""

    tool_plan: str = ""


@attrs.define(eq=False, repr=False)
class StartedFunction(Record):
    """The function that is called; `name` is `None` when not told."""

    name: str | None = None
    arguments: str = ""


@attrs.define(eq=False, repr=False)
class StartedToolCall(Record):
    """A tool call that opens; its arguments follow in pieces."""

    id: str | None = None
    type: str = "function"
    function: StartedFunction = attrs.field(factory=StartedFunction)


@attrs.define(eq=False, repr=False)
class StartedToolCallMessage(Record):
    """Where a tool call opens. One object, though the key is plural."""

    tool_calls: StartedToolCall = attrs.field(factory=StartedToolCall)


@attrs.define(eq=False, repr=False)
class ArgumentsPiece(Record):
    """A piece of the arguments' JSON text."""

    arguments: str = ""


@attrs.define(eq=False, repr=False)
class ToolCallPiece(Record):
    """Where a piece of the arguments is."""

    function: ArgumentsPiece = attrs.field(factory=ArgumentsPiece)


@attrs.define(eq=False, repr=False)
class ToolCallMessage(Record):
    """What a tool call gains. One object, though the key is plural."""

    tool_calls: ToolCallPiece = attrs.field(factory=ToolCallPiece)


@attrs.define(eq=False, repr=False)
class CitationMessage(Record):
    """One citation, whole; `None` when the frame has none."""

    citations: Citation | None = None


@attrs.define(eq=False, repr=False)
class MessageEnd(Record):
    """How it ended. `error` and `error_type` tell of a generation that failed."""

    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    error: str | None = None
    error_type: str | None = None


@attrs.define(slots=False, eq=False, repr=False)
class Event(Record):
    """What all events have. `attrs.asdict(event)` is its JSON with all keys.

    raw_bytes: the JSON as received; `b""` for an event that was not.
    """

    raw_bytes = b""

    @property
    def raw(self) -> str:
        """The JSON as received; bytes that are not UTF-8 read as U+FFFD. `""` for an event that was not received."""
        return self.raw_bytes.decode("utf-8", "replace")


@attrs.define(slots=False, eq=False, repr=False)
class MessageStartEvent(Event):
    """The first event. In the YAML's dialect `stream-start`."""

    type: Literal["message-start"]
    id: str | None = None
    delta: Delta[StartedMessage] = attrs.field(factory=lambda: Delta(StartedMessage()))


@attrs.define(slots=False, eq=False, repr=False)
class ContentStartEvent(Event):
    """A content part opens. `index` counts the parts."""

    type: Literal["content-start"]
    index: int | None = None
    delta: Delta[StartedContentMessage] = attrs.field(factory=lambda: Delta(StartedContentMessage()))


@attrs.define(slots=False, eq=False, repr=False)
class ContentDeltaEvent(Event):
    """A piece of text, `event.delta.message.content.text`, or of `.thinking`."""

    type: Literal["content-delta"]
    index: int | None = None
    delta: Delta[ContentMessage] = attrs.field(factory=lambda: Delta(ContentMessage()))
    logprobs: LogprobItem | None = None


@attrs.define(slots=False, eq=False, repr=False)
class ContentEndEvent(Event):
    """A content part is whole."""

    type: Literal["content-end"]
    index: int | None = None


@attrs.define(slots=False, eq=False, repr=False)
class ToolPlanDeltaEvent(Event):
    """A piece of the tool plan, `event.delta.message.tool_plan`."""

    type: Literal["tool-plan-delta"]
    delta: Delta[ToolPlanMessage] = attrs.field(factory=lambda: Delta(ToolPlanMessage()))


@attrs.define(slots=False, eq=False, repr=False)
class ToolCallStartEvent(Event):
    """A tool call opens: `event.delta.message.tool_calls` has its id and name. `index` counts the calls."""

    type: Literal["tool-call-start"]
    index: int | None = None
    delta: Delta[StartedToolCallMessage] = attrs.field(factory=lambda: Delta(StartedToolCallMessage()))


@attrs.define(slots=False, eq=False, repr=False)
class ToolCallDeltaEvent(Event):
    """A piece of the arguments, `event.delta.message.tool_calls.function.arguments`."""

    type: Literal["tool-call-delta"]
    index: int | None = None
    delta: Delta[ToolCallMessage] = attrs.field(factory=lambda: Delta(ToolCallMessage()))


@attrs.define(slots=False, eq=False, repr=False)
class ToolCallEndEvent(Event):
    """A tool call is whole."""

    type: Literal["tool-call-end"]
    index: int | None = None


@attrs.define(slots=False, eq=False, repr=False)
class CitationStartEvent(Event):
    """A citation, whole: `event.delta.message.citations`. `index` counts the citations."""

    type: Literal["citation-start"]
    index: int | None = None
    delta: Delta[CitationMessage] = attrs.field(factory=lambda: Delta(CitationMessage()))


@attrs.define(slots=False, eq=False, repr=False)
class CitationEndEvent(Event):
    """Nothing more about the citation."""

    type: Literal["citation-end"]
    index: int | None = None


@attrs.define(slots=False, eq=False, repr=False)
class MessageEndEvent(Event):
    """The last event. In the YAML's dialect `stream-end`."""

    type: Literal["message-end"]
    id: str | None = None
    delta: MessageEnd = attrs.field(factory=MessageEnd)


@attrs.define(slots=False, eq=False, repr=False)
class DebugEvent(Event):
    """The prompt, as the official OpenAPI has it; never seen on the wire."""

    type: Literal["debug"]
    prompt: str | None = None


def _name(name: str) -> Any:
    """Any: mypy narrows a union by `event.type == ...` only where every type is a literal, so this one poses as one."""
    return name


@attrs.define(slots=False, eq=False, repr=False)
class UnknownEvent(Event):
    """An event of a type, or of a shape, that this version does not know.

    type: as the service named it, `""` when it did not; to type checkers a literal of its own, so that they narrow.
    data: the JSON.
    """

    type: Literal["unknown"] = attrs.field(converter=_name)
    data: Any  # Any: JSON

    @property
    def delta(self) -> Any:  # Any: JSON, and it lets `event.type == ...` reach a known event's delta without a cast
        """`data["delta"]`; `None` when there is none."""
        return self.data.get("delta") if isinstance(self.data, dict) else None

    @property
    def index(self) -> int | None:
        """`data["index"]`; `None` when there is none."""
        index = self.data.get("index") if isinstance(self.data, dict) else None
        return index if isinstance(index, int) else None


_KnownEvent: TypeAlias = (
    MessageStartEvent
    | ContentStartEvent
    | ContentDeltaEvent
    | ContentEndEvent
    | ToolPlanDeltaEvent
    | ToolCallStartEvent
    | ToolCallDeltaEvent
    | ToolCallEndEvent
    | CitationStartEvent
    | CitationEndEvent
    | MessageEndEvent
    | DebugEvent
)
ChatEvent: TypeAlias = _KnownEvent | UnknownEvent

_CLASSES: dict[str, type[_KnownEvent]] = {
    "message-start": MessageStartEvent,
    "content-start": ContentStartEvent,
    "content-delta": ContentDeltaEvent,
    "content-end": ContentEndEvent,
    "tool-plan-delta": ToolPlanDeltaEvent,
    "tool-call-start": ToolCallStartEvent,
    "tool-call-delta": ToolCallDeltaEvent,
    "tool-call-end": ToolCallEndEvent,
    "citation-start": CitationStartEvent,
    "citation-end": CitationEndEvent,
    "message-end": MessageEndEvent,
    "debug": DebugEvent,
}
for _class in (ContentPiece, *_CLASSES.values()):
    for _field in attrs.fields(_class):
        if _field.default is None or isinstance(_field.default, str):
            setattr(_class, _field.name, _field.default)

# The YAML's dialect names the two ends otherwise (gap 5).
_YAML_NAMES = {"stream-start": "message-start", "stream-end": "message-end"}
# Straight into the class, by the frame's `event:` line. Raises ValueError where that is not the event's shape, or type.
_DECODE: dict[str, Callable[[bytes], _KnownEvent]] = {
    name: msgspec.json.Decoder(cls, dec_hook=decode_union).decode for name, cls in _CLASSES.items()
}


def decode_event(name: str, data: bytes) -> ChatEvent:
    """The event of one frame.

    name: the frame's `event:` line, a hint.
    data: the frame's data. Raises ValueError when it is not JSON; any JSON is an event.
    """
    event: ChatEvent
    try:
        event = _DECODE[name](data)
    except (KeyError, ValueError):
        event = _decode_slowly(name, data)
    event.raw_bytes = data
    return event


def _end_of_another_shape(value: dict[str, Any]) -> MessageEndEvent:  # Any: JSON
    """The end is the end, whatever its shape: what is text where text belongs is kept, the rest is in `raw`."""
    told = value["delta"] if isinstance(value.get("delta"), dict) else {}
    wanted = {key: told.get(key) for key in ("finish_reason", "error", "error_type")}
    texts = {key: text for key, text in wanted.items() if isinstance(text, str)}
    if told.get("error") and "error" not in texts:
        texts["error"] = json.dumps(told["error"])
    return msgspec.convert({"type": "message-end", "delta": texts}, MessageEndEvent)


def _decode_slowly(name: str, data: bytes) -> ChatEvent:
    value = json.loads(data.decode("utf-8", "replace"))
    told = value.get("type") or value.get("event_type") or name if isinstance(value, dict) else ""
    kind = _YAML_NAMES.get(told, told) if isinstance(told, str) else ""
    if kind in _CLASSES:
        known = plain_json({**value, "type": kind})
        try:
            return msgspec.convert(known, _CLASSES[kind], dec_hook=decode_union)
        except msgspec.ValidationError:
            if kind == "message-end":
                return _end_of_another_shape(known)
    return UnknownEvent(type=told if isinstance(told, str) else "", data=value)
