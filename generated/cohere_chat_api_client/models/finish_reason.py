# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import Literal, overload

from ..base import OpenStrEnum


class FinishReason(OpenStrEnum):
    """Why the model stopped.

    A value that the spec does not list is kept, and compares equal to its string.
    """

    COMPLETE = "COMPLETE"
    MAX_TOKENS = "MAX_TOKENS"
    STOP_SEQUENCE = "STOP_SEQUENCE"
    TOOL_CALL = "TOOL_CALL"
    ERROR = "ERROR"
    TIMEOUT = "TIMEOUT"


@overload
def to_finish_reason(value: None) -> None: ...
@overload
def to_finish_reason(
    value: FinishReason | Literal["COMPLETE", "MAX_TOKENS", "STOP_SEQUENCE", "TOOL_CALL", "ERROR", "TIMEOUT"],
) -> FinishReason: ...
def to_finish_reason(value: str | None) -> FinishReason | None:
    """Returns the member with this value; `None` for `None`."""
    return None if value is None else FinishReason(value)
