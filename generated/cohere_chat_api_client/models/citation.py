# Made from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; remake it with: make generate
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model, Unknown
from .citation_type import CitationType, to_citation_type


@_define(eq=False, repr=False)
class Citation(Model):
    """A span of the answer, and what it rests on."""

    start: int | None = _field(default=None, kw_only=True)
    """Where the span starts, in characters of the text: `text == answer[start:end]`."""

    end: int | None = _field(default=None, kw_only=True)
    """Where the span ends."""

    text: str | None = _field(default=None, kw_only=True)
    """The text of the span."""

    sources: Sequence[ToolSource | DocumentSource | Unknown] | None = _field(default=None, kw_only=True)
    """What the span rests on."""

    type: CitationType | None = _field(
        default=None,
        kw_only=True,
        converter=to_citation_type,
        metadata={"enum": ["TEXT_CONTENT", "THINKING_CONTENT", "PLAN"]},
    )
    """What the span is a part of. `None` if the service did not send it."""

    content_index: int | None = _field(default=None, kw_only=True)
    """The number of the content part with the span. `None` if the service did not send it."""


class CitationDict(TypedDict, total=False):
    """Citation as a dict."""

    start: int | None
    """Where the span starts, in characters of the text: `text == answer[start:end]`."""
    end: int | None
    """Where the span ends."""
    text: str | None
    """The text of the span."""
    sources: Sequence[ToolSource | ToolSourceDict | DocumentSource | DocumentSourceDict | Unknown] | None
    """What the span rests on."""
    type: CitationType | Literal["TEXT_CONTENT", "THINKING_CONTENT", "PLAN"] | None
    """What the span is a part of. `None` if the service did not send it."""
    content_index: int | None
    """The number of the content part with the span. `None` if the service did not send it."""


# After the class, since schemas may refer to each other.
from .document_source import DocumentSource, DocumentSourceDict
from .tool_source import ToolSource, ToolSourceDict
