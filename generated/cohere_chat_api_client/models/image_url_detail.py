# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import Literal, overload

from ..base import OpenStrEnum


class ImageUrlDetail(OpenStrEnum):
    """The level of detail at which the model looks at the image. If unset, the service decides.

    A value that the spec does not list is kept, and compares equal to its string.
    """

    AUTO = "auto"
    LOW = "low"
    HIGH = "high"


@overload
def to_image_url_detail(value: None) -> None: ...
@overload
def to_image_url_detail(value: ImageUrlDetail | Literal["auto", "low", "high"]) -> ImageUrlDetail: ...
def to_image_url_detail(value: str | None) -> ImageUrlDetail | None:
    """Returns the member with this value; `None` for `None`."""
    return None if value is None else ImageUrlDetail(value)
