"""A Python function -> a tool: what is sent to the model about it, and its arguments as values of the declared types.

Belongs here: Tool, and what can be passed as one. Not known here: the calls that a model requests, their results.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeAlias, get_type_hints

import attrs
import msgspec

from cohere_chat.body import to_json
from cohere_chat.types import ToolCall, ToolDefinition

from .schemas import by_pydantic, decode, is_of_pydantic, schema_of


@attrs.frozen
class Tool:
    """A function that a model can call.

    name, description: sent to the model; by default the name of the function and the first paragraph of its docstring.
    parameters:        the JSON Schema of its arguments.
    function:          the function; it is called with keyword arguments of the types that it declares. `None` if you
                       run it yourself.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = attrs.field(factory=dict, repr=False)  # Any: JSON
    function: Callable[..., Any] | None = attrs.field(default=None, repr=False)  # Any: whatever a function is
    _arguments: Any = attrs.field(default=None, repr=False, eq=False)  # Any: the generated type of its arguments

    @classmethod
    def from_function(
        cls, function: Callable[..., Any], *, name: str | None = None, description: str | None = None
    ) -> Tool:  # Any: whatever a function takes and returns
        """Creates a tool from a function. Its schema comes from the type hints, via msgspec (pydantic for its models).

        `Annotated[str, "what it means"]` describes a parameter. `Annotated[int, msgspec.Meta(ge=1)]` sets a bound.

        Raises TypeError, naming the parameter, if a parameter has no type hint or its type has no JSON Schema.

        >>> def lookup(city: Annotated[str, "e.g. Paris"], days: int = 1) -> str:
        ...     "The weather of a city."
        >>> Tool.from_function(lookup).parameters["properties"]["city"]
        {'type': 'string', 'description': 'e.g. Paris'}
        """
        told = name or getattr(_called(function), "__name__", None) or type(function).__name__
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", told):
            raise TypeError(f"the tool {told}: a name may contain only letters, digits and underscores: pass name=")
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
        """Returns the tool as a dict for `chat(tools=[...])`."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}

    def model_dump(self, **_: object) -> dict[str, Any]:  # Any: JSON
        """Like `to_dict`. `chat(tools=[...])` calls it, as it does for objects of the official SDK."""
        return self.to_dict()

    def decode_arguments(self, arguments: str) -> dict[str, Any]:  # Any: values of the declared types
        """Decodes the arguments of a call to the declared types. Raises ValueError with the place (`$.days`).

        White space and `"null"` count as no arguments (WIRE.md sections 4 and 5).
        """
        given = _given(arguments)
        if self._arguments is None:  # not from from_function: plain JSON
            values: Any = decode(given, dict[str, Any])  # Any: JSON
            return dict(values)
        values = decode(given, self._arguments)
        return {name: getattr(values, name) for name in self._arguments.__struct_fields__}


def _arguments_of(function: Callable[..., Any], name: str) -> Any:  # Any: as above; the generated type
    """A struct with a field for each parameter of the function."""
    called = _called(function)
    try:
        hints = _hints(called if inspect.isroutine(called) else type(called).__call__)
    except (NameError, TypeError, ValueError) as error:
        raise TypeError(f"the tool {name}: its type hints cannot be read: {error}") from None
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # their text shows the bound values
        raise TypeError(f"the tool {name}: its signature cannot be read, or rejects the bound arguments") from None
    fields: list[Any] = []  # Any: the signature of defstruct
    bound = _bound(function)
    for parameter in parameters.values():
        if parameter.name in bound:
            continue
        place = f"the tool {name}: the parameter {parameter.name}"
        by_name = parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        if not by_name or parameter.name.startswith("__"):
            raise TypeError(f"{place} cannot be passed by name, and a model passes all arguments by name")
        if parameter.name not in hints:
            raise TypeError(f"{place} has no type: annotate it")
        type_, default = hints[parameter.name], parameter.default
        if is_of_pydantic(default):  # limit: int = Field(10, ge=1)
            type_ = Annotated[type_, default]
            default = parameter.empty if default.is_required() else default.get_default(call_default_factory=True)
        try:
            type_ = by_pydantic(type_)
            schema_of(type_)
        except TypeError as error:
            raise TypeError(f"{place}: {error}") from None
        fields.append((parameter.name, type_, *(() if default is parameter.empty else (_default(default),))))
    return msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True)


def _bound(function: Callable[..., Any]) -> set[str]:  # Any: whatever a function takes and returns
    """The names that functools.partial binds. They are neither sent to the model nor shown in an error."""
    names: set[str] = set()
    while isinstance(function, functools.partial):
        names |= function.keywords.keys()
        function = function.func
    return names


def _called(function: Callable[..., Any]) -> Callable[..., Any]:  # Any: whatever a function takes and returns
    """The function that a functools.partial calls."""
    while isinstance(function, functools.partial):
        function = function.func
    return function


def _hints(function: Any) -> dict[str, Any]:  # Any: as above; type hints
    """The type hints of the parameters. The result's is skipped: it may need names that only type checkers import."""
    told = getattr(inspect.unwrap(function), "__annotations__", {})
    only = types.SimpleNamespace(__annotations__={name: hint for name, hint in told.items() if name != "return"})
    names = getattr(inspect.unwrap(getattr(function, "__func__", function)), "__globals__", {})
    return get_type_hints(only, globalns=names, include_extras=True)


def _default(value: Any) -> Any:  # Any: whatever a default is
    if isinstance(value, list | dict | set):
        return msgspec.field(default_factory=value.copy)
    try:
        to_json(msgspec.to_builtins(value), "the default")
    except (TypeError, ValueError):  # not JSON: it is left out of the schema
        return msgspec.field(default_factory=lambda: value)
    return value


ToolLike: TypeAlias = Tool | ToolDefinition | Callable[..., Any] | Mapping[str, Any]  # Any: any function; JSON


def is_async(tool: Tool) -> bool:
    """Whether the function of the tool must be awaited."""
    called = tool.function
    return inspect.iscoroutinefunction(called) or inspect.iscoroutinefunction(type(called).__call__)


def tool_of(given: ToolLike) -> Tool:
    """Returns the Tool for what was passed. Raises TypeError if it is not a tool."""
    if isinstance(given, Tool):
        return given
    if isinstance(given, ToolDefinition) or hasattr(given, "model_dump"):  # of the official SDK
        given = to_json(given, "a tool")
    if isinstance(given, Mapping):
        function = given.get("function") or {}
        return Tool(function.get("name", ""), function.get("description", ""), function.get("parameters", {}))
    if callable(given):
        return Tool.from_function(given)
    raise TypeError(f"a tool is of type {type(given).__name__}: pass a function, a Tool, a ToolDefinition or a dict")


def tool_arguments(call: ToolCall) -> dict[str, Any]:  # Any: JSON
    """Parses the arguments of a tool call, which are JSON text.

    White space and `null` count as no arguments (WIRE.md sections 4 and 5) and return `{}`. Raises ValueError if the
    model wrote anything else that is not a JSON object.
    """
    text = call.function.arguments
    try:
        value = json.loads(_given(text))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the arguments of the call to {call.function.name!r} are not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError(f"the arguments of the call to {call.function.name!r} are not a JSON object: {text[:100]}")  # noqa: TRY004
    return value


def _given(arguments: str) -> str:
    return arguments if arguments.strip() not in ("", "null") else "{}"
