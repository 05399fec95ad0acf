# Made from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; remake it with: make generate
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
    """The maximum number of tokens in the answer. An answer that reaches it has the `finish_reason` `MAX_TOKENS`.
    At least 1."""

    stop_sequences: Sequence[str] | None = _field(default=None, kw_only=True, metadata={"maxItems": 5})
    """Texts that end the answer. They are not part of the answer. At most 5 items."""

    temperature: float | None = _field(
        default=None, kw_only=True, metadata={"minimum": 0, "maximum": 1.0, "default": 0.3}
    )
    """A non-negative float that tunes the degree of randomness in generation. Lower temperatures mean less random
    generations and higher temperatures mean more random generations. Defaults to 0.3. From 0 to 1.0."""

    response_format: ResponseFormat | None = _field(default=None, kw_only=True)
    """Whether to answer in text or in JSON. You cannot combine it with `tools` or `documents`. Without a
    `json_schema`, the prompt has to ask for JSON, which may be nested 5 levels deep."""

    safety_mode: SafetyMode | None = _field(
        default=None,
        kw_only=True,
        converter=to_safety_mode,
        metadata={"enum": ["CONTEXTUAL", "STRICT", "OFF"], "default": "CONTEXTUAL"},
    )
    """The safety instruction in the prompt. You cannot change it together with `tools` or `documents`. Default:
    `CONTEXTUAL`."""

    stream: bool | None = _field(default=None, kw_only=True, metadata={"default": False})
    """Whether to stream the answer. Default: `False`."""

    documents: Sequence[str | Document] | None = _field(default=None, kw_only=True)
    """Documents for the model to answer from and to cite."""

    tool_choice: ToolChoice | None = _field(
        default=None, kw_only=True, converter=to_tool_choice, metadata={"enum": ["REQUIRED", "NONE"]}
    )
    """Whether the model must call a tool (`REQUIRED`) or must not (`NONE`). By default the model decides."""

    strict_tools: bool | None = _field(default=None, kw_only=True, metadata={"default": False})
    """Whether tool calls must match the schemas of the tools exactly. Beta. Default: `False`."""

    citation_options: CitationOptions | None = _field(default=None, kw_only=True)
    """Whether and how to cite."""

    seed: int | None = _field(default=None, kw_only=True, metadata={"minimum": 0, "maximum": 18446744073709551615})
    """The same seed and the same request give the same answer, as far as possible. From 0 to 18446744073709551615."""

    frequency_penalty: float | None = _field(
        default=None, kw_only=True, metadata={"minimum": 0, "maximum": 1, "default": 0}
    )
    """Makes the model repeat tokens less, the more often they have occurred. From 0 to 1. Default: `0`."""

    presence_penalty: float | None = _field(
        default=None, kw_only=True, metadata={"minimum": 0, "maximum": 1, "default": 0}
    )
    """Makes the model repeat tokens less, if they have occurred at all. From 0 to 1. Default: `0`."""

    k: int | None = _field(default=None, kw_only=True, metadata={"minimum": 0, "maximum": 500, "default": 0})
    """The model chooses among the `k` most likely tokens. 0 turns it off. From 0 to 500. Default: `0`."""

    p: float | None = _field(default=None, kw_only=True, metadata={"minimum": 0.01, "maximum": 0.99, "default": 0.75})
    """The model chooses among the most likely tokens with this total probability. Applied after `k`. From 0.01 to
    0.99. Default: `0.75`."""

    logprobs: bool | None = _field(default=None, kw_only=True, metadata={"default": False})
    """Whether to return the log probabilities of the tokens. Default: `False`."""

    thinking: Thinking | None = _field(default=None, kw_only=True)
    """Whether and how much a reasoning model thinks. Reasoning models think by default."""

    priority: int | None = _field(default=None, kw_only=True, metadata={"minimum": 0, "maximum": 999, "default": 0})
    """A request with a lower number is served earlier. One with a higher number is dropped first under load. From
    0 to 999. Default: `0`."""


class ChatRequestOptions(TypedDict, total=False):
    """The optional keys of ChatRequestDict."""

    max_tokens: int | None
    """The maximum number of tokens in the answer. An answer that reaches it has the `finish_reason` `MAX_TOKENS`.
    At least 1."""
    stop_sequences: Sequence[str] | None
    """Texts that end the answer. They are not part of the answer. At most 5 items."""
    temperature: float | None
    """A non-negative float that tunes the degree of randomness in generation. Lower temperatures mean less random
    generations and higher temperatures mean more random generations. Defaults to 0.3. From 0 to 1.0."""
    response_format: ResponseFormat | ResponseFormatDict | None
    """Whether to answer in text or in JSON. You cannot combine it with `tools` or `documents`. Without a
    `json_schema`, the prompt has to ask for JSON, which may be nested 5 levels deep."""
    safety_mode: SafetyMode | Literal["CONTEXTUAL", "STRICT", "OFF"] | None
    """The safety instruction in the prompt. You cannot change it together with `tools` or `documents`. Default:
    `CONTEXTUAL`."""
    documents: Sequence[str | Document | DocumentDict | Mapping[str, Any]] | None
    """Documents for the model to answer from and to cite."""
    tool_choice: ToolChoice | Literal["REQUIRED", "NONE"] | None
    """Whether the model must call a tool (`REQUIRED`) or must not (`NONE`). By default the model decides."""
    strict_tools: bool | None
    """Whether tool calls must match the schemas of the tools exactly. Beta. Default: `False`."""
    citation_options: CitationOptions | CitationOptionsDict | None
    """Whether and how to cite."""
    seed: int | None
    """The same seed and the same request give the same answer, as far as possible. From 0 to 18446744073709551615."""
    frequency_penalty: float | None
    """Makes the model repeat tokens less, the more often they have occurred. From 0 to 1. Default: `0`."""
    presence_penalty: float | None
    """Makes the model repeat tokens less, if they have occurred at all. From 0 to 1. Default: `0`."""
    k: int | None
    """The model chooses among the `k` most likely tokens. 0 turns it off. From 0 to 500. Default: `0`."""
    p: float | None
    """The model chooses among the most likely tokens with this total probability. Applied after `k`. From 0.01 to
    0.99. Default: `0.75`."""
    logprobs: bool | None
    """Whether to return the log probabilities of the tokens. Default: `False`."""
    thinking: Thinking | ThinkingDict | None
    """Whether and how much a reasoning model thinks. Reasoning models think by default."""
    priority: int | None
    """A request with a lower number is served earlier. One with a higher number is dropped first under load. From
    0 to 999. Default: `0`."""


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


# After the class, since schemas may refer to each other.
from .assistant_message import AssistantMessage, AssistantMessageDict
from .citation_options import CitationOptions, CitationOptionsDict
from .document import Document, DocumentDict
from .response_format import ResponseFormat, ResponseFormatDict
from .system_message import SystemMessage, SystemMessageDict
from .thinking import Thinking, ThinkingDict
from .tool_definition import ToolDefinition, ToolDefinitionDict
from .tool_message import ToolMessage, ToolMessageDict
from .user_message import UserMessage, UserMessageDict
