# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model


@_define(eq=False, repr=False)
class ToolSource(Model):
    """A tool result that a citation is based on."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["tool"]}

    type: Literal["tool"] = _field(default="tool", kw_only=True, metadata={"required": True})

    id: str | None = _field(default=None, kw_only=True)
    """The id of the document in the tool message, or `<tool_call_id>:<n>` if it has none."""

    tool_output: dict[str, Any] | None = _field(default=None, kw_only=True)
    """The tool result, as a JSON object."""


class ToolSourceOptions(TypedDict, total=False):
    """The optional keys of ToolSourceDict."""

    id: str | None
    """The id of the document in the tool message, or `<tool_call_id>:<n>` if it has none."""
    tool_output: Mapping[str, Any] | None
    """The tool result, as a JSON object."""


class ToolSourceDict(ToolSourceOptions):
    """ToolSource as a dict."""

    type: Literal["tool"]
