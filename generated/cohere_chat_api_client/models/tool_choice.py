# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import Literal, overload

from ..base import OpenStrEnum


class ToolChoice(OpenStrEnum):
    """Whether the model must call a tool (`REQUIRED`) or must not (`NONE`). If unset, the model decides.

    A value that the spec does not list is kept, and compares equal to its string.
    """

    REQUIRED = "REQUIRED"
    NONE = "NONE"


@overload
def to_tool_choice(value: None) -> None: ...
@overload
def to_tool_choice(value: ToolChoice | Literal["REQUIRED", "NONE"]) -> ToolChoice: ...
def to_tool_choice(value: str | None) -> ToolChoice | None:
    """Returns the member with this value; `None` for `None`."""
    return None if value is None else ToolChoice(value)
