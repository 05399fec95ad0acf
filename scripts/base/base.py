"""What all generated classes share: reading and writing JSON, `repr()`, `==`, and keeping what the spec does not list.

Belongs here: behaviour that follows from the types of the fields alone. Not known here: which classes there are.

`from_dict` follows a plan that is built from the annotations of a class on first use. `None` means absent: a JSON null
is read as `None`, and `None` is not written. A value that does not fit raises ShapeError with its place.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, IntEnum, StrEnum
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeAlias, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs

Json: TypeAlias = Any  # a JSON value
Reader: TypeAlias = Callable[[Json], Any]  # a JSON value in, a value of the field's type out


class ShapeError(ValueError):
    """JSON that does not fit the class that reads it.

    why:   what does not fit.
    place: where it is, for example `$.message.content[1].text`.
    """

    def __init__(self, why: str, place: str = "$") -> None:
        super().__init__(why, place)
        self.why, self.place = why, place

    def __str__(self) -> str:
        return f"{self.place}: {self.why}"

    def within(self, outer: str) -> ShapeError:
        """Returns the same error with `outer` put before its place."""
        return type(self)(self.why, f"${outer}{self.place[1:]}")


# --- enums -----------------------------------------------------------------------------------------------------------


def _by_value(member: Enum, proto: object) -> tuple[Any, ...]:  # noqa: ARG001  # pickle passes it
    return type(member), (member.value,)  # an unlisted member cannot be pickled by name


class OpenStrEnum(StrEnum):
    """An enum of strings that accepts any string. Case does not matter, and an unlisted string is kept as is."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        folded = value.casefold()
        for known in cls:
            if known.value.casefold() == folded:
                return known
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    __reduce_ex__ = _by_value


class OpenIntEnum(IntEnum):
    """An enum of integers that accepts any integer."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = str(value), value
        return member

    __reduce_ex__ = _by_value


# --- the bases of the classes ----------------------------------------------------------------------------------------


@attrs.define(eq=False, repr=False, weakref_slot=False, getstate_setstate=False)  # subclasses add what they need
class Record:
    """The base of all generated classes. Written by hand, because attrs would compile its methods for every class."""

    _tags: ClassVar[Mapping[str, Sequence[str]]] = {}
    """The values that identify the class in a union, by their JSON key."""

    @recursive_repr()
    def __repr__(self) -> str:
        shown = [f"{field.name}={getattr(self, field.name)!r}" for field in attrs.fields(type(self)) if field.repr]
        return f"{type(self).__qualname__.rpartition('>.')[2]}({', '.join(shown)})"

    if TYPE_CHECKING:  # as in attrs' own classes: type checkers report `event == 3`, and a record used as a key
        __hash__: ClassVar[None]  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]
    else:

        def __eq__(self, other: object) -> bool:
            if other.__class__ is not self.__class__:
                return NotImplemented
            for field in attrs.fields(type(self)):
                if field.eq and getattr(self, field.name) != getattr(other, field.name):
                    return False
            return True

    @classmethod
    def from_dict(cls, data: Mapping[str, Json]) -> Self:
        """Creates an object from JSON. Raises ShapeError, a ValueError, which names the place that does not fit."""
        value: Self = reader_of(cls)(data)
        return value

    def to_dict(self) -> dict[str, Json]:
        """Returns the JSON of what was read or set, under the names that the API uses. Absent values are left out."""
        return _write_record(self)


@attrs.define(kw_only=True, eq=False, repr=False)
class Model(Record):
    """The base of requests, responses and what they contain. Keys that the spec does not list are kept and sent back.

    additional_properties: these keys, with their JSON values.
    """

    additional_properties: dict[str, Json] = attrs.field(factory=dict, init=False, repr=False)


class Piece(Record):
    """The base of the objects inside an event. Keys that the spec does not list are only in the event's `raw`."""

    __slots__ = ()


class Event(Record):
    """The base of the events of a stream.

    raw_bytes: the JSON as received; `b""` if the event was not received.
    """

    raw_bytes = b""

    @property
    def raw(self) -> str:
        """`raw_bytes` as text. Bytes that are not UTF-8 become U+FFFD."""
        return self.raw_bytes.decode("utf-8", "replace")


@attrs.define(eq=False, repr=False)
class Unknown(Record):
    """A union member of a type or shape that the spec does not list. It is sent back unchanged.

    type: the value that identifies the type; `""` if there is none.
    data: the JSON, as received.
    """

    type: str
    data: Json

    def to_dict(self) -> Json:
        """Returns the JSON, as received."""
        return self.data


# --- JSON -> classes -------------------------------------------------------------------------------------------------

_READERS: dict[type[Record], Reader] = {}


def wire_fields(cls: type[Record]) -> dict[str, attrs.Attribute[Any]]:
    """Returns the fields of a generated class that are in its JSON, by their JSON keys."""
    return {field.metadata.get("name", field.name): field for field in attrs.fields(cls) if field.init}


def reader_of(cls: type[Record]) -> Reader:
    """Returns the function that reads JSON into a class."""
    found = _READERS.get(cls)
    if found is None:
        found = _READERS[cls] = _record_reader(cls)
    return found


def _record_reader(cls: type[Record]) -> Reader:
    fields = wire_fields(cls)
    needed = [key for key, field in fields.items() if field.default is attrs.NOTHING]
    plan: dict[str, tuple[str, Reader | None]] | None = None

    def read(data: Json) -> Any:  # Any: an object of `cls`
        nonlocal plan
        if plan is None:  # built on first use, because classes may refer to each other in a cycle
            hints = get_type_hints(cls)
            plan = {key: (field.name, _reader(hints[field.name])) for key, field in fields.items()}
        if not isinstance(data, Mapping):
            raise ShapeError(f"expected an object, got {_kind(data)}")
        known: dict[str, Any] = {}
        unknown: dict[str, Json] | None = None
        for key, value in data.items():
            entry = plan.get(key)
            if entry is None:
                if unknown is None:
                    unknown = {}
                unknown[key] = value
            elif value is not None:
                name, reader = entry
                try:
                    known[name] = value if reader is None else reader(value)
                except ShapeError as error:
                    raise error.within(f".{key}") from None
        try:
            record = cls(**known)
        except TypeError:
            for key in needed:
                if plan[key][0] not in known:
                    raise ShapeError("missing", f"$.{key}") from None
            raise
        if unknown is not None and isinstance(record, Model):
            record.additional_properties = unknown
        return record

    return read


def _kind(value: Json) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else type(value).__name__)


def _reader(hint: Any) -> Reader | None:  # Any: a type hint
    """Returns the function that reads JSON into a type; `None` if the JSON is used as is."""
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return None
    if origin in (Union, types.UnionType):
        members = [arg for arg in args if arg is not type(None)]
        return _reader(members[0]) if len(members) == 1 else _union_reader(members)
    if origin is Literal:
        return _SCALARS[type(args[0])]
    if origin is dict:
        return _items_reader(_reader(args[1]), "an object", dict, ".{}")
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return _items_reader(_reader(args[0]), "an array", list, "[{}]")
    if hint in _SCALARS:
        return _SCALARS[hint]
    if issubclass(hint, Enum):
        check = _SCALARS[str if issubclass(hint, str) else int]
        return lambda value: hint(check(value))
    return reader_of(hint)


def _check(name: str, *kinds: type) -> Reader:
    def read(value: Json) -> Json:
        if type(value) in kinds:
            return value
        raise ShapeError(f"expected {name}, got {_kind(value)}")

    return read


def _integer(value: Json) -> Json:
    if type(value) is int or (type(value) is float and value.is_integer()):
        return value
    raise ShapeError(f"expected an integer, got {_kind(value)}")


def _parsed(name: str, parse: Callable[[str], Any]) -> Reader:  # Any: what `parse` returns
    def read(value: Json) -> Any:  # Any: as above
        try:
            return parse(value)
        except (TypeError, ValueError, AttributeError):
            raise ShapeError(f"expected {name}, got {value!r}") from None

    return read


_SCALARS: dict[Any, Reader] = {  # Any: a type
    str: _check("a string", str),
    bool: _check("a boolean", bool),
    float: _check("a number", float, int),
    int: _integer,
    dt.datetime: _parsed("a date and time", dt.datetime.fromisoformat),
    dt.date: _parsed("a date", dt.date.fromisoformat),
    UUID: _parsed("a UUID", UUID),
}


def _items_reader(item: Reader | None, name: str, kind: type[list[Any] | dict[str, Any]], step: str) -> Reader:
    check = _check(name, kind)
    if item is None:
        return check

    def read(value: Json) -> Any:  # Any: a list or a dict of values of the items' type
        made: dict[Any, Any] = {}  # Any: as above
        for key, one in enumerate(check(value)) if kind is list else check(value).items():
            try:
                made[key] = item(one)
            except ShapeError as error:
                raise error.within(step.format(key)) from None
        return list(made.values()) if kind is list else made

    return read


def _union_reader(members: list[Any]) -> Reader:  # Any: type hints
    models = [member for member in members if isinstance(member, type) and issubclass(member, Record)]
    known = [model for model in models if model is not Unknown]
    open_ = len(known) < len(models)
    objects = _object_reader(known, open_=open_) if known else None
    others = [_reader(member) for member in members if member not in models]

    def read(value: Json) -> Any:  # Any: a value of one of the types
        failed: tuple[str, str] | None = None  # not the error itself, which holds this frame
        for reader in [objects, *others] if objects is not None and isinstance(value, dict) else others:
            try:
                return value if reader is None else reader(value)
            except ShapeError as error:  # an error inside an item says more than one about the whole
                if failed is None or len(error.place) > len(failed[1]):
                    failed = error.why, error.place
        if objects is not None and (open_ or failed is None):
            return objects(value)
        raise ShapeError(*failed or (f"unexpected {_kind(value)}",))

    return read


def _object_reader(models: list[type[Record]], *, open_: bool) -> Reader:
    """Returns the reader of a union. It picks the class by its tag, or without tags by the most keys in common."""
    readers = [(reader_of(model), wire_fields(model).keys()) for model in models]
    shared = [key for key in models[0]._tags if all(key in model._tags for model in models[1:])]
    tag = next((key for key in shared[: len(models) - 1] if _apart([model._tags[key] for model in models])), None)
    by_tag = {value: reader_of(model) for model in models for value in (model._tags[tag] if tag else ())}

    def read(value: Json) -> Any:  # Any: an object of one of the classes, or an Unknown
        kind = value.get(tag or "type") if isinstance(value, dict) else None
        kind = kind if isinstance(kind, str) else ""
        candidates = [by_tag[kind]] if kind in by_tag else []
        if tag is None:
            keys = value.keys() if isinstance(value, dict) else ()
            candidates = [reader for reader, known in sorted(readers, key=lambda entry: -len(entry[1] & keys))]
        failed: tuple[str, str] | None = None
        for reader in candidates:
            try:
                return reader(value)
            except ShapeError as error:
                failed = failed or (error.why, error.place)
        if open_:
            return Unknown(kind, value)
        raise ShapeError(*failed or (f"unexpected {_kind(value)}",))

    return read


def _apart(values: list[Sequence[str]]) -> bool:
    every = [value for some in values for value in some]
    return len(every) == len({*every})


# --- classes -> JSON -------------------------------------------------------------------------------------------------

_KEYS: dict[type[Record], tuple[tuple[str, str, Any], ...]] = {}  # Any: the value of an absent key, besides None
_PLAIN = frozenset({str, int, float, bool, type(None)})


def _write_record(record: Record) -> dict[str, Json]:
    cls = type(record)
    keys = _KEYS.get(cls)
    if keys is None:
        fields = wire_fields(cls).items()
        absent = {key: None if field.metadata.get("required") else field.default for key, field in fields}
        keys = _KEYS[cls] = tuple((key, field.name, absent[key]) for key, field in fields)
    data: dict[str, Json] = {}
    for key, name, absent in keys:
        value = getattr(record, name)
        if value is not None and (absent is None or value != absent):
            data[key] = value if type(value) in _PLAIN else to_json(value)
    if isinstance(record, Model) and record.additional_properties:
        data.update(to_json(record.additional_properties))
    return data


def to_json(value: Any) -> Json:  # Any: a value of any field
    """Returns the JSON of a value: records by `to_dict`, enums by their values, dates as ISO 8601."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, dt.date):  # datetime is a subclass
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return [to_json(item) for item in value]
    return value
