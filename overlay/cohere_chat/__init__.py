"""The Python client for Cohere's v2 Chat API, generated from its OpenAPI YAML, with a thin hand-written overlay."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING, Any

from . import errors as _errors
from . import types as _types
from .client import AsyncChatClient, ChatClient
from .http.settings import DEFAULT_TIMEOUT
from .params import ChatParams, ToolRunParams
from .streaming.sse import ServerSentEvent, SSEBufferError, SSEDecoder
from .streaming.stream import AsyncChatStream, ChatStream
from .wire import __version__

if TYPE_CHECKING:  # `__all__` says which of them are public
    from .errors import *
    from .tools.public import *
    from .types import *

__all__ = [
    "DEFAULT_TIMEOUT", "APIConnectionError", "APIResponseError", "APIStatusError", "APITimeoutError",
    "AssistantMessage", "AssistantMessageDict", "AsyncChatClient", "AsyncChatStream", "AsyncToolRunStream",
    "AuthenticationError", "BadRequestError", "BilledUnits", "BilledUnitsDict", "BlockedTokenError", "ChatClient",
    "ChatEvent", "ChatParams", "ChatResponse", "ChatStream", "Citation", "CitationDict", "CitationEndEvent",
    "CitationOptions", "CitationOptionsDict", "CitationStartEvent", "ClientClosedRequestError", "CohereChatError",
    "ConfigurationError", "ContentDeltaEvent", "ContentEndEvent", "ContentPart", "ContentStartEvent", "DebugEvent",
    "Document", "DocumentContent", "DocumentContentDict", "DocumentDict", "DocumentSource", "DocumentSourceDict",
    "FinishReason", "GenerationError", "ImageUrl", "ImageUrlContent", "ImageUrlContentDict", "ImageUrlDict",
    "InternalServerError", "LogprobItem", "LogprobItemDict", "Message", "MessageDict", "MessageEndEvent",
    "MessageStartEvent", "NotFoundError", "ParsedResponse", "PaymentRequiredError", "PermissionDeniedError",
    "RateLimit", "RateLimitError", "ResponseFormat", "ResponseFormatDict", "SSEBufferError", "SSEDecoder",
    "ServerSentEvent", "Source", "StreamDecodeError", "StreamError", "StreamTruncatedError", "SystemMessage",
    "SystemMessageDict", "TextContent", "TextContentDict", "Thinking", "ThinkingContent", "ThinkingContentDict",
    "ThinkingDict", "Tool", "ToolCall", "ToolCallDeltaEvent", "ToolCallDict", "ToolCallEndEvent", "ToolCallError",
    "ToolCallFunction", "ToolCallFunctionDict", "ToolCallStartEvent", "ToolDefinition", "ToolDefinitionDict",
    "ToolLike", "ToolMessage", "ToolMessageDict", "ToolPlanDeltaEvent", "ToolResult", "ToolResultEvent", "ToolRun",
    "ToolRunParams", "ToolRunStream", "ToolSource", "ToolSourceDict", "ToolStep", "UnknownContent", "UnknownEvent",
    "UnknownSource", "UnprocessableEntityError", "Usage", "UsageDict", "UsageTokens", "UsageTokensDict",
    "UserMessage", "UserMessageDict", "__version__", "image_content", "parse_response", "render_citations",
    "tool_arguments",
]  # fmt: skip

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:  # Any: any public object
        """Loads a public type, error or tool name on first access."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        loaded = (module for module in (_types, _errors) if hasattr(module, name))
        module = next(loaded, None) or _import_module(".tools.public", __name__)
        return globals().setdefault(name, getattr(module, name))

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
