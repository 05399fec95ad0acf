# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class Usage(Model):
    """The number of tokens and other units that the answer used. Empty if the model failed."""

    billed_units: BilledUnits | None = _field(default=None, kw_only=True)
    """The units that are billed."""

    tokens: UsageTokens | None = _field(default=None, kw_only=True)
    """The tokens that were processed, including those of the hidden prompt."""

    cached_tokens: float | None = _field(default=None, kw_only=True)
    """The number of input tokens read from a cache. `None` if the service did not send it."""


class UsageDict(TypedDict, total=False):
    """Usage as a dict."""

    billed_units: BilledUnits | BilledUnitsDict | None
    """The units that are billed."""
    tokens: UsageTokens | UsageTokensDict | None
    """The tokens that were processed, including those of the hidden prompt."""
    cached_tokens: float | None
    """The number of input tokens read from a cache. `None` if the service did not send it."""


# Imported after the class, because schemas may refer to each other.
from .billed_units import BilledUnits, BilledUnitsDict
from .usage_tokens import UsageTokens, UsageTokensDict
