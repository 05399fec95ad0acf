# Made from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; remake it with: make generate
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model
from .finish_reason import FinishReason, to_finish_reason


@_define(eq=False, repr=False)
class ChatResponse(Model):
    """The answer of the model."""

    id: str | None = _field(default=None, kw_only=True)
    """Unique identifier for the chat completion."""

    usage: Usage | None = _field(default=None, kw_only=True)
    """What the answer cost. Empty if the model failed."""

    finish_reason: FinishReason | None = _field(
        default=None,
        kw_only=True,
        converter=to_finish_reason,
        metadata={"enum": ["COMPLETE", "MAX_TOKENS", "STOP_SEQUENCE", "TOOL_CALL", "ERROR", "TIMEOUT"]},
    )
    """Why the model stopped. `None` in the snapshot of a stream that has not ended."""

    message: AssistantMessage = _field(metadata={"required": True})
    """The message of the model. Append it to `messages` to continue the conversation."""

    logprobs: Sequence[LogprobItem] | None = _field(default=None, kw_only=True)
    """With `logprobs=True`, one item for each piece of text."""


class ChatResponseOptions(TypedDict, total=False):
    """The optional keys of ChatResponseDict."""

    id: str | None
    """Unique identifier for the chat completion."""
    usage: Usage | UsageDict | None
    """What the answer cost. Empty if the model failed."""
    finish_reason: (
        FinishReason | Literal["COMPLETE", "MAX_TOKENS", "STOP_SEQUENCE", "TOOL_CALL", "ERROR", "TIMEOUT"] | None
    )
    """Why the model stopped. `None` in the snapshot of a stream that has not ended."""
    logprobs: Sequence[LogprobItem | LogprobItemDict] | None
    """With `logprobs=True`, one item for each piece of text."""


class ChatResponseDict(ChatResponseOptions):
    """ChatResponse as a dict."""

    message: AssistantMessage | AssistantMessageDict


# After the class, since schemas may refer to each other.
from .assistant_message import AssistantMessage, AssistantMessageDict
from .logprob_item import LogprobItem, LogprobItemDict
from .usage import Usage, UsageDict
