# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from attrs import define as _define
from attrs import field as _field

from ..base import Event


@_define(eq=False, repr=False, slots=False)
class DebugEvent(Event):
    """The prompt that the model received. Cohere's own OpenAPI lists it, but no recorded stream has it."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["debug"]}

    type: Literal["debug"] = _field(default="debug", kw_only=True, metadata={"required": True})

    prompt: str | None = _field(default=None, kw_only=True)
    """The prompt."""
