"""The seam to the generated client: the only file that imports it, and the one that a regeneration can break.

Belongs here: what the runtime takes from `cohere_chat_api_client` (the path, method and headers of the call, the client
that owns httpx's, the request properties that the spec knows), and the bridges over the gaps between the spec and the
service. Each bridge names its gap by number; `openapi/README.md` has the evidence. Not known here: sockets, retries,
events.
"""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import attrs
import httpx
import msgspec

from cohere_chat_api_client import AuthenticatedClient
from cohere_chat_api_client.api.chat import chat as chat_operation
from cohere_chat_api_client.base import wire_fields
from cohere_chat_api_client.models import ChatRequest

from .errors import APIResponseError
from .messages import messages_to_json, to_json
from .params import CALL_OPTIONS, ChatParams
from .response import ChatResponse, read_response
from .settings import Settings, headers_of, retries_of, timeout_of

__version__ = "0.1.0"

_AUTH = AuthenticatedClient(base_url="", token="")  # for its defaults: how the spec wants the key sent


def _spec_properties() -> dict[str, str]:
    """The generated request's properties: the key for each Python name, and each key for itself."""
    fields = wire_fields(ChatRequest)
    return {field.name: key for key, field in fields.items()} | {key: key for key in fields}


# Gap 8: the service knows parameters that the YAML does not; the YAML may come to know some that we do not.
REQUEST_PROPERTIES = _spec_properties() | {name: name for name in ChatParams.__annotations__.keys() - CALL_OPTIONS}
del REQUEST_PROPERTIES["model"], REQUEST_PROPERTIES["messages"], REQUEST_PROPERTIES["stream"]


@attrs.frozen(eq=False, repr=False)
class Call:
    """One request, ready to be sent as often as it takes."""

    method: str
    url: httpx.URL
    headers: httpx.Headers
    content: bytes
    timeout: httpx.Timeout
    max_retries: int


class _Body(ChatRequest):
    """The request's JSON, in the place where the generated operation expects the generated request.

    Gaps 6, 7 and 10: the generated classes send `temperature` and `safety_mode` unasked, hold no content parts, and
    want a description of every tool.
    """

    def __init__(self, body: dict[str, Any]) -> None:  # Any: JSON
        self._body = body

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        return self._body


def prepare(settings: Settings, *, model: str, messages: Any, params: Mapping[str, Any], stream: bool) -> Call:
    """Arguments -> the request. Any: what a caller passes; JSON goes out.

    Raises TypeError for a parameter that nobody knows and for what is no JSON, ValueError for a value that cannot be
    sent, ConfigurationError for a header that cannot; each names the place.
    """
    if not isinstance(model, str) or not model.strip():
        raise ValueError(f"model is {model!r}: name one, e.g. 'command-a-03-2025'")
    body: dict[str, Any] = {"model": to_json(model, "model"), "messages": messages_to_json(messages)}
    for name, value in params.items():
        if name in REQUEST_PROPERTIES:
            if value is not None:
                body[REQUEST_PROPERTIES[name]] = to_json(value, name)
        elif name not in CALL_OPTIONS:
            raise TypeError(_unknown(name))
    body["stream"] = stream  # Gap 3: the YAML has no such property; the service streams by it
    body |= to_json(params.get("extra_body") or {}, "extra_body")
    body = {name: value for name, value in body.items() if value is not None}

    request = chat_operation._get_kwargs(body=_Body(body))
    ours = {
        **request["headers"],
        "Accept-Encoding": "gzip",  # what `encoding.py` undoes, whatever else httpx could
        "Accept": "text/event-stream" if stream else "application/json",
        "User-Agent": f"cohere-chat/{__version__}",
    }
    if settings.api_key.reveal():
        ours[_AUTH.auth_header_name] = f"{_AUTH.prefix} {settings.api_key.reveal()}"
    headers = httpx.Headers(ours)
    headers.update(settings.headers)
    headers.update(headers_of(params.get("extra_headers")))
    path = settings.stream_path if stream and settings.stream_path else request["url"]
    max_retries = params.get("max_retries")
    return Call(
        method=request["method"],
        url=_url(settings.base_url + path),
        headers=headers,
        content=msgspec.json.encode(request["json"], enc_hook=_plain_scalar),
        timeout=timeout_of(params["timeout"]) if "timeout" in params else settings.timeout,
        max_retries=settings.max_retries if max_retries is None else retries_of(max_retries),
    )


_url = lru_cache(maxsize=100)(httpx.URL)  # a client has one or two, and reading one takes longer than all the messages


def _plain_scalar(value: str | float) -> object:
    """A subclass of str, int or float, which msgspec leaves to us, as json writes it."""
    return json.loads(json.dumps(value))


def _unknown(name: str) -> str:
    if name == "stream":
        return "stream is no parameter: chat() answers whole, chat_stream() streams"
    import difflib  # nobody needs it who makes no mistake

    nearest = difflib.get_close_matches(name, [*REQUEST_PROPERTIES, *CALL_OPTIONS], n=1)
    advice = f"did you mean {nearest[0]!r}?" if nearest else "for one that this version does not know, use extra_body="
    return f"a chat has no parameter {name!r}: {advice}"


@cache
def _tls_context(*certificates: str | None) -> ssl.SSLContext:  # noqa: ARG001  # they are the cache's key
    """httpx's own, made once: it costs more than all else in a client, and may be shared."""
    return httpx.create_ssl_context()


def _owner(settings: Settings) -> AuthenticatedClient:
    # Gap 13: it shows its token in its repr, so the key goes with each request instead; and it has no time limit.
    return AuthenticatedClient(
        base_url=settings.base_url,
        token="",
        timeout=settings.timeout,
        verify_ssl=_tls_context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
        httpx_args={"limits": httpx.Limits(max_connections=1000, max_keepalive_connections=100)},
    )


def new_http_client(settings: Settings) -> httpx.Client:
    """The generated client's own httpx client: proxies of the environment, room for 1,000 connections."""
    http = _owner(settings).get_httpx_client()
    del http.headers[_AUTH.auth_header_name]
    return http


def new_async_http_client(settings: Settings) -> httpx.AsyncClient:
    """The same for async."""
    http = _owner(settings).get_async_httpx_client()
    del http.headers[_AUTH.auth_header_name]
    return http


def read_answer(raw: bytes, status_code: int, headers: httpx.Headers) -> ChatResponse:
    """The body of a plain answer. Raises APIResponseError, with the body in `raw`, when it is something else."""
    try:
        data = json.loads(raw)
        response = read_response(data, headers)
        if response.id is None or "message" not in data:
            raise ValueError("no id or no message")
    except (ValueError, RecursionError) as error:
        kind = headers.get("content-type", "no content type")
        raise APIResponseError(
            f"status {status_code}, but this is not a chat answer ({kind}, {len(raw):,} bytes): {error}."
            " It is in .raw; check the base URL",
            raw=raw,
            status_code=status_code,
            headers=headers,
        ) from error
    return response
