# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class BilledUnits(Model):
    """The units that are billed."""

    input_tokens: float | None = _field(default=None, kw_only=True)
    """The number of billed input tokens."""

    output_tokens: float | None = _field(default=None, kw_only=True)
    """The number of billed output tokens."""

    search_units: float | None = _field(default=None, kw_only=True)
    """The number of billed searches."""

    classifications: float | None = _field(default=None, kw_only=True)
    """The number of billed classifications."""


class BilledUnitsDict(TypedDict, total=False):
    """BilledUnits as a dict."""

    input_tokens: float | None
    """The number of billed input tokens."""
    output_tokens: float | None
    """The number of billed output tokens."""
    search_units: float | None
    """The number of billed searches."""
    classifications: float | None
    """The number of billed classifications."""
