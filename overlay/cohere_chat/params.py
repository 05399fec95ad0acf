"""The parameters of a call: named, typed and documented once; every method that asks the model shares them.

Belongs here: ChatParams. Not known here: what becomes of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

import httpx

from .messages import Document, DocumentDict


class CitationOptions(TypedDict, total=False):
    """`{"mode": ...}`; `OFF` and `DISABLED` ask for no citations."""

    mode: Literal["ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF"]


class ResponseFormat(TypedDict):
    """`{"type": "text"}`, or `{"type": "json_object"}` with the JSON Schema that the answer is to fit.

    Without a schema the prompt has to ask for JSON, at most 5 levels deep.
    """

    type: Literal["text", "json_object"]
    json_schema: NotRequired[Mapping[str, Any]]  # Any: JSON


class Thinking(TypedDict):
    """How a reasoning model thinks. `token_budget`: the most tokens it may think, 1 or more."""

    type: Literal["enabled", "disabled"]
    token_budget: NotRequired[int]


class ToolRunParams(TypedDict, total=False):
    """ChatParams without `tools`, which `run_tools` takes as functions."""

    tool_choice: Literal["REQUIRED", "NONE"] | None
    strict_tools: bool | None
    documents: Sequence[str | Document | DocumentDict | Mapping[str, Any]] | None  # Any: JSON
    citation_options: CitationOptions | None
    response_format: ResponseFormat | type | None
    safety_mode: Literal["CONTEXTUAL", "STRICT", "OFF"] | None
    max_tokens: int | None
    stop_sequences: Sequence[str] | None
    temperature: float | None
    seed: int | None
    frequency_penalty: float | None
    presence_penalty: float | None
    k: int | None
    p: float | None
    logprobs: bool | None
    thinking: Thinking | None
    priority: int | None

    extra_headers: Mapping[str, str] | None
    extra_body: Mapping[str, Any] | None  # Any: JSON
    timeout: float | httpx.Timeout | None
    max_retries: int | None


class ChatParams(ToolRunParams, total=False):
    """What a call takes beside `model` and `messages` (WIRE.md section 2). `None` means not set, and is not sent.

    The service's; defaults and limits are the service's own, checked there:

    tools:             the functions the model may ask to have called: `{"type": "function", "function": {"name": ...,
                       "description": ..., "parameters": JSON Schema}}`.
    tool_choice:       `REQUIRED`: it must call one; `NONE`: it must not. Default: it decides.
    strict_tools:      calls fit the schemas exactly; beta. Default false.
    documents:         what to answer from and cite: strings, dicts with `data` and `id`, or Document.
    citation_options:  whether and how to cite. Default `{"mode": "ENABLED"}`.
    response_format:   text or JSON; a type asks for JSON of that type. Not together with `tools` or `documents`.
    safety_mode:       Default `CONTEXTUAL`; fixed with `tools` or `documents`.
    max_tokens:        the most tokens to answer with, 1 or more; reached: `finish_reason` is `MAX_TOKENS`.
    stop_sequences:    up to 5 texts that end the answer; they are not part of it.
    temperature:       0 to 1, default 0.3.
    seed:              0 to 2**64 - 1; the same seed and request give the same answer, as far as possible.
    frequency_penalty: 0 to 1, default 0: against what was said, by how often it was.
    presence_penalty:  0 to 1, default 0: against what was said at all.
    k:                 0 to 500, default 0 (off): only the k likeliest tokens.
    p:                 0.01 to 0.99, default 0.75: only the likeliest tokens of this total probability; after `k`.
    logprobs:          with the log probabilities of the answer's tokens. Default false.
    thinking:          whether, and how much, a reasoning model thinks. Default enabled there.
    priority:          0 to 999, default 0. A lower number is served earlier; a higher one is dropped first under load.

    This call's own:

    extra_headers: headers beside, or instead of, the client's.
    extra_body:    request properties, put over all others as they are; one that is `None` is not sent at all.
    timeout:       seconds, or an httpx.Timeout, instead of the client's; here `None` means no limit.
    max_retries:   0 or more, instead of the client's.
    """

    tools: Sequence[Mapping[str, Any]] | None  # Any: JSON


CALL_OPTIONS = frozenset({"extra_headers", "extra_body", "timeout", "max_retries"})
"""The parameters that are this call's own; all others go into the request's body."""


class ClientOptions(TypedDict, total=False):
    """What `with_options` changes; see ChatClient for each."""

    timeout: float | httpx.Timeout | None
    max_retries: int
    headers: Mapping[str, str]
