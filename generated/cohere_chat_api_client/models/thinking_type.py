# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import Literal, overload

from ..base import OpenStrEnum


class ThinkingType(OpenStrEnum):
    """Whether the model thinks.

    A value that the spec does not list is kept, and compares equal to its string.
    """

    ENABLED = "enabled"
    DISABLED = "disabled"


@overload
def to_thinking_type(value: None) -> None: ...
@overload
def to_thinking_type(value: ThinkingType | Literal["enabled", "disabled"]) -> ThinkingType: ...
def to_thinking_type(value: str | None) -> ThinkingType | None:
    """Returns the member with this value; `None` for `None`."""
    return None if value is None else ThinkingType(value)
