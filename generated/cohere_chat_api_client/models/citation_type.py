# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import Literal, overload

from ..base import OpenStrEnum


class CitationType(OpenStrEnum):
    """The kind of text that the span is part of. `None` if the service did not send it.

    A value that the spec does not list is kept, and compares equal to its string.
    """

    TEXT_CONTENT = "TEXT_CONTENT"
    THINKING_CONTENT = "THINKING_CONTENT"
    PLAN = "PLAN"


@overload
def to_citation_type(value: None) -> None: ...
@overload
def to_citation_type(value: CitationType | Literal["TEXT_CONTENT", "THINKING_CONTENT", "PLAN"]) -> CitationType: ...
def to_citation_type(value: str | None) -> CitationType | None:
    """Returns the member with this value; `None` for `None`."""
    return None if value is None else CitationType(value)
