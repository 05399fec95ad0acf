# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from attrs import define as _define
from attrs import field as _field

from ..base import Piece


@_define(eq=False, repr=False, slots=False)
class ContentDeltaEventDeltaMessageContent(Piece):
    """The piece."""

    text: str = _field(default="", kw_only=True, metadata={"default": ""})
    """A piece of text. Empty in a piece of thinking."""

    thinking: str = _field(default="", kw_only=True, metadata={"default": ""})
    """A piece of thinking. Empty in a piece of text."""
