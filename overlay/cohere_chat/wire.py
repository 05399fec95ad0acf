"""The seam to the generated client: the only module that imports the generated operation and client.

Belongs here: what the runtime takes from `cohere_chat_api_client` (the path, method and headers of a call, the client
that owns httpx's), preparing a call, and reading an answer from its bytes. Code that bridges a gap between the spec and
the service names the gap's number; `openapi/README.md` has the evidence. Not known here: sockets, retries, events.
"""

import json
import os
import ssl
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import httpx

from cohere_chat.body import messages_to_json, to_json
from cohere_chat.http.call import Call
from cohere_chat.http.connections import first_use
from cohere_chat.http.encoding import unreadable
from cohere_chat.http.settings import Settings, check_seconds, count_of, headers_of, timeout_of
from cohere_chat.params import CALL_OPTIONS, REQUEST_PROPERTIES
from cohere_chat.types import ChatRequest, ChatResponse, ToolCall, call_as_meant, filled, skeleton
from cohere_chat_api_client.api.chat import chat as chat_operation
from cohere_chat_api_client.client import AuthenticatedClient, Client

__version__ = "0.2.0"

_AUTH = AuthenticatedClient(base_url="", token="")  # for its defaults: how to send the key
_OPERATION = chat_operation._get_kwargs(body=ChatRequest("", []))


def prepare(settings: Settings, *, model: str, messages: Any, params: Mapping[str, Any], stream: bool) -> Call:
    """Turns arguments into the request. Any: what a caller passes.

    Raises TypeError for an unknown parameter or a value that is not JSON, ValueError for a value that cannot be sent,
    ConfigurationError for a header, time limit or retry count that is not valid. Each names the place.
    """
    if not isinstance(model, str) or not model.strip():
        raise ValueError(f"model is {model!r}: pass the name of a model, e.g. 'command-a-03-2025'")
    body: dict[str, Any] = {"model": to_json(model, "model"), "messages": messages_to_json(messages)}
    for name, value in params.items():
        if name in REQUEST_PROPERTIES:
            if name == "response_format" and isinstance(value, type):
                advice = "pass it as response_type= to chat_parsed or chat_stream"
                raise TypeError(f"response_format is of type {type(value).__name__}, which is not JSON: {advice}")
            if value is not None:
                body[name] = to_json(value, name)
        elif name not in CALL_OPTIONS:
            raise TypeError(_unknown(name))
    body["stream"] = stream  # gap 3: this selects streaming
    body |= to_json(params.get("extra_body") or {}, "extra_body")

    extra = headers_of(params.get("extra_headers"))
    path = settings.stream_path if stream and settings.stream_path else _OPERATION["url"]
    url = _url(settings.base_url + path)
    sent = {name: value for name, value in body.items() if value is not None}
    with first_use:
        import msgspec  # the first call needs it, a client does not

    # msgspec passes subclasses of str, int and float to the hook.
    content = msgspec.json.encode(sent, enc_hook=lambda value: json.loads(json.dumps(value)))
    timeout = timeout_of(params["timeout"]) if "timeout" in params else settings.timeout
    deadline = params.get("deadline")
    check_seconds("deadline", deadline, deadline)
    retries = params.get("max_retries")
    retries = settings.max_retries if retries is None else count_of(retries)

    # Nothing below can fail: a traceback may show local variables, and one of these contains the key.
    ours = {
        **_OPERATION["headers"],
        "Accept-Encoding": "gzip",  # what `http/encoding.py` decodes; httpx may support more
        "Accept": "text/event-stream" if stream else "application/json",
        "User-Agent": f"cohere-chat/{__version__}",
    }
    if settings.api_key.reveal():
        ours[_AUTH.auth_header_name] = f"{_AUTH.prefix} {settings.api_key.reveal()}"
    headers = httpx.Headers(ours)
    headers.update(settings.headers)
    headers.update(extra)
    return Call(_OPERATION["method"], url, headers, content, timeout, deadline, retries, settings.max_response_bytes)


_url = lru_cache(maxsize=100)(httpx.URL)  # a client has one or two, and parsing one takes longer than all the messages


_NAMES = {"top_p": "p", "stop": "stop_sequences", "max_completion_tokens": "max_tokens", "reasoning_effort": "thinking"}


def _unknown(name: str) -> str:
    if name == "stream":
        return "stream is not a parameter: use chat() for a complete response and chat_stream() for a stream"
    import difflib  # only a mistake needs it

    known = [*REQUEST_PROPERTIES, *CALL_OPTIONS]
    nearest = [_NAMES[name]] if name in _NAMES else difflib.get_close_matches(name, known, n=1)
    advice = f"did you mean {nearest[0]!r}?" if nearest else "to send one that this version lacks, use extra_body="
    return f"unknown parameter {name!r}: {advice}"


@cache
def _tls_context(*key: object) -> ssl.SSLContext:  # noqa: ARG001  # of the cache
    """Returns httpx's TLS context, created once: it is the costliest part of a client, and a process can share it."""
    return httpx.create_ssl_context()


def owner(settings: Settings) -> Client:
    """Returns the generated client, which creates httpx's: with environment proxies and up to 1,000 connections."""
    # Gap 13: its repr would show the key, so the key goes with each request; and by default it has no time limit.
    return Client(
        base_url=settings.base_url,
        timeout=settings.timeout,
        verify_ssl=_tls_context(os.getpid(), *map(os.environ.get, ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"))),
        httpx_args={"limits": httpx.Limits(max_connections=1000, max_keepalive_connections=100)},
    )


def read_answer(raw: bytes, answer: httpx.Response) -> ChatResponse:
    """Reads the body of a plain answer. Raises APIResponseError, with the body in `raw`, if it is something else."""
    try:
        response = _response(json.loads(raw))
        if response.id is None:
            raise ValueError("$.id: missing")
    except (ValueError, RecursionError) as error:
        kind = answer.headers.get("content-type", "no content type")
        raise unreadable(answer, f"this is not a chat response ({kind}): {error}", raw) from error
    response.headers, response.raw = answer.headers, raw
    return response


def _response(data: Any) -> ChatResponse:  # Any: JSON
    """Reads the answer. If a tool call lacks its id, name or arguments, they are empty; arguments may be an object."""
    try:
        return ChatResponse.from_dict(data)
    except ValueError:
        message: Any = data.get("message") if isinstance(data, dict) else None  # Any: JSON
        calls = message.get("tool_calls") if isinstance(message, dict) else None
        calls = [calls] if isinstance(calls, dict) else calls
        if not isinstance(calls, list):
            raise
        least = skeleton(ToolCall)
        whole = [filled(least, call_as_meant(call)) if isinstance(call, dict) else call for call in calls]
        return ChatResponse.from_dict({**data, "message": {**message, "tool_calls": whole}})
