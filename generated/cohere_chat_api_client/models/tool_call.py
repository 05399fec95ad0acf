# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class ToolCall(Model):
    """A tool call that the model requests. Send its result in a ToolMessage with this `id` as `tool_call_id`."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["function"]}

    id: str = _field(metadata={"required": True})
    """The unique identifier for this tool call."""

    type: Literal["function"] = _field(
        default="function", kw_only=True, metadata={"required": True, "enum": ["function"]}
    )
    """The type of tool call."""

    function: ToolCallFunction = _field(metadata={"required": True})
    """The function to call and its arguments."""


class ToolCallDict(TypedDict):
    """ToolCall as a dict."""

    id: str
    type: Literal["function"]
    function: ToolCallFunction | ToolCallFunctionDict


# Imported after the class, because schemas may refer to each other.
from .tool_call_function import ToolCallFunction, ToolCallFunctionDict
