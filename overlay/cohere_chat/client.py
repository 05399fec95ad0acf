"""ChatClient and AsyncChatClient: they join the parts and decide nothing.

Belongs here: the settings of a client and the methods that send a chat. Not known here: what a request is, how it is
sent, what becomes of the answer; and tools, whose methods are in `tools/methods.py`.
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
        """Sets up a client; sends nothing. A client is neither copied nor pickled.

        api_key:     else CO_API_KEY, else COHERE_API_KEY, read now and stripped. `""` sends no key.
        base_url:    else CO_API_URL, read now, else https://api.cohere.com. A path in it is kept.
        timeout:     seconds, or a Timeout of httpx or httpx2; default 300 s between two bytes and 5 s to connect.
                     `None` means no limit.
        max_retries: how often to try again, 0 or more, default 2: after 408, 409, 429, 500, 502, 503, 504, a failed
                     connection or a timeout, but never once a byte of the answer's body has come.
        client_name: the name of your project, sent as X-Client-Name.
        headers:     headers to send with every request, beside or instead of our own.
        http_client: your own client of httpx or httpx2. Its transport, proxies, TLS, limits, cookies, hooks are used,
                     and its timeout unless you pass one here. Headers of a call win over its own. We never close it.
        max_response_bytes: the bound of a plain answer, unpacked; default 256 MiB. A larger one is an APIResponseError.
        stream_path: `"/v2/chat/stream"` for a gateway that streams as the published YAML says; else the service's path.

        Raises ConfigurationError for a missing key, for a key or a header that cannot be sent, and for an argument or
        an environment variable that is not valid.
        """
        key = Secret(api_key)
        del api_key  # a traceback shows the variables of a frame
        for name in unknown:
            del unknown  # it may hold a key too
            advice = f"of httpx: http_client=httpx.{self._http_type.__name__}(...); of a call: chat(..., {name}=...)"
            raise TypeError(f"{type(self).__name__} has no argument {name!r}. If it is an option {advice}")
        if http_client is not None:
            if sys.modules.get("httpx2") and not isinstance(http_client, self._http_type):
                from .fast.over_httpx2 import over_httpx2

                http_client = over_httpx2(http_client, self._http_type)
            if not isinstance(http_client, self._http_type):
                wanted = f"{type(self).__name__} takes the {self._http_type.__name__} of httpx or httpx2"
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
        """A client with another `timeout`, `max_retries` or more `headers`, on the same connections. It closes none."""
        if wrong := options.keys() - ClientOptions.__annotations__.keys():
            del options  # it may hold a key
            raise TypeError(f"{min(wrong)!r} is no option of a client: use {', '.join(ClientOptions.__annotations__)}")
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
        line = "holds a key and connections, and is neither copied nor pickled"
        raise TypeError(f"{type(self).__name__} {line}: share it, use with_options(), or make one in each process")


class ChatClient(_Client[httpx.Client, Httpx2Client], ToolMethods):
    """A client of the chat API, and a context manager. Threads may share it.

    >>> with ChatClient() as client:                                                          # doctest: +SKIP
    ...     response = client.chat(model="command-a-03-2025", messages=[{"role": "user", "content": "Hi"}])
    ...     print(response.text)
    """

    _http_type = httpx.Client
    _new_http = staticmethod(lambda settings: owner(settings).get_httpx_client())

    def chat(self, *, model: str, messages: Messages, **params: Unpack[ChatParams]) -> ChatResponse:
        """Sends a request, and waits for the whole answer.

        model:    the name of a model, for example `command-a-03-2025`.
        messages: the conversation, oldest message first: UserMessage and the like, or dicts.
        params:   see ChatParams.

        Raises TypeError or ValueError for bad arguments, before anything is sent; APIStatusError if the service
        refuses, GenerationError if the model fails; APIConnectionError or APITimeoutError if no answer comes, or it
        breaks off; APIResponseError if the answer cannot be read.
        """
        answer = open_answer(self._exchange(model, messages, params, stream=False))
        return read_answer(read_body(answer), answer.response)

    def chat_stream(
        self, *, model: str, messages: Messages, response_type: type | None = None, **params: Unpack[ChatParams]
    ) -> ChatStream:
        """Sends a request, and gives the events of the answer as they come. Arguments and errors are those of `chat`.

        response_type: asks for JSON of this type, as `chat_parsed` does. Read it with
                       `parse_response(stream.get_final_response(), T)`.

        >>> with client.chat_stream(model="command-a-03-2025", messages=messages) as stream:  # doctest: +SKIP
        ...     for text in stream.text_stream:
        ...         print(text, end="", flush=True)
        """
        asked = asking_for(response_type, params)
        return ChatStream(self._exchange(model, messages, asked, stream=True), self)

    def close(self) -> None:
        """Closes the connections. Safe to call twice. Your own `http_client` stays open.

        A thread that reads an answer ends at once: a stream with StreamError, a plain answer with APIConnectionError.
        """
        if self._closes:
            self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncChatClient(_Client[httpx.AsyncClient, Httpx2AsyncClient], AsyncToolMethods):
    """ChatClient for async: `await chat(...)`, `async with chat_stream(...)`, `await aclose()`."""

    _http_type = httpx.AsyncClient
    _new_http = staticmethod(lambda settings: owner(settings).get_async_httpx_client())

    async def chat(self, *, model: str, messages: Messages, **params: Unpack[ChatParams]) -> ChatResponse:
        """Sends a request, and waits for the whole answer; see ChatClient.chat."""
        answer = await open_answer_async(self._exchange(model, messages, params, stream=False))
        return read_answer(await read_body_async(answer), answer.response)

    def chat_stream(
        self, *, model: str, messages: Messages, response_type: type | None = None, **params: Unpack[ChatParams]
    ) -> AsyncChatStream:
        """Gives the events of the answer as they come; see ChatClient.chat_stream. Do not await it."""
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
