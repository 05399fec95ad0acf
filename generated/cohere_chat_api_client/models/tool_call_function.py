# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class ToolCallFunction(Model):
    """The function to call and its arguments."""

    name: str = _field(metadata={"required": True})
    """The name of the function to call."""

    arguments: str = _field(metadata={"required": True})
    """The arguments to pass to the function, as a JSON string."""


class ToolCallFunctionDict(TypedDict):
    """ToolCallFunction as a dict."""

    name: str
    arguments: str
