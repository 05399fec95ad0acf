"""Tool runs, sync and async: they send the requests and make the calls.

Belongs here: driving a `ToolLoop`, plain or streamed; calls that run concurrently. Not known here: what a tool is,
how a request is sent (the clients pass that in).
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import Self

from cohere_chat import types
from cohere_chat.errors import CohereChatError
from cohere_chat.streaming.stream import AsyncChatStream, ChatStream
from cohere_chat.types import ChatResponse

from .loop import ToolLoop as ToolLoop
from .loop import ToolResult, ToolResultEvent, ToolRun

AT_ONCE = 8
"""How many calls of one answer run concurrently, in an async run."""


def run(loop: ToolLoop, ask: Callable[..., ChatResponse]) -> ToolRun:
    """Sends requests and makes calls until the model answers."""
    loop.check_sync()
    with loop.keeping():
        while calls := loop.take(ask(messages=loop.messages, **loop.parameters)):
            for call in calls:
                loop.add(loop.run(call))
    return loop.finish()


async def run_async(loop: ToolLoop, ask: Callable[..., Awaitable[ChatResponse]]) -> ToolRun:
    """The async version of `run`. The calls of one answer run concurrently."""
    with loop.keeping():
        while calls := loop.take(await ask(messages=loop.messages, **loop.parameters)):
            for result in await _at_once(loop, calls):
                loop.add(result)
    return loop.finish()


async def _call(loop: ToolLoop, call: types.ToolCall) -> ToolResult:
    import anyio.to_thread  # already loaded by httpx for async

    try:
        prepared = loop.prepare(call)
        value = prepared() if loop.is_async(call) else await anyio.to_thread.run_sync(prepared)
        if inspect.isawaitable(value):
            value = await value
        return loop.result(call, value)
    except Exception as error:  # noqa: BLE001  # it is reported to the model, whatever it is
        return loop.failure(call, error)


async def _at_once(loop: ToolLoop, calls: list[types.ToolCall]) -> list[ToolResult]:
    """Makes the calls and returns the results in order. If one raises, cancels the others and raises its exception."""
    import anyio

    results: dict[int, ToolResult] = {}
    failures: list[Exception] = []
    free = anyio.Semaphore(AT_ONCE)

    async def make(index: int, call: types.ToolCall) -> None:
        async with free:
            try:
                results[index] = await _call(loop, call)
            except Exception as error:  # noqa: BLE001  # raised below, outside of the group
                failures.append(error)
                group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for index, call in enumerate(calls):
            group.start_soon(make, index, call)
    if failures:
        raise failures[0]
    cancelled = RuntimeError(
        "the call was cancelled"
    )  # by the function itself; otherwise this task would be cancelled too
    return [results.get(index) or loop.failure(call, cancelled) for index, call in enumerate(calls)]


# Functions, not methods: an abandoned stream is closed at once only if there is no reference cycle.
def _events(loop: ToolLoop, ask: Callable[..., ChatStream]) -> Generator[types.ChatEvent | ToolResultEvent]:
    while not loop.over:
        with loop.keeping(), ask(messages=loop.messages, **loop.parameters) as stream:
            yield from stream
            calls = loop.take(stream.get_final_response())
        for call in calls:
            with loop.keeping():
                result = loop.run(call)
            loop.add(result)
            yield ToolResultEvent(result)


async def _events_async(
    loop: ToolLoop, ask: Callable[..., AsyncChatStream]
) -> AsyncGenerator[types.ChatEvent | ToolResultEvent]:
    while not loop.over:
        with loop.keeping():
            async with ask(messages=loop.messages, **loop.parameters) as stream:
                async for event in stream:
                    yield event
                calls = loop.take(await stream.get_final_response())
            results = await _at_once(loop, calls) if calls else []
        for result in results:
            loop.add(result)
        for result in results:
            yield ToolResultEvent(result)


class _ToolRunStream:
    """What both streams share."""

    _loop: ToolLoop

    def _final_run(self) -> ToolRun:
        if self._loop.broken_by is not None:
            raise self._loop.broken_by
        if not self._loop.over:
            raise CohereChatError("the run was closed before it had an answer")
        return self._loop.finish()


class ToolRunStream(_ToolRunStream):
    """The events of a tool run: those of each answer, and a ToolResultEvent per call. An iterator and context manager.

    It raises the errors of ChatStream and, with `on_tool_error="raise"`, those of your functions.
    """

    def __init__(self, loop: ToolLoop, ask: Callable[..., ChatStream]) -> None:
        loop.check_sync()
        self._loop = loop
        self._events = _events(loop, ask)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> types.ChatEvent | ToolResultEvent:
        return next(self._events)

    def get_final_run(self) -> ToolRun:
        """Reads the rest of the stream and returns the complete run, as `run_tools` would have."""
        for _ in self._events:
            pass
        return self._final_run()

    def close(self) -> None:
        """Closes the connection. Safe to call twice."""
        self._events.close()


class AsyncToolRunStream(_ToolRunStream):
    """The async version of ToolRunStream: use `async with`, `async for` and `await`.

    The calls of one answer run concurrently. Their events arrive once all of them have ended.
    """

    def __init__(self, loop: ToolLoop, ask: Callable[..., AsyncChatStream]) -> None:
        self._loop = loop
        self._events = _events_async(loop, ask)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> types.ChatEvent | ToolResultEvent:
        return await anext(self._events)

    async def get_final_run(self) -> ToolRun:
        """Reads the rest of the stream and returns the complete run; see ToolRunStream."""
        async for _ in self._events:
            pass
        return self._final_run()

    async def aclose(self) -> None:
        """Closes the connection. Safe to call twice."""
        await self._events.aclose()
