# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from attrs import define as _define
from attrs import field as _field

from ..base import Event


@_define(eq=False, repr=False, slots=False)
class MessageStartEvent(Event):
    """The first event of a stream, with the id of the answer and a message that is still empty."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["message-start", "stream-start"]}

    type: Literal["message-start"] = _field(default="message-start", kw_only=True, metadata={"required": True})

    id: str | None = _field(default=None, kw_only=True)
    """The id of the answer. `None` if the service did not send it."""

    delta: MessageStartEventDelta = _field(metadata={"required": True})


# Imported after the class, because schemas may refer to each other.
from .message_start_event_delta import MessageStartEventDelta
