# Made from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; remake it with: make generate
from __future__ import annotations

from attrs import define as _define
from attrs import field as _field

from ..base import Piece
from .finish_reason import FinishReason, to_finish_reason


@_define(eq=False, repr=False, slots=False)
class MessageEndEventDelta(Piece):
    """How the answer ended."""

    finish_reason: FinishReason | None = _field(
        default=None,
        kw_only=True,
        converter=to_finish_reason,
        metadata={"enum": ["COMPLETE", "MAX_TOKENS", "STOP_SEQUENCE", "TOOL_CALL", "ERROR", "TIMEOUT"]},
    )
    """Why the model stopped."""

    usage: Usage | None = _field(default=None, kw_only=True)
    """What the answer cost. Empty if the model failed."""

    error: str | None = _field(default=None, kw_only=True)
    """What went wrong, if the model failed."""

    error_type: str | None = _field(default=None, kw_only=True)
    """The kind of failure, for example `INVALID_TOOL_GENERATION`."""


# After the class, since schemas may refer to each other.
from .usage import Usage
