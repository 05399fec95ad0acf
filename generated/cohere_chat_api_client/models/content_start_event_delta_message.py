# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from attrs import define as _define
from attrs import field as _field

from ..base import Piece


@_define(eq=False, repr=False)
class ContentStartEventDeltaMessage(Piece):
    """The field `message` of ContentStartEventDelta."""

    content: ContentStartEventDeltaMessageContent = _field(metadata={"required": True})
    """The new part. Its text is empty, and follows in pieces, as ContentDeltaEvents."""


# Imported after the class, because schemas may refer to each other.
from .content_start_event_delta_message_content import (
    ContentStartEventDeltaMessageContent,
)
