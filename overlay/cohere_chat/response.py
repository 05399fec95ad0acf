"""The answer: what a plain call gives, and what a stream adds up to.

Belongs here: ChatResponse, its usage and finish reason, and the one way from JSON to it. Not known here: requests,
events, how the answer came.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

import attrs
import httpx
import msgspec

from .errors import request_id
from .messages import AssistantMessage, Citation, Model, TextContent, ThinkingContent, ToolCall, from_json, to_json
from .records import Record


class FinishReason(StrEnum):
    """Why the model stopped. Open: a reason that is not listed here is kept, and equal to its string.

    Upper case on the wire, lower case in the YAML (openapi/README.md, gap 2); case makes no difference here.
    """

    COMPLETE = "COMPLETE"
    STOP_SEQUENCE = "STOP_SEQUENCE"
    MAX_TOKENS = "MAX_TOKENS"
    TOOL_CALL = "TOOL_CALL"
    ERROR = "ERROR"
    TIMEOUT = "TIMEOUT"

    @classmethod
    def _missing_(cls, value: object) -> FinishReason | None:
        if not isinstance(value, str):
            return None
        known = cls.__members__.get(value.upper())
        if known is not None:
            return known
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    def __reduce_ex__(self, protocol: object) -> tuple[type[FinishReason], tuple[str]]:
        """By value. Early Pythons 3.11 pickle by name, which a reason that is not listed does not have."""
        return FinishReason, (self.value,)


@attrs.define(eq=False, repr=False)
class BilledUnits(Model):
    """What is billed: tokens, searches, classifications. Integers on the wire, though typed as floats elsewhere."""

    input_tokens: int | float | None = None
    output_tokens: int | float | None = None
    search_units: int | float | None = None
    classifications: int | float | None = None


@attrs.define(eq=False, repr=False)
class UsageTokens(Model):
    """What was processed, the hidden prompt included. `image_tokens` are not within `input_tokens`."""

    input_tokens: int | float | None = None
    output_tokens: int | float | None = None
    image_tokens: int | float | None = None


@attrs.define(eq=False, repr=False)
class Usage(Model):
    """What the answer cost. Empty when the model failed (WIRE.md section 5)."""

    billed_units: BilledUnits | None = None
    tokens: UsageTokens | None = None
    cached_tokens: int | float | None = None


@attrs.define(eq=False, repr=False)
class LogprobItem(Model):
    """The log probabilities of a piece of text, one for each of its tokens."""

    text: str | None = None
    token_ids: list[int] | None = None
    logprobs: list[float] | None = None


@attrs.define(eq=False, repr=False)
class RateLimit(Record):
    """The counters of a trial key, from the answer's headers. `None`: not told."""

    trial_limit: int | None
    trial_remaining: int | None
    monthly_limit: int | None


@attrs.define(eq=False, repr=False)
class ChatResponse(Model):
    """An answer.

    id:            its id; `None` in a stream's snapshot before `message-start`.
    message:       what the model said; append it to `messages` as it is to go on with the conversation.
    finish_reason: why it stopped; `None` in a stream's snapshot before `message-end`.
    usage:         tokens; `None` when not told.
    logprobs:      with `logprobs=True`, one item for each piece of text; else `None`.
    headers:       the headers of the HTTP answer.
    """

    id: str | None = None
    message: AssistantMessage = attrs.field(factory=AssistantMessage)
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    logprobs: list[LogprobItem] | None = None
    headers: httpx.Headers = attrs.field(factory=httpx.Headers, init=False, repr=False, eq=False)
    _json: dict[str, Any] = attrs.field(factory=dict, init=False, repr=False, eq=False)  # Any: JSON

    @property
    def text(self) -> str:
        """The text parts, joined; `""` when there is none. Thinking is not text."""
        content = self.message.content
        if isinstance(content, str):
            return content
        return "".join(part.text for part in content or () if isinstance(part, TextContent))

    @property
    def thinking(self) -> str:
        """The thinking parts, joined; `""` when there is none."""
        content = self.message.content
        if isinstance(content, str):
            return ""
        return "".join(part.thinking for part in content or () if isinstance(part, ThinkingContent))

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The calls that the model asks for; empty when it asks for none."""
        return self.message.tool_calls or []

    @property
    def citations(self) -> list[Citation]:
        """The citations; empty when there is none."""
        return self.message.citations or []

    @property
    def request_id(self) -> str | None:
        """The service's id of the request (`x-debug-trace-id`), to quote to its support."""
        return request_id(self.headers)

    @property
    def warnings(self) -> list[str]:
        """What the service warns of (`x-api-warning`): a document cut short, a model soon to be removed."""
        return self.headers.get_list("x-api-warning")

    @property
    def rate_limit(self) -> RateLimit | None:
        """The counters of a trial key; `None` for another key."""
        names = ("x-trial-endpoint-call-limit", "x-trial-endpoint-call-remaining", "x-endpoint-monthly-call-limit")
        values = [self.headers.get(name, "") for name in names]
        counters = [int(value) if re.fullmatch(r"[0-9]{1,15}", value) else None for value in values]
        return RateLimit(*counters) if any(counter is not None for counter in counters) else None

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """What the service sent, unknown keys included; for a stream, what the plain call would have sent.

        A copy: it does not follow what is changed in `message`.
        """
        return msgspec.to_builtins(self._json) if self._json else {**to_json(self, "response")}


def read_response(data: Any, headers: httpx.Headers) -> ChatResponse:  # Any: JSON
    """JSON -> the answer. Raises msgspec.ValidationError, which names the place."""
    ours = {key: data[key] for key in ("headers", "_json") if key in data} if isinstance(data, dict) else {}
    response = from_json({key: data[key] for key in data if key not in ours} if ours else data, ChatResponse)
    response.additional_properties |= ours  # keys of the service's that are named as fields of ours
    response.headers = headers
    response._json = data
    return response
