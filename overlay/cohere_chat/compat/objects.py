"""The base of the official SDK's classes: generated classes that behave like its pydantic models.

Belongs here: how objects are read, shown, copied and compared. Not known here: how the classes are made (`making.py`),
which names exist (`names.py`), and pydantic, which is imported only when it requests a schema.

An absent attribute is not set. Reading it returns the field's default: usually the tag of the class, else `None`.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from enum import Enum
from typing import Any, ClassVar, Self, TypeAlias

import attrs

from cohere_chat.types import Record

Omit: TypeAlias = Callable[[Any, bool, Any], bool]  # Any: a value, and its default; the bool: whether it was given
JSON: TypeAlias = dict[str, Any]  # Any: JSON. An alias, since the classes have a method `dict`

_set = object.__setattr__
_BESIDE = ("additional_properties", "headers", "raw_bytes")  # attributes of some classes, besides their fields


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
    """The base class of all official SDK classes. Its constructor takes keywords, including unknown ones.

    Raises ValueError if a required keyword is missing, if a value is not the object or list that its field requires, or
    if a tag such as `type` is not that of the class.
    """

    __slots__ = ()

    model_fields: ClassVar[Mapping[str, Field]] = {}
    model_config: ClassVar[JSON] = {"extra": "allow"}  # pydantic's options
    _readers: ClassVar[Mapping[str, Callable[[Any], Any] | None]] = {}  # Any: JSON, or an object; what it reads as

    def __init__(self, /, **values: Any) -> None:  # Any: JSON, our objects or official ones
        for name, field in self.model_fields.items():
            if name not in values and field.default_factory is not None:
                values[name] = field.default_factory()
            elif name not in values and field.required:
                raise ValueError(f"{type(self).__name__} needs {name}=")
            elif name in self._tags and values.get(name, field.default) not in self._tags[name]:
                raise ValueError(f"{type(self).__name__}: {name} is {values[name]!r}: use {field.default!r}")
        try:
            self._fill(values)
        except ValueError as error:
            raise ValueError(f"{type(self).__name__}: {error}") from None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:  # Any: JSON
        """Returns the object for this JSON; unknown keys are kept. Raises ValueError if the JSON has another shape."""
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

    def __getattr__(self, name: str) -> Any:  # Any: of any type. Called for attributes that are not set
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
        """The values for which the class has no field."""
        extra: JSON = self.additional_properties
        return extra

    @property
    def model_fields_set(self) -> set[str]:
        """The names of the values that the service or the creator of the object has set."""
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
        return dict(self) == dict(other)

    def __reduce__(self) -> tuple[Callable[..., UncheckedBaseModel], tuple[Any, ...]]:  # Any: as above
        return _restored, (type(self), self._given((*self.model_fields, *_BESIDE)))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # Any: as above
        """Returns a copy in which the values of `update` replace the old ones."""
        made = copy.deepcopy(self) if deep else copy.copy(self)
        for name, value in (update or {}).items():
            setattr(made, name, value)
        return made

    copy = model_copy

    @classmethod
    def model_validate(cls, value: Any, **_: Any) -> Self:  # Any: an object, or JSON; pydantic's options
        """Returns `value` if it is of this class already, else the object that the constructor makes from it."""
        if isinstance(value, cls):
            return value
        if hasattr(value, "model_dump"):
            value = value.model_dump(exclude_none=True)
        if not isinstance(value, Mapping):
            raise ValueError(f"{cls.__name__} is {value!r}: pass an object")  # noqa: TRY004  # pydantic expects it
        return cls(**value)

    parse_obj = model_validate

    @classmethod
    def model_validate_json(cls, text: str | bytes, **_: Any) -> Self:  # Any: as above
        """Like `model_validate`, for JSON text."""
        return cls.model_validate(json.loads(text))

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:  # Any: JSON, or objects
        """Returns the object for these values, even if required ones are missing."""
        return cls.read(values)

    construct = model_construct

    # --- dumped ----------------------------------------------------------------------------------------------------

    def to_dict(self) -> JSON:
        """Returns the object as the JSON that is sent, without `None` values."""
        return self._dumped(lambda value, _, __: value is None)

    def model_dump(
        self,
        *,
        mode: str = "python",
        include: Any = None,  # Any: a set of field names of this object
        exclude: Any = None,  # Any: as above
        exclude_none: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        **_: Any,  # Any: pydantic's options that have no effect here
    ) -> JSON:
        """Returns the object as a dict, with `None` for absent fields.

        mode: `"json"` leaves out absent fields and converts values to JSON types; `exclude_unset` and
              `exclude_defaults` then have no effect, as in the official SDK.

        Raises TypeError if `include` or `exclude` name fields of nested objects.
        """

        def omit(value: Any, given: bool, default: Any) -> bool:  # Any: as above
            if mode == "json":
                return value is None and (exclude_none or not given)
            absent = (exclude_none and value is None) or (exclude_unset and not given)
            return absent or (exclude_defaults and bool(value == default))

        kept = _kept(self._dumped(omit), include, exclude)
        return _as_json(kept) if mode == "json" else kept

    def model_dump_json(self, *, indent: int | None = None, **options: Any) -> str:  # Any: of `model_dump`
        """Returns the object as JSON text, without absent fields."""
        separators = (",", ":") if indent is None else None
        dumped = self.model_dump(**{**options, "mode": "json"})
        return json.dumps(dumped, indent=indent, separators=separators, ensure_ascii=False)

    def _dumped(self, omit: Omit) -> JSON:
        given, extra = self.model_fields_set, Field(None)
        return {
            name: _dumped(value, omit)
            for name, value in self
            if not omit(value, name in given, self.model_fields.get(name, extra).default)
        }

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> Any:  # Any: pydantic's. It calls this for fields of this class
        from pydantic_core import core_schema

        def dump(made: Self, info: Any) -> JSON:  # Any: pydantic's
            names = ("mode", "exclude_none", "exclude_unset", "exclude_defaults")
            return made.model_dump(**{name: getattr(info, name) for name in names})

        written = core_schema.plain_serializer_function_ser_schema(dump, info_arg=True)
        return core_schema.no_info_plain_validator_function(cls.model_validate, serialization=written)

    @classmethod
    def __get_pydantic_json_schema__(cls, *_: Any) -> JSON:  # Any: as above
        return {"type": "object", "title": cls.__name__}

    def dict(self, *, include: Any = None, exclude: Any = None, **_: Any) -> JSON:  # Any: as for `model_dump`
        """Returns the object as a dict, without absent fields."""
        return _kept(self._dumped(lambda value, given, _: value is None and not given), include, exclude)

    json = model_dump_json


class Unknown(UncheckedBaseModel):
    """An object from the service whose class is unknown. It is sent back unchanged."""


def _restored(cls: type[UncheckedBaseModel], given: dict[str, Any]) -> UncheckedBaseModel:  # Any: values
    made = cls.__new__(cls)
    for name, value in given.items():
        _set(made, name, copy.copy(value) if name == "additional_properties" else value)
    return made


def _kept(dumped: JSON, include: Any, exclude: Any) -> JSON:  # Any: as for `model_dump`
    for names in (include, exclude):
        if isinstance(names, Mapping) and any(isinstance(inner, (Mapping, set)) for inner in names.values()):
            raise TypeError("include and exclude can only name fields of this object: dump nested objects separately")
    left = dumped.keys() - set(exclude or ())
    return {name: dumped[name] for name in dumped if name in left and (include is None or name in include)}


def _as_json(value: Any) -> Any:  # Any: any value; JSON
    """Returns a value as pydantic converts it to JSON."""
    if isinstance(value, Mapping):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_as_json(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Enum):
        return _as_json(value.value)
    if isinstance(value, date):
        return value.isoformat()
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


def _dumped(value: Any, omit: Omit) -> Any:  # Any: a value; JSON
    if isinstance(value, UncheckedBaseModel):
        return value._dumped(omit)
    if isinstance(value, list | tuple):
        return [_dumped(item, omit) for item in value]
    if isinstance(value, dict):
        return {key: _dumped(item, omit) for key, item in value.items()}
    return value
