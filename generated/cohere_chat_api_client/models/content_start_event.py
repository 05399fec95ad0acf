# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from attrs import define as _define
from attrs import field as _field

from ..base import Event


@_define(eq=False, repr=False, slots=False)
class ContentStartEvent(Event):
    """The start of a content part."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["content-start"]}

    type: Literal["content-start"] = _field(default="content-start", kw_only=True, metadata={"required": True})

    index: int | None = _field(default=None, kw_only=True)
    """The index of the content part, starting at 0."""

    delta: ContentStartEventDelta = _field(metadata={"required": True})


# Imported after the class, because schemas may refer to each other.
from .content_start_event_delta import ContentStartEventDelta
