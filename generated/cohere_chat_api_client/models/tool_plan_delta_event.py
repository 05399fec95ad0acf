# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from attrs import define as _define
from attrs import field as _field

from ..base import Event


@_define(eq=False, repr=False, slots=False)
class ToolPlanDeltaEvent(Event):
    """A piece of the tool plan."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {"type": ["tool-plan-delta"]}

    type: Literal["tool-plan-delta"] = _field(default="tool-plan-delta", kw_only=True, metadata={"required": True})

    delta: ToolPlanDeltaEventDelta = _field(metadata={"required": True})


# Imported after the class, because schemas may refer to each other.
from .tool_plan_delta_event_delta import ToolPlanDeltaEventDelta
