# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

from attrs import define as _define
from attrs import field as _field

from ..base import Model, Unknown
from .safety_mode import SafetyMode, to_safety_mode
from .tool_choice import ToolChoice, to_tool_choice


@_define(eq=False, repr=False)
class ChatRequest(Model):
    """A request for one answer."""

    model: str = _field(metadata={"required": True})
    """The name of a compatible Cohere model to use for generation."""

    messages: Sequence[UserMessage | SystemMessage | AssistantMessage | ToolMessage | Unknown] = _field(
        metadata={"required": True}
    )
    """A list of chat messages in chronological order representing a conversation between the user and the model.
    Messages can be from User, Assistant, Tool, and System roles."""

    tools: Sequence[ToolDefinition] | None = _field(default=None, kw_only=True)
    """A list of tools (functions) available to the model. The model may choose to call these tools during
    generation. Each tool is defined with a name, description, and JSON schema for parameters."""

    max_tokens: int | None = _field(default=None, kw_only=True, metadata={"minimum": 1})
    """The maximum number of output tokens. If reached, `finish_reason` is `MAX_TOKENS`. If unset, the model's
    limit applies. Minimum: 1."""

    stop_sequences: Sequence[str] | None = _field(default=None, kw_only=True, metadata={"maxItems": 5})
    """Strings that end the answer when the model generates them. They are not part of the answer. At most 5 items."""

    temperature: float | None = _field(
        default=None, kw_only=True, metadata={"minimum": 0, "maximum": 1.0, "default": 0.3}
    )
    """A non-negative float that tunes the degree of randomness in generation. Lower temperatures mean less random
    generations and higher temperatures mean more random generations. Defaults to 0.3. Range: 0 to 1.0."""

    response_format: ResponseFormat | None = _field(default=None, kw_only=True)
    """Whether to answer in text or in JSON; text if unset. Cannot be combined with `tools` or `documents`. Without
    a `json_schema`, the prompt must ask for JSON, which can be nested up to 5 levels deep."""

    safety_mode: SafetyMode | None = _field(
        default=None,
        kw_only=True,
        converter=to_safety_mode,
        metadata={"enum": ["CONTEXTUAL", "STRICT", "OFF"], "default": "CONTEXTUAL"},
    )
    """The safety instruction in the prompt. It cannot be changed in requests with `tools` or `documents`. Default:
    `CONTEXTUAL`."""

    stream: bool | None = _field(default=None, kw_only=True, metadata={"default": False})
    """Whether to stream the answer as server-sent events. Default: `False`."""

    documents: Sequence[str | Document] | None = _field(default=None, kw_only=True)
    """Documents that the model can use and cite in its answer."""

    tool_choice: ToolChoice | None = _field(
        default=None, kw_only=True, converter=to_tool_choice, metadata={"enum": ["REQUIRED", "NONE"]}
    )
    """Whether the model must call a tool (`REQUIRED`) or must not (`NONE`). If unset, the model decides."""

    strict_tools: bool | None = _field(default=None, kw_only=True, metadata={"default": False})
    """Whether tool calls must match the tool schemas exactly. Beta. Default: `False`."""

    citation_options: CitationOptions | None = _field(default=None, kw_only=True)
    """Whether and how the answer cites its sources."""

    seed: int | None = _field(default=None, kw_only=True, metadata={"minimum": 0, "maximum": 18446744073709551615})
    """A seed for reproducible answers. The same seed and request return the same answer, on a best-effort basis.
    Range: 0 to 18446744073709551615."""

    frequency_penalty: float | None = _field(
        default=None, kw_only=True, metadata={"minimum": 0, "maximum": 1, "default": 0}
    )
    """Reduces repetition. Higher values make a token less likely the more often it has occurred. Range: 0 to 1.
    Default: `0`."""

    presence_penalty: float | None = _field(
        default=None, kw_only=True, metadata={"minimum": 0, "maximum": 1, "default": 0}
    )
    """Reduces repetition. Higher values make a token less likely if it has occurred at all. Range: 0 to 1.
    Default: `0`."""

    k: int | None = _field(default=None, kw_only=True, metadata={"minimum": 0, "maximum": 500, "default": 0})
    """The model chooses each token from the `k` most likely ones. 0 turns this limit off. Range: 0 to 500.
    Default: `0`."""

    p: float | None = _field(default=None, kw_only=True, metadata={"minimum": 0.01, "maximum": 0.99, "default": 0.75})
    """The model chooses each token from the most likely ones whose total probability is `p`. Applied after `k`.
    Range: 0.01 to 0.99. Default: `0.75`."""

    logprobs: bool | None = _field(default=None, kw_only=True, metadata={"default": False})
    """Whether to return the log probabilities of the generated tokens. Default: `False`."""

    thinking: Thinking | None = _field(default=None, kw_only=True)
    """Whether and how much a reasoning model thinks before it answers. Reasoning models think by default."""

    priority: int | None = _field(default=None, kw_only=True, metadata={"minimum": 0, "maximum": 999, "default": 0})
    """Requests with a lower number are served earlier. Under load, those with a higher number are dropped first.
    Range: 0 to 999. Default: `0`."""


class ChatRequestOptions(TypedDict, total=False):
    """The optional keys of ChatRequestDict."""

    max_tokens: int | None
    """The maximum number of output tokens. If reached, `finish_reason` is `MAX_TOKENS`. If unset, the model's
    limit applies. Minimum: 1."""
    stop_sequences: Sequence[str] | None
    """Strings that end the answer when the model generates them. They are not part of the answer. At most 5 items."""
    temperature: float | None
    """A non-negative float that tunes the degree of randomness in generation. Lower temperatures mean less random
    generations and higher temperatures mean more random generations. Defaults to 0.3. Range: 0 to 1.0."""
    response_format: ResponseFormat | ResponseFormatDict | None
    """Whether to answer in text or in JSON; text if unset. Cannot be combined with `tools` or `documents`. Without
    a `json_schema`, the prompt must ask for JSON, which can be nested up to 5 levels deep."""
    safety_mode: SafetyMode | Literal["CONTEXTUAL", "STRICT", "OFF"] | None
    """The safety instruction in the prompt. It cannot be changed in requests with `tools` or `documents`. Default:
    `CONTEXTUAL`."""
    documents: Sequence[str | Document | DocumentDict | Mapping[str, Any]] | None
    """Documents that the model can use and cite in its answer."""
    tool_choice: ToolChoice | Literal["REQUIRED", "NONE"] | None
    """Whether the model must call a tool (`REQUIRED`) or must not (`NONE`). If unset, the model decides."""
    strict_tools: bool | None
    """Whether tool calls must match the tool schemas exactly. Beta. Default: `False`."""
    citation_options: CitationOptions | CitationOptionsDict | None
    """Whether and how the answer cites its sources."""
    seed: int | None
    """A seed for reproducible answers. The same seed and request return the same answer, on a best-effort basis.
    Range: 0 to 18446744073709551615."""
    frequency_penalty: float | None
    """Reduces repetition. Higher values make a token less likely the more often it has occurred. Range: 0 to 1.
    Default: `0`."""
    presence_penalty: float | None
    """Reduces repetition. Higher values make a token less likely if it has occurred at all. Range: 0 to 1.
    Default: `0`."""
    k: int | None
    """The model chooses each token from the `k` most likely ones. 0 turns this limit off. Range: 0 to 500.
    Default: `0`."""
    p: float | None
    """The model chooses each token from the most likely ones whose total probability is `p`. Applied after `k`.
    Range: 0.01 to 0.99. Default: `0.75`."""
    logprobs: bool | None
    """Whether to return the log probabilities of the generated tokens. Default: `False`."""
    thinking: Thinking | ThinkingDict | None
    """Whether and how much a reasoning model thinks before it answers. Reasoning models think by default."""
    priority: int | None
    """Requests with a lower number are served earlier. Under load, those with a higher number are dropped first.
    Range: 0 to 999. Default: `0`."""


class ChatRequestToolsOption(TypedDict, total=False):
    """The key `tools` of ChatRequestDict."""

    tools: Sequence[ToolDefinition | ToolDefinitionDict | Mapping[str, Any]] | None
    """A list of tools (functions) available to the model. The model may choose to call these tools during
    generation. Each tool is defined with a name, description, and JSON schema for parameters."""


class ChatRequestDict(ChatRequestOptions, ChatRequestToolsOption):
    """ChatRequest as a dict."""

    model: str
    messages: Sequence[
        UserMessage
        | UserMessageDict
        | SystemMessage
        | SystemMessageDict
        | AssistantMessage
        | AssistantMessageDict
        | ToolMessage
        | ToolMessageDict
        | Unknown
    ]
    stream: NotRequired[bool | None]


# Imported after the class, because schemas may refer to each other.
from .assistant_message import AssistantMessage, AssistantMessageDict
from .citation_options import CitationOptions, CitationOptionsDict
from .document import Document, DocumentDict
from .response_format import ResponseFormat, ResponseFormatDict
from .system_message import SystemMessage, SystemMessageDict
from .thinking import Thinking, ThinkingDict
from .tool_definition import ToolDefinition, ToolDefinitionDict
from .tool_message import ToolMessage, ToolMessageDict
from .user_message import UserMessage, UserMessageDict
