"""The official SDK's names for what is here: `import cohere_chat.compat as cohere` runs its chat samples.

Belongs here: names and call habits of `cohere` 5 to 7 for the v2 chat API, and nothing that decides. What that SDK has
beside chat is not here, and says so. Streams break with an error here, where that SDK ends them silently.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, NoReturn, Self

import attrs
import httpx

from .client import AsyncChatClient, ChatClient
from .errors import APIConnectionError as APIConnectionError
from .errors import APIStatusError, AuthenticationError, BlockedTokenError, PermissionDeniedError, RateLimitError
from .errors import BadRequestError as BadRequestError
from .errors import ClientClosedRequestError as ClientClosedRequestError
from .errors import InternalServerError as InternalServerError
from .errors import NotFoundError as NotFoundError
from .errors import UnprocessableEntityError as UnprocessableEntityError
from .messages import (
    AssistantMessage,
    Model,
    SystemMessage,
    ToolCall,
    ToolCallFunction,
    ToolMessage,
    UserMessage,
    to_json,
)
from .messages import Citation as Citation
from .messages import Document as Document
from .messages import DocumentContent as DocumentContent
from .messages import DocumentSource as DocumentSource
from .messages import ImageUrl as ImageUrl
from .messages import ImageUrlContent as ImageUrlContent
from .messages import TextContent as TextContent
from .messages import ToolSource as ToolSource
from .response import ChatResponse
from .response import Usage as Usage
from .stream import AsyncChatStream, ChatStream
from .transport import Answer, AsyncAnswer
from .wire import Call

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

errors = core = api_error = types = sys.modules[__name__]  # cohere.errors.X, from cohere.core.api_error import ApiError
sys.modules |= {f"{__name__}.{name}": errors for name in ("errors", "core", "core.api_error", "types")}

_OMIT: Any = ...  # Any: their sign for "not set", which we take as they do
_ONLY_CHAT = "cohere_chat.compat has the v2 chat API only; for {} use Cohere's own SDK: pip install cohere"


@attrs.define(kw_only=True)
class ToolV2Function(Model):
    """What a function is called and takes. `parameters`: JSON Schema."""

    name: str
    description: str | None = None
    parameters: Mapping[str, Any] = attrs.field(factory=dict)  # Any: JSON


@attrs.define(kw_only=True)
class ToolV2(Model):
    """A function that the model may ask to have called."""

    type: Literal["function"] = "function"
    function: ToolV2Function


@attrs.define(kw_only=True)
class CitationOptions(Model):
    """Whether and how to cite."""

    mode: str | None = None


@attrs.define(kw_only=True)
class TextResponseFormatV2(Model):
    """Text."""

    type: Literal["text"] = "text"


@attrs.define(kw_only=True)
class JsonObjectResponseFormatV2(Model):
    """JSON, of a schema when one is given."""

    type: Literal["json_object"] = "json_object"
    json_schema: Mapping[str, Any] | None = None  # Any: JSON


@attrs.define(kw_only=True)
class Thinking(Model):
    """How a reasoning model thinks."""

    type: Literal["enabled", "disabled"] = "enabled"
    token_budget: int | None = None


class V2ChatResponse(ChatResponse):
    """ChatResponse with the dumps that pydantic has."""

    __slots__ = ()

    def model_dump(self, **_: Any) -> dict[str, Any]:  # Any: pydantic's options, which change nothing here; JSON
        """What the service sent."""
        return self.to_dict()

    dict = model_dump


def _as_theirs(response: ChatResponse) -> V2ChatResponse:
    response.__class__ = V2ChatResponse
    assert isinstance(response, V2ChatResponse)  # noqa: S101  # the line above; type checkers do not see it
    return response


def _arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:  # Any: what their methods take; what ours do
    """Their keyword arguments as ours: options of the request apart, classes as JSON, what is not set left out."""
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
        error.__class__ = _BY_STATUS.get(error.status_code, type(error))
        raise


class _SyncClient(ChatClient):
    def _open(self, call: Call) -> Answer:
        with _their_errors():
            return super()._open(call)


class _AsyncClient(AsyncChatClient):
    async def _open(self, call: Call) -> AsyncAnswer:
        with _their_errors():
            return await super()._open(call)


class _Base:
    """What both clients do with the arguments of theirs."""

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
        """As their client; see ChatClient for what each is. `timeout`: default 300 s."""
        unknown = ignored.keys() - {"environment", "thread_pool_executor", "log_warning_experimental_features"}
        if unknown:
            raise TypeError(f"{type(self).__name__} takes no argument {', '.join(map(repr, sorted(unknown)))}")
        key = api_key() if callable(api_key) else api_key
        options: dict[str, Any] = {} if timeout is None else {"timeout": timeout}  # Any: the arguments of ours
        self._client = self._make(key, base_url=base_url, client_name=client_name, http_client=httpx_client, **options)

    @property
    def v2(self) -> Self:
        """Their way to the v2 API from a client of v1."""
        return self

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(_ONLY_CHAT.format(name), name=name, obj=self)


class ClientV2(_Base):
    """ChatClient by the name and with the habits of the official SDK."""

    _make = _SyncClient

    def chat(self, *, model: str, messages: Any, **arguments: Any) -> V2ChatResponse:
        """Asks, and waits for the whole answer. Any: theirs or ours, classes or dicts."""
        return _as_theirs(self._client.chat(model=model, **_arguments({"messages": messages, **arguments})))

    def chat_stream(self, *, model: str, messages: Any, **arguments: Any) -> ChatStream:
        """Asks, and gives the answer's events as they come. Any: as for `chat`."""
        stream: ChatStream = self._client.chat_stream(model=model, **_arguments({"messages": messages, **arguments}))
        return stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._client.close()


class AsyncClientV2(_Base):
    """AsyncChatClient by the name and with the habits of the official SDK."""

    _make = _AsyncClient

    async def chat(self, *, model: str, messages: Any, **arguments: Any) -> V2ChatResponse:
        """Asks, and waits for the whole answer. Any: as for ClientV2."""
        return _as_theirs(await self._client.chat(model=model, **_arguments({"messages": messages, **arguments})))

    def chat_stream(self, *, model: str, messages: Any, **arguments: Any) -> AsyncChatStream:
        """Asks, and gives the answer's events as they come. Any: as for ClientV2."""
        arguments = _arguments({"messages": messages, **arguments})
        stream: AsyncChatStream = self._client.chat_stream(model=model, **arguments)
        return stream

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.aclose()


class Client:
    """Not here: the v1 API."""

    def __init__(self, *_: Any, **__: Any) -> None:  # Any: whatever theirs takes
        raise TypeError(_ONLY_CHAT.format(f"{type(self).__name__}, the v1 API,") + " (v2 chat is ClientV2 here)")


class AsyncClient(Client):
    """Not here: the v1 API."""


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(_ONLY_CHAT.format(name), name=name)
