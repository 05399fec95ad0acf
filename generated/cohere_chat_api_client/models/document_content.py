# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class DocumentContent(Model):
    """A tool result as a document. Only in tool messages."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["document"]}

    type: Literal["document"] = _field(default="document", kw_only=True, metadata={"required": True})

    document: Document = _field(metadata={"required": True})
    """A document that the model can cite."""


class DocumentContentDict(TypedDict):
    """DocumentContent as a dict."""

    type: Literal["document"]
    document: Document | DocumentDict


# Imported after the class, because schemas may refer to each other.
from .document import Document, DocumentDict
