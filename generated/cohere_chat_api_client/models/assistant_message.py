# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model, Unknown


@_define(eq=False, repr=False)
class AssistantMessage(Model):
    """A message from the model, with an answer or with the tool calls that the model requests."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"role": ["assistant"]}

    role: Literal["assistant"] = _field(default="assistant", kw_only=True, metadata={"required": True})

    content: str | Sequence[TextContent | ThinkingContent | ImageUrlContent | DocumentContent | Unknown] | None = (
        _field(default=None, kw_only=True)
    )
    """The text and thinking parts of the answer. The service sends a list, or nothing (`None`) if the model
    requests tool calls. You can also send a string."""

    tool_plan: str | None = _field(default=None, kw_only=True)
    """What the model intends to do with the tools. `None` if there is no plan."""

    tool_calls: Sequence[ToolCall] | None = _field(default=None, kw_only=True)
    """The tool calls that the model requests. `None` if there are none."""

    citations: Sequence[Citation] | None = _field(default=None, kw_only=True)
    """The spans of the answer that are based on documents or tool results. `None` if there are none."""


class AssistantMessageOptions(TypedDict, total=False):
    """The optional keys of AssistantMessageDict."""

    content: (
        str
        | Sequence[
            TextContent
            | TextContentDict
            | ThinkingContent
            | ThinkingContentDict
            | ImageUrlContent
            | ImageUrlContentDict
            | DocumentContent
            | DocumentContentDict
            | Unknown
        ]
        | None
    )
    """The text and thinking parts of the answer. The service sends a list, or nothing (`None`) if the model
    requests tool calls. You can also send a string."""
    tool_plan: str | None
    """What the model intends to do with the tools. `None` if there is no plan."""
    tool_calls: Sequence[ToolCall | ToolCallDict] | None
    """The tool calls that the model requests. `None` if there are none."""
    citations: Sequence[Citation | CitationDict] | None
    """The spans of the answer that are based on documents or tool results. `None` if there are none."""


class AssistantMessageDict(AssistantMessageOptions):
    """AssistantMessage as a dict."""

    role: Literal["assistant"]


# Imported after the class, because schemas may refer to each other.
from .citation import Citation, CitationDict
from .document_content import DocumentContent, DocumentContentDict
from .image_url_content import ImageUrlContent, ImageUrlContentDict
from .text_content import TextContent, TextContentDict
from .thinking_content import ThinkingContent, ThinkingContentDict
from .tool_call import ToolCall, ToolCallDict
