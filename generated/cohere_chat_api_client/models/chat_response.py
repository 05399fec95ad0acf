# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model
from .finish_reason import FinishReason, to_finish_reason


@_define(eq=False, repr=False)
class ChatResponse(Model):
    """An answer from the model."""

    id: str | None = _field(default=None, kw_only=True)
    """Unique identifier for the chat completion."""

    usage: Usage | None = _field(default=None, kw_only=True)
    """The number of tokens and other units that the answer used. Empty if the model failed."""

    finish_reason: FinishReason | None = _field(
        default=None,
        kw_only=True,
        converter=to_finish_reason,
        metadata={"enum": ["COMPLETE", "MAX_TOKENS", "STOP_SEQUENCE", "TOOL_CALL", "ERROR", "TIMEOUT"]},
    )
    """Why the model stopped. `None` in the snapshot of a stream that has not ended."""

    message: AssistantMessage = _field(metadata={"required": True})
    """The message from the model. Append it to `messages` to continue the conversation."""

    logprobs: Sequence[LogprobItem] | None = _field(default=None, kw_only=True)
    """One item for each piece of text if the request has `logprobs=True`, else `None`."""


class ChatResponseOptions(TypedDict, total=False):
    """The optional keys of ChatResponseDict."""

    id: str | None
    """Unique identifier for the chat completion."""
    usage: Usage | UsageDict | None
    """The number of tokens and other units that the answer used. Empty if the model failed."""
    finish_reason: (
        FinishReason | Literal["COMPLETE", "MAX_TOKENS", "STOP_SEQUENCE", "TOOL_CALL", "ERROR", "TIMEOUT"] | None
    )
    """Why the model stopped. `None` in the snapshot of a stream that has not ended."""
    logprobs: Sequence[LogprobItem | LogprobItemDict] | None
    """One item for each piece of text if the request has `logprobs=True`, else `None`."""


class ChatResponseDict(ChatResponseOptions):
    """ChatResponse as a dict."""

    message: AssistantMessage | AssistantMessageDict


# Imported after the class, because schemas may refer to each other.
from .assistant_message import AssistantMessage, AssistantMessageDict
from .logprob_item import LogprobItem, LogprobItemDict
from .usage import Usage, UsageDict
