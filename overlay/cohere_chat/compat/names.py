"""The names of the official SDK, and what each stands for here.

Belongs here: the tables of names, which tests compare with the lists in `tests/official/`. Not known here: how the
classes behave (`objects.py`), the clients, the errors.
"""

from __future__ import annotations

import re
from functools import reduce
from operator import or_
from typing import Any, NoReturn
from uuid import uuid4

from cohere_chat import types
from cohere_chat.types import Record

from .making import make
from .objects import UncheckedBaseModel, Unknown

VERSION = "7.3.1"  # of the official SDK that has these names

# Generated class -> its names in the official SDK. The repr shows the first one.
_CLASSES = {
    "UserMessage": "UserChatMessageV2 UserMessageV2",
    "SystemMessage": "SystemChatMessageV2 SystemMessageV2",
    "AssistantMessage": "AssistantChatMessageV2 AssistantMessage AssistantMessageResponse"
    " ChatMessageStartEventDeltaMessage",
    "ToolMessage": "ToolChatMessageV2 ToolMessageV2",
    "TextContent": "TextContent ChatTextContent TextToolContent TextSystemMessageV2ContentOneItem"
    " SystemMessageV2ContentOneItem TextAssistantMessageV2ContentOneItem TextAssistantMessageResponseContentItem",
    "ThinkingContent": "ThinkingAssistantMessageResponseContentItem ThinkingAssistantMessageV2ContentOneItem"
    " ChatThinkingContent",
    "ImageUrlContent": "ImageUrlContent ImageContent",
    "ImageUrl": "ImageUrl",
    "DocumentContent": "DocumentToolContent DocumentContent",
    "Document": "Document",
    "ToolCall": "ToolCallV2",
    "ToolCallFunction": "ToolCallV2Function",
    "ToolDefinition": "ToolV2",
    "ToolDefinitionFunction": "ToolV2Function",
    "Thinking": "Thinking",
    "CitationOptions": "CitationOptions",
    "ChatResponse": "V2ChatResponse",
    "Citation": "Citation",
    "ToolSource": "ToolSource ChatToolSource",
    "DocumentSource": "DocumentSource ChatDocumentSource",
    "Usage": "Usage",
    "UsageTokens": "UsageTokens",
    "BilledUnits": "UsageBilledUnits",
    "LogprobItem": "LogprobItem",
    "MessageStartEvent": "MessageStartV2ChatStreamResponse MessageStartStreamedChatResponseV2 ChatMessageStartEvent",
    "MessageStartEventDelta": "ChatMessageStartEventDelta",
    "ContentStartEvent": "ContentStartV2ChatStreamResponse ContentStartStreamedChatResponseV2 ChatContentStartEvent",
    "ContentStartEventDelta": "ChatContentStartEventDelta",
    "ContentStartEventDeltaMessage": "ChatContentStartEventDeltaMessage",
    "ContentStartEventDeltaMessageContent": "ChatContentStartEventDeltaMessageContent",
    "ContentDeltaEvent": "ContentDeltaV2ChatStreamResponse ContentDeltaStreamedChatResponseV2 ChatContentDeltaEvent",
    "ContentDeltaEventDelta": "ChatContentDeltaEventDelta",
    "ContentDeltaEventDeltaMessage": "ChatContentDeltaEventDeltaMessage",
    "ContentDeltaEventDeltaMessageContent": "ChatContentDeltaEventDeltaMessageContent",
    "ContentEndEvent": "ContentEndV2ChatStreamResponse ContentEndStreamedChatResponseV2 ChatContentEndEvent",
    "ToolPlanDeltaEvent": "ToolPlanDeltaV2ChatStreamResponse ChatToolPlanDeltaEvent",
    "ToolPlanDeltaEventDelta": "ChatToolPlanDeltaEventDelta",
    "ToolPlanDeltaEventDeltaMessage": "ChatToolPlanDeltaEventDeltaMessage",
    "ToolCallStartEvent": "ToolCallStartV2ChatStreamResponse ToolCallStartStreamedChatResponseV2"
    " ChatToolCallStartEvent",
    "ToolCallStartEventDelta": "ChatToolCallStartEventDelta",
    "ToolCallStartEventDeltaMessage": "ChatToolCallStartEventDeltaMessage",
    "ToolCallDeltaEvent": "ToolCallDeltaV2ChatStreamResponse ToolCallDeltaStreamedChatResponseV2"
    " ChatToolCallDeltaEvent",
    "ToolCallDeltaEventDelta": "ChatToolCallDeltaEventDelta",
    "ToolCallDeltaEventDeltaMessage": "ChatToolCallDeltaEventDeltaMessage",
    "ToolCallDeltaEventDeltaMessageToolCalls": "ChatToolCallDeltaEventDeltaMessageToolCalls",
    "ToolCallDeltaEventDeltaMessageToolCallsFunction": "ChatToolCallDeltaEventDeltaMessageToolCallsFunction",
    "ToolCallEndEvent": "ToolCallEndV2ChatStreamResponse ToolCallEndStreamedChatResponseV2 ChatToolCallEndEvent",
    "CitationStartEvent": "CitationStartV2ChatStreamResponse CitationStartEvent",
    "CitationStartEventDelta": "CitationStartEventDelta",
    "CitationStartEventDeltaMessage": "CitationStartEventDeltaMessage",
    "CitationEndEvent": "CitationEndV2ChatStreamResponse CitationEndEvent",
    "MessageEndEvent": "MessageEndV2ChatStreamResponse MessageEndStreamedChatResponseV2 ChatMessageEndEvent",
    "MessageEndEventDelta": "ChatMessageEndEventDelta",
    "DebugEvent": "DebugV2ChatStreamResponse",
}
# Generated classes for which the official SDK has one class per type.
_BY_TYPE = {
    "TextResponseFormatV2": ("ResponseFormat", {"type": "text"}),
    "JsonObjectResponseFormatV2": ("ResponseFormat", {"type": "json_object"}),
}
_ALIASES = {"ChatTextResponseFormatV2": "TextResponseFormatV2", "JsonResponseFormatV2": "JsonObjectResponseFormatV2"}
# The official SDK requires fewer fields of these than the spec, and generates the id of a tool call.
_OPTIONAL = {"ToolCall", "ToolCallFunction", "ToolDefinition"}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "Thinking": {"type": "enabled"},
    "ToolCall": {"id": lambda: str(uuid4())},
}  # Any: strings, and functions that return one

_TEXTS = (
    "ChatContentStartEventDeltaMessageContentType ChatFinishReason CitationOptionsMode CitationType ImageUrlDetail"
    " ThinkingType V2ChatRequestSafetyMode V2ChatRequestToolChoice V2ChatStreamRequestSafetyMode"
    " V2ChatStreamRequestToolChoice"
)
_UNIONS = {
    "ChatMessageV2": "UserChatMessageV2 AssistantChatMessageV2 SystemChatMessageV2 ToolChatMessageV2",
    "Content": "TextContent ImageUrlContent",
    "ToolContent": "TextToolContent DocumentToolContent",
    "AssistantMessageV2ContentOneItem": "TextContent ChatThinkingContent",
    "AssistantMessageResponseContentItem": "TextContent ChatThinkingContent",
    "ResponseFormatV2": "TextResponseFormatV2 JsonObjectResponseFormatV2",
    "Source": "ToolSource DocumentSource",
    "V2ChatRequestDocumentsItem": "str Document",
    "V2ChatStreamRequestDocumentsItem": "str Document",
    "UserMessageV2Content": "str list",
    "SystemMessageV2Content": "str list",
    "AssistantMessageV2Content": "str list",
    "ToolMessageV2Content": "str list",
    "ChatMessages": "list",
}
_EVENT_UNIONS = ("V2ChatStreamResponse", "StreamedChatResponseV2", "ChatStreamEventType")

# The unsupported parts of the official SDK, with the names of their types and of their client methods and attributes.
_ELSEWHERE = {
    "the v1 API is": r"(Chat(Citation|Connector|Data|Document|Message|Request|Response|Search|Stream|ToolCalls"
    r"|ToolMessage|TextGeneration|TextResponse|botMessage|DebugEvent)|ApiMeta|ToolCall|ToolResult|ToolParameter|Tool$)\w*"
    r"|(User|System|Tool|)Message|FinishReason|NonStreamedChatResponse|\w*StreamedChatResponse|Citation\w+"
    r"|(JsonObject|Json|Text|)ResponseFormat|chat|chat_stream",
    "text generation without chat is": r"\w*Generat\w+",
    "embeddings are": r"\w*Embed\w*|Image",
    "reranking is": r"(V2)?Rerank\w*",
    "classification is": r"Classify\w*|LabelMetric",
    "summaries are": r"Summarize\w*",
    "tokenization is": r"\w*Tokenize\w*",
    "document parsing is": r"\w*Parse\w*",
    "audio is": r"Audio\w*",
    "datasets are": r"\w*Dataset\w*",
    "connectors are": r"\w*Connector\w*|OAuth\w+",
    "the list of models is": r"\w*Model\w*|CompatibleEndpoint",
    "fine-tuning is": r"Finetun\w+|Metrics",
    "batches are": r"\w*Batch\w*",
    "checking API keys is": r"Check_?Api_?Key\w*|AuthTokenType",
    "clients for other clouds are": r"(Aws|Bedrock|Oci|Sagemaker)\w+",
    "the official SDK's HTTP clients are": r"Default(Aio|Async)\w+",
}


def refusal(name: str) -> str | None:
    """Returns the message for an official name that is not supported here; `None` for any other name."""
    what = next((what for what, pattern in _ELSEWHERE.items() if re.fullmatch(pattern, name, re.IGNORECASE)), None)
    if what is None:
        return None
    advice = " For v2 chat, use ClientV2, or client.v2 of a Client" if "v1" in what else ""
    return f"{name}: {what} not supported by cohere_chat. Use Cohere's own SDK instead: pip install cohere.{advice}"


class _Elsewhere(type):
    """The metaclass of unsupported types: they can be imported and named in annotations, but not called."""

    def __call__(cls, *_: Any, **__: Any) -> NoReturn:  # Any: whatever the official class takes
        raise TypeError(refusal(cls.__name__))


def _tables() -> dict[str, Any]:  # Any: classes and unions
    found: dict[str, Any] = {}
    made: dict[type[Record], type[UncheckedBaseModel]] = {}  # filled below: the classes refer to each other
    for generated, names in _CLASSES.items():
        base = getattr(types, generated)
        first = names.split()[0]
        optional = generated in _OPTIONAL
        made[base] = make(first, base, made, optional=optional, defaults=_DEFAULTS.get(generated, {}))
        found |= dict.fromkeys(names.split(), made[base])
    for name, (generated, defaults) in _BY_TYPE.items():
        found[name] = make(name, getattr(types, generated), made, defaults=defaults)
    found |= {name: found[other] for name, other in _ALIASES.items()}
    found |= dict.fromkeys(_TEXTS.split(), str)
    builtins = {"str": str, "list": list}
    for name, members in _UNIONS.items():
        found[name] = reduce(or_, (builtins.get(member) or found[member] for member in members.split()))
    events = reduce(or_, (made[cls] for cls in made if issubclass(cls, types.Event)), Unknown)
    found |= dict.fromkeys(_EVENT_UNIONS, events)
    CLASSES.update(made)
    return found


CLASSES: dict[type[Record], type[UncheckedBaseModel]] = {}
"""The official SDK's class for each generated class."""

NAMES = _tables()
"""What each name of the v2 chat API stands for."""


def found(name: str) -> Any:  # Any: what the name stands for
    """Returns what a name stands for. For an unsupported type, this is a class that raises TypeError when called.
    Raises AttributeError for any other name."""
    if name in NAMES:
        return NAMES[name]
    line = refusal(name)
    if line is None or not name[0].isupper():
        known = f"cohere_chat.compat has no {name}: it has the v2 chat names of the official SDK {VERSION}"
        raise AttributeError(line or known, name=name)
    # If two threads get here at once, both return the same class.
    return NAMES.setdefault(name, _Elsewhere(name, (), {"__module__": f"{__package__}.types", "__doc__": line}))
