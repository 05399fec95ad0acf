# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import Literal, overload

from ..base import OpenStrEnum


class CitationOptionsMode(OpenStrEnum):
    """The citation mode. `OFF` and `DISABLED` turn citations off.

    A value that the spec does not list is kept, and compares equal to its string.
    """

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"
    FAST = "FAST"
    ACCURATE = "ACCURATE"
    OFF = "OFF"


@overload
def to_citation_options_mode(value: None) -> None: ...
@overload
def to_citation_options_mode(
    value: CitationOptionsMode | Literal["ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF"],
) -> CitationOptionsMode: ...
def to_citation_options_mode(value: str | None) -> CitationOptionsMode | None:
    """Returns the member with this value; `None` for `None`."""
    return None if value is None else CitationOptionsMode(value)
