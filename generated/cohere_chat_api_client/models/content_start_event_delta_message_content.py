# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from attrs import define as _define
from attrs import field as _field

from ..base import Piece


@_define(eq=False, repr=False, slots=False)
class ContentStartEventDeltaMessageContent(Piece):
    """The new part. Its text is empty, and follows in pieces, as ContentDeltaEvents."""

    type: str = _field(metadata={"required": True})
    """`text` or `thinking`."""

    text: str = _field(default="", kw_only=True, metadata={"default": ""})
    """The text so far. Empty in a thinking part."""

    thinking: str = _field(default="", kw_only=True, metadata={"default": ""})
    """The thinking so far. Empty in a text part."""
