# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model
from .thinking_type import ThinkingType, to_thinking_type


@_define(eq=False, repr=False)
class Thinking(Model):
    """Whether and how much a reasoning model thinks before it answers. Reasoning models think by default."""

    type: ThinkingType = _field(
        converter=to_thinking_type, metadata={"required": True, "enum": ["enabled", "disabled"]}
    )
    """Whether the model thinks."""

    token_budget: int | None = _field(default=None, kw_only=True, metadata={"minimum": 1})
    """The maximum number of tokens for thinking. Minimum: 1."""


class ThinkingOptions(TypedDict, total=False):
    """The optional keys of ThinkingDict."""

    token_budget: int | None
    """The maximum number of tokens for thinking. Minimum: 1."""


class ThinkingDict(ThinkingOptions):
    """Thinking as a dict."""

    type: ThinkingType | Literal["enabled", "disabled"]
