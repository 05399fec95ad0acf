"""Messages, content parts, tool calls, citations and documents: what a conversation is made of, both ways.

Belongs here: the unions of WIRE.md section 3 as attrs classes (to use) and as TypedDicts (to write as literals), and
the two pure ways between them and JSON: `from_json` and `to_json`. Not known here: requests, answers, events.

`None` means absent: not received, not sent. What the service sends beside the fields named here is kept in
`additional_properties` and sent back with them.
"""

from __future__ import annotations

import base64
import math
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypeAlias, TypedDict, TypeVar

import attrs
import msgspec

from .errors import APIResponseError
from .records import Record

M = TypeVar("M")


@attrs.define(kw_only=True, eq=False, repr=False)
class Model(Record):
    """The base of what is read from JSON.

    additional_properties: the keys that came with it and are no field of its class.
    """

    additional_properties: dict[str, Any] = attrs.field(factory=dict, init=False, repr=False)  # Any: JSON


class _Part:
    """The base of the content parts: msgspec decodes no union of attrs classes, but asks about an unknown class."""

    __slots__ = ()


class _Source:
    """The base of the sources, likewise."""

    __slots__ = ()


# --- content parts ---------------------------------------------------------------------------------------------------


@attrs.define(eq=False, repr=False)
class TextContent(Model, _Part):
    """A piece of text, in any message."""

    type: Literal["text"] = attrs.field(default="text", kw_only=True)
    text: str


@attrs.define(eq=False, repr=False)
class ThinkingContent(Model, _Part):
    """What a reasoning model thought before it answered; assistant messages only."""

    type: Literal["thinking"] = attrs.field(default="thinking", kw_only=True)
    thinking: str


MAX_IMAGE_BYTES = 20_000_000
_IMAGES = {rb"\x89PNG\r\n": "png", rb"\xff\xd8\xff": "jpeg", rb"RIFF....WEBP": "webp", rb"GIF8[79]a": "gif"}


@attrs.define(eq=False, repr=False)
class ImageUrl(Model):
    """Where an image is.

    url:    an https URL or a data URI; png, jpeg, webp or gif, at most 20 images or 20 MB in a request.
    detail: how finely the model looks at it; `None` leaves it to the service.
    """

    url: str
    detail: Literal["auto", "low", "high"] | None = None


@attrs.define(eq=False, repr=False)
class ImageUrlContent(Model, _Part):
    """An image, in a user message."""

    type: Literal["image_url"] = attrs.field(default="image_url", kw_only=True)
    image_url: ImageUrl

    @classmethod
    def from_file(
        cls, file: str | os.PathLike[str] | bytes, *, detail: Literal["auto", "low", "high"] | None = None
    ) -> ImageUrlContent:
        """An image from a path, or from its bytes, as a data URI.

        Raises ValueError for what is no png, jpeg, webp or gif, or is larger than the 20 MB that a request may have
        (WIRE.md section 3), and OSError when the file cannot be read.
        """
        named = "the image" if isinstance(file, bytes) else f"the image {os.fspath(file)}"
        size = len(file) if isinstance(file, bytes) else Path(file).stat().st_size
        if size > MAX_IMAGE_BYTES:
            raise ValueError(f"{named} has {size:,} bytes: a request may have {MAX_IMAGE_BYTES:,} in all its images")
        data = file if isinstance(file, bytes) else Path(file).read_bytes()
        kind = next((kind for start, kind in _IMAGES.items() if re.match(start, data, re.DOTALL)), None)
        if kind is None:
            raise ValueError(f"{named} is no png, jpeg, webp or gif")
        return cls(image_url=ImageUrl(f"data:image/{kind};base64,{base64.b64encode(data).decode()}", detail))


@attrs.define(eq=False, repr=False)
class Document(Model):
    """Something to cite from.

    data: a JSON object, or a string.
    id:   the id that citations name; `None` lets the service number the documents.
    """

    data: dict[str, Any] | str  # Any: JSON
    id: str | None = None


@attrs.define(eq=False, repr=False)
class DocumentContent(Model, _Part):
    """A tool's result as a document; tool messages only."""

    type: Literal["document"] = attrs.field(default="document", kw_only=True)
    document: Document


@attrs.define(eq=False, repr=False)
class UnknownContent(Record, _Part):
    """A content part of a type, or of a shape, that this version does not know. It is sent back as it came."""

    type: str
    data: Any  # Any: JSON


# --- tool calls and citations ----------------------------------------------------------------------------------------


@attrs.define(eq=False, repr=False)
class ToolCallFunction(Model):
    """Which function, with what.

    arguments: JSON, as the model wrote it.
    """

    name: str = ""
    arguments: str = ""

    @property
    def parsed_arguments(self) -> dict[str, Any]:  # Any: JSON
        """The arguments as an object; `""` and `"null"` are no arguments (WIRE.md sections 4 and 5).

        Raises APIResponseError, with the text in `raw`, when the model wrote something else.
        """
        try:
            value = msgspec.json.decode(self.arguments or "null")
            if isinstance(value, dict) or value is None:
                return value or {}
        except (ValueError, RecursionError):
            pass
        raise APIResponseError(
            f"the arguments of the call of {self.name!r} are no JSON object",
            raw=self.arguments.encode("utf-8", "replace"),
        )


@attrs.define(eq=False, repr=False)
class ToolCall(Model):
    """A call that the model asks for; its result goes back in a ToolMessage with the same id."""

    id: str = ""
    type: str = attrs.field(default="function", kw_only=True)
    function: ToolCallFunction = attrs.field(factory=ToolCallFunction)


@attrs.define(eq=False, repr=False)
class ToolSource(Model, _Source):
    """A tool's result that a citation rests on. `id` is `<tool_call_id>:<n>`, or the document's own id."""

    type: Literal["tool"] = attrs.field(default="tool", kw_only=True)
    id: str | None = None
    tool_output: dict[str, Any] | None = None  # Any: JSON


@attrs.define(eq=False, repr=False)
class DocumentSource(Model, _Source):
    """A document that a citation rests on; `document` repeats the id inside."""

    type: Literal["document"] = attrs.field(default="document", kw_only=True)
    id: str | None = None
    document: dict[str, Any] | None = None  # Any: JSON


@attrs.define(eq=False, repr=False)
class UnknownSource(Record, _Source):
    """A source of a type, or of a shape, that this version does not know."""

    type: str
    data: Any  # Any: JSON


ContentPart: TypeAlias = TextContent | ThinkingContent | ImageUrlContent | DocumentContent | UnknownContent
Source: TypeAlias = ToolSource | DocumentSource | UnknownSource

# To msgspec a list of parts is a list of the union's base, and it asks `decode_union` about each item.
if TYPE_CHECKING:
    _AnyPart: TypeAlias = ContentPart
    _AnySource: TypeAlias = Source
else:
    _AnyPart = _Part
    _AnySource = _Source


@attrs.define(eq=False, repr=False)
class Citation(Model):
    """A span of the answer and what it rests on.

    start, end:    the span, in characters of the text it is in: `text == answer[start:end]`.
    type:          what was cited: `TEXT_CONTENT`, `THINKING_CONTENT` or `PLAN`; `None` when not told.
    content_index: which content part the span is in; `None` when not told.
    """

    start: int | None = None
    end: int | None = None
    text: str | None = None
    sources: list[_AnySource] | None = None
    type: str | None = None
    content_index: int | None = None


# --- messages --------------------------------------------------------------------------------------------------------


@attrs.define(eq=False, repr=False)
class UserMessage(Model):
    """What the user says: text, or text and images."""

    role: Literal["user"] = attrs.field(default="user", kw_only=True)
    content: str | list[_AnyPart]


@attrs.define(eq=False, repr=False)
class SystemMessage(Model):
    """What the model is told about its task."""

    role: Literal["system"] = attrs.field(default="system", kw_only=True)
    content: str | list[_AnyPart]


@attrs.define(eq=False, repr=False)
class AssistantMessage(Model):
    """What the model said: an answer, or (`tool_calls`, with `tool_plan`) which tools it wants called."""

    role: Literal["assistant"] = attrs.field(default="assistant", kw_only=True)
    content: str | list[_AnyPart] | None = None
    tool_plan: str | None = None
    tool_calls: list[ToolCall] | None = None
    citations: list[Citation] | None = None


@attrs.define(eq=False, repr=False)
class ToolMessage(Model):
    """The result of one tool call: text, or documents to cite from."""

    role: Literal["tool"] = attrs.field(default="tool", kw_only=True)
    tool_call_id: str
    content: str | list[_AnyPart]


Message: TypeAlias = UserMessage | SystemMessage | AssistantMessage | ToolMessage


# --- the same as dicts -----------------------------------------------------------------------------------------------


class TextContentDict(TypedDict):
    """`{"type": "text", "text": ...}`"""

    type: Literal["text"]
    text: str


class ThinkingContentDict(TypedDict):
    """`{"type": "thinking", "thinking": ...}`"""

    type: Literal["thinking"]
    thinking: str


class ImageUrlDict(TypedDict):
    """See ImageUrl."""

    url: str
    detail: NotRequired[Literal["auto", "low", "high"]]


class ImageUrlContentDict(TypedDict):
    """`{"type": "image_url", "image_url": {"url": ...}}`"""

    type: Literal["image_url"]
    image_url: ImageUrlDict


class DocumentDict(TypedDict):
    """See Document."""

    data: Mapping[str, Any] | str  # Any: JSON
    id: NotRequired[str]


class DocumentContentDict(TypedDict):
    """`{"type": "document", "document": {"data": ...}}`"""

    type: Literal["document"]
    document: DocumentDict


class ToolCallFunctionDict(TypedDict, total=False):
    """See ToolCallFunction."""

    name: str
    arguments: str


class ToolCallDict(TypedDict, total=False):
    """See ToolCall."""

    id: str
    type: Literal["function"]
    function: ToolCallFunctionDict


class UserMessageDict(TypedDict):
    """`{"role": "user", "content": ...}`"""

    role: Literal["user"]
    content: str | Sequence[TextContent | ImageUrlContent | TextContentDict | ImageUrlContentDict]


class SystemMessageDict(TypedDict):
    """`{"role": "system", "content": ...}`"""

    role: Literal["system"]
    content: str | Sequence[TextContent | TextContentDict]


class AssistantMessageDict(TypedDict):
    """`{"role": "assistant", ...}`"""

    role: Literal["assistant"]
    content: NotRequired[str | Sequence[ContentPart | TextContentDict | ThinkingContentDict] | None]
    tool_plan: NotRequired[str]
    tool_calls: NotRequired[Sequence[ToolCall | ToolCallDict]]
    citations: NotRequired[Sequence[Citation | Mapping[str, Any]]]  # Any: JSON


class ToolMessageDict(TypedDict):
    """`{"role": "tool", "tool_call_id": ..., "content": ...}`"""

    role: Literal["tool"]
    tool_call_id: str
    content: str | Sequence[TextContent | DocumentContent | TextContentDict | DocumentContentDict]


MessageDict: TypeAlias = UserMessageDict | SystemMessageDict | AssistantMessageDict | ToolMessageDict


# --- JSON -> classes -------------------------------------------------------------------------------------------------

_BY_TYPE: dict[type, tuple[dict[str, type[Model]], type[UnknownContent | UnknownSource]]] = {
    _Part: (
        {"text": TextContent, "thinking": ThinkingContent, "image_url": ImageUrlContent, "document": DocumentContent},
        UnknownContent,
    ),
    _Source: ({"tool": ToolSource, "document": DocumentSource}, UnknownSource),
}


def decode_union(union: type, data: Any) -> Any:  # Any: the signature of msgspec's dec_hook; JSON in, a member out
    """The member of a union that `data["type"]` names; the union's Unknown class when that cannot be."""
    members, unknown = _BY_TYPE[union]
    kind = data.get("type") if isinstance(data, dict) else None
    if isinstance(kind, str) and kind in members:
        try:
            return from_json(data, members[kind])
        except msgspec.ValidationError:
            pass
    return unknown(type=kind if isinstance(kind, str) else "", data=data)


def from_json(data: Any, cls: type[M]) -> M:  # Any: JSON
    """Reads JSON into one of the classes. Raises msgspec.ValidationError, which names the place."""
    try:
        model = msgspec.convert(data, cls, dec_hook=decode_union)
    except msgspec.ValidationError:
        data = plain_json(data)
        model = msgspec.convert(data, cls, dec_hook=decode_union)
    _keep_unknown(model, data)
    return model


def plain_json(data: Any) -> Any:  # Any: JSON
    """JSON as the service is known to write it: an absent field is no null, a whole number has no fraction."""
    if isinstance(data, dict):
        return {key: plain_json(value) for key, value in data.items() if value is not None}
    if isinstance(data, list):
        return [plain_json(value) for value in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data


_FIELDS: dict[type, dict[str, None]] = {}  # a class's fields, as an ordered set


def _keep_unknown(model: object, data: Any) -> None:  # Any: JSON
    if isinstance(model, list):
        for item, item_data in zip(model, data, strict=True):
            _keep_unknown(item, item_data)
    elif isinstance(model, Model):
        known = _fields(type(model))
        if model.additional_properties:
            model.additional_properties = {}  # a key of that very name, which msgspec took for the field
        for key, value in data.items():
            if key not in known:
                model.additional_properties[key] = value
            elif isinstance(value, dict | list):
                _keep_unknown(getattr(model, key), value)


def _fields(cls: type[Model]) -> dict[str, None]:
    known = _FIELDS.get(cls)
    if known is None:
        known = _FIELDS[cls] = {field.name: None for field in attrs.fields(cls) if field.init}
    return known


# --- classes and literals -> JSON ------------------------------------------------------------------------------------


def to_json(value: Any, place: str) -> Any:  # Any: whatever a caller passes; JSON
    """What is sent for `value`: JSON only, absent fields left out, dicts as they are.

    place: where the value is, for the message of an error, e.g. `messages[2].content`.
    Raises TypeError for what is no JSON, ValueError for a number or a text that JSON cannot hold.
    """
    return _placed(_to_json, value, place)


def _placed(convert: Callable[[Any], Any], value: Any, place: str) -> Any:  # Any: as above
    try:
        return convert(value)
    except _NotJSON as error:
        raise error.kind(f"{place}{error.place} {error.reason}") from None
    except RecursionError:
        raise ValueError(f"{place} is nested too deeply, or in a circle") from None


class _NotJSON(Exception):  # noqa: N818  # never seen outside
    """A value that cannot be sent. `place` grows on the way up, so that good values cost no text."""

    def __init__(self, kind: type[Exception], reason: str, place: str = "") -> None:
        self.kind, self.reason, self.place = kind, reason, place


def _to_json(value: Any) -> Any:  # Any: as above
    if isinstance(value, str):
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError as error:
                reason = f"has a lone surrogate at character {error.start}: it is no text that can be sent"
                raise _NotJSON(ValueError, reason) from None
        return value
    if isinstance(value, dict):
        return _object(value.items())
    if value is None or isinstance(value, bool | int):
        if value and value.bit_length() > 10_000:
            raise _NotJSON(ValueError, "is an integer of more than 3,000 digits: Python does not write it as text")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _NotJSON(ValueError, f"is {value}: JSON has no such number")
        return value
    if isinstance(value, Model):
        data = {name: getattr(value, name) for name in _fields(type(value))} | value.additional_properties
        return _object((key, item) for key, item in data.items() if item is not None)
    if isinstance(value, UnknownContent | UnknownSource):
        return _to_json(value.data)
    if isinstance(value, Mapping):
        return _object(value.items())
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return _array(value)
    raise _NotJSON(TypeError, f"is of type {type(value).__name__}, which is not JSON")


def _object(items: Iterable[tuple[Any, Any]]) -> dict[str, Any]:  # Any: as above
    data = {}
    for key, item in items:
        if not isinstance(key, str):
            raise _NotJSON(TypeError, f"has the key {key!r}: the keys of a JSON object are strings")
        name = key if key.isascii() else _to_json(key)
        try:
            data[name] = item if type(item) is str and item.isascii() else _to_json(item)
        except _NotJSON as error:
            error.place = f".{key}{error.place}"
            raise
    return data


def _array(items: Sequence[Any], convert: Callable[[Any], Any] = _to_json) -> list[Any]:  # Any: as above
    data: list[Any] = []
    try:
        for item in items:
            data.append(convert(item))  # noqa: PERF401  # how many there are tells where one is bad
    except _NotJSON as error:
        error.place = f"[{len(data)}]{error.place}"
        raise
    return data


_ROLES = ("user", "system", "assistant", "tool")
_MESSAGE_TYPES = (dict, Model, Mapping)  # the common one first: asking an ABC is slow
_CONTENT_TYPES = (str, list)


def messages_to_json(messages: Any) -> list[Any]:  # Any: whatever a caller passes; JSON
    """What is sent for `messages`. Raises TypeError or ValueError that names the place, e.g. `messages[2].role`."""
    if not isinstance(messages, Sequence) or isinstance(messages, str | bytes):
        raise TypeError(f"messages is of type {type(messages).__name__}: pass a list of messages")
    if not messages:
        raise ValueError("messages is empty: pass at least one message")
    made: list[Any] = _placed(partial(_array, convert=_message_to_json), messages, "messages")  # Any: JSON
    return made


def _message_to_json(message: Any) -> Any:  # Any: whatever a caller passes; JSON
    if not isinstance(message, _MESSAGE_TYPES):
        reason = f"is of type {type(message).__name__}: pass UserMessage(...) or the like, or a dict as "
        raise _NotJSON(TypeError, reason + '{"role": "user", "content": "..."}')
    try:
        data: dict[str, Any] = _to_json(message)  # Any: JSON
    except RecursionError:
        raise _NotJSON(ValueError, "is nested too deeply, or in a circle") from None
    role = data.get("role")
    if role not in _ROLES:
        raise _NotJSON(ValueError, f"is {role!r}: use one of {', '.join(map(repr, _ROLES))}", ".role")
    if role == "tool" and not data.get("tool_call_id"):
        raise _NotJSON(ValueError, "is missing: name the call that this is the result of", ".tool_call_id")
    content = data.get("content")
    if not isinstance(content, _CONTENT_TYPES) and (content is not None or role != "assistant"):
        raise _NotJSON(ValueError, f"is {content!r}: pass a string or a list of content parts", ".content")
    return data
