# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class LogprobItem(Model):
    """The log probabilities of a piece of text."""

    text: str | None = _field(default=None, kw_only=True)
    """The text."""

    token_ids: Sequence[int] | None = _field(default=None, kw_only=True)
    """The ids of its tokens."""

    logprobs: Sequence[float] | None = _field(default=None, kw_only=True)
    """One log probability for each token."""


class LogprobItemDict(TypedDict, total=False):
    """LogprobItem as a dict."""

    text: str | None
    """The text."""
    token_ids: Sequence[int] | None
    """The ids of its tokens."""
    logprobs: Sequence[float] | None
    """One log probability for each token."""
