# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from attrs import define as _define
from attrs import field as _field

from ..base import Event


@_define(eq=False, repr=False, slots=False)
class CitationStartEvent(Event):
    """A complete citation."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["citation-start"]}

    type: Literal["citation-start"] = _field(default="citation-start", kw_only=True, metadata={"required": True})

    index: int | None = _field(default=None, kw_only=True)
    """The index of the citation, starting at 0."""

    delta: CitationStartEventDelta = _field(metadata={"required": True})


# Imported after the class, because schemas may refer to each other.
from .citation_start_event_delta import CitationStartEventDelta
