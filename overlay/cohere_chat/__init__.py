"""The Python client for Cohere's v2 Chat API, generated from its OpenAPI YAML, with a thin hand-written overlay."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .client import AsyncChatClient, ChatClient
from .errors import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    BlockedTokenError,
    ClientClosedRequestError,
    CohereChatError,
    ConfigurationError,
    GenerationError,
    InternalServerError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    StreamDecodeError,
    StreamError,
    StreamTruncatedError,
    UnprocessableEntityError,
)
from .messages import (
    AssistantMessage,
    AssistantMessageDict,
    Citation,
    ContentPart,
    Document,
    DocumentContent,
    DocumentDict,
    DocumentSource,
    ImageUrl,
    ImageUrlContent,
    Message,
    MessageDict,
    Source,
    SystemMessage,
    SystemMessageDict,
    TextContent,
    ThinkingContent,
    ToolCall,
    ToolCallFunction,
    ToolMessage,
    ToolMessageDict,
    ToolSource,
    UnknownContent,
    UnknownSource,
    UserMessage,
    UserMessageDict,
)
from .params import ChatParams, CitationOptions, ResponseFormat, Thinking, ToolRunParams
from .response import BilledUnits, ChatResponse, FinishReason, LogprobItem, RateLimit, Usage, UsageTokens
from .settings import DEFAULT_TIMEOUT
from .wire import __version__

if TYPE_CHECKING:
    from .citations import render_citations
    from .events import (
        ChatEvent,
        CitationEndEvent,
        CitationStartEvent,
        ContentDeltaEvent,
        ContentEndEvent,
        ContentStartEvent,
        DebugEvent,
        MessageEndEvent,
        MessageStartEvent,
        ToolCallDeltaEvent,
        ToolCallEndEvent,
        ToolCallStartEvent,
        ToolPlanDeltaEvent,
        UnknownEvent,
    )
    from .sse import ServerSentEvent, SSEBufferError, SSEDecoder
    from .stream import AsyncChatStream, ChatStream
    from .structured import ParsedResponse, parse_response
    from .tool_loop import ToolResult, ToolResultEvent, ToolRun, ToolStep
    from .tool_runs import AsyncToolRunStream, ToolRunStream
    from .tools import Tool, ToolLike

__all__ = [
    "DEFAULT_TIMEOUT",
    "APIConnectionError",
    "APIResponseError",
    "APIStatusError",
    "APITimeoutError",
    "AssistantMessage",
    "AssistantMessageDict",
    "AsyncChatClient",
    "AsyncChatStream",
    "AsyncToolRunStream",
    "AuthenticationError",
    "BadRequestError",
    "BilledUnits",
    "BlockedTokenError",
    "ChatClient",
    "ChatEvent",
    "ChatParams",
    "ChatResponse",
    "ChatStream",
    "Citation",
    "CitationEndEvent",
    "CitationOptions",
    "CitationStartEvent",
    "ClientClosedRequestError",
    "CohereChatError",
    "ConfigurationError",
    "ContentDeltaEvent",
    "ContentEndEvent",
    "ContentPart",
    "ContentStartEvent",
    "DebugEvent",
    "Document",
    "DocumentContent",
    "DocumentDict",
    "DocumentSource",
    "FinishReason",
    "GenerationError",
    "ImageUrl",
    "ImageUrlContent",
    "InternalServerError",
    "LogprobItem",
    "Message",
    "MessageDict",
    "MessageEndEvent",
    "MessageStartEvent",
    "NotFoundError",
    "ParsedResponse",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "RateLimit",
    "RateLimitError",
    "ResponseFormat",
    "SSEBufferError",
    "SSEDecoder",
    "ServerSentEvent",
    "Source",
    "StreamDecodeError",
    "StreamError",
    "StreamTruncatedError",
    "SystemMessage",
    "SystemMessageDict",
    "TextContent",
    "Thinking",
    "ThinkingContent",
    "Tool",
    "ToolCall",
    "ToolCallDeltaEvent",
    "ToolCallEndEvent",
    "ToolCallFunction",
    "ToolCallStartEvent",
    "ToolLike",
    "ToolMessage",
    "ToolMessageDict",
    "ToolPlanDeltaEvent",
    "ToolResult",
    "ToolResultEvent",
    "ToolRun",
    "ToolRunParams",
    "ToolRunStream",
    "ToolSource",
    "ToolStep",
    "UnknownContent",
    "UnknownEvent",
    "UnknownSource",
    "UnprocessableEntityError",
    "Usage",
    "UsageTokens",
    "UserMessage",
    "UserMessageDict",
    "__version__",
    "parse_response",
    "render_citations",
]

# What a plain call does not need: streams, tools and the like. Each is loaded when it is first named.
_LATER = ("citations", "sse", "events", "structured", "stream", "tools", "tool_loop", "tool_runs")

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:  # Any: whatever has that name
        if name in _LATER:
            return import_module(f".{name}", __name__)
        for module in _LATER if name in __all__ else ():
            found = vars(import_module(f".{module}", __name__))
            if name in found:
                return globals().setdefault(name, found[name])
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
