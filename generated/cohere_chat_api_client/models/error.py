# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from typing import TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class Error(Model):
    """The reason why the service refused the request."""

    message: str | None = _field(default=None, kw_only=True)
    """A human-readable error message describing what went wrong."""

    id: str | None = _field(default=None, kw_only=True)
    """The id of the request."""

    error_type: str | None = _field(default=None, kw_only=True)
    """The kind of model failure, e.g. `INVALID_TOOL_GENERATION`, or `None`."""


class ErrorDict(TypedDict, total=False):
    """Error as a dict."""

    message: str | None
    """A human-readable error message describing what went wrong."""
    id: str | None
    """The id of the request."""
    error_type: str | None
    """The kind of model failure, e.g. `INVALID_TOOL_GENERATION`, or `None`."""
