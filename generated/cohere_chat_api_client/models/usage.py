# Made from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; remake it with: make generate
from __future__ import annotations

from typing import TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class Usage(Model):
    """What the answer cost. Empty if the model failed."""

    billed_units: BilledUnits | None = _field(default=None, kw_only=True)
    """What is billed."""

    tokens: UsageTokens | None = _field(default=None, kw_only=True)
    """What was processed. It includes the hidden prompt."""

    cached_tokens: float | None = _field(default=None, kw_only=True)
    """The number of input tokens that were read from a cache."""


class UsageDict(TypedDict, total=False):
    """Usage as a dict."""

    billed_units: BilledUnits | BilledUnitsDict | None
    """What is billed."""
    tokens: UsageTokens | UsageTokensDict | None
    """What was processed. It includes the hidden prompt."""
    cached_tokens: float | None
    """The number of input tokens that were read from a cache."""


# After the class, since schemas may refer to each other.
from .billed_units import BilledUnits, BilledUnitsDict
from .usage_tokens import UsageTokens, UsageTokensDict
