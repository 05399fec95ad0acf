"""Tools: a Python function -> a tool, and the calls that a model asks for -> their results.

Belongs here: Tool, ToolRun, and the loop of asking and calling, without the asking (`ToolLoop`). Not known here: how a
model is asked, sync or async.
"""

from __future__ import annotations

import copy
import datetime as dt
import functools
import inspect
import json
import re
import types
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

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
from .schemas import decode, schema_of

OnToolError: TypeAlias = Literal["return", "raise"]


@attrs.frozen
class Tool:
    """A function that a model may ask to have called.

    name, description: what the model is told; by default the function's name and the first paragraph of its docstring.
    parameters:        the JSON Schema of its arguments.
    function:          what is called, with keyword arguments of the types it declares; `None`: the caller runs it.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = attrs.field(factory=dict, repr=False)  # Any: JSON
    function: Callable[..., Any] | None = attrs.field(default=None, repr=False)  # Any: whatever a function is
    _arguments: Any = attrs.field(default=None, repr=False, eq=False)  # Any: the type of its arguments, made

    @classmethod
    def from_function(
        cls, function: Callable[..., Any], *, name: str | None = None, description: str | None = None
    ) -> Tool:  # Any: whatever a function takes and gives
        """A tool of a function: its schema comes from its type hints, by msgspec (and pydantic for its models).

        `Annotated[str, "what it means"]` describes a parameter, `Annotated[int, msgspec.Meta(ge=1)]` bounds it.
        Raises TypeError that names a parameter without a type, or without a JSON Schema.

        >>> def lookup(city: Annotated[str, "e.g. Paris"], days: int = 1) -> str:
        ...     "The weather of a city."
        >>> Tool.from_function(lookup).parameters["properties"]["city"]
        {'description': 'e.g. Paris', 'type': 'string'}
        """
        told = name or getattr(_called(function), "__name__", None) or type(function).__name__
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", told):
            raise TypeError(f"the tool {told}: the service takes letters, digits and underscores as a name: pass name=")
        arguments = _arguments_of(function, told)
        schema = {
            key: value
            for key, value in schema_of(arguments).items()
            if key in ("type", "properties", "required", "$defs")
        }
        if description is None:
            description = " ".join((inspect.getdoc(_called(function)) or "").split("\n\n")[0].split())
        return cls(told, description, {"properties": {}} | schema, function, arguments)

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """What `tools=` of a call takes."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}

    def decode_arguments(self, arguments: str) -> dict[str, Any]:  # Any: values of the declared types
        """A call's arguments as values of the function's types. Raises ValueError that names the place (`$.days`).

        `""` and `"null"` are no arguments (WIRE.md sections 4 and 5).
        """
        given = arguments if arguments.strip() not in ("", "null") else "{}"
        if self._arguments is None:  # a Tool made by hand: as JSON has them
            values: Any = decode(given, dict[str, Any])  # Any: JSON
            return dict(values)
        values = decode(given, self._arguments)
        return {name: getattr(values, name) for name in self._arguments.__struct_fields__}


def _arguments_of(function: Callable[..., Any], name: str) -> Any:  # Any: as above; a type that is made here
    """A struct with a field for each parameter of the function."""
    called = _called(function)
    try:
        hints = _hints(called if inspect.isroutine(called) else type(called).__call__)
        parameters = inspect.signature(function).parameters
    except (NameError, TypeError, ValueError) as error:
        raise TypeError(f"the tool {name}: its type hints cannot be read: {error}") from None
    fields: list[Any] = []  # Any: the signature of defstruct
    for parameter in parameters.values():
        place = f"the tool {name}: the parameter {parameter.name}"
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise TypeError(f"{place} has no name to pass it by: a model passes arguments by name")
        if parameter.name not in hints:
            raise TypeError(f"{place} has no type: annotate it")
        type_ = _described(hints[parameter.name])
        try:
            schema_of(type_)
        except TypeError as error:
            raise TypeError(f"{place}: {error}") from None
        field = (parameter.name, type_)
        fields.append(field if parameter.default is parameter.empty else (*field, _default(parameter.default)))
    return msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True)


def _called(function: Callable[..., Any]) -> Callable[..., Any]:  # Any: whatever a function takes and gives
    """What a functools.partial calls in the end."""
    while isinstance(function, functools.partial):
        function = function.func
    return function


def _hints(function: Any) -> dict[str, Any]:  # Any: as above; type hints
    """The parameters' type hints. What is returned may name what is only there for type checkers."""
    told = getattr(inspect.unwrap(function), "__annotations__", {})
    only = types.SimpleNamespace(__annotations__={name: hint for name, hint in told.items() if name != "return"})
    names = getattr(inspect.unwrap(getattr(function, "__func__", function)), "__globals__", {})
    return get_type_hints(only, globalns=names, include_extras=True)


def _described(hint: Any) -> Any:  # Any: type hints
    """`Annotated[str, "text"]` as msgspec has it; and a datetime with its format, of which msgspec says nothing."""
    if hint is dt.datetime:
        return Annotated[hint, msgspec.Meta(extra_json_schema={"format": "date-time"})]
    if isinstance(hint, types.UnionType) or get_origin(hint) is Union:
        return Union[tuple(map(_described, get_args(hint)))]  # noqa: UP007  # of any number
    if get_origin(hint) in (list, dict, set, tuple):
        return get_origin(hint)[tuple(map(_described, get_args(hint)))]
    if get_origin(hint) is not Annotated:
        return hint
    type_, *extras = get_args(hint)
    type_ = _described(type_)
    texts = [extra for extra in extras if isinstance(extra, str)]
    metas = [extra for extra in extras if not isinstance(extra, str)]
    return Annotated[(type_, *metas, *(msgspec.Meta(description=text) for text in texts[:1]))]


def _default(value: Any) -> Any:  # Any: whatever a default is
    if isinstance(value, list | dict | set):
        return msgspec.field(default_factory=value.copy)
    try:
        to_json(msgspec.to_builtins(value), "the default")
    except (TypeError, ValueError):  # no JSON: it holds, and the schema does not tell it
        return msgspec.field(default_factory=lambda: value)
    return value


ToolLike: TypeAlias = Tool | Callable[..., Any] | Mapping[str, Any]  # Any: any function; JSON


def _tool(given: ToolLike) -> Tool:
    if isinstance(given, Tool):
        return given
    if isinstance(given, Mapping):
        function = given.get("function") or {}
        return Tool(function.get("name", ""), function.get("description", ""), function.get("parameters", {}))
    if callable(given):
        return Tool.from_function(given)
    raise TypeError(f"a tool is of type {type(given).__name__}: pass a function, a Tool or a dict")


# --- calling ---------------------------------------------------------------------------------------------------------


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
        for tool in map(_tool, tools):
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

    def is_async(self, name: str) -> bool:
        """Whether the function of a tool is to be awaited."""
        tool = self._tools.get(name)
        function = tool.function if tool is not None else None
        return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)

    def check_sync(self) -> None:
        """Raises TypeError for a tool that a sync client cannot call."""
        for name in self._tools:
            if self.is_async(name):
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
