# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import Literal, overload

from ..base import OpenStrEnum


class ResponseFormatType(OpenStrEnum):
    """The format type for the response output.

    A value that the spec does not list is kept, and compares equal to its string.
    """

    TEXT = "text"
    JSON_OBJECT = "json_object"


@overload
def to_response_format_type(value: None) -> None: ...
@overload
def to_response_format_type(value: ResponseFormatType | Literal["text", "json_object"]) -> ResponseFormatType: ...
def to_response_format_type(value: str | None) -> ResponseFormatType | None:
    """Returns the member with this value; `None` for `None`."""
    return None if value is None else ResponseFormatType(value)
