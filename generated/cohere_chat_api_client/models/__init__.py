# Made from openapi/cohere-chat-api-openapi.yml by openapi-python-client 0.29.1 and ruff 0.17.6. Do not edit; remake it with: make generate
"""Contains all the data models used in inputs/outputs; each is loaded when it is first named"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .chat_request import ChatRequest
    from .chat_request_response_format import ChatRequestResponseFormat
    from .chat_request_response_format_json_schema import (
        ChatRequestResponseFormatJsonSchema,
    )
    from .chat_request_response_format_type import ChatRequestResponseFormatType
    from .chat_request_safety_mode import ChatRequestSafetyMode
    from .chat_response import ChatResponse
    from .chat_response_finish_reason import ChatResponseFinishReason
    from .error import Error
    from .message import Message
    from .message_role import MessageRole
    from .stream_event import StreamEvent
    from .stream_event_delta import StreamEventDelta
    from .stream_event_delta_message import StreamEventDeltaMessage
    from .stream_event_delta_message_content import StreamEventDeltaMessageContent
    from .stream_event_event_type import StreamEventEventType
    from .tool import Tool
    from .tool_call import ToolCall
    from .tool_call_function import ToolCallFunction
    from .tool_call_type import ToolCallType
    from .tool_function import ToolFunction
    from .tool_function_parameters import ToolFunctionParameters
    from .tool_type import ToolType
    from .usage import Usage
    from .usage_billed_units import UsageBilledUnits
    from .usage_tokens import UsageTokens

__all__ = (
    "ChatRequest",
    "ChatRequestResponseFormat",
    "ChatRequestResponseFormatJsonSchema",
    "ChatRequestResponseFormatType",
    "ChatRequestSafetyMode",
    "ChatResponse",
    "ChatResponseFinishReason",
    "Error",
    "Message",
    "MessageRole",
    "StreamEvent",
    "StreamEventDelta",
    "StreamEventDeltaMessage",
    "StreamEventDeltaMessageContent",
    "StreamEventEventType",
    "Tool",
    "ToolCall",
    "ToolCallFunction",
    "ToolCallType",
    "ToolFunction",
    "ToolFunctionParameters",
    "ToolType",
    "Usage",
    "UsageBilledUnits",
    "UsageTokens",
)

if not TYPE_CHECKING:
    _MODULES = {
        "ChatRequest": ".chat_request",
        "ChatRequestResponseFormat": ".chat_request_response_format",
        "ChatRequestResponseFormatJsonSchema": ".chat_request_response_format_json_schema",
        "ChatRequestResponseFormatType": ".chat_request_response_format_type",
        "ChatRequestSafetyMode": ".chat_request_safety_mode",
        "ChatResponse": ".chat_response",
        "ChatResponseFinishReason": ".chat_response_finish_reason",
        "Error": ".error",
        "Message": ".message",
        "MessageRole": ".message_role",
        "StreamEvent": ".stream_event",
        "StreamEventDelta": ".stream_event_delta",
        "StreamEventDeltaMessage": ".stream_event_delta_message",
        "StreamEventDeltaMessageContent": ".stream_event_delta_message_content",
        "StreamEventEventType": ".stream_event_event_type",
        "Tool": ".tool",
        "ToolCall": ".tool_call",
        "ToolCallFunction": ".tool_call_function",
        "ToolCallType": ".tool_call_type",
        "ToolFunction": ".tool_function",
        "ToolFunctionParameters": ".tool_function_parameters",
        "ToolType": ".tool_type",
        "Usage": ".usage",
        "UsageBilledUnits": ".usage_billed_units",
        "UsageTokens": ".usage_tokens",
    }

    def __getattr__(name: str) -> object:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = model = getattr(
            _import_module(_MODULES[name], __name__), name
        )
        return model

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
