"""A conversation with tools: what to ask next, what to call, what goes back. No I/O; `tool_runs.py` drives it.

Belongs here: ToolLoop, and what comes of it (ToolRun, its steps and results). Not known here: how a function becomes a
tool, how a model is asked, sync or async.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias

import attrs
import msgspec

from .events import Event
from .messages import (
    AssistantMessage,
    ContentPart,
    Document,
    DocumentContent,
    Message,
    MessageDict,
    TextContent,
    ToolCall,
    ToolMessage,
    to_json,
)
from .response import ChatResponse
from .tools import Tool, ToolLike, is_async, tool_of

OnToolError: TypeAlias = Literal["return", "raise"]


@attrs.define
class ToolResult:
    """What came of one call.

    call:    what the model asked for.
    message: what goes back to it.
    value:   what the function gave; `None` when it failed.
    error:   why it failed: an unknown tool, bad arguments, an exception; `None` when it did not.
    """

    call: ToolCall
    message: ToolMessage
    value: Any = None  # Any: whatever a function gives
    error: Exception | None = None


@attrs.define(slots=False)
class ToolResultEvent(Event):
    """In `run_tools_stream`: a function was called. No event of the service's."""

    type: Literal["tool-result"] = attrs.field(default="tool-result", init=False)
    result: ToolResult


@attrs.define
class ToolStep:
    """The model was asked once: what it answered, and what came of the calls in that."""

    response: ChatResponse
    results: list[ToolResult] = attrs.field(factory=list)


@attrs.define
class ToolRun:
    """What came of a conversation with tools.

    response: the last answer. It still asks for calls when `max_steps` was reached, or for a tool that has no function.
    messages: the conversation, ready for the next turn: the answer is in it, calls without results are not.
    steps:    one for each time that the model was asked.
    """

    response: ChatResponse
    messages: list[Message | MessageDict]
    steps: list[ToolStep]


class ToolLoop:
    """The state of a run: what to ask next, and what is to be called. No I/O; the clients drive it.

    messages:   the conversation so far.
    parameters: the parameters of the next call.
    over:       whether there is nothing more to ask.
    broken_by:  what broke the run; `None` when nothing did.
    """

    def __init__(
        self,
        messages: Sequence[Message | MessageDict],
        tools: Sequence[ToolLike],
        *,
        max_steps: int,
        on_tool_error: OnToolError,
        parameters: Mapping[str, Any],  # Any: ChatParams
    ) -> None:
        if not isinstance(max_steps, int) or max_steps < 1:
            raise ValueError(f"max_steps is {max_steps!r}: use 1 or more")
        if on_tool_error not in ("return", "raise"):
            raise ValueError(f"on_tool_error is {on_tool_error!r}: use 'return' or 'raise'")
        if not isinstance(tools, Sequence) or not tools:
            raise ValueError("tools is empty, or no list: pass a list of at least one function")
        self._tools: dict[str, Tool] = {}
        for tool in map(tool_of, tools):
            if tool.name in self._tools:
                raise ValueError(f"there are two tools named {tool.name!r}: give one another name")
            self._tools[tool.name] = tool
        self._steps: list[ToolStep] = []
        self._max_steps = max_steps
        self._on_tool_error = on_tool_error
        self.over = False
        self.broken_by: Exception | None = None
        self.messages = list(messages)
        self.parameters: dict[str, Any] = {**parameters, "tools": [tool.to_dict() for tool in self._tools.values()]}

    def take(self, response: ChatResponse) -> list[ToolCall]:
        """Takes an answer; the calls to make, none when the run is over."""
        self._steps.append(ToolStep(response))
        calls = response.tool_calls
        for_the_caller = any(self._is_for_the_caller(call) for call in calls)
        if calls and (for_the_caller or len(self._steps) == self._max_steps):
            self.over = True
            return []
        self.messages.append(_as_asked(response.message) if calls else response.message)
        self.over = not calls
        if self.parameters.get("tool_choice") == "REQUIRED":
            self.parameters["tool_choice"] = None  # it has: else it would have to call for ever
        return calls

    def _is_for_the_caller(self, call: ToolCall) -> bool:
        tool = self._tools.get(call.function.name)
        return tool is not None and tool.function is None

    def prepare(self, call: ToolCall) -> Callable[[], Any]:  # Any: whatever the function gives
        """The function with its arguments. Raises LookupError and ValueError for a call that cannot be made."""
        tool = self._tools.get(call.function.name)
        if tool is None or tool.function is None:
            raise LookupError(f"there is no tool {call.function.name!r}; there are {', '.join(self._tools)}")
        try:
            arguments = tool.decode_arguments(call.function.arguments)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"the arguments do not fit: {error}") from error
        function = tool.function
        return lambda: function(**arguments)

    def is_async(self, call: ToolCall) -> bool:
        """Whether the function of a call that was prepared is to be awaited."""
        return is_async(self._tools[call.function.name])

    def check_sync(self) -> None:
        """Raises TypeError for a tool that a sync client cannot call."""
        for name, tool in self._tools.items():
            if is_async(tool):
                raise TypeError(f"the tool {name} is an async function: it takes an AsyncChatClient")

    def run(self, call: ToolCall) -> ToolResult:
        """Makes a call. Raises what it raises with `on_tool_error="raise"`."""
        try:
            return self.result(call, self.prepare(call)())
        except Exception as error:  # noqa: BLE001  # the model is told whatever it is
            return self.failure(call, error)

    def result(self, call: ToolCall, value: Any) -> ToolResult:  # Any: whatever a function gives
        """The result of a call that went well. Raises TypeError for a value that is no JSON."""
        try:
            content = _documents(value)
        except (TypeError, ValueError) as error:
            raise TypeError(f"the tool {call.function.name} gave what is no JSON: {error}") from error
        return ToolResult(call, ToolMessage(tool_call_id=call.id, content=content), value)

    def failure(self, call: ToolCall, error: Exception) -> ToolResult:
        """The result of a call that failed, which says so to the model. Raises it with `on_tool_error="raise"`."""
        if self._on_tool_error == "raise":
            raise error
        told = {"error": f"{type(error).__name__}: {error}".encode(errors="backslashreplace").decode()}
        return ToolResult(call, ToolMessage(tool_call_id=call.id, content=_documents(told)), error=error)

    def add(self, result: ToolResult) -> None:
        """The result of one of the last answer's calls, in their order."""
        self._steps[-1].results.append(result)
        self.messages.append(result.message)

    @contextmanager
    def keeping(self) -> Generator[None]:
        """What breaks a run carries it as far as it came, as `tool_run`: functions that were called are not undone."""
        try:
            yield
        except Exception as error:
            self.broken_by = error
            if self._steps:
                vars(error)["tool_run"] = self.finish()  # of any exception, a function's too
            raise

    def finish(self) -> ToolRun:
        """The run, as far as it came."""
        return ToolRun(self._steps[-1].response, self.messages, self._steps)


def _as_asked(message: AssistantMessage) -> AssistantMessage:
    """A message with calls as the service takes it back: its text is the plan (WIRE.md section 3)."""
    content = [TextContent(message.content)] if isinstance(message.content, str) else message.content or []
    texts = [part.text for part in content if isinstance(part, TextContent)]
    if not texts:
        return message
    rest: list[ContentPart] = [part for part in content if not isinstance(part, TextContent)]
    other = copy.copy(message)
    other.content, other.tool_plan = rest or None, "".join([message.tool_plan or "", *texts])
    return other


def _documents(value: Any) -> list[Any]:  # Any: whatever a function gives; content parts
    """A result as documents, which can be cited one by one: a list of objects is one each."""
    given = value if isinstance(value, list) else [value]
    if given and all(isinstance(item, Document) for item in given):
        return [DocumentContent(document=item) for item in given]
    plain = to_json(msgspec.to_builtins(value, str_keys=True, enc_hook=_plain), "the result")
    objects = plain if isinstance(plain, list) and plain and all(isinstance(item, dict) for item in plain) else [plain]
    return [DocumentContent(document=Document(data=_data(item))) for item in objects]


def _plain(value: Any) -> Any:  # Any: as above
    dump = getattr(value, "model_dump", None)  # pydantic's
    if not callable(dump):
        raise TypeError(f"a value of type {type(value).__name__}")
    return dump(mode="json")


def _data(value: Any) -> dict[str, Any]:  # Any: JSON
    if isinstance(value, dict) and value:
        return value
    return {"output": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}
