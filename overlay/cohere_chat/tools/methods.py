"""The methods of the clients that need tools or structured output.

Belongs here: their names and documentation. Each loads what it needs when it is called: a client that never uses tools
starts a tenth faster. Not known here: how a chat is sent; the clients add `chat` and `chat_stream`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, Unpack

from cohere_chat.params import ChatParams, Messages, ToolRunParams
from cohere_chat.streaming.stream import AsyncChatStream, ChatStream
from cohere_chat.types import ChatResponse

if TYPE_CHECKING:
    from .functions import ToolLike
    from .loop import ToolRun
    from .runs import AsyncToolRunStream, ToolRunStream
    from .structured import ParsedResponse

T = TypeVar("T")


class _Chats(Protocol):
    """A client."""

    @property
    def chat(self) -> Callable[..., ChatResponse]: ...
    @property
    def chat_stream(self) -> Callable[..., ChatStream]: ...


class _AsyncChats(Protocol):
    @property
    def chat(self) -> Callable[..., Awaitable[ChatResponse]]: ...
    @property
    def chat_stream(self) -> Callable[..., AsyncChatStream]: ...


class ToolMethods:
    """The tool methods of ChatClient."""

    def chat_parsed(
        self: _Chats, *, model: str, messages: Messages, response_type: type[T], **params: Unpack[ChatParams]
    ) -> ParsedResponse[T]:
        """Requests JSON of a type and returns the parsed response. Other arguments and errors are those of `chat`.

        response_type: an attrs class, dataclass, TypedDict, msgspec.Struct or pydantic model; its JSON Schema is sent.

        An answer that does not fit or was cut off raises no error: `.parsed` is `None`, `.error` says why and where.
        """
        from .structured import parse_response

        response = self.chat(model=model, messages=messages, **asking_for(response_type, params))
        return parse_response(response, response_type)

    def run_tools(
        self: _Chats,
        *,
        model: str,
        messages: Messages,
        tools: Sequence[ToolLike],
        max_steps: int = 10,
        on_tool_error: Literal["return", "raise"] = "return",
        **params: Unpack[ToolRunParams],
    ) -> ToolRun:
        """Sends a request, calls the tools that the model requests, sends the results, and repeats until it answers.

        tools:         functions with type hints, Tools or dicts. A call to a dict is left to you and ends the run.
        max_steps:     the maximum number of requests, 1 or more.
        on_tool_error: `"return"` reports failures (an unknown tool, invalid arguments, an exception) to the model;
                       `"raise"` raises them.

        Raises TypeError if a function has no JSON Schema, and the errors of `chat`. If an error ends the run after the
        first answer, its `tool_run` holds the run so far; calls already made are not rolled back.
        """
        from .runs import ToolLoop, run

        return run(ToolLoop(messages, tools, max_steps, on_tool_error, params), partial(self.chat, model=model))

    def run_tools_stream(
        self: _Chats,
        *,
        model: str,
        messages: Messages,
        tools: Sequence[ToolLike],
        max_steps: int = 10,
        on_tool_error: Literal["return", "raise"] = "return",
        **params: Unpack[ToolRunParams],
    ) -> ToolRunStream:
        """Streams the run: yields the events of each answer as they arrive, and a ToolResultEvent for each call."""
        from .runs import ToolLoop, ToolRunStream

        return ToolRunStream(
            ToolLoop(messages, tools, max_steps, on_tool_error, params), partial(self.chat_stream, model=model)
        )


class AsyncToolMethods:
    """The tool methods of AsyncChatClient."""

    async def chat_parsed(
        self: _AsyncChats, *, model: str, messages: Messages, response_type: type[T], **params: Unpack[ChatParams]
    ) -> ParsedResponse[T]:
        """Requests JSON of a type and returns the parsed response; see ChatClient.chat_parsed."""
        from .structured import parse_response

        response = await self.chat(model=model, messages=messages, **asking_for(response_type, params))
        return parse_response(response, response_type)

    async def run_tools(
        self: _AsyncChats,
        *,
        model: str,
        messages: Messages,
        tools: Sequence[ToolLike],
        max_steps: int = 10,
        on_tool_error: Literal["return", "raise"] = "return",
        **params: Unpack[ToolRunParams],
    ) -> ToolRun:
        """Sends requests and calls tools until the model answers; see ChatClient.run_tools.

        The calls of one answer run concurrently, at most eight at a time. Functions that are not async run in threads.
        A thread cannot be stopped: a run that is cancelled or times out ends once its threads have finished.
        """
        from .runs import ToolLoop, run_async

        return await run_async(
            ToolLoop(messages, tools, max_steps, on_tool_error, params), partial(self.chat, model=model)
        )

    def run_tools_stream(
        self: _AsyncChats,
        *,
        model: str,
        messages: Messages,
        tools: Sequence[ToolLike],
        max_steps: int = 10,
        on_tool_error: Literal["return", "raise"] = "return",
        **params: Unpack[ToolRunParams],
    ) -> AsyncToolRunStream:
        """Streams the run; see ChatClient.run_tools_stream. Do not await it."""
        from .runs import AsyncToolRunStream, ToolLoop

        loop = ToolLoop(messages, tools, max_steps, on_tool_error, params)
        return AsyncToolRunStream(loop, partial(self.chat_stream, model=model))


def asking_for(response_type: type | None, params: Mapping[str, Any]) -> dict[str, Any]:  # Any: ChatParams
    """The parameters with a request for JSON of a type. `None` adds nothing."""
    if response_type is None:
        return dict(params)
    from .schemas import response_format_of

    return {**params, "response_format": response_format_of(response_type)}
