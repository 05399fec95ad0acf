# Made from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; remake it with: make generate
from __future__ import annotations

from typing import Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model
from .image_url_detail import ImageUrlDetail, to_image_url_detail


@_define(eq=False, repr=False)
class ImageUrl(Model):
    """Where an image is."""

    url: str = _field(metadata={"required": True})
    """An https URL or a data URI of a PNG, JPEG, WebP or GIF image. A request may have 20 images, and 20 MB in all
    of them."""

    detail: ImageUrlDetail | None = _field(
        default=None, kw_only=True, converter=to_image_url_detail, metadata={"enum": ["auto", "low", "high"]}
    )
    """How closely the model looks at the image. `None` leaves it to the service."""


class ImageUrlOptions(TypedDict, total=False):
    """The optional keys of ImageUrlDict."""

    detail: ImageUrlDetail | Literal["auto", "low", "high"] | None
    """How closely the model looks at the image. `None` leaves it to the service."""


class ImageUrlDict(ImageUrlOptions):
    """ImageUrl as a dict."""

    url: str
