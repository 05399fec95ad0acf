# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model
from .image_url_detail import ImageUrlDetail, to_image_url_detail


@_define(eq=False, repr=False)
class ImageUrl(Model):
    """The address of an image, and the level of detail to use."""

    url: str = _field(metadata={"required": True})
    """An https URL or data URI of a PNG, JPEG, WebP or GIF image. A request can have up to 20 images and 20 MB of
    image data."""

    detail: ImageUrlDetail | None = _field(
        default=None, kw_only=True, converter=to_image_url_detail, metadata={"enum": ["auto", "low", "high"]}
    )
    """The level of detail at which the model looks at the image. If unset, the service decides."""


class ImageUrlOptions(TypedDict, total=False):
    """The optional keys of ImageUrlDict."""

    detail: ImageUrlDetail | Literal["auto", "low", "high"] | None
    """The level of detail at which the model looks at the image. If unset, the service decides."""


class ImageUrlDict(ImageUrlOptions):
    """ImageUrl as a dict."""

    url: str
