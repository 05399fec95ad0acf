"""A conversation with tools: what to request next, what to call, what to send back. No I/O; `runs.py` drives it.

Belongs here: ToolLoop and its results (ToolRun, its steps). Not known here: how a function becomes a tool, how a
request is sent, sync or async.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import attrs
import msgspec

from cohere_chat import types
from cohere_chat.body import to_json
from cohere_chat.errors import ToolCallError
from cohere_chat.types import ChatResponse, Event, Record

from .functions import Tool, ToolLike, is_async, tool_of

_FINISHED = (types.FinishReason.COMPLETE, types.FinishReason.STOP_SEQUENCE, types.FinishReason.TOOL_CALL)


@attrs.define
class ToolResult:
    """The result of one call.

    call:    the call that the model requested.
    message: the message that reports the result to the model.
    value:   what the function returned; `None` if it failed.
    error:   the exception if it failed (unknown tool, bad arguments, or raised by the function); otherwise `None`.
    """

    call: types.ToolCall
    message: types.ToolMessage
    value: Any = None  # Any: whatever a function returns
    error: Exception | None = None


@attrs.define(slots=False)
class ToolResultEvent(Event):
    """The event of `run_tools_stream` for the result of a call. The service does not send it."""

    type: Literal["tool-result"] = attrs.field(default="tool-result", init=False)
    result: ToolResult


@attrs.define
class ToolStep:
    """One request: the model's answer, and the results of the calls in it."""

    response: ChatResponse
    results: list[ToolResult] = attrs.field(factory=list)


@attrs.define
class ToolRun:
    """The result of a conversation with tools.

    response: the last answer. It has unanswered calls if `max_steps` was reached, or if a tool has no function.
    messages: the conversation, ready for the next turn. It includes the answer, unless that has unanswered calls. If a
              tool's error ended the run, its last calls may lack results.
    steps:    one for each request.
    """

    response: ChatResponse
    messages: list[types.Message | types.MessageDict]
    steps: list[ToolStep]


class ToolLoop:
    """The state of a run.

    messages:   the conversation so far.
    parameters: the parameters of the next request.
    over:       whether the run is over.
    broken_by:  the exception that ended the run; `None` if there was none.
    """

    def __init__(
        self,
        messages: Sequence[types.Message | types.MessageDict],
        tools: Sequence[ToolLike],
        max_steps: int,
        on_tool_error: Literal["return", "raise"],
        parameters: Mapping[str, Any],  # Any: ChatParams
    ) -> None:
        if not isinstance(max_steps, int) or max_steps < 1:
            raise ValueError(f"max_steps is {max_steps!r}: use 1 or more")
        if on_tool_error not in ("return", "raise"):
            raise ValueError(f"on_tool_error is {on_tool_error!r}: use 'return' or 'raise'")
        if not isinstance(tools, Sequence) or not tools:
            raise ValueError("tools is empty or not a list: pass a list of at least one function")
        self._tools: dict[str, Tool] = {}
        for tool in map(tool_of, tools):
            if tool.name in self._tools:
                raise ValueError(f"there are two tools named {tool.name!r}: rename one")
            self._tools[tool.name] = tool
        self._steps: list[ToolStep] = []
        self._max_steps = max_steps
        self._on_tool_error = on_tool_error
        self.over = False
        self.broken_by: Exception | None = None
        self.messages = list(messages)
        self.parameters: dict[str, Any] = {**parameters, "tools": [tool.to_dict() for tool in self._tools.values()]}

    def take(self, response: ChatResponse) -> list[types.ToolCall]:
        """Takes an answer and returns the calls to make; none if the run is over.

        Raises ToolCallError if the answer was cut off (partial calls may do harm) or a call has no id for its result.
        """
        self._steps.append(ToolStep(response))
        calls = response.tool_calls
        if calls and response.finish_reason not in _FINISHED:
            ended = response.finish_reason or "no finish reason"
            raise self._refused(f"the answer ended with {ended}: its tool calls may be cut off, and none was made")
        for call in calls:
            if not call.id:
                raise self._refused(f"the call to {call.function.name!r} has no id: no tool call was made")
        for_the_caller = any(self._is_for_the_caller(call) for call in calls)
        if calls and (for_the_caller or len(self._steps) == self._max_steps):
            self.over = True
            return []
        if calls or response.message.content:  # the service refuses a message with neither
            self.messages.append(_as_asked(response.message) if calls else response.message)
        self.over = not calls
        if self.parameters.get("tool_choice") == "REQUIRED":
            self.parameters["tool_choice"] = None  # satisfied; otherwise the model could never stop calling
        return calls

    def _refused(self, reason: str) -> ToolCallError:
        response = self._steps[-1].response
        raw = json.dumps(response.to_dict(), ensure_ascii=False).encode(errors="surrogatepass")
        return ToolCallError(f"{reason}. The run so far is in .tool_run", headers=response.headers, raw=raw)

    def _is_for_the_caller(self, call: types.ToolCall) -> bool:
        tool = self._tools.get(call.function.name)
        return tool is not None and tool.function is None

    def prepare(self, call: types.ToolCall) -> Callable[[], Any]:  # Any: whatever the function returns
        """Returns the function with its arguments. Raises LookupError or ValueError if the call cannot be made."""
        tool = self._tools.get(call.function.name)
        if tool is None or tool.function is None:
            raise LookupError(f"there is no tool {call.function.name!r}; available tools: {', '.join(self._tools)}")
        try:
            arguments = tool.decode_arguments(call.function.arguments)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"the arguments do not fit: {error}") from error
        function = tool.function
        return lambda: function(**arguments)

    def is_async(self, call: types.ToolCall) -> bool:
        """Whether the function of a prepared call must be awaited."""
        return is_async(self._tools[call.function.name])

    def check_sync(self) -> None:
        """Raises TypeError if a sync client cannot call one of the tools."""
        for name, tool in self._tools.items():
            if is_async(tool):
                raise TypeError(f"the tool {name} is an async function: use an AsyncChatClient")

    def run(self, call: types.ToolCall) -> ToolResult:
        """Makes a call. With `on_tool_error="raise"`, its exceptions are not caught."""
        try:
            return self.result(call, self.prepare(call)())
        except Exception as error:  # noqa: BLE001  # it is reported to the model, whatever it is
            return self.failure(call, error)

    def result(self, call: types.ToolCall, value: Any) -> ToolResult:  # Any: whatever a function returns
        """The result of a call that succeeded. Raises TypeError if the value is not JSON."""
        try:
            content = _documents(value)
        except (TypeError, ValueError) as error:
            raise TypeError(f"the tool {call.function.name} returned a value that is not JSON: {error}") from error
        return ToolResult(call, types.ToolMessage(call.id, content), value)

    def failure(self, call: types.ToolCall, error: Exception) -> ToolResult:
        """The result of a call that failed, for the model. With `on_tool_error="raise"`, raises the error instead."""
        if self._on_tool_error == "raise":
            raise error
        told = {"error": f"{type(error).__name__}: {error}".encode(errors="backslashreplace").decode()}
        return ToolResult(call, types.ToolMessage(call.id, _documents(told)), error=error)

    def add(self, result: ToolResult) -> None:
        """Adds the result of a call in the last answer. Results must be added in the order of the calls."""
        self._steps[-1].results.append(result)
        self.messages.append(result.message)

    @contextmanager
    def keeping(self) -> Generator[None]:
        """Sets `tool_run`, the run so far, on an exception that ends the run: calls are not rolled back."""
        try:
            yield
        except Exception as error:
            self.broken_by = error
            if self._steps:
                vars(error)["tool_run"] = self.finish()  # any exception, also one raised by a function
            raise

    def finish(self) -> ToolRun:
        """The run so far."""
        return ToolRun(self._steps[-1].response, self.messages, self._steps)


def _as_asked(message: types.AssistantMessage) -> types.AssistantMessage:
    """A message with calls in the form that the service accepts: its text becomes the plan (WIRE.md section 3)."""
    content = [types.TextContent(message.content)] if isinstance(message.content, str) else message.content or []
    texts = [part.text for part in content if isinstance(part, types.TextContent)]
    if not texts:
        return message
    rest = [part for part in content if not isinstance(part, types.TextContent)]
    other = copy.copy(message)
    other.content, other.tool_plan = rest or None, "".join([message.tool_plan or "", *texts])
    return other


def _documents(value: Any) -> list[Any]:  # Any: whatever a function returns; content parts
    """A result as documents, which can be cited one by one: a list of objects becomes one document each."""
    given = value if isinstance(value, list) else [value]
    if given and all(isinstance(item, types.Document) for item in given):
        return [types.DocumentContent(item) for item in given]
    plain = to_json(msgspec.to_builtins(_without_ours(value), str_keys=True, enc_hook=_plain), "the result")
    objects = plain if isinstance(plain, list) and plain and all(isinstance(item, dict) for item in plain) else [plain]
    return [types.DocumentContent(types.Document(_data(item))) for item in objects]


def _without_ours(value: Any) -> Any:  # Any: as above
    """The same value, with each ChatResponse, message and the like replaced by its JSON."""
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, dict):
        return {key: _without_ours(item) for key, item in value.items()}
    return [_without_ours(item) for item in value] if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:  # Any: as above
    dump = getattr(value, "model_dump", None)  # pydantic's
    if not callable(dump):
        raise TypeError(f"a value of type {type(value).__name__}")
    return dump(mode="json")


def _data(value: Any) -> dict[str, Any]:  # Any: JSON
    if isinstance(value, dict) and value:
        return value
    return {"output": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}
