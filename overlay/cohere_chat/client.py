"""ChatClient and AsyncChatClient: join the parts, decide nothing.

Belongs here: the public methods. What a request is, how it is sent and what comes of it are known below.
"""

from __future__ import annotations

import copy
import warnings
import weakref
from collections.abc import Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, Unpack

import attrs
import httpx

import cohere_chat  # for annotations of what the methods load: it loads that for who evaluates them

from .errors import ConfigurationError
from .messages import Message, MessageDict
from .params import ChatParams, ClientOptions, ToolRunParams
from .response import ChatResponse
from .settings import DEFAULT_MAX_RETRIES, DEFAULT_TIMEOUT, Secret, Settings, headers_of
from .transport import Answer, AsyncAnswer, open_answer, open_answer_async, read_body, read_body_async
from .wire import Call, new_async_http_client, new_http_client, prepare, read_answer

H = TypeVar("H", httpx.Client, httpx.AsyncClient)
T = TypeVar("T")
Messages = Sequence[Message | MessageDict]


class _Shared:
    """Goes when no client that shares the connections is left."""


class _Client(Generic[H]):
    _http: H
    _http_type: type[H]

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout | None = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_MAX_RETRIES,
        client_name: str | None = None,
        headers: Mapping[str, str] | None = None,
        http_client: H | None = None,
        stream_path: str | None = None,
    ) -> None:
        """Sets up a client; sends nothing.

        api_key:     else CO_API_KEY, else COHERE_API_KEY, read now; white space around it goes. `""`: sends no key.
        base_url:    else CO_API_URL, read now, else https://api.cohere.com; a path in it is kept.
        timeout:     seconds, or an httpx.Timeout; default 300 s between two bytes and 5 s to connect. `None`: no limit.
        max_retries: how often to try again, 0 or more, default 2: after 408, 409, 429, 500, 502, 503, 504, a connection
                     that fails, a timeout; never once a byte of the answer's body has come.
        client_name: the name of your project, sent as X-Client-Name.
        headers:     sent with every request, beside or instead of our own.
        http_client: your own httpx client: its transport, proxies, TLS, limits, cookies, hooks and, unless you give a
                     timeout here, its timeout are used. The headers of a call win over its own. Never closed by us.
        stream_path: `"/v2/chat/stream"` for a gateway that streams as the YAML says; default: as the service does.

        Raises ConfigurationError for no key, for a key or a header that cannot be sent, and for an argument, or a proxy
        of the environment, that is not valid.
        """
        key = Secret(api_key)
        del api_key  # a traceback shows what a frame holds
        if http_client is not None:
            if not isinstance(http_client, self._http_type):
                kind, wanted = type(http_client).__name__, self._http_type.__name__
                raise ConfigurationError(
                    f"http_client is of type {kind}: {type(self).__name__} takes an httpx.{wanted}"
                )
            if timeout is DEFAULT_TIMEOUT and http_client.timeout != httpx.Timeout(5):
                timeout = http_client.timeout  # set on purpose; 5 s is httpx's default, and too short for a model
        sent = headers_of(None if client_name is None else {"X-Client-Name": client_name})
        sent.update(headers_of(headers))
        self._settings = Settings(
            api_key=key,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            headers=sent,
            stream_path=stream_path,
        )
        if self._settings.key_is_exposed():
            warnings.warn(f"the API key goes unencrypted to {self._settings.base_url}: use https", stacklevel=2)
        self._owns_http = http_client is None
        try:
            self._http = self._new_http() if http_client is None else http_client
        except (OSError, ValueError, ImportError, httpx.InvalidURL) as error:
            line = f"the proxies or certificates of the environment cannot be used: {error}"
            raise ConfigurationError(line) from error

    def _new_http(self) -> H:
        raise NotImplementedError

    def __repr__(self) -> str:
        settings = getattr(self, "_settings", None)  # None in a traceback of its own __init__
        return f"{type(self).__name__}({settings.base_url if settings else ''!r})"

    def with_options(self, **options: Unpack[ClientOptions]) -> Self:
        """A client with other `timeout`, `max_retries` or `headers` (put over this one's) and the same connections.

        Closing it closes nothing.
        """
        headers = self._settings.headers.copy()
        headers.update(headers_of(options.get("headers")))
        changed: dict[str, Any] = {**options, "headers": headers}  # Any: checked by Settings
        other = copy.copy(self)
        other._settings = attrs.evolve(self._settings, **changed)
        other._owns_http = False
        return other

    def _call(self, model: str, messages: Messages, params: ChatParams, *, stream: bool) -> Call:
        response_format = params.get("response_format")
        if response_format is not None and not isinstance(response_format, Mapping):
            from .schemas import response_format_of

            asked: Any = response_format_of(response_format)  # Any: JSON, which the TypedDict has more narrowly
            params = {**params, "response_format": asked}
        return prepare(self._settings, model=model, messages=messages, params=params, stream=stream)


class ChatClient(_Client[httpx.Client]):
    """A client of the chat API. A context manager; threads may share it.

    >>> with ChatClient() as client:                                                          # doctest: +SKIP
    ...     response = client.chat(model="command-a-03-2025", messages=[{"role": "user", "content": "Hi"}])
    ...     print(response.text)
    """

    _http_type = httpx.Client

    def _new_http(self) -> httpx.Client:
        http = new_http_client(self._settings)
        self._shared = _Shared()  # `with_options` copies it too
        weakref.finalize(self._shared, http.close)
        return http

    def _open(self, call: Call) -> Answer:
        return open_answer(self._http, call)

    def chat(self, *, model: str, messages: Messages, **params: Unpack[ChatParams]) -> ChatResponse:
        """Asks, and waits for the whole answer.

        model:    a model's name, e.g. `command-a-03-2025`.
        messages: the conversation, oldest first: UserMessage and the like, or dicts.
        params:   see ChatParams.

        Raises TypeError or ValueError for bad arguments, before anything is sent; APIStatusError when the service
        refuses, GenerationError when the model fails; APIConnectionError and APITimeoutError when no answer comes or it
        breaks off; APIResponseError when what comes cannot be read.
        """
        answer = self._open(self._call(model, messages, params, stream=False))
        return read_answer(read_body(answer), answer.response.status_code, answer.response.headers)

    def chat_stream(self, *, model: str, messages: Messages, **params: Unpack[ChatParams]) -> cohere_chat.ChatStream:
        """Asks, and gives the answer's events as they come; arguments and errors as for `chat`.

        >>> with client.chat_stream(model="command-a-03-2025", messages=messages) as stream:  # doctest: +SKIP
        ...     for text in stream.text_stream:
        ...         print(text, end="", flush=True)
        """
        from .stream import ChatStream

        return ChatStream(partial(self._open, self._call(model, messages, params, stream=True)))

    def chat_parsed(
        self, *, model: str, messages: Messages, response_type: type[T], **params: Unpack[ChatParams]
    ) -> cohere_chat.ParsedResponse[T]:
        """Asks for JSON of a type, and gives the answer as a value of it; other arguments and errors as for `chat`.

        response_type: an attrs class, dataclass, TypedDict, msgspec.Struct or pydantic model; its JSON Schema is sent.

        An answer that does not fit, or was cut short, is no exception: `.parsed` is `None` and `.error` says where.
        For a stream: `chat_stream(response_format=T)`, then `parse_response(stream.get_final_response(), T)`.
        """
        from .structured import parse_response

        params["response_format"] = response_type
        return parse_response(self.chat(model=model, messages=messages, **params), response_type)

    def run_tools(
        self,
        *,
        model: str,
        messages: Messages,
        tools: Sequence[cohere_chat.ToolLike],
        max_steps: int = 10,
        on_tool_error: cohere_chat.tool_loop.OnToolError = "return",
        **params: Unpack[ToolRunParams],
    ) -> cohere_chat.ToolRun:
        """Asks, makes the calls that the model asks for, sends the results, and asks again, until there is an answer.

        tools:         functions with type hints; Tool; or dicts, whose calls are left to you and end the run.
        max_steps:     how often to ask at most, 1 or more.
        on_tool_error: what fails (an unknown tool, arguments that do not fit, an exception of the function) is told to
                       the model with `"return"`, and raised with `"raise"`.

        Raises TypeError for a function that has no JSON Schema; else as `chat`. What breaks a run has `tool_run`, the
        run as far as it came: functions that were called are not undone.
        """
        from . import tool_loop, tool_runs

        loop = tool_loop.ToolLoop(messages, tools, max_steps=max_steps, on_tool_error=on_tool_error, parameters=params)
        return tool_runs.run(loop, partial(self.chat, model=model))

    def run_tools_stream(
        self,
        *,
        model: str,
        messages: Messages,
        tools: Sequence[cohere_chat.ToolLike],
        max_steps: int = 10,
        on_tool_error: cohere_chat.tool_loop.OnToolError = "return",
        **params: Unpack[ToolRunParams],
    ) -> cohere_chat.ToolRunStream:
        """The same as a stream: the events of each answer as they come, and a ToolResultEvent for each call."""
        from . import tool_loop, tool_runs

        loop = tool_loop.ToolLoop(messages, tools, max_steps=max_steps, on_tool_error=on_tool_error, parameters=params)
        return tool_runs.ToolRunStream(loop, partial(self.chat_stream, model=model))

    def close(self) -> None:
        """Closes the connections. Safe to call twice; an `http_client` of yours stays open."""
        if self._owns_http:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncChatClient(_Client[httpx.AsyncClient]):
    """ChatClient for async: `await chat(...)`, `async with chat_stream(...)`, `await aclose()`."""

    _http_type = httpx.AsyncClient

    def _new_http(self) -> httpx.AsyncClient:
        return new_async_http_client(self._settings)

    async def _open(self, call: Call) -> AsyncAnswer:
        return await open_answer_async(self._http, call)

    async def chat(self, *, model: str, messages: Messages, **params: Unpack[ChatParams]) -> ChatResponse:
        """Asks, and waits for the whole answer; see ChatClient.chat."""
        answer = await self._open(self._call(model, messages, params, stream=False))
        return read_answer(await read_body_async(answer), answer.response.status_code, answer.response.headers)

    def chat_stream(
        self, *, model: str, messages: Messages, **params: Unpack[ChatParams]
    ) -> cohere_chat.AsyncChatStream:
        """Asks, and gives the answer's events as they come; see ChatClient.chat_stream. Not to be awaited itself."""
        from .stream import AsyncChatStream

        return AsyncChatStream(partial(self._open, self._call(model, messages, params, stream=True)))

    async def chat_parsed(
        self, *, model: str, messages: Messages, response_type: type[T], **params: Unpack[ChatParams]
    ) -> cohere_chat.ParsedResponse[T]:
        """Asks for JSON of a type, and gives the answer as a value of it; see ChatClient.chat_parsed."""
        from .structured import parse_response

        params["response_format"] = response_type
        return parse_response(await self.chat(model=model, messages=messages, **params), response_type)

    async def run_tools(
        self,
        *,
        model: str,
        messages: Messages,
        tools: Sequence[cohere_chat.ToolLike],
        max_steps: int = 10,
        on_tool_error: cohere_chat.tool_loop.OnToolError = "return",
        **params: Unpack[ToolRunParams],
    ) -> cohere_chat.ToolRun:
        """Asks and makes the calls until there is an answer; see ChatClient.run_tools.

        The calls of one answer are made at once, at most eight; functions that are not async run in threads.
        """
        from . import tool_loop, tool_runs

        loop = tool_loop.ToolLoop(messages, tools, max_steps=max_steps, on_tool_error=on_tool_error, parameters=params)
        return await tool_runs.run_async(loop, partial(self.chat, model=model))

    def run_tools_stream(
        self,
        *,
        model: str,
        messages: Messages,
        tools: Sequence[cohere_chat.ToolLike],
        max_steps: int = 10,
        on_tool_error: cohere_chat.tool_loop.OnToolError = "return",
        **params: Unpack[ToolRunParams],
    ) -> cohere_chat.AsyncToolRunStream:
        """The same as a stream; see ChatClient.run_tools_stream. Not to be awaited itself."""
        from . import tool_loop, tool_runs

        loop = tool_loop.ToolLoop(messages, tools, max_steps=max_steps, on_tool_error=on_tool_error, parameters=params)
        return tool_runs.AsyncToolRunStream(loop, partial(self.chat_stream, model=model))

    async def aclose(self) -> None:
        """Closes the connections. Safe to call twice; an `http_client` of yours stays open."""
        if self._owns_http:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
