# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class UsageTokens(Model):
    """The tokens that were processed, including those of the hidden prompt."""

    input_tokens: float | None = _field(default=None, kw_only=True)
    """The total number of input tokens processed."""

    output_tokens: float | None = _field(default=None, kw_only=True)
    """The total number of output tokens generated."""

    image_tokens: float | None = _field(default=None, kw_only=True)
    """The number of image tokens. `input_tokens` does not include them."""


class UsageTokensDict(TypedDict, total=False):
    """UsageTokens as a dict."""

    input_tokens: float | None
    """The total number of input tokens processed."""
    output_tokens: float | None
    """The total number of output tokens generated."""
    image_tokens: float | None
    """The number of image tokens. `input_tokens` does not include them."""
