"""The names of the official SDK: `import cohere_chat.compat as cohere` runs its chat samples.

Belongs here: names and call habits of `cohere` 5 to 7 for the v2 chat API; it decides nothing. Other parts of that SDK
are not here; using one raises an error that says so. A stream that breaks raises an error, where that SDK ends it
silently.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, NoReturn, Self

import httpx

from cohere_chat.body import to_json
from cohere_chat.client import AsyncChatClient, ChatClient
from cohere_chat.errors import APIConnectionError as APIConnectionError
from cohere_chat.errors import (
    APIStatusError,
    AuthenticationError,
    BlockedTokenError,
    PermissionDeniedError,
    RateLimitError,
)
from cohere_chat.errors import BadRequestError as BadRequestError
from cohere_chat.errors import ClientClosedRequestError as ClientClosedRequestError
from cohere_chat.errors import InternalServerError as InternalServerError
from cohere_chat.errors import NotFoundError as NotFoundError
from cohere_chat.errors import UnprocessableEntityError as UnprocessableEntityError
from cohere_chat.http.call import AsyncAnswer, Exchange, SyncAnswer
from cohere_chat.streaming.stream import AsyncChatStream, ChatStream
from cohere_chat.types import (
    AssistantMessage,
    ChatResponse,
    ResponseFormat,
    SystemMessage,
    ToolCall,
    ToolCallFunction,
    ToolDefinition,
    ToolDefinitionFunction,
    ToolMessage,
    UserMessage,
    wire_fields,
)
from cohere_chat.types import Citation as Citation
from cohere_chat.types import CitationOptions as CitationOptions
from cohere_chat.types import Document as Document
from cohere_chat.types import DocumentContent as DocumentContent
from cohere_chat.types import DocumentSource as DocumentSource
from cohere_chat.types import ImageUrl as ImageUrl
from cohere_chat.types import ImageUrlContent as ImageUrlContent
from cohere_chat.types import TextContent as TextContent
from cohere_chat.types import Thinking as _Thinking
from cohere_chat.types import ToolSource as ToolSource
from cohere_chat.types import Usage as Usage

ApiError = APIStatusError
UnauthorizedError = AuthenticationError
ForbiddenError = PermissionDeniedError
TooManyRequestsError = RateLimitError
InvalidTokenError = BlockedTokenError

UserChatMessageV2 = UserMessage
SystemChatMessageV2 = SystemMessage
AssistantChatMessageV2 = AssistantMessage
ToolChatMessageV2 = ToolMessage
ToolCallV2 = ToolCall
ToolCallV2Function = ToolCallFunction
ToolV2 = ToolDefinition
ToolV2Function = ToolDefinitionFunction

errors = core = api_error = types = sys.modules[__name__]  # cohere.errors.X, from cohere.core.api_error import ApiError
sys.modules |= {f"{__name__}.{name}": errors for name in ("errors", "core", "core.api_error", "types")}

_OMIT: Any = ...  # Any: their sign for "not set", which we take as they do
_ONLY_CHAT = "cohere_chat.compat has the v2 chat API only; for {} use Cohere's own SDK: pip install cohere"


class TextResponseFormatV2(ResponseFormat):
    """Text."""

    __slots__ = ()

    def __init__(self, *, type: Literal["text"] = "text") -> None:  # noqa: A002  # theirs
        super().__init__(type)


class JsonObjectResponseFormatV2(ResponseFormat):
    """JSON, of a schema if there is one."""

    __slots__ = ()

    def __init__(
        self,
        *,
        type: Literal["json_object"] = "json_object",  # noqa: A002  # theirs
        json_schema: dict[str, Any] | None = None,  # Any: JSON
    ) -> None:
        super().__init__(type, json_schema=json_schema)


class Thinking(_Thinking):
    """How a reasoning model thinks."""

    __slots__ = ()

    def __init__(
        self,
        *,
        type: Literal["enabled", "disabled"] = "enabled",  # noqa: A002  # theirs
        token_budget: int | None = None,
    ) -> None:
        super().__init__(type, token_budget=token_budget)


class V2ChatResponse(ChatResponse):
    """ChatResponse with the dumps that pydantic has."""

    __slots__ = ()

    def model_dump(self, **_: Any) -> dict[str, Any]:  # Any: pydantic's options, which change nothing here; JSON
        """What the service sent."""
        return self.to_dict()

    dict = model_dump


def _as_theirs(response: ChatResponse) -> V2ChatResponse:
    fields = {field.name: getattr(response, field.name) for field in wire_fields(ChatResponse).values()}
    made = V2ChatResponse(**fields)
    made.additional_properties, made.headers = response.additional_properties, response.headers
    return made


def _arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:  # Any: what their methods take; what ours do
    """Their keyword arguments as ours: options of the request apart, classes as JSON, without what is not set."""
    ours = {name: value for name, value in arguments.items() if value is not _OMIT and name != "request_options"}
    for name in ours.keys() - {"messages", "model"}:
        ours[name] = to_json(ours[name], name)
    options = dict(arguments.get("request_options") or {})
    names = {
        "timeout_in_seconds": "timeout",
        "max_retries": "max_retries",
        "additional_headers": "extra_headers",
        "additional_body_parameters": "extra_body",
    }
    for theirs, name in names.items():
        if options.get(theirs) is not None:
            ours[name] = options[theirs]
    unknown = options.keys() - names.keys()
    if unknown:
        raise TypeError(f"request_options has {', '.join(map(repr, sorted(unknown)))}: use {', '.join(names)}")
    return ours


class NotImplementedError(InternalServerError):  # noqa: A001  # theirs
    """501."""


class ServiceUnavailableError(InternalServerError):
    """503."""


class GatewayTimeoutError(InternalServerError):
    """504."""


_BY_STATUS = {501: NotImplementedError, 503: ServiceUnavailableError, 504: GatewayTimeoutError}


@contextmanager
def _their_errors() -> Generator[None]:
    try:
        yield
    except InternalServerError as error:
        cls = _BY_STATUS.get(error.status_code)
        if cls is None:
            raise
        raise cls(
            error.message,
            status_code=error.status_code,
            body=error.body,
            raw=error.raw,
            headers=error.headers,
            url=error.url,
            attempts=error.attempts,
        ) from error.__cause__


class _SyncClient(ChatClient):
    def _open(self, exchange: Exchange[httpx.Client]) -> SyncAnswer:
        with _their_errors():
            return super()._open(exchange)


class _AsyncClient(AsyncChatClient):
    async def _open(self, exchange: Exchange[httpx.AsyncClient]) -> AsyncAnswer:
        with _their_errors():
            return await super()._open(exchange)


class _Base:
    """What both clients do with their arguments."""

    _make: Callable[..., Any]  # Any: ChatClient or AsyncChatClient

    def __init__(
        self,
        api_key: str | Callable[[], str] | None = None,
        *,
        base_url: str | None = None,
        client_name: str | None = None,
        timeout: float | None = None,
        httpx_client: httpx.Client | httpx.AsyncClient | None = None,
        **ignored: Any,  # Any: environment, thread_pool_executor, log_warning_experimental_features
    ) -> None:
        """Takes the arguments of their client; see ChatClient. `timeout`: default 300 s."""
        unknown = ignored.keys() - {"environment", "thread_pool_executor", "log_warning_experimental_features"}
        if unknown:
            raise TypeError(f"{type(self).__name__} takes no argument {', '.join(map(repr, sorted(unknown)))}")
        key = api_key() if callable(api_key) else api_key
        options: dict[str, Any] = {} if timeout is None else {"timeout": timeout}  # Any: the arguments of ours
        self._client = self._make(key, base_url=base_url, client_name=client_name, http_client=httpx_client, **options)

    @property
    def v2(self) -> Self:
        """The v2 API, as a client of v1 has it."""
        return self

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(_ONLY_CHAT.format(name), name=name, obj=self)


class ClientV2(_Base):
    """ChatClient with the name and the habits of the official SDK."""

    _make = _SyncClient

    def chat(self, *, model: str, messages: Any, **arguments: Any) -> V2ChatResponse:
        """Sends a request, and waits for the whole answer. Any: theirs or ours, classes or dicts."""
        return _as_theirs(self._client.chat(model=model, **_arguments({"messages": messages, **arguments})))

    def chat_stream(self, *, model: str, messages: Any, **arguments: Any) -> ChatStream:
        """Sends a request, and gives the events of the answer as they come. Any: as for `chat`."""
        stream: ChatStream = self._client.chat_stream(model=model, **_arguments({"messages": messages, **arguments}))
        return stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


class AsyncClientV2(_Base):
    """AsyncChatClient with the name and the habits of the official SDK."""

    _make = _AsyncClient

    async def chat(self, *, model: str, messages: Any, **arguments: Any) -> V2ChatResponse:
        """Sends a request, and waits for the whole answer. Any: as for ClientV2."""
        return _as_theirs(await self._client.chat(model=model, **_arguments({"messages": messages, **arguments})))

    def chat_stream(self, *, model: str, messages: Any, **arguments: Any) -> AsyncChatStream:
        """Sends a request, and gives the events of the answer as they come. Any: as for ClientV2."""
        arguments = _arguments({"messages": messages, **arguments})
        stream: AsyncChatStream = self._client.chat_stream(model=model, **arguments)
        return stream

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()


class Client:
    """The v1 API, which is not here."""

    def __init__(self, *_: Any, **__: Any) -> None:  # Any: whatever theirs takes
        raise TypeError(_ONLY_CHAT.format(f"{type(self).__name__}, the v1 API,") + " (v2 chat is ClientV2 here)")


class AsyncClient(Client):
    """The v1 API, which is not here."""


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(_ONLY_CHAT.format(name), name=name)
