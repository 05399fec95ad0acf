"""Python types <-> JSON: a type -> the JSON Schema that is sent, JSON text -> a value of the type.

Belongs here: what structured output and tools share. The types are those that msgspec supports (attrs, dataclasses,
TypedDict, msgspec.Struct, Literal, Enum, datetime, UUID, ...), and pydantic models if pydantic is installed. Not known
here: requests, answers, tools.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
import types
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any, NotRequired, Required, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
import msgspec

from cohere_chat.streaming.events import decoder
from cohere_chat.types import Record


def schema_of(type_: Any) -> dict[str, Any]:  # Any: any type form; JSON
    """The JSON Schema of a type. It has references only for types that contain themselves.

    A string in `Annotated[str, "a city"]` is a description, at any depth.

    Raises TypeError if the type has no JSON Schema.
    """
    try:
        (schema,), definitions = msgspec.json.schema_components([by_pydantic(type_)], schema_hook=_pydantic_schema)
        _describe(schema, type_, definitions, set())
    except (TypeError, NotImplementedError, RuntimeError, NameError, KeyError) as error:  # KeyError: pydantic's
        raise TypeError(f"{_name(type_)} has no JSON Schema: {error}") from None
    schema = {**schema, "$defs": {**definitions, **schema.get("$defs", {})}}
    return _Inlined(schema["$defs"]).whole(schema)


def decode(text: str, type_: Any) -> Any:  # Any: any type form, and a value of it
    """Decodes JSON text to a value of a type; an int may be written 18.0. Raises ValueError with the place (`$.a.b`).

    type_: as `by_pydantic` returns it. A null in an object is read as absent if the type does not accept null.
    """
    try:
        return decoder(type_, dec_hook=_pydantic_value).decode(text)
    except msgspec.ValidationError as error:
        problem = str(error)
    data = [msgspec.json.decode(text)]  # in a list, so that the whole value can be replaced too
    while _mended(data, problem):
        try:
            return msgspec.convert(data[0], type_, dec_hook=_pydantic_value)
        except msgspec.ValidationError as error:
            problem = str(error)
    raise ValueError(_one_place(problem)) from None


_PLACE = re.compile(r" - at `\$(.*)`$")  # at the end of msgspec's message


def _mended(data: list[Any], problem: str) -> bool:  # Any: JSON
    """Replaces the value that a ValidationError names, and those like it in the same list. Returns whether it did.

    A number without a fraction becomes an int; a null becomes absent.
    """
    place = _PLACE.search(problem)
    steps: list[str] = re.findall(r"\[[0-9.]+\]|\.[^.\[]+", place[1] if place else "")
    holders: list[tuple[Any, Any]] = [(data, 0)]  # each value as its container, and its key there; Any: JSON
    for step in steps:
        inner = [holder[key] for holder, key in holders]
        holders = [(value, key) for value in inner for key in _keys(value) if step[0] == "[" or key == step[1:]]
    mended = False
    for holder, key in holders:
        value = holder[key]
        if isinstance(value, float) and value.is_integer():
            holder[key], mended = int(value), True
        elif value is None and "got `null`" in problem and isinstance(holder, dict):
            del holder[key]
            mended = True
    return mended


def _keys(value: Any) -> Iterable[Any]:  # Any: JSON; its indexes or keys
    return range(len(value)) if isinstance(value, list) else [*value] if isinstance(value, dict) else ()


class _ByPydantic(type):
    """The metaclass of stand-in classes. msgspec checks that a value read by pydantic is an instance of one."""

    def __instancecheck__(cls, instance: object) -> bool:
        return True


def by_pydantic(hint: Any) -> Any:  # Any: type forms
    """The type, or a stand-in class if pydantic has to read it: a pydantic dataclass, or a type with a `Field` in it.

    Raises TypeError if pydantic cannot read it, or if an attrs converter would not run.
    """
    if not _is_for_pydantic(hint, set()):
        return hint
    pydantic = sys.modules.get("pydantic")  # the module that uses it has imported it
    if pydantic is None:
        raise TypeError("its annotations need pydantic: import it, or use msgspec.Meta")
    try:
        return _ByPydantic(_name(hint), (), {"adapter": pydantic.TypeAdapter(hint)})
    except pydantic.errors.PydanticUserError as error:
        raise TypeError(f"pydantic cannot read it: {str(error).splitlines()[0]}") from None


def _is_for_pydantic(hint: Any, seen: set[Any]) -> bool:  # Any: type forms
    if get_origin(hint) is Annotated and any(map(is_of_pydantic, get_args(hint)[1:])):
        return True
    if isinstance(hint, type) and hint not in seen:
        seen.add(hint)
        if hasattr(hint, "__is_pydantic_dataclass__"):
            return True
        if attrs.has(hint) and not issubclass(hint, Record):
            for field in attrs.fields(hint):
                if field.converter is not None:
                    raise TypeError(f"the converter of {_name(hint)}.{field.name} would not run: use a validator")
        return any(_is_for_pydantic(inner, seen) for inner in _fields(hint).values())
    return any(_is_for_pydantic(inner, seen) for inner in get_args(hint))


def is_of_pydantic(value: object) -> bool:
    """Whether a value, such as a `Field(...)` or an `annotated_types.Ge(...)`, means something to pydantic only."""
    return type(value).__module__.partition(".")[0] in ("pydantic", "annotated_types")


def _fields(cls: Any) -> dict[str, Any]:  # Any: a class; type hints
    """The fields of a class that msgspec reads, by their JSON keys."""
    known = ("__struct_fields__", "__dataclass_fields__", "__attrs_attrs__", "__total__", "_fields")
    if not any(hasattr(cls, name) for name in known):
        return {}
    keys: dict[str, str] = dict(
        zip(getattr(cls, "__struct_fields__", ()), getattr(cls, "__struct_encode_fields__", ()), strict=True)
    )
    return {keys.get(name, name): hint for name, hint in get_type_hints(cls, include_extras=True).items()}


_FORMATS = {dt.datetime: "date-time", dt.date: "date", dt.time: "time", UUID: "uuid"}


def _describe(schema: dict[str, Any], hint: Any, definitions: dict[str, Any], seen: set[str]) -> None:
    """Adds what msgspec leaves out: texts in Annotated, and formats. Any: JSON; a type form."""
    if get_origin(hint) in (Annotated, Required, NotRequired):
        hint, *extras = get_args(hint)
        texts = [extra for extra in extras if isinstance(extra, str)]
        if texts:
            schema.setdefault("description", texts[0])
        return _describe(schema, hint, definitions, seen)
    if hint in _FORMATS:
        schema.setdefault("format", _FORMATS[hint])
    origin, args = get_origin(hint), get_args(hint)
    inner: list[tuple[Any, Any]] = []  # Any: type forms, and their schemas
    if origin in (Union, types.UnionType):
        inner = list(zip(args, schema.get("anyOf", ()), strict=False))
    elif origin is tuple and "prefixItems" in schema:
        inner = list(zip(args, schema["prefixItems"], strict=False))
    elif args:
        key, arg = ("additionalProperties", args[-1]) if schema.get("type") == "object" else ("items", args[0])
        inner = [(arg, schema[key])] if isinstance(schema.get(key), dict) else []
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    if name in definitions and name not in seen:
        seen.add(name)
        properties = definitions[name].get("properties", {})
        inner += [(field, properties[key]) for key, field in _fields(origin or hint).items() if key in properties]
    for each, part in inner:
        _describe(part, each, definitions, seen)
    return None


def _one_place(line: str) -> str:
    """Replaces the place of a pydantic model in a message with the places inside it, as seen from the root."""
    if _WITHIN not in line:
        return line
    found = _PLACE.search(line)
    outer = found[1] if found else ""
    return (line[: found.start()] if found else line).replace(_WITHIN, f"${outer}")


def response_format_of(type_: Any) -> dict[str, Any]:  # Any: any type form; JSON
    """The `response_format` that requests JSON of this type. Raises TypeError if the type is not a JSON object."""
    schema = schema_of(type_)
    if schema.get("type") != "object":
        raise TypeError(f"{_name(type_)} is not a JSON object: use a class, or wrap it in one")
    return {"type": "json_object", "json_schema": schema}


def _name(type_: Any) -> str:  # Any: any type form
    return getattr(type_, "__qualname__", None) or repr(type_)


class _Inlined:
    """A schema with its references resolved."""

    def __init__(self, definitions: dict[str, Any]) -> None:  # Any: JSON
        self._definitions = definitions
        self._within: list[str] = []
        self._recursive: set[str] = set()

    def whole(self, schema: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
        plain: dict[str, Any] = self._of({key: value for key, value in schema.items() if key != "$defs"})
        kept: dict[str, Any] = {}
        while missing := self._recursive - kept.keys():
            for name in sorted(missing):
                self._within = [name]
                kept[name] = self._of(self._definitions[name])
        return plain | ({"$defs": kept} if kept else {})

    def _of(self, schema: Any) -> Any:  # Any: JSON
        if not isinstance(schema, dict):
            return schema  # true and false are schemas too
        for name, definition in schema.get("$defs", {}).items():  # of a nested pydantic model
            if self._definitions.setdefault(name, definition) != definition:
                raise TypeError(f"there are two types named {name} that contain themselves")
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            dropped = {"$defs", "discriminator"} | ({"required"} if schema.get("required") == [] else set())
            return {key: self._keyword(key, value) for key, value in schema.items() if key not in dropped}
        name = reference.removeprefix("#/$defs/")
        if name in self._within:
            self._recursive.add(name)
            return schema
        self._within.append(name)
        put_in = self._of(self._definitions[name])
        self._within.pop()
        return put_in | {key: value for key, value in schema.items() if key != "$ref"}

    def _keyword(self, name: str, value: Any) -> Any:  # Any: JSON
        """The value of a keyword. Only these hold schemas; a default or an example is data."""
        if name in ("properties", "patternProperties", "dependentSchemas") and isinstance(value, dict):
            return {key: self._of(schema) for key, schema in value.items()}
        if name in ("anyOf", "oneOf", "allOf", "prefixItems") and isinstance(value, list):
            return [self._of(schema) for schema in value]
        of_one = ("items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else")
        return self._of(value) if name in of_one else value


_WITHIN = "\0"


def _adapter(type_: Any) -> Any:  # Any: a type that msgspec does not support; pydantic's TypeAdapter
    if hasattr(type_, "adapter"):  # a stand-in of by_pydantic
        return type_.adapter
    if not hasattr(type_, "__pydantic_core_schema__"):
        raise NotImplementedError
    return _adapter_of_model(type_)


@lru_cache(maxsize=256)  # creating one takes longer than reading most values
def _adapter_of_model(type_: Any) -> Any:  # Any: as above
    return sys.modules["pydantic"].TypeAdapter(type_)


def _pydantic_schema(type_: Any) -> dict[str, Any]:  # Any: as above; JSON
    schema: dict[str, Any] = _adapter(type_).json_schema()
    return _Inlined(schema.get("$defs", {})).whole(schema)


def _pydantic_value(type_: Any, data: Any) -> Any:  # Any: as above; JSON
    try:
        return _adapter(type_).validate_json(msgspec.json.encode(data))  # as JSON: a strict model takes a date as text
    except ValueError as error:
        problems: Any = error  # Any: pydantic's, which is not imported here
        raise ValueError("; ".join(map(_pydantic_line, problems.errors()))) from None


def _pydantic_line(problem: dict[str, Any]) -> str:  # Any: pydantic's
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in problem["loc"])
    return f"{problem['msg']} - at `{_WITHIN}{place}`"
