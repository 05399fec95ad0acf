"""The classes of the official SDK: a generated class each, with the habits of its pydantic models.

Belongs here: how such an object is made, read, shown, copied and compared. Not known here: which names there are
(`names.py`), and pydantic, which is not imported.

An attribute that is absent is not set, and reads as the default: the tag of the class, else `None`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, Self, TypeAlias, get_args, get_origin, get_type_hints

import attrs

from cohere_chat.body import to_json
from cohere_chat.types import Model, Record, wire_fields

Made: TypeAlias = Mapping[type[Record], type["UncheckedBaseModel"]]  # the class to make for a generated one
Omit: TypeAlias = Callable[[str, Any, bool], bool]  # Any: a value; the bool: whether it was given
JSON: TypeAlias = dict[str, Any]  # Any: JSON. An alias, since the classes have a method `dict`

_set = object.__setattr__
_BESIDE = ("additional_properties", "headers", "raw_bytes")  # of some classes, beside their fields


@attrs.frozen
class Field:
    """A field of a class, as pydantic's FieldInfo shows it."""

    annotation: Any  # Any: a type hint
    default: Any = None  # Any: of that type
    required: bool = False
    default_factory: Callable[[], Any] | None = None  # Any: as above
    alias: None = None

    def is_required(self) -> bool:
        """Whether the constructor needs it."""
        return self.required


class UncheckedBaseModel(Record):
    """The base of all classes of the official SDK: its constructor takes keywords, unknown ones too.

    Raises ValueError for a value that is no object where one belongs, TypeError if a keyword is missing.
    """

    __slots__ = ()

    model_fields: ClassVar[dict[str, Field]] = {}
    model_config: ClassVar[dict[str, Any]] = {"extra": "allow"}  # Any: pydantic's options
    _readers: ClassVar[dict[str, Callable[[Any], Any] | None]] = {}  # Any: JSON, or an object; what it reads as

    def __init__(self, **values: Any) -> None:  # Any: JSON, objects of ours or of theirs
        for name, field in self.model_fields.items():
            if name not in values and field.default_factory is not None:
                values[name] = field.default_factory()
            elif name not in values and field.required:
                raise TypeError(f"{type(self).__name__} needs {name}=")
        try:
            self._fill(values)
        except ValueError as error:
            raise ValueError(f"{type(self).__name__}: {error}") from None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:  # Any: JSON
        """The object for JSON; keys that the class does not know are kept. Raises ValueError if the JSON has another
        shape."""
        made = cls.__new__(cls)
        made._fill(data)
        return made

    def _fill(self, values: Mapping[str, Any]) -> None:  # Any: as for the constructor
        readers = self._readers
        for name, value in values.items():
            if name not in readers:
                self.additional_properties[name] = value
            elif (reader := readers[name]) is None or value is None:
                _set(self, name, value)
            else:
                _set(self, name, reader(value))

    # --- attributes ------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:  # Any: whatever the attribute is. Called for what is not set
        if name in self.model_fields:
            return self.model_fields[name].default
        if name == "additional_properties":
            _set(self, name, {})
            return self.additional_properties
        with suppress(KeyError):
            return self.additional_properties[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:  # Any: as above
        if name in self.model_fields or name in _BESIDE:
            _set(self, name, value)
        else:
            self.additional_properties[name] = value

    @property
    def model_extra(self) -> dict[str, Any]:  # Any: JSON
        """What the class has no field for."""
        extra: JSON = self.additional_properties
        return extra

    @property
    def model_fields_set(self) -> set[str]:
        """The names of what was given, by the service or by whoever made the object."""
        return {*self._given(self.model_fields), *self.additional_properties}

    def _given(self, names: Sequence[str] | Mapping[str, Any]) -> dict[str, Any]:  # Any: values
        given = {}
        for name in names:
            with suppress(AttributeError):
                given[name] = object.__getattribute__(self, name)
        return given

    # --- shown, compared, copied -----------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[tuple[str, Any]]:  # Any: as above
        for name in self.model_fields:
            yield name, getattr(self, name)
        yield from self.additional_properties.items()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self)})"

    def __str__(self) -> str:
        return " ".join(f"{name}={value!r}" for name, value in self)

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__ or not isinstance(other, UncheckedBaseModel):
            return NotImplemented
        return [*self] == [*other]

    def __reduce__(self) -> tuple[Callable[..., UncheckedBaseModel], tuple[Any, ...]]:  # Any: as above
        return _restored, (type(self), self._given((*self.model_fields, *_BESIDE)))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # Any: as above
        """A copy with other values in the place of some."""
        made = copy.deepcopy(self) if deep else copy.copy(self)
        for name, value in (update or {}).items():
            setattr(made, name, value)
        return made

    copy = model_copy

    @classmethod
    def model_validate(cls, value: Any, **_: Any) -> Self:  # Any: an object, or JSON; pydantic's options
        """`value` if it is of this class already; else the object for that JSON, as the constructor makes it."""
        return value if isinstance(value, cls) else cls(**to_json(value, cls.__name__))

    parse_obj = model_validate

    @classmethod
    def model_validate_json(cls, text: str | bytes, **_: Any) -> Self:  # Any: as above
        """The same for JSON text."""
        return cls.model_validate(json.loads(text))

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:  # Any: JSON, or objects
        """The object for these values, even if some are missing."""
        return cls.read(values)

    construct = model_construct

    # --- dumped ----------------------------------------------------------------------------------------------------

    def to_dict(self) -> JSON:
        """What is sent: the object as JSON, without what is `None`."""
        return self._dumped(lambda _, value, __: value is None)

    def model_dump(
        self,
        *,
        mode: str = "python",
        include: Any = None,  # Any: a set of names, or a mapping that has them as keys
        exclude: Any = None,  # Any: as above
        exclude_none: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        **_: Any,  # Any: options of pydantic that change nothing here
    ) -> JSON:
        """The object as a dict, what is absent as `None`.

        mode:             `"json"` leaves out what is absent, as `dict()` does.
        include, exclude: the names of fields of this object, not of those inside.
        """

        def omit(name: str, value: Any, given: bool) -> bool:  # Any: as above
            default = self.model_fields[name].default if name in self.model_fields else None
            left_out = exclude_none or (mode == "json" and not given)
            return (
                (left_out and value is None) or (exclude_unset and not given) or (exclude_defaults and value == default)
            )

        dumped = self._dumped(omit)
        kept = [name for name in dumped if (include is None or name in include) and name not in (exclude or ())]
        return {name: dumped[name] for name in kept}

    def model_dump_json(self, *, indent: int | None = None, **options: Any) -> str:  # Any: of `model_dump`
        """The object as JSON text, without what is absent."""
        separators = (",", ":") if indent is None else None
        dumped = self.model_dump(**{**options, "mode": "json"})
        return json.dumps(dumped, indent=indent, separators=separators, ensure_ascii=False)

    def dict(self, **options: Any) -> JSON:  # Any: of `model_dump`
        """The object as a dict, without what is absent."""
        return self.model_dump(**{**options, "mode": "json"})

    def _dumped(self, omit: Omit) -> JSON:
        given = self.model_fields_set
        return {name: _dumped(value, omit) for name, value in self if not omit(name, value, name in given)}

    json = model_dump_json

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> Any:  # Any: of pydantic, which asks for a field of this class
        from pydantic_core import core_schema

        dump = core_schema.plain_serializer_function_ser_schema(cls.model_dump)
        return core_schema.no_info_plain_validator_function(cls.model_validate, serialization=dump)


class Unknown(UncheckedBaseModel):
    """An object that the service sent, and of which no class is known. It is sent back as it came."""


def _restored(cls: type[UncheckedBaseModel], given: dict[str, Any]) -> UncheckedBaseModel:  # Any: values
    made = cls.__new__(cls)
    for name, value in given.items():
        _set(made, name, copy.copy(value) if name == "additional_properties" else value)
    return made


def _dumped(value: Any, omit: Omit) -> Any:  # Any: a value; JSON
    if isinstance(value, UncheckedBaseModel):
        return value._dumped(omit)
    if isinstance(value, list | tuple):
        return [_dumped(item, omit) for item in value]
    if isinstance(value, dict):
        return {key: _dumped(item, omit) for key, item in value.items()}
    return value


# --- made from the generated classes ---------------------------------------------------------------------------------


def make(
    name: str,
    generated: type[Record],
    made: Made,
    *,
    defaults: Mapping[str, Any],  # Any: of the fields' types, or functions that make them
    optional: bool = False,
) -> type[UncheckedBaseModel]:
    """The class of that name for a generated one.

    made:     the classes for those inside it, which may be made later.
    defaults: of fields that have none in the spec; a function makes one for each object.
    optional: whether the constructor needs no keyword, not even those that the spec requires.
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
    """What reads a value of that type; `None` if it stays as it is."""
    members = get_args(hint) if not isinstance(hint, type) and get_origin(hint) is not Sequence else (hint,)
    records = [member for member in members if isinstance(member, type) and issubclass(member, Record)]
    items = [_reader(name, get_args(member)[0], made) for member in members if get_origin(member) is Sequence]
    item = items[0] if items else None
    if not records and item is None:
        return None
    by_tag = {tag: record for record in records for tags in record._tags.values() for tag in tags}

    only = records[0] if len(records) == 1 else None

    def read(value: Any) -> Any:  # Any: as above
        if only is not None and type(value) is dict:  # nearly all of a stream
            return made[only].read(value)
        if isinstance(value, UncheckedBaseModel) or (isinstance(value, str) and str in members):
            return value
        if not isinstance(value, dict | list | tuple):
            value = to_json(value, name)  # an object of theirs, or of the native client
        if isinstance(value, dict) and records:
            record = only or by_tag.get(value.get("type") or value.get("role") or "")
            return Unknown.read(value) if record is None else made[record].read(value)
        if item is not None and isinstance(value, list | tuple):
            return [item(one) for one in value]
        raise ValueError(f"{name} is {value!r}: pass {'an object' if records else 'a list'}")

    return read
