# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model
from .citation_options_mode import CitationOptionsMode, to_citation_options_mode


@_define(eq=False, repr=False)
class CitationOptions(Model):
    """Whether and how the answer cites its sources."""

    mode: CitationOptionsMode | None = _field(
        default=None,
        kw_only=True,
        converter=to_citation_options_mode,
        metadata={"enum": ["ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF"], "default": "ENABLED"},
    )
    """The citation mode. `OFF` and `DISABLED` turn citations off. Default: `ENABLED`."""


class CitationOptionsDict(TypedDict, total=False):
    """CitationOptions as a dict."""

    mode: CitationOptionsMode | Literal["ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF"] | None
    """The citation mode. `OFF` and `DISABLED` turn citations off. Default: `ENABLED`."""
