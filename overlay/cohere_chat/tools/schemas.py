"""Python types <-> JSON: a type -> the JSON Schema that is sent, JSON text -> a value of the type.

Belongs here: what structured output and tools share. The types are those that msgspec knows (attrs, dataclasses,
TypedDict, msgspec.Struct, Literal, Enum, datetime, UUID, ...), and pydantic models if pydantic is installed. Not known
here: requests, answers, tools.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import msgspec


def schema_of(type_: Any) -> dict[str, Any]:  # Any: any type form; JSON
    """The JSON Schema of a type. The only references in it are those of a type that contains itself.

    Raises TypeError for a type that has no JSON Schema.
    """
    try:
        (schema,), definitions = msgspec.json.schema_components([type_], schema_hook=_pydantic_schema)
    except (TypeError, NotImplementedError, RuntimeError) as error:
        raise TypeError(f"{_name(type_)} has no JSON Schema: {error}") from None
    schema = {**schema, "$defs": {**definitions, **schema.get("$defs", {})}}
    return _Inlined(schema["$defs"]).whole(schema)


def decode(text: str, type_: Any) -> Any:  # Any: any type form, and a value of it
    """The value of a type in JSON text; an int may be written 18.0. Raises ValueError with the place (`$.a.b`)."""
    try:
        return msgspec.json.decode(text, type=type_, dec_hook=_pydantic_value)
    except msgspec.ValidationError as error:
        with suppress(msgspec.ValidationError):
            return msgspec.convert(plain_json(msgspec.json.decode(text)), type_, dec_hook=_pydantic_value)
        raise ValueError(_one_place(str(error))) from None


def plain_json(data: Any) -> Any:  # Any: JSON
    """The same without nulls, and with whole numbers that have no fraction."""
    if isinstance(data, dict):
        return {key: plain_json(value) for key, value in data.items() if value is not None}
    if isinstance(data, list):
        return [plain_json(value) for value in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data


def _one_place(line: str) -> str:
    """Puts pydantic's places (`_WITHIN`), as seen from the whole, where the message has the place of the model."""
    if _WITHIN not in line:
        return line
    found = re.search(r" - at `\$(.*)`$", line)
    outer = found[1] if found else ""
    return (line[: found.start()] if found else line).replace(_WITHIN, f"${outer}")


def response_format_of(type_: Any) -> dict[str, Any]:  # Any: any type form; JSON
    """The `response_format` that asks for JSON of this type. Raises TypeError for a type that is not a JSON object."""
    schema = schema_of(type_)
    if schema.get("type") != "object":
        raise TypeError(f"{_name(type_)} is not a JSON object: use a class, or put it into one")
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
        if isinstance(schema, list):
            return [self._of(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        for name, definition in schema.get("$defs", {}).items():  # of a pydantic model inside
            if self._definitions.setdefault(name, definition) != definition:
                raise TypeError(f"there are two types named {name} that contain themselves")
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            dropped = {"$defs", "discriminator"} | ({"required"} if schema.get("required") == [] else set())
            return {key: self._of(value) for key, value in schema.items() if key not in dropped}
        name = reference.removeprefix("#/$defs/")
        if name in self._within:
            self._recursive.add(name)
            return schema
        self._within.append(name)
        put_in = self._of(self._definitions[name])
        self._within.pop()
        return put_in | {key: value for key, value in schema.items() if key != "$ref"}


_WITHIN = "\0"


def _pydantic_schema(type_: Any) -> dict[str, Any]:  # Any: a type that msgspec does not know; JSON
    if not hasattr(type_, "model_json_schema"):
        raise NotImplementedError
    schema: dict[str, Any] = type_.model_json_schema()
    return _Inlined(schema.get("$defs", {})).whole(schema)


def _pydantic_value(type_: Any, data: Any) -> Any:  # Any: as above; JSON
    if not hasattr(type_, "model_validate"):
        raise NotImplementedError
    try:
        return type_.model_validate_json(msgspec.json.encode(data))  # as JSON: what is strict takes a date as text
    except ValueError as error:
        problems: Any = error  # Any: pydantic's, which is not imported here
        raise ValueError("; ".join(map(_pydantic_line, problems.errors()))) from None


def _pydantic_line(problem: dict[str, Any]) -> str:  # Any: pydantic's
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in problem["loc"])
    return f"{problem['msg']} - at `{_WITHIN}{place}`"
