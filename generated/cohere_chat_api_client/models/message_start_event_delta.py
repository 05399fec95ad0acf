# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from attrs import define as _define
from attrs import field as _field

from ..base import Piece


@_define(eq=False, repr=False)
class MessageStartEventDelta(Piece):
    """The field `delta` of MessageStartEvent."""

    message: AssistantMessage = _field(metadata={"required": True})
    """The message so far. Its lists and strings are still empty; later events carry the content."""


# Imported after the class, because schemas may refer to each other.
from .assistant_message import AssistantMessage
