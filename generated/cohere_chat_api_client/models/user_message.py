# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model, Unknown


@_define(eq=False, repr=False)
class UserMessage(Model):
    """A message from the user."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"role": ["user"]}

    role: Literal["user"] = _field(default="user", kw_only=True, metadata={"required": True})

    content: str | Sequence[TextContent | ImageUrlContent | Unknown] = _field(metadata={"required": True})
    """A string, or a list of text and image parts."""


class UserMessageDict(TypedDict):
    """UserMessage as a dict."""

    role: Literal["user"]
    content: str | Sequence[TextContent | TextContentDict | ImageUrlContent | ImageUrlContentDict | Unknown]


# Imported after the class, because schemas may refer to each other.
from .image_url_content import ImageUrlContent, ImageUrlContentDict
from .text_content import TextContent, TextContentDict
