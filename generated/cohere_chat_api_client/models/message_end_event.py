# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from attrs import define as _define
from attrs import field as _field

from ..base import Event


@_define(eq=False, repr=False, slots=False)
class MessageEndEvent(Event):
    """The last event of a stream."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["message-end", "stream-end"]}

    type: Literal["message-end"] = _field(default="message-end", kw_only=True, metadata={"required": True})

    id: str | None = _field(default=None, kw_only=True)
    """The id of the answer. `None` in every recorded stream."""

    delta: MessageEndEventDelta = _field(metadata={"required": True})
    """How the answer ended."""


# Imported after the class, because schemas may refer to each other.
from .message_end_event_delta import MessageEndEventDelta
