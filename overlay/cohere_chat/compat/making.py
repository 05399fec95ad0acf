"""Builds a class of the official SDK from a generated class.

Belongs here: its fields, their defaults and their readers. Not known here: how its objects behave (`objects.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

import attrs

from cohere_chat.body import to_json
from cohere_chat.types import Model, Record, wire_fields

from .objects import Field, UncheckedBaseModel, Unknown

Made: TypeAlias = Mapping[type[Record], type[UncheckedBaseModel]]  # generated class -> class of the official SDK


def make(
    name: str,
    generated: type[Record],
    made: Made,
    *,
    defaults: Mapping[str, Any],  # Any: of the fields' types, or functions that return them
    optional: bool = False,
) -> type[UncheckedBaseModel]:
    """Returns a class with this name for a generated class.

    made:     the classes of nested objects; they may be added later.
    defaults: the defaults of fields that have none in the spec; a function is called once for each object.
    optional: whether all constructor keywords are optional, even those that the spec requires.
    """
    hints = get_type_hints(generated)
    namespace: dict[str, Any] = {"__doc__": generated.__doc__, "__module__": f"{__package__}.types"}
    cls: type[UncheckedBaseModel] = type(name, (UncheckedBaseModel, generated), namespace)
    fields = {}
    for field in wire_fields(generated).values():
        told = defaults.get(field.name, field.default if field.name in generated._tags else None)
        default, factory = (None, told) if callable(told) else (told, None)
        required = field.default is attrs.NOTHING and not optional and field.name not in defaults
        fields[field.name] = Field(hints[field.name], default, required and issubclass(generated, Model), factory)
    cls.model_fields = fields
    cls._readers = {field: _reader(field, hints[field], made) for field in fields}
    return cls


def _reader(
    name: str, hint: Any, made: Made
) -> Callable[[Any], Any] | None:  # Any: a type hint; JSON or an object, and its value
    """Returns a function that reads a value of that type, or `None` if values need no conversion."""
    members = get_args(hint) if not isinstance(hint, type) and get_origin(hint) is not Sequence else (hint,)
    records = [member for member in members if isinstance(member, type) and issubclass(member, Record)]
    items = [_reader(name, get_args(member)[0], made) for member in members if get_origin(member) is Sequence]
    item = items[0] if items else None
    if not records and item is None:
        return None
    by_tag = {tag: record for record in records for tags in record._tags.values() for tag in tags}

    only = records[0] if len(records) == 1 else None

    def read(value: Any) -> Any:  # Any: as above
        if only is not None and type(value) is dict:  # the usual case in a stream
            return made[only].read(value)
        if isinstance(value, UncheckedBaseModel) or (isinstance(value, str) and str in members):
            return value
        if isinstance(value, Record) or hasattr(value, "model_dump"):  # from the native client or the official SDK
            value = to_json(value, name)
        if isinstance(value, dict) and records:
            tag = value.get("type") or value.get("role")
            record = only or by_tag.get(tag if isinstance(tag, str) else "")
            return Unknown.read(value) if record is None else made[record].read(value)
        if item is not None and isinstance(value, list | tuple):
            return [item(one) for one in value]
        if only is None and item is None:
            return value  # a union accepts unknown values
        raise ValueError(f"{name} is {value!r}: pass {'an object' if records else 'a list'}")

    return read
