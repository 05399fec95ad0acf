"""ChatClient and AsyncChatClient, which connect the other parts.

Belongs here: the arguments of a client and the methods that send a chat. Not known here: how a request is built and
sent, how the answer is read; and tools, whose methods are in `tools/methods.py`.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Generic, Never, Self, TypeVar, Unpack
from weakref import proxy

import attrs
import httpx

from .errors import ConfigurationError
from .http.call import Exchange
from .http.connections import Connections, H
from .http.settings import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT, MAX_RESPONSE_BYTES, Secret, Settings, headers_of
from .http.transport import open_answer, open_answer_async, read_body, read_body_async
from .params import ChatParams, ClientOptions, Httpx2AsyncClient, Httpx2Client, Httpx2Timeout, Messages
from .streaming.stream import AsyncChatStream, ChatStream
from .tools.methods import AsyncToolMethods, ToolMethods, asking_for
from .types import ChatResponse
from .wire import owner, prepare, read_answer

C = TypeVar("C")


class _Client(Generic[H, C]):
    _http_type: type[H]
    _new_http: Callable[[Settings], H]

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout | Httpx2Timeout | None = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_MAX_RETRIES,
        client_name: str | None = None,
        headers: Mapping[str, str] | None = None,
        http_client: H | C | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        stream_path: str | None = None,
        **unknown: Never,
    ) -> None:
        """Sets up a client without sending anything. A client cannot be copied or pickled.

        api_key:     your API key, stripped. Defaults to CO_API_KEY, else COHERE_API_KEY, read now. `""` sends no key.
        base_url:    defaults to the variable CO_API_URL, read now, else https://api.cohere.com. A path in it is kept.
        timeout:     seconds, or an httpx or httpx2 Timeout. Defaults to 300 s between two bytes and 5 s to connect.
                     `None` means no limit.
        max_retries: the maximum number of retries, 0 or more, default 2. Calls are retried after 408, 409, 429, 500,
                     502, 503, 504, a failed connection or a timeout, but never once the body of a success has begun.
        client_name: the name of your project, sent as X-Client-Name.
        headers:     additional headers for every request. They override default headers of the same name.
        http_client: your own httpx or httpx2 client, with its transport, proxies, TLS, limits, cookies and hooks, and
                     its timeout, unless you pass one here or it is httpx's default of 5 s. You close it yourself.
        max_response_bytes: a plain response larger than this, decompressed, raises APIResponseError. Default 256 MiB.
        stream_path: the path for streams, if not that of `chat`: `"/v2/chat/stream"` if a gateway follows the YAML.

        Raises ConfigurationError if there is no key, or if an argument or an environment variable is not valid.
        """
        key = Secret(api_key)
        del api_key  # a traceback may show local variables
        for name in unknown:
            del unknown  # it may hold a key too
            advice = f"of httpx, pass http_client=httpx.{self._http_type.__name__}(...); of a call, chat({name}=...)"
            raise TypeError(f"{type(self).__name__} has no argument {name!r}. If it is an option {advice}")
        if http_client is not None:
            if sys.modules.get("httpx2") and not isinstance(http_client, self._http_type):
                from .fast.over_httpx2 import over_httpx2

                http_client = over_httpx2(http_client, self._http_type)
            if not isinstance(http_client, self._http_type):
                wanted = f"{type(self).__name__} takes an httpx or httpx2 {self._http_type.__name__}"
                raise ConfigurationError(f"http_client is of type {type(http_client).__name__}: {wanted}")
            if timeout is DEFAULT_TIMEOUT and http_client.timeout != httpx.Timeout(5):
                timeout = http_client.timeout  # set on purpose: 5 s is httpx's default, and too short for a model
        sent = headers_of(None if client_name is None else {"X-Client-Name": client_name})
        sent.update(headers_of(headers))
        self._settings = Settings(key, base_url, timeout, max_retries, sent, max_response_bytes, stream_path)
        if self._settings.key_is_exposed():
            warnings.warn(f"the API key is sent unencrypted to {self._settings.base_url}: use https", stacklevel=2)
        self._closes = http_client is None
        self._connections: Connections[H] = Connections(partial(type(self)._new_http, self._settings), http_client)

    def __repr__(self) -> str:
        settings = getattr(self, "_settings", None)  # None in a traceback of its own __init__
        return f"{type(self).__name__}({settings.base_url if settings else ''!r})"

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """Returns a client with other options (see ClientOptions). It shares the connections, but never closes them."""
        if wrong := options.keys() - ClientOptions.__annotations__.keys():
            del options  # it may hold a key
            raise TypeError(f"{min(wrong)!r} is not a client option: use {', '.join(ClientOptions.__annotations__)}")
        headers = self._settings.headers.copy()
        headers.update(headers_of(options.get("headers")))
        changed: dict[str, Any] = {**options, "headers": headers}  # Any: checked by Settings
        other = object.__new__(type(self))
        vars(other).update(vars(self), _settings=attrs.evolve(self._settings, **changed), _closes=False)
        return other

    def _exchange(self, model: str, messages: Messages, params: Mapping[str, Any], *, stream: bool) -> Exchange[H]:
        call = prepare(self._settings, model=model, messages=messages, params=params, stream=stream)
        return Exchange(proxy(self._connections), call)

    def __reduce__(self) -> Never:
        advice = "share it, use with_options(), or create one in each process"
        raise TypeError(f"{type(self).__name__} holds a key and cannot be copied or pickled: {advice}")


class ChatClient(_Client[httpx.Client, Httpx2Client], ToolMethods):
    """A client for the Chat API, and a context manager. Threads can share it.

    >>> with ChatClient() as client:                                                          # doctest: +SKIP
    ...     response = client.chat(model="command-a-03-2025", messages=[{"role": "user", "content": "Hi"}])
    ...     print(response.text)
    """

    _http_type = httpx.Client
    _new_http = staticmethod(lambda settings: owner(settings).get_httpx_client())

    def chat(self, *, model: str, messages: Messages, **params: Unpack[ChatParams]) -> ChatResponse:
        """Sends a request and returns the complete response.

        model:    the name of a model, for example `command-a-03-2025`.
        messages: the conversation, oldest message first: UserMessage and the other message classes, or dicts.
        params:   see ChatParams.

        Raises TypeError, ValueError or ConfigurationError for bad arguments, before anything is sent. Raises
        APIStatusError if the service returns an error, GenerationError if the model fails, APIConnectionError or
        APITimeoutError if there is no response or it is cut off, APIResponseError if it cannot be read.
        """
        answer = open_answer(self._exchange(model, messages, params, stream=False))
        return read_answer(read_body(answer), answer.response)

    def chat_stream(
        self, *, model: str, messages: Messages, response_type: type | None = None, **params: Unpack[ChatParams]
    ) -> ChatStream:
        """Streams the events of the response as they arrive. Arguments and errors are the same as for `chat`.

        response_type: as for `chat_parsed`. Read the value with `parse_response(stream.get_final_response(), T)`.

        >>> with client.chat_stream(model="command-a-03-2025", messages=messages) as stream:  # doctest: +SKIP
        ...     for text in stream.text_stream:
        ...         print(text, end="", flush=True)
        """
        asked = asking_for(response_type, params)
        return ChatStream(self._exchange(model, messages, asked, stream=True), self)

    def close(self) -> None:
        """Closes the connections. Safe to call twice. Your own `http_client` stays open.

        Threads that are reading a response get an error at once: StreamError for a stream, else APIConnectionError.
        """
        if self._closes:
            self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncChatClient(_Client[httpx.AsyncClient, Httpx2AsyncClient], AsyncToolMethods):
    """The async version of ChatClient: `await chat(...)`, `async with chat_stream(...)`, `await aclose()`."""

    _http_type = httpx.AsyncClient
    _new_http = staticmethod(lambda settings: owner(settings).get_async_httpx_client())

    async def chat(self, *, model: str, messages: Messages, **params: Unpack[ChatParams]) -> ChatResponse:
        """Sends a request and returns the complete response; see ChatClient.chat."""
        answer = await open_answer_async(self._exchange(model, messages, params, stream=False))
        return read_answer(await read_body_async(answer), answer.response)

    def chat_stream(
        self, *, model: str, messages: Messages, response_type: type | None = None, **params: Unpack[ChatParams]
    ) -> AsyncChatStream:
        """Streams the events of the response as they arrive; see ChatClient.chat_stream. Do not await it."""
        asked = asking_for(response_type, params)
        return AsyncChatStream(self._exchange(model, messages, asked, stream=True), self)

    async def aclose(self) -> None:
        """Closes the connections; see ChatClient.close."""
        if self._closes:
            await self._connections.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
