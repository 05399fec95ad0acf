# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class ToolDefinitionFunction(Model):
    """The name of the function, what it does, and its parameters."""

    name: str = _field(metadata={"required": True})
    """The name of the function to be called."""

    description: str | None = _field(default=None, kw_only=True)
    """A description of what the function does."""

    parameters: dict[str, Any] = _field(metadata={"required": True})
    """The parameters the function accepts, described as a JSON Schema object."""


class ToolDefinitionFunctionOptions(TypedDict, total=False):
    """The optional keys of ToolDefinitionFunctionDict."""

    description: str | None
    """A description of what the function does."""


class ToolDefinitionFunctionDict(ToolDefinitionFunctionOptions):
    """ToolDefinitionFunction as a dict."""

    name: str
    parameters: Mapping[str, Any]
