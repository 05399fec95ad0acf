# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import Literal, overload

from ..base import OpenStrEnum


class SafetyMode(OpenStrEnum):
    """The safety instruction in the prompt. It cannot be changed in requests with `tools` or `documents`.

    A value that the spec does not list is kept, and compares equal to its string.
    """

    CONTEXTUAL = "CONTEXTUAL"
    STRICT = "STRICT"
    OFF = "OFF"


@overload
def to_safety_mode(value: None) -> None: ...
@overload
def to_safety_mode(value: SafetyMode | Literal["CONTEXTUAL", "STRICT", "OFF"]) -> SafetyMode: ...
def to_safety_mode(value: str | None) -> SafetyMode | None:
    """Returns the member with this value; `None` for `None`."""
    return None if value is None else SafetyMode(value)
