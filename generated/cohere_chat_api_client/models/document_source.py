# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class DocumentSource(Model):
    """A document that a citation is based on."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["document"]}

    type: Literal["document"] = _field(default="document", kw_only=True, metadata={"required": True})

    id: str | None = _field(default=None, kw_only=True)
    """The id of the document."""

    document: dict[str, Any] | None = _field(default=None, kw_only=True)
    """The document, including its `id`."""


class DocumentSourceOptions(TypedDict, total=False):
    """The optional keys of DocumentSourceDict."""

    id: str | None
    """The id of the document."""
    document: Mapping[str, Any] | None
    """The document, including its `id`."""


class DocumentSourceDict(DocumentSourceOptions):
    """DocumentSource as a dict."""

    type: Literal["document"]
