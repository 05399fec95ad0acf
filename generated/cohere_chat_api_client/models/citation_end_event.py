# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from attrs import define as _define
from attrs import field as _field

from ..base import Event


@_define(eq=False, repr=False, slots=False)
class CitationEndEvent(Event):
    """The end of a citation. It adds nothing to the answer."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["citation-end"]}

    type: Literal["citation-end"] = _field(default="citation-end", kw_only=True, metadata={"required": True})

    index: int | None = _field(default=None, kw_only=True)
    """The index of the citation."""
