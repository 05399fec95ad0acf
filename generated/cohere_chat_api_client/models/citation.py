# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model, Unknown
from .citation_type import CitationType, to_citation_type


@_define(eq=False, repr=False)
class Citation(Model):
    """A span of the answer, and the sources that it is based on."""

    start: int | None = _field(default=None, kw_only=True)
    """The start of the span, in characters of the text: `text == answer[start:end]`."""

    end: int | None = _field(default=None, kw_only=True)
    """The end of the span, exclusive, in characters of the text."""

    text: str | None = _field(default=None, kw_only=True)
    """The text of the span."""

    sources: Sequence[ToolSource | DocumentSource | Unknown] | None = _field(default=None, kw_only=True)
    """The documents and tool results that the span is based on."""

    type: CitationType | None = _field(
        default=None,
        kw_only=True,
        converter=to_citation_type,
        metadata={"enum": ["TEXT_CONTENT", "THINKING_CONTENT", "PLAN"]},
    )
    """The kind of text that the span is part of. `None` if the service did not send it."""

    content_index: int | None = _field(default=None, kw_only=True)
    """The index of the content part that contains the span, starting at 0. `None` if the service did not send it."""


class CitationDict(TypedDict, total=False):
    """Citation as a dict."""

    start: int | None
    """The start of the span, in characters of the text: `text == answer[start:end]`."""
    end: int | None
    """The end of the span, exclusive, in characters of the text."""
    text: str | None
    """The text of the span."""
    sources: Sequence[ToolSource | ToolSourceDict | DocumentSource | DocumentSourceDict | Unknown] | None
    """The documents and tool results that the span is based on."""
    type: CitationType | Literal["TEXT_CONTENT", "THINKING_CONTENT", "PLAN"] | None
    """The kind of text that the span is part of. `None` if the service did not send it."""
    content_index: int | None
    """The index of the content part that contains the span, starting at 0. `None` if the service did not send it."""


# Imported after the class, because schemas may refer to each other.
from .document_source import DocumentSource, DocumentSourceDict
from .tool_source import ToolSource, ToolSourceDict
