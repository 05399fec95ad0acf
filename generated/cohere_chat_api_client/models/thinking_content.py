# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class ThinkingContent(Model):
    """The thinking of a reasoning model before its answer. Only in assistant messages."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["thinking"]}

    type: Literal["thinking"] = _field(default="thinking", kw_only=True, metadata={"required": True})

    thinking: str = _field(metadata={"required": True})
    """The text of the thinking."""


class ThinkingContentDict(TypedDict):
    """ThinkingContent as a dict."""

    type: Literal["thinking"]
    thinking: str
