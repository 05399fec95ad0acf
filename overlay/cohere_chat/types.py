"""The public types: the generated models under their public names, and ChatResponse.

A model is loaded on first access. `None` means absent. Data that cannot be read raises ValueError.

Belongs here: the names, ChatResponse, and repairs of JSON that a model could not read otherwise. A door: only this
module and `params.py` import generated models. Not known here: the rest of this package.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_type_hints

import attrs
import httpx

from cohere_chat_api_client import models
from cohere_chat_api_client.base import Event as Event
from cohere_chat_api_client.base import Model as Model
from cohere_chat_api_client.base import Record as Record
from cohere_chat_api_client.base import Unknown
from cohere_chat_api_client.base import wire_fields as wire_fields

UnknownContent = UnknownSource = Unknown

if TYPE_CHECKING:
    from cohere_chat_api_client.models.unchanged import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]

    ContentPart: TypeAlias = models.ContentPart | Unknown
    Source: TypeAlias = models.Source | Unknown
    ChatEvent: TypeAlias = models.ChatEvent | "UnknownEvent"
else:

    def __getattr__(name: str) -> object:
        """Loads a generated model, or a union of models extended by the class for unknown variants."""
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
    """An event whose type or structure is unknown to this version.

    type: the type that the service sent, else `""`. Declared as a literal so that type checkers can narrow a union.
    data: the JSON of the event.
    """

    type: Literal["unknown"] = attrs.field(converter=_literal)
    data: Any  # Any: JSON

    @property
    def delta(self) -> Any:  # Any: JSON. So `event.delta` needs no cast once `event.type == ...` is checked
        """`data["delta"]`; `None` if there is none."""
        return self.data.get("delta") if isinstance(self.data, dict) else None

    @property
    def index(self) -> int | None:
        """`data["index"]`; `None` if there is none."""
        index = self.data.get("index") if isinstance(self.data, dict) else None
        return index if isinstance(index, int) else None


@attrs.define
class RateLimit:
    """The counters of a trial key, from the response headers. A counter is `None` if the service did not send it."""

    trial_limit: int | None
    trial_remaining: int | None
    monthly_limit: int | None


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def shown(text: str) -> str:
    """Returns text from the service for a terminal or a log, with control and bidi characters escaped."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class FromHeaders:
    """What a response, a stream and an error report about the HTTP response: `http/call.py` adds it to the headers."""

    __slots__ = ()
    headers: httpx.Headers

    @property
    def request_id(self) -> str | None:
        """The service's request id (`x-debug-trace-id`), to quote to its support; `None` if there is none."""
        value: str | None = self.headers.get("x-debug-trace-id")
        return None if value is None else shown(value)

    @property
    def elapsed(self) -> float | None:
        """Seconds from sending the request to receiving the headers; `None` if there was no response."""
        return getattr(self.headers, "elapsed", None)


class WithStatus(FromHeaders):
    """The same for a response and a stream; errors have their own `status_code`."""

    __slots__ = ()

    @property
    def status_code(self) -> int | None:
        """The HTTP status; `None` if there is no response."""
        return getattr(self.headers, "status_code", None)


@attrs.define(eq=False, repr=False)
class ChatResponse(WithStatus, models.ChatResponse):
    """The response to a chat request.

    In the snapshot of a stream, `id` and `finish_reason` are `None` until they have arrived.

    headers: the headers of the HTTP response.
    raw:     the bytes of the body, decompressed; empty for a stream, whose events have them in `event.raw_bytes`.
    """

    headers: httpx.Headers = attrs.field(factory=httpx.Headers, init=False, repr=False, eq=False)
    raw: bytes = attrs.field(default=b"", init=False, repr=False, eq=False)

    @property
    def text(self) -> str:
        """The text parts, joined; `""` if there are none. Thinking is not included."""
        parts = self.message.content or ()
        if isinstance(parts, str):
            return parts
        return "".join(part.text for part in parts if isinstance(part, models.TextContent))

    @property
    def thinking(self) -> str:
        """The thinking parts, joined; `""` if there are none."""
        parts = self.message.content or ()
        return "".join(part.thinking for part in parts if isinstance(part, models.ThinkingContent))

    @property
    def tool_calls(self) -> list[models.ToolCall]:
        """The tool calls that the model requests, as a new list; empty if there are none."""
        return list(self.message.tool_calls or ())

    @property
    def citations(self) -> list[models.Citation]:
        """The citations, as a new list; empty if there are none."""
        return list(self.message.citations or ())

    @property
    def warnings(self) -> list[str]:
        """The service's warnings (`x-api-warning`), e.g. that a document was truncated or a model will be retired."""
        return self.headers.get_list("x-api-warning")

    @property
    def rate_limit(self) -> RateLimit | None:
        """The counters of a trial key; `None` for any other key."""
        names = ("x-trial-endpoint-call-limit", "x-trial-endpoint-call-remaining", "x-endpoint-monthly-call-limit")
        values = [self.headers.get(name, "") for name in names]
        counters = [int(value) if re.fullmatch(r"[0-9]{1,15}", value) else None for value in values]
        return RateLimit(*counters) if any(counter is not None for counter in counters) else None


@cache
def skeleton(cls: type[Record]) -> dict[str, Any]:  # Any: JSON
    """Returns the minimal JSON that a class can read: its required keys with empty values. Do not change it."""
    hints = get_type_hints(cls)
    needed = {key: hints[field.name] for key, field in wire_fields(cls).items() if field.default is attrs.NOTHING}
    return {key: skeleton(hint) if issubclass(hint, Record) else hint() for key, hint in needed.items()}


def filled(least: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    """Returns `value` with the keys that it lacks taken from `least`, at any depth."""
    made = dict(value)
    for key, empty in least.items():
        if made.get(key) is None:
            made[key] = empty
        elif isinstance(empty, dict) and isinstance(made[key], dict):
            made[key] = filled(empty, made[key])
    return made


def call_as_meant(call: Any) -> Any:  # Any: JSON
    """Returns a tool call with its arguments as JSON text, even if they came as an object or an array."""
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("arguments"), dict | list):
        return call
    arguments = json.dumps(function["arguments"], ensure_ascii=False, separators=(",", ":"))
    return {**call, "function": {**function, "arguments": arguments}}
