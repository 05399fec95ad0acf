# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class Document(Model):
    """A document that the model can cite."""

    data: dict[str, Any] | str = _field(metadata={"required": True})
    """The document, as a JSON object or as a string."""

    id: str | None = _field(default=None, kw_only=True)
    """The id that citations refer to. If unset, the service numbers the documents."""


class DocumentOptions(TypedDict, total=False):
    """The optional keys of DocumentDict."""

    id: str | None
    """The id that citations refer to. If unset, the service numbers the documents."""


class DocumentDict(DocumentOptions):
    """Document as a dict."""

    data: Mapping[str, Any] | str
