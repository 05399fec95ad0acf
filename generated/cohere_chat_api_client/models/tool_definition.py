# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class ToolDefinition(Model):
    """A function that the model may call."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["function"]}

    type: Literal["function"] = _field(
        default="function", kw_only=True, metadata={"required": True, "enum": ["function"]}
    )
    """The type of tool. Currently only function is supported."""

    function: ToolDefinitionFunction = _field(metadata={"required": True})
    """The name of the function, what it does, and its parameters."""


class ToolDefinitionDict(TypedDict):
    """ToolDefinition as a dict."""

    type: Literal["function"]
    function: ToolDefinitionFunction | ToolDefinitionFunctionDict


# Imported after the class, because schemas may refer to each other.
from .tool_definition_function import ToolDefinitionFunction, ToolDefinitionFunctionDict
