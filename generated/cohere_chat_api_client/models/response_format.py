# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model
from .response_format_type import ResponseFormatType, to_response_format_type


@_define(eq=False, repr=False)
class ResponseFormat(Model):
    """Whether to answer in text or in JSON; text if unset. Cannot be combined with `tools` or `documents`. Without
    a `json_schema`, the prompt must ask for JSON, which can be nested up to 5 levels deep."""

    type: ResponseFormatType = _field(
        converter=to_response_format_type, metadata={"required": True, "enum": ["text", "json_object"]}
    )
    """The format type for the response output."""

    json_schema: dict[str, Any] | None = _field(default=None, kw_only=True)
    """An optional JSON Schema that the output must conform to when type is json_object."""


class ResponseFormatOptions(TypedDict, total=False):
    """The optional keys of ResponseFormatDict."""

    json_schema: Mapping[str, Any] | None
    """An optional JSON Schema that the output must conform to when type is json_object."""


class ResponseFormatDict(ResponseFormatOptions):
    """ResponseFormat as a dict."""

    type: ResponseFormatType | Literal["text", "json_object"]
