# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from attrs import define as _define
from attrs import field as _field

from ..base import Event


@_define(eq=False, repr=False, slots=False)
class ContentDeltaEvent(Event):
    """A piece of text or thinking."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["content-delta"]}

    type: Literal["content-delta"] = _field(default="content-delta", kw_only=True, metadata={"required": True})

    index: int | None = _field(default=None, kw_only=True)
    """The index of the content part that the piece belongs to."""

    delta: ContentDeltaEventDelta = _field(metadata={"required": True})

    logprobs: LogprobItem | None = _field(default=None, kw_only=True)
    """The log probabilities of the piece if the request has `logprobs=True`, else `None`."""


# Imported after the class, because schemas may refer to each other.
from .content_delta_event_delta import ContentDeltaEventDelta
from .logprob_item import LogprobItem
