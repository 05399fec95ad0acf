# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
"""The types of the API, except those that hand-written Python redefines. For type checkers."""

from .assistant_message import AssistantMessage as AssistantMessage
from .assistant_message import AssistantMessageDict as AssistantMessageDict
from .assistant_message import AssistantMessageOptions as AssistantMessageOptions
from .billed_units import BilledUnits as BilledUnits
from .billed_units import BilledUnitsDict as BilledUnitsDict
from .chat_event import CHAT_EVENT_BY_TYPE as CHAT_EVENT_BY_TYPE
from .chat_request import ChatRequest as ChatRequest
from .chat_request import ChatRequestDict as ChatRequestDict
from .chat_request import ChatRequestOptions as ChatRequestOptions
from .chat_request import ChatRequestToolsOption as ChatRequestToolsOption
from .chat_response import ChatResponseDict as ChatResponseDict
from .chat_response import ChatResponseOptions as ChatResponseOptions
from .citation import Citation as Citation
from .citation import CitationDict as CitationDict
from .citation_end_event import CitationEndEvent as CitationEndEvent
from .citation_options import CitationOptions as CitationOptions
from .citation_options import CitationOptionsDict as CitationOptionsDict
from .citation_options_mode import CitationOptionsMode as CitationOptionsMode
from .citation_start_event import CitationStartEvent as CitationStartEvent
from .citation_start_event_delta import (
    CitationStartEventDelta as CitationStartEventDelta,
)
from .citation_start_event_delta_message import (
    CitationStartEventDeltaMessage as CitationStartEventDeltaMessage,
)
from .citation_type import CitationType as CitationType
from .content_delta_event import ContentDeltaEvent as ContentDeltaEvent
from .content_delta_event_delta import ContentDeltaEventDelta as ContentDeltaEventDelta
from .content_delta_event_delta_message import (
    ContentDeltaEventDeltaMessage as ContentDeltaEventDeltaMessage,
)
from .content_delta_event_delta_message_content import (
    ContentDeltaEventDeltaMessageContent as ContentDeltaEventDeltaMessageContent,
)
from .content_end_event import ContentEndEvent as ContentEndEvent
from .content_part import CONTENT_PART_BY_TYPE as CONTENT_PART_BY_TYPE
from .content_part import ContentPartDict as ContentPartDict
from .content_start_event import ContentStartEvent as ContentStartEvent
from .content_start_event_delta import ContentStartEventDelta as ContentStartEventDelta
from .content_start_event_delta_message import (
    ContentStartEventDeltaMessage as ContentStartEventDeltaMessage,
)
from .content_start_event_delta_message_content import (
    ContentStartEventDeltaMessageContent as ContentStartEventDeltaMessageContent,
)
from .debug_event import DebugEvent as DebugEvent
from .document import Document as Document
from .document import DocumentDict as DocumentDict
from .document import DocumentOptions as DocumentOptions
from .document_content import DocumentContent as DocumentContent
from .document_content import DocumentContentDict as DocumentContentDict
from .document_source import DocumentSource as DocumentSource
from .document_source import DocumentSourceDict as DocumentSourceDict
from .document_source import DocumentSourceOptions as DocumentSourceOptions
from .error import Error as Error
from .error import ErrorDict as ErrorDict
from .finish_reason import FinishReason as FinishReason
from .image_url import ImageUrl as ImageUrl
from .image_url import ImageUrlDict as ImageUrlDict
from .image_url import ImageUrlOptions as ImageUrlOptions
from .image_url_content import ImageUrlContent as ImageUrlContent
from .image_url_content import ImageUrlContentDict as ImageUrlContentDict
from .image_url_detail import ImageUrlDetail as ImageUrlDetail
from .logprob_item import LogprobItem as LogprobItem
from .logprob_item import LogprobItemDict as LogprobItemDict
from .message import MESSAGE_BY_ROLE as MESSAGE_BY_ROLE
from .message import Message as Message
from .message import MessageDict as MessageDict
from .message_end_event import MessageEndEvent as MessageEndEvent
from .message_end_event_delta import MessageEndEventDelta as MessageEndEventDelta
from .message_start_event import MessageStartEvent as MessageStartEvent
from .message_start_event_delta import MessageStartEventDelta as MessageStartEventDelta
from .response_format import ResponseFormat as ResponseFormat
from .response_format import ResponseFormatDict as ResponseFormatDict
from .response_format import ResponseFormatOptions as ResponseFormatOptions
from .response_format_type import ResponseFormatType as ResponseFormatType
from .safety_mode import SafetyMode as SafetyMode
from .source import SOURCE_BY_TYPE as SOURCE_BY_TYPE
from .source import SourceDict as SourceDict
from .system_message import SystemMessage as SystemMessage
from .system_message import SystemMessageDict as SystemMessageDict
from .text_content import TextContent as TextContent
from .text_content import TextContentDict as TextContentDict
from .thinking import Thinking as Thinking
from .thinking import ThinkingDict as ThinkingDict
from .thinking import ThinkingOptions as ThinkingOptions
from .thinking_content import ThinkingContent as ThinkingContent
from .thinking_content import ThinkingContentDict as ThinkingContentDict
from .thinking_type import ThinkingType as ThinkingType
from .tool_call import ToolCall as ToolCall
from .tool_call import ToolCallDict as ToolCallDict
from .tool_call_delta_event import ToolCallDeltaEvent as ToolCallDeltaEvent
from .tool_call_delta_event_delta import (
    ToolCallDeltaEventDelta as ToolCallDeltaEventDelta,
)
from .tool_call_delta_event_delta_message import (
    ToolCallDeltaEventDeltaMessage as ToolCallDeltaEventDeltaMessage,
)
from .tool_call_delta_event_delta_message_tool_calls import (
    ToolCallDeltaEventDeltaMessageToolCalls as ToolCallDeltaEventDeltaMessageToolCalls,
)
from .tool_call_delta_event_delta_message_tool_calls_function import (
    ToolCallDeltaEventDeltaMessageToolCallsFunction as ToolCallDeltaEventDeltaMessageToolCallsFunction,
)
from .tool_call_end_event import ToolCallEndEvent as ToolCallEndEvent
from .tool_call_function import ToolCallFunction as ToolCallFunction
from .tool_call_function import ToolCallFunctionDict as ToolCallFunctionDict
from .tool_call_start_event import ToolCallStartEvent as ToolCallStartEvent
from .tool_call_start_event_delta import (
    ToolCallStartEventDelta as ToolCallStartEventDelta,
)
from .tool_call_start_event_delta_message import (
    ToolCallStartEventDeltaMessage as ToolCallStartEventDeltaMessage,
)
from .tool_choice import ToolChoice as ToolChoice
from .tool_definition import ToolDefinition as ToolDefinition
from .tool_definition import ToolDefinitionDict as ToolDefinitionDict
from .tool_definition_function import ToolDefinitionFunction as ToolDefinitionFunction
from .tool_definition_function import (
    ToolDefinitionFunctionDict as ToolDefinitionFunctionDict,
)
from .tool_definition_function import (
    ToolDefinitionFunctionOptions as ToolDefinitionFunctionOptions,
)
from .tool_message import ToolMessage as ToolMessage
from .tool_message import ToolMessageDict as ToolMessageDict
from .tool_plan_delta_event import ToolPlanDeltaEvent as ToolPlanDeltaEvent
from .tool_plan_delta_event_delta import (
    ToolPlanDeltaEventDelta as ToolPlanDeltaEventDelta,
)
from .tool_plan_delta_event_delta_message import (
    ToolPlanDeltaEventDeltaMessage as ToolPlanDeltaEventDeltaMessage,
)
from .tool_source import ToolSource as ToolSource
from .tool_source import ToolSourceDict as ToolSourceDict
from .tool_source import ToolSourceOptions as ToolSourceOptions
from .usage import Usage as Usage
from .usage import UsageDict as UsageDict
from .usage_tokens import UsageTokens as UsageTokens
from .usage_tokens import UsageTokensDict as UsageTokensDict
from .user_message import UserMessage as UserMessage
from .user_message import UserMessageDict as UserMessageDict
