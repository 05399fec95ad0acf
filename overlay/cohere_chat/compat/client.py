"""`cohere.client`: the official SDK's clients, built on our own.

Belongs here: their arguments and attributes. Not known here: names other than clients.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from enum import Enum
from typing import Any, NoReturn, Self

import attrs
import httpx

from cohere_chat.client import AsyncChatClient, ChatClient
from cohere_chat.http.settings import Secret

from .errors import their_errors
from .names import refusal
from .streams import AsyncStream, Stream, response_of_theirs

_OMIT: Any = ...  # Any: the official SDK's marker for "not given"
_OPTIONS = {  # request options: official name -> our name
    "timeout_in_seconds": "timeout",
    "timeout": "timeout",
    "max_retries": "max_retries",
    "additional_headers": "extra_headers",
    "additional_query_parameters": "query",
    "additional_body_parameters": "extra_body",
}
_WITHOUT_EFFECT = {
    "chunk_size",
    "retry_remote_protocol_errors",
    "stream_reconnection_enabled",
    "max_stream_reconnection_attempts",
}


class ClientEnvironment(Enum):
    """The base URL of the service."""

    PRODUCTION = "https://api.cohere.com"


def _options(given: Mapping[str, Any] | None) -> dict[str, Any]:  # Any: the values of the options
    """Translates `request_options` to our arguments."""
    options = dict(given or {})
    if unknown := options.keys() - _OPTIONS.keys() - _WITHOUT_EFFECT:
        raise TypeError(f"request_options has an unknown key {min(unknown)!r}: use {', '.join(_OPTIONS)}")
    return {_OPTIONS[name]: value for name, value in options.items() if name in _OPTIONS and value is not None}


def _arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:  # Any: the values of the arguments
    ours = {name: value for name, value in arguments.items() if value is not _OMIT}
    options = _options(ours.pop("request_options", None))
    return ours | options


def _flat(query: Mapping[str, Any], form: str = "{}") -> Iterator[tuple[str, Any]]:  # Any: what httpx takes
    for name, value in query.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{form.format(name)}[{{}}]")
        elif value is not None:
            yield form.format(name), value


class _WithQuery:
    """A mixin for our clients that adds a `query` argument to each call, with parameters for the URL. `None` values are
    left out; `{"a": {"b": 1}}` becomes `a[b]=1`."""

    def _exchange(self, model: str, messages: Any, params: Mapping[str, Any], *, stream: bool) -> Any:
        """Any: as for `prepare`; a sync or async Exchange."""
        ours: Any = super()  # Any: ChatClient or AsyncChatClient
        others = {name: value for name, value in params.items() if name != "query"}
        exchange = ours._exchange(model, messages, others, stream=stream)
        if query := params.get("query"):
            exchange.call = attrs.evolve(exchange.call, url=exchange.call.url.copy_merge_params(dict(_flat(query))))
        return exchange


class _SyncChat(_WithQuery, ChatClient):
    pass


class _AsyncChat(_WithQuery, AsyncChatClient):
    pass


@attrs.frozen
class HttpResponse:
    """An answer with its headers.

    data:    the V2ChatResponse, or the stream of events.
    headers: the response headers, with lower-case names.
    """

    data: Any  # Any: as above
    headers: dict[str, str]


@attrs.frozen
class ClientWrapper:
    """The part of a client that code outside the official SDK reads."""

    _base_url: str

    def get_base_url(self) -> str:
        """Returns the base URL of the service."""
        return self._base_url


class _Base:
    """The base class of all clients, which takes their arguments."""

    _make: Callable[..., Any]  # Any: one of our two clients
    _v2: type[_Base]

    def __init__(
        self,
        api_key: str | Callable[[], str] | None = None,
        *,
        base_url: str | None = None,
        environment: ClientEnvironment = ClientEnvironment.PRODUCTION,
        client_name: str | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
        httpx_client: httpx.Client | httpx.AsyncClient | None = None,
        thread_pool_executor: object = None,  # noqa: ARG002  # for embeddings
        log_warning_experimental_features: bool = True,  # noqa: ARG002  # for v1
    ) -> None:
        """Takes the arguments of the official client; see ChatClient for their meaning.

        api_key:     the key, or a function that returns it; the function is called once, here.
        base_url:    default CO_API_URL, else the URL of `environment`.
        timeout:     seconds; default 300.
        max_retries: default 2.
        """
        key = Secret(api_key() if callable(api_key) else api_key)
        del api_key  # so that no traceback shows it as a local variable
        if base_url is None and not os.environ.get("CO_API_URL"):
            base_url = environment.value
        if base_url is not None and ("cohere.com" in base_url or "cohere.ai" in base_url):
            base_url = base_url.replace("/v1", "")  # as the official SDK does
        given = {"timeout": timeout, "max_retries": max_retries}
        options: dict[str, Any] = {
            name: value for name, value in given.items() if value is not None
        }  # Any: of both types
        self._client = self._make(
            key.reveal(), base_url=base_url, client_name=client_name, http_client=httpx_client, **options
        )

    @property
    def v2(self) -> Any:  # Any: a ClientV2 or an AsyncClientV2
        """A client for the v2 API that shares the connections of this one."""
        made = object.__new__(self._v2)
        made._client = self._client
        return made

    @property
    def _client_wrapper(self) -> ClientWrapper:
        return ClientWrapper(self._client._settings.base_url)

    def __getattr__(self, name: str) -> NoReturn:
        line = refusal(name) or f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(line, name=name, obj=self)

    def chat(self, *_: Any, **__: Any) -> Any:  # Any: whatever the official method takes
        """Raises TypeError: the v1 API is not supported."""
        raise TypeError(refusal("chat"))

    def chat_stream(self, *_: Any, **__: Any) -> Any:  # Any: as above
        """Raises TypeError: the v1 API is not supported."""
        raise TypeError(refusal("chat_stream"))


class Client(_Base):
    """The official SDK's client for v1. Only its `v2` attribute is supported."""

    _make = _SyncChat

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


class AsyncClient(_Base):
    """The async version of Client."""

    _make = _AsyncChat

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()


class ClientV2(Client):
    """ChatClient with the official SDK's name and call conventions."""

    def chat(self, *, model: str, messages: Any, **arguments: Any) -> Any:
        """Sends a request and returns the whole answer, a V2ChatResponse. Any: objects or dicts."""
        with their_errors:
            return response_of_theirs(self._client.chat(model=model, messages=messages, **_arguments(arguments)))

    def chat_stream(self, *, model: str, messages: Any, **arguments: Any) -> Stream:
        """Returns the events of the answer as they arrive. Any: as for `chat`."""
        return Stream(self._client.chat_stream(model=model, messages=messages, **_arguments(arguments)))

    @property
    def with_raw_response(self) -> RawClient:
        """`chat` and `chat_stream`, which return the headers too."""
        return RawClient(self)


class AsyncClientV2(AsyncClient):
    """AsyncChatClient with the official SDK's name and call conventions."""

    async def chat(self, *, model: str, messages: Any, **arguments: Any) -> Any:
        """Sends a request and returns the whole answer. Any: as for ClientV2."""
        with their_errors:
            return response_of_theirs(await self._client.chat(model=model, messages=messages, **_arguments(arguments)))

    def chat_stream(self, *, model: str, messages: Any, **arguments: Any) -> AsyncStream:
        """Returns the events of the answer as they arrive. Any: as for ClientV2."""
        return AsyncStream(self._client.chat_stream(model=model, messages=messages, **_arguments(arguments)))

    @property
    def with_raw_response(self) -> AsyncRawClient:
        """`chat` and `chat_stream`, which return the headers too."""
        return AsyncRawClient(self)


Client._v2, AsyncClient._v2 = ClientV2, AsyncClientV2


@attrs.frozen
class RawClient:
    """A client that returns each answer together with its headers."""

    _client: ClientV2

    def chat(self, **arguments: Any) -> HttpResponse:  # Any: as for ClientV2
        """Like `ClientV2.chat`, with the answer in `data`."""
        response = self._client.chat(**arguments)
        return HttpResponse(response, dict(response.headers))

    @contextmanager
    def chat_stream(self, **arguments: Any) -> Generator[HttpResponse]:  # Any: as for ClientV2
        """Like `ClientV2.chat_stream`, with the events in `data`. Use it in a `with` statement."""
        with self._client.chat_stream(**arguments) as stream:
            yield HttpResponse(stream, dict(stream.headers))


@attrs.frozen
class AsyncRawClient:
    """The async version of RawClient."""

    _client: AsyncClientV2

    async def chat(self, **arguments: Any) -> HttpResponse:  # Any: as for ClientV2
        """Like `AsyncClientV2.chat`, with the answer in `data`."""
        response = await self._client.chat(**arguments)
        return HttpResponse(response, dict(response.headers))

    @asynccontextmanager
    async def chat_stream(self, **arguments: Any) -> AsyncGenerator[HttpResponse]:  # Any: as for ClientV2
        """Like `AsyncClientV2.chat_stream`, with the events in `data`. Use it in an `async with` statement."""
        async with self._client.chat_stream(**arguments) as stream:
            yield HttpResponse(stream, dict(stream.headers))
