# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model, Unknown


@_define(eq=False, repr=False)
class ToolMessage(Model):
    """The result of one tool call."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"role": ["tool"]}

    role: Literal["tool"] = _field(default="tool", kw_only=True, metadata={"required": True})

    tool_call_id: str = _field(metadata={"required": True})
    """The `id` of the tool call that this message answers."""

    content: str | Sequence[TextContent | DocumentContent | Unknown] = _field(metadata={"required": True})
    """A string, or a list of text parts and documents that the model can cite."""


class ToolMessageDict(TypedDict):
    """ToolMessage as a dict."""

    role: Literal["tool"]
    tool_call_id: str
    content: str | Sequence[TextContent | TextContentDict | DocumentContent | DocumentContentDict | Unknown]


# Imported after the class, because schemas may refer to each other.
from .document_content import DocumentContent, DocumentContentDict
from .text_content import TextContent, TextContentDict
