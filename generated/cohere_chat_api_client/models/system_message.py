# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class SystemMessage(Model):
    """Instructions for the model."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"role": ["system"]}

    role: Literal["system"] = _field(default="system", kw_only=True, metadata={"required": True})

    content: str | Sequence[TextContent] = _field(metadata={"required": True})
    """A string, or a list of text parts."""


class SystemMessageDict(TypedDict):
    """SystemMessage as a dict."""

    role: Literal["system"]
    content: str | Sequence[TextContent | TextContentDict]


# Imported after the class, because schemas may refer to each other.
from .text_content import TextContent, TextContentDict
