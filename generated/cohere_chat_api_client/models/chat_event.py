# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
"""One event of a stream. A gateway that follows the published YAML sends the name as `event_type` instead of `type`, and calls the first and last event `stream-start` and `stream-end`."""

from typing import TypeAlias

from .citation_end_event import CitationEndEvent
from .citation_start_event import CitationStartEvent
from .content_delta_event import ContentDeltaEvent
from .content_end_event import ContentEndEvent
from .content_start_event import ContentStartEvent
from .debug_event import DebugEvent
from .message_end_event import MessageEndEvent
from .message_start_event import MessageStartEvent
from .tool_call_delta_event import ToolCallDeltaEvent
from .tool_call_end_event import ToolCallEndEvent
from .tool_call_start_event import ToolCallStartEvent
from .tool_plan_delta_event import ToolPlanDeltaEvent

ChatEvent: TypeAlias = (
    MessageStartEvent
    | ContentStartEvent
    | ContentDeltaEvent
    | ContentEndEvent
    | ToolPlanDeltaEvent
    | ToolCallStartEvent
    | ToolCallDeltaEvent
    | ToolCallEndEvent
    | CitationStartEvent
    | CitationEndEvent
    | MessageEndEvent
    | DebugEvent
)

CHAT_EVENT_BY_TYPE: dict[str, type[ChatEvent]] = {
    "message-start": MessageStartEvent,
    "stream-start": MessageStartEvent,
    "content-start": ContentStartEvent,
    "content-delta": ContentDeltaEvent,
    "content-end": ContentEndEvent,
    "tool-plan-delta": ToolPlanDeltaEvent,
    "tool-call-start": ToolCallStartEvent,
    "tool-call-delta": ToolCallDeltaEvent,
    "tool-call-end": ToolCallEndEvent,
    "citation-start": CitationStartEvent,
    "citation-end": CitationEndEvent,
    "message-end": MessageEndEvent,
    "stream-end": MessageEndEvent,
    "debug": DebugEvent,
}
"""The class for each value of `type`."""
