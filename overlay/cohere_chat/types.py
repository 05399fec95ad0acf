"""The types that users hold: the generated models under their public names, and the answer.

Belongs here: the names, ChatResponse, and functions that make or read one model. A door: besides `params.py` the only
module that imports generated models. Not known here: the rest of this package. What cannot be read is a ValueError.

A model is loaded when it is first named. `None` means absent: the service did not send it, or it is not sent.
"""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_type_hints

import attrs
import httpx

from cohere_chat_api_client import models
from cohere_chat_api_client.base import Event as Event
from cohere_chat_api_client.base import Model as Model
from cohere_chat_api_client.base import Record as Record
from cohere_chat_api_client.base import Unknown
from cohere_chat_api_client.base import to_json as to_json
from cohere_chat_api_client.base import wire_fields as wire_fields

__all__ = ["ChatResponse", "Event", "Model", "RateLimit", "Record", "UnknownEvent", "image_content", "tool_arguments"]

UnknownContent = UnknownSource = Unknown

if TYPE_CHECKING:
    from cohere_chat_api_client.models import CHAT_EVENT_BY_TYPE as CHAT_EVENT_BY_TYPE
    from cohere_chat_api_client.models import MESSAGE_BY_ROLE as MESSAGE_BY_ROLE
    from cohere_chat_api_client.models import AssistantMessage as AssistantMessage
    from cohere_chat_api_client.models import AssistantMessageDict as AssistantMessageDict
    from cohere_chat_api_client.models import BilledUnits as BilledUnits
    from cohere_chat_api_client.models import BilledUnitsDict as BilledUnitsDict
    from cohere_chat_api_client.models import ChatRequest as ChatRequest
    from cohere_chat_api_client.models import Citation as Citation
    from cohere_chat_api_client.models import CitationDict as CitationDict
    from cohere_chat_api_client.models import CitationEndEvent as CitationEndEvent
    from cohere_chat_api_client.models import CitationOptions as CitationOptions
    from cohere_chat_api_client.models import CitationOptionsDict as CitationOptionsDict
    from cohere_chat_api_client.models import CitationStartEvent as CitationStartEvent
    from cohere_chat_api_client.models import ContentDeltaEvent as ContentDeltaEvent
    from cohere_chat_api_client.models import ContentEndEvent as ContentEndEvent
    from cohere_chat_api_client.models import ContentStartEvent as ContentStartEvent
    from cohere_chat_api_client.models import DebugEvent as DebugEvent
    from cohere_chat_api_client.models import Document as Document
    from cohere_chat_api_client.models import DocumentContent as DocumentContent
    from cohere_chat_api_client.models import DocumentContentDict as DocumentContentDict
    from cohere_chat_api_client.models import DocumentDict as DocumentDict
    from cohere_chat_api_client.models import DocumentSource as DocumentSource
    from cohere_chat_api_client.models import DocumentSourceDict as DocumentSourceDict
    from cohere_chat_api_client.models import FinishReason as FinishReason
    from cohere_chat_api_client.models import ImageUrl as ImageUrl
    from cohere_chat_api_client.models import ImageUrlContent as ImageUrlContent
    from cohere_chat_api_client.models import ImageUrlContentDict as ImageUrlContentDict
    from cohere_chat_api_client.models import ImageUrlDict as ImageUrlDict
    from cohere_chat_api_client.models import LogprobItem as LogprobItem
    from cohere_chat_api_client.models import LogprobItemDict as LogprobItemDict
    from cohere_chat_api_client.models import Message as Message
    from cohere_chat_api_client.models import MessageDict as MessageDict
    from cohere_chat_api_client.models import MessageEndEvent as MessageEndEvent
    from cohere_chat_api_client.models import MessageStartEvent as MessageStartEvent
    from cohere_chat_api_client.models import ResponseFormat as ResponseFormat
    from cohere_chat_api_client.models import ResponseFormatDict as ResponseFormatDict
    from cohere_chat_api_client.models import SystemMessage as SystemMessage
    from cohere_chat_api_client.models import SystemMessageDict as SystemMessageDict
    from cohere_chat_api_client.models import TextContent as TextContent
    from cohere_chat_api_client.models import TextContentDict as TextContentDict
    from cohere_chat_api_client.models import Thinking as Thinking
    from cohere_chat_api_client.models import ThinkingContent as ThinkingContent
    from cohere_chat_api_client.models import ThinkingContentDict as ThinkingContentDict
    from cohere_chat_api_client.models import ThinkingDict as ThinkingDict
    from cohere_chat_api_client.models import ToolCall as ToolCall
    from cohere_chat_api_client.models import ToolCallDeltaEvent as ToolCallDeltaEvent
    from cohere_chat_api_client.models import ToolCallDict as ToolCallDict
    from cohere_chat_api_client.models import ToolCallEndEvent as ToolCallEndEvent
    from cohere_chat_api_client.models import ToolCallFunction as ToolCallFunction
    from cohere_chat_api_client.models import ToolCallFunctionDict as ToolCallFunctionDict
    from cohere_chat_api_client.models import ToolCallStartEvent as ToolCallStartEvent
    from cohere_chat_api_client.models import ToolDefinition as ToolDefinition
    from cohere_chat_api_client.models import ToolDefinitionDict as ToolDefinitionDict
    from cohere_chat_api_client.models import ToolDefinitionFunction as ToolDefinitionFunction
    from cohere_chat_api_client.models import ToolMessage as ToolMessage
    from cohere_chat_api_client.models import ToolMessageDict as ToolMessageDict
    from cohere_chat_api_client.models import ToolPlanDeltaEvent as ToolPlanDeltaEvent
    from cohere_chat_api_client.models import ToolSource as ToolSource
    from cohere_chat_api_client.models import ToolSourceDict as ToolSourceDict
    from cohere_chat_api_client.models import Usage as Usage
    from cohere_chat_api_client.models import UsageDict as UsageDict
    from cohere_chat_api_client.models import UsageTokens as UsageTokens
    from cohere_chat_api_client.models import UsageTokensDict as UsageTokensDict
    from cohere_chat_api_client.models import UserMessage as UserMessage
    from cohere_chat_api_client.models import UserMessageDict as UserMessageDict

    ContentPart: TypeAlias = models.ContentPart | Unknown
    Source: TypeAlias = models.Source | Unknown
    ChatEvent: TypeAlias = models.ChatEvent | "UnknownEvent"
else:

    def __getattr__(name: str) -> object:
        """A generated model, or a union of models with the class for what none of them is."""
        if name not in models.__all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(models, name)
        more = {"ContentPart": Unknown, "Source": Unknown, "ChatEvent": UnknownEvent}.get(name)
        globals()[name] = found = found if more is None else found | more
        return found


def _literal(name: str) -> Any:
    """Any: mypy narrows a union by `event.type == ...` only if every `type` is a literal, so this one poses as one."""
    return name


@attrs.define(slots=False, eq=False, repr=False)
class UnknownEvent(Event):
    """An event of a type, or of a shape, that this version does not know.

    type: as the service named it, `""` if it did not. To type checkers it is a literal of its own, so that they narrow.
    data: the JSON.
    """

    type: Literal["unknown"] = attrs.field(converter=_literal)
    data: Any  # Any: JSON

    @property
    def delta(self) -> Any:  # Any: JSON. It lets `event.type == ...` reach the delta of a known event without a cast
        """`data["delta"]`; `None` if there is none."""
        return self.data.get("delta") if isinstance(self.data, dict) else None

    @property
    def index(self) -> int | None:
        """`data["index"]`; `None` if there is none."""
        index = self.data.get("index") if isinstance(self.data, dict) else None
        return index if isinstance(index, int) else None


@attrs.define
class RateLimit:
    """The counters of a trial key, from the headers of the answer. `None` if the service did not send one."""

    trial_limit: int | None
    trial_remaining: int | None
    monthly_limit: int | None


def request_id_of(headers: httpx.Headers) -> str | None:
    """The service's id of a request, `x-debug-trace-id` (WIRE.md section 1)."""
    value: str | None = headers.get("x-debug-trace-id")
    return value


@attrs.define(eq=False, repr=False)
class ChatResponse(models.ChatResponse):
    """An answer.

    id:            its id; `None` in the snapshot of a stream that has not started.
    message:       the message of the model. Append it to `messages` to continue the conversation.
    finish_reason: why the model stopped; `None` in the snapshot of a stream that has not ended.
    usage:         tokens; `None` if the service did not send them.
    logprobs:      one item for each piece of text, with `logprobs=True`; else `None`.
    headers:       the headers of the HTTP answer.
    """

    headers: httpx.Headers = attrs.field(factory=httpx.Headers, init=False, repr=False, eq=False)

    @property
    def text(self) -> str:
        """The text parts, joined; `""` if there are none. Thinking is not text."""
        content = self.message.content
        if isinstance(content, str):
            return content
        return "".join(part.text for part in content or () if isinstance(part, models.TextContent))

    @property
    def thinking(self) -> str:
        """The thinking parts, joined; `""` if there are none."""
        content = self.message.content
        if isinstance(content, str):
            return ""
        return "".join(part.thinking for part in content or () if isinstance(part, models.ThinkingContent))

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The tool calls that the model asks for, a new list; empty if it asks for none."""
        return list(self.message.tool_calls or ())

    @property
    def citations(self) -> list[Citation]:
        """The citations, a new list; empty if there are none."""
        return list(self.message.citations or ())

    @property
    def request_id(self) -> str | None:
        """The service's id of the request (`x-debug-trace-id`), to quote to its support."""
        return request_id_of(self.headers)

    @property
    def warnings(self) -> list[str]:
        """Warnings of the service (`x-api-warning`): a document was cut short, a model will be removed soon."""
        return self.headers.get_list("x-api-warning")

    @property
    def rate_limit(self) -> RateLimit | None:
        """The counters of a trial key; `None` for any other key."""
        names = ("x-trial-endpoint-call-limit", "x-trial-endpoint-call-remaining", "x-endpoint-monthly-call-limit")
        values = [self.headers.get(name, "") for name in names]
        counters = [int(value) if re.fullmatch(r"[0-9]{1,15}", value) else None for value in values]
        return RateLimit(*counters) if any(counter is not None for counter in counters) else None

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """What the service sent, unknown keys included; for a stream, what the plain call would have sent."""
        return super().to_dict()  # here for its documentation


MAX_IMAGE_BYTES = 20_000_000
_IMAGES = {rb"\x89PNG\r\n": "png", rb"\xff\xd8\xff": "jpeg", rb"RIFF....WEBP": "webp", rb"GIF8[79]a": "gif"}


def image_content(
    file: str | os.PathLike[str] | bytes | bytearray | memoryview,
    *,
    detail: Literal["auto", "low", "high"] | None = None,
) -> ImageUrlContent:
    """Makes a content part from an image, as a data URI.

    file:   the path of a PNG, JPEG, WebP or GIF image, or its bytes; at most 20 MB (WIRE.md section 3).
    detail: how closely the model looks at it. `None` leaves it to the service.

    Raises ValueError if it is no such image, or larger, and OSError if the file cannot be read.
    """
    named = f"the image {os.fspath(file)}" if isinstance(file, str | os.PathLike) else "the image"
    size = Path(file).stat().st_size if isinstance(file, str | os.PathLike) else memoryview(file).nbytes
    if size > MAX_IMAGE_BYTES:
        raise ValueError(f"{named} has {size:,} bytes: all images of a request may have {MAX_IMAGE_BYTES:,} together")
    data = Path(file).read_bytes() if isinstance(file, str | os.PathLike) else bytes(file)
    kind = next((kind for start, kind in _IMAGES.items() if re.match(start, data, re.DOTALL)), None)
    if kind is None:
        raise ValueError(f"{named} is not a PNG, JPEG, WebP or GIF image")
    url = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return models.ImageUrlContent(models.ImageUrl(url, detail=detail))


def tool_arguments(call: ToolCall) -> dict[str, Any]:  # Any: JSON
    """Reads the arguments of a tool call, which are JSON text.

    White space and `null` are no arguments (WIRE.md sections 4 and 5): `{}`. Raises ValueError if the model wrote
    anything else that is no JSON object.
    """
    text = call.function.arguments
    try:
        value = json.loads(text) if text.strip() else None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the arguments of the call of {call.function.name!r} are not JSON: {error}") from error
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"the arguments of the call of {call.function.name!r} are not a JSON object: {text[:100]}")
    return value or {}


_SKELETONS: dict[type[Record], dict[str, Any]] = {}  # Any: JSON


def skeleton(cls: type[Record]) -> dict[str, Any]:  # Any: JSON
    """The least JSON that a class reads: its required keys, empty."""
    made = _SKELETONS.get(cls)
    if made is None:
        hints = get_type_hints(cls)
        needed = {key: hints[field.name] for key, field in wire_fields(cls).items() if field.default is attrs.NOTHING}
        made = {key: skeleton(hint) if issubclass(hint, Record) else hint() for key, hint in needed.items()}
        _SKELETONS[cls] = made
    return made


def filled(least: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    """`value` with what it lacks of `least`, at any depth."""
    made = dict(value)
    for key, empty in least.items():
        if made.get(key) is None:
            made[key] = empty
        elif isinstance(empty, dict) and isinstance(made[key], dict):
            made[key] = filled(empty, made[key])
    return made
