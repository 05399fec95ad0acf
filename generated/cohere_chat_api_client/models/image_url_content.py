# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class ImageUrlContent(Model):
    """An image part. Only in user messages."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["image_url"]}

    type: Literal["image_url"] = _field(default="image_url", kw_only=True, metadata={"required": True})

    image_url: ImageUrl = _field(metadata={"required": True})
    """The address of an image, and the level of detail to use."""


class ImageUrlContentDict(TypedDict):
    """ImageUrlContent as a dict."""

    type: Literal["image_url"]
    image_url: ImageUrl | ImageUrlDict


# Imported after the class, because schemas may refer to each other.
from .image_url import ImageUrl, ImageUrlDict
