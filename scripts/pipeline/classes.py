"""Turns the schemas of a document into classes: their fields and the Python types of the fields.

Belongs here: how a schema reads as Python. Not known here: operations, files, the generator, what the API is about.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import attrs
from openapi_python_client.strings import ClassName, PythonIdentifier, snake_case

from .describe import constraints, text_of
from .problems import resolve

Json: TypeAlias = Any  # a document, or any part of one
_PREFIX = "field_"  # the generator's own prefix, for names that are not identifiers
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_FORMATS = {"date-time": "datetime.datetime", "date": "datetime.date", "uuid": "UUID"}
_RESERVED = {"self", "from_dict", "to_dict", "additional_properties", "raw", "raw_bytes"}
_OUR_CLASSES = {
    *("Any", "ClassVar", "Event", "Literal", "Mapping", "Model", "NotRequired", "Piece", "Record", "Sequence"),
    *("ShapeError", "TypeAlias", "TypedDict", "UUID", "Unknown"),
}


@attrs.frozen
class Type:
    """A Python type.

    hint:    the type as an attribute of a class.
    literal: the type as a value of a TypedDict.
    model:   whether it is a generated class.
    enum:    the enum class, if the type is exactly that.
    const:   the only value, if there is only one.
    """

    hint: str
    literal: str
    model: bool = False
    enum: str | None = None
    const: Json = None


@attrs.frozen
class Spot:
    """The place of a schema in the document.

    name:  the class name, if the schema is an inline object or enum.
    place: its path in the document, for messages.
    doc:   the docstring of the class, if the schema has no description.
    base:  the base class of the enclosing class.
    """

    name: str
    place: str
    doc: str
    base: str = "Model"

    def within(self, suffix: str, step: str) -> Spot:
        """Returns the spot of a schema inside this one."""
        return attrs.evolve(self, name=f"{self.name}{suffix}", place=f"{self.place}{step}")


def module_of(class_name: str) -> str:
    """Returns the name of the module that the generator puts a class into."""
    return str(PythonIdentifier(class_name, _PREFIX))


class Schemas:
    """The classes of a document.

    plans:    the plan of each class, by class name.
    enums:    the schema of each enum, by class name.
    tags:     the values that identify a class in a union, by class name and property.
    problems: what cannot become a Python class, one line `path: message` each.
    """

    def __init__(self, document: dict[str, Json], class_names: Mapping[str, str]) -> None:
        self.plans: dict[str, dict[str, Json]] = {}
        self.enums: dict[str, dict[str, Json]] = {}
        self.tags: dict[str, dict[str, list[str]]] = {}
        self.problems: list[str] = []
        self._document = document
        self._overrides = class_names
        self._made: dict[str, str] = {}  # the place in the document that each class comes from
        self._within: list[str] = []  # the unions that are being inlined

    def class_name(self, name: str) -> str:
        """Returns the class name for a name in the document."""
        made = str(ClassName(name, _PREFIX))
        made = str(ClassName(self._overrides.get(made, made), _PREFIX))
        return f"{made}Schema" if made in _OUR_CLASSES else made

    def claim(self, name: str, place: str) -> None:
        """Reserves a class name for a place in the document."""
        other = self._made.setdefault(name, place)
        if other != place:
            self.problems.append(f"{place}: the class {name} is already generated from {other}; rename one of them")

    def flat(self, schema: Json) -> dict[str, Json]:
        """Returns the schema with `$ref` and `allOf` resolved. Keys beside them take precedence."""
        schema = schema if isinstance(schema, dict) else {}
        parts = [resolve(self._document, schema["$ref"])] if "$ref" in schema else schema.get("allOf", [])
        flat: dict[str, Json] = {}
        for part in [*map(self.flat, parts), {key: schema[key] for key in schema if key not in ("$ref", "allOf")}]:
            for key, value in part.items():
                if key == "properties":
                    flat[key] = {**flat.get(key, {}), **value}
                elif key == "required" and isinstance(value, list):
                    flat[key] = [*flat.get(key, []), *value]
                else:
                    flat[key] = value
        return flat

    def discriminated(self, schema: dict[str, Json]) -> tuple[str | None, dict[str, str]]:
        """Returns a union's discriminator property and the class for each value, from its mapping or its members."""
        discriminator = schema.get("discriminator") or {}
        by, table = discriminator.get("propertyName"), {}
        for value, reference in (discriminator.get("mapping") or {}).items():
            table[str(value)] = self.class_name(str(reference).rsplit("/", 1)[-1])
        for option in options_of(schema) if by and not table else ():
            if "$ref" in option:
                name = option["$ref"].rsplit("/", 1)[1]
                known = only_value(self.flat(self.flat(option).get("properties", {}).get(by)))
                table[known if isinstance(known, str) else name] = self.class_name(name)
        for value, name in table.items():
            values = self.tags.setdefault(name, {}).setdefault(str(by), [])
            values += [value] if value not in values else []
        return by, table

    # --- types -------------------------------------------------------------------------------------------------------

    def type_of(self, raw: Json, spot: Spot) -> tuple[Type, bool]:
        """Returns the type of a schema, and whether it may be null."""
        found: list[Type] = []
        nullable = self._collect(raw if isinstance(raw, dict) else {}, spot, found)
        return _union(found), nullable

    def _collect(self, raw: dict[str, Json], spot: Spot, found: list[Type]) -> bool:
        schema = self.flat(raw)
        kinds = schema.get("type") or []
        kinds = kinds if isinstance(kinds, list) else [kinds]
        nullable = schema.get("nullable") is True or "null" in kinds or None in (schema.get("enum") or ())
        if is_class(schema):
            found.append(self.class_type(raw, schema, spot))
        elif options_of(schema):
            nullable |= self._options(raw, schema, spot, found)
        elif (const := only_value(schema)) is not None:
            hint = f"Literal[{const!r}]"
            found.append(Type(hint, hint, const=const))
        elif len({type(value) for value in schema.get("enum") or ()} - {type(None)}) > 1:
            self.problems.append(f"{spot.place}.enum: values of more than one type are not supported")
        else:
            known = [kind for kind in kinds if kind != "null"] or (["array"] if "items" in schema else [])
            found += [self._plain_type(kind, schema, spot) for kind in known]
            found += [Type("Any", "Any")] if not known and not kinds else []
        return nullable

    def _options(self, raw: dict[str, Json], schema: dict[str, Json], spot: Spot, found: list[Type]) -> bool:
        reference = raw.get("$ref")
        if reference in self._within:
            self.problems.append(f"{spot.place}: {reference} is a union that contains itself")
            return False
        self.discriminated(schema)
        self._within.append(reference or "")
        nullable = False
        for index, option in enumerate(options_of(schema)):
            nullable |= self._collect(option, spot.within(f"Type{index}", f"[{index}]"), found)
        self._within.pop()
        return nullable

    def class_type(self, raw: dict[str, Json], schema: dict[str, Json], spot: Spot) -> Type:
        """Returns the type of an object or an enum. An inline one becomes a class of its own."""
        parts = raw.get("allOf", ())
        alone = parts[0].get("$ref") if len(parts) == 1 and not raw.get("properties") else None
        component = re.fullmatch(r"#/components/schemas/([^/]+)", str(raw.get("$ref") or alone))
        name = self.class_name(component[1] if component else spot.name)
        if not component:
            self.add(name, schema, attrs.evolve(spot, base="Model" if spot.base == "Model" else "Piece"))
        if is_enum(schema):
            values = ", ".join(repr(value) for value in schema["enum"] if value is not None)
            return Type(name, f"{name} | Literal[{values}]", enum=name)
        return Type(name, f"{name} | {name}Dict", model=True)

    def _plain_type(self, kind: str, schema: dict[str, Json], spot: Spot) -> Type:
        if kind == "array":
            inner, _ = self.type_of(schema.get("items"), spot.within("Item", ".items"))
            return Type(f"Sequence[{inner.hint}]", f"Sequence[{inner.literal}]")
        if kind == "object":
            inner, _ = self.type_of(schema.get("additionalProperties"), spot.within("Value", ".additionalProperties"))
            return Type(f"dict[str, {inner.hint}]", f"Mapping[str, {inner.literal}]")
        hint = _FORMATS.get(str(schema.get("format"))) if kind == "string" else None
        return Type(hint, f"{hint} | str") if hint else Type(_SCALARS[kind], _SCALARS[kind])

    # --- classes -----------------------------------------------------------------------------------------------------

    def add(self, name: str, schema: dict[str, Json], spot: Spot) -> None:
        """Adds the class of an object or an enum, unless it was added before."""
        known = self._made.get(name) == spot.place
        self.claim(name, spot.place)
        if known:
            return
        doc = text_of(schema) or spot.doc
        if is_enum(schema):
            values = [value for value in schema["enum"] if value is not None]
            kind = "string" if isinstance(values[0], str) else "integer"
            names = list(_unique(map(_member, values, range(len(values)))))
            self.enums[name] = {"type": kind, "description": doc, "enum": values, "x-enum-varnames": names}
            return
        base = schema.get("x-base") or spot.base
        plan = self.plans[name] = {"base": base, "doc": doc, "fields": []}
        required = schema.get("required") or ()
        plan["fields"] = fields = [
            self._field(name, wire, value, wire in required, attrs.evolve(spot, base=base))
            for wire, value in schema["properties"].items()
        ]
        used = {word for field in fields for word in words(field["hint"])}
        taken = {field["wire"] for field in fields if _is_name(field["wire"], used)}
        for field in fields:
            field["name"] = field["wire"]
            if field["wire"] not in taken:
                field["name"] = str(PythonIdentifier(field["wire"], _PREFIX))
                while not _is_name(field["name"], used) or field["name"] in taken:
                    field["name"] += "_"
                taken.add(field["name"])
        # For each key that the JSON lacks, msgspec looks at the object, which is only fast without slots.
        plan["slots"] = base == "Model" or (base == "Piece" and all(field["required"] for field in fields))

    def _field(self, parent: str, wire: str, raw: Json, required: bool, around: Spot) -> dict[str, Json]:
        schema = self.flat(raw)
        inner = Spot(
            name=self.class_name(f"{parent}{ClassName(wire, _PREFIX).rstrip('_')}"),
            place=f"{around.place}.properties.{wire}",
            doc=text_of(raw) or f"The field `{wire}` of {parent}.",
            base=around.base,
        )
        made, nullable = self.type_of(raw, inner)
        literal = made.literal
        if schema.get("x-python-mapping") and literal.startswith("Sequence["):
            literal = f"{literal[:-1]} | Mapping[str, Any]]"
        default = None
        if around.base != "Model" and isinstance(schema.get("default"), str | int | float):
            default = schema["default"]  # events are only read, so the default is never sent
        return {
            "wire": wire,
            "hint": made.hint,
            "literal": literal,
            "required": required and not nullable,
            "const": made.const,
            "default": default,
            "enum": made.enum,
            "doc": text_of(schema, with_constraints=True),
            "metadata": ({"required": True} if required else {}) | constraints(schema),
            "options": schema.get("x-python-options"),
        }


def options_of(schema: dict[str, Json]) -> list[Json]:
    """Returns the alternatives of a union; empty for anything else."""
    return schema.get("oneOf") or schema.get("anyOf") or []


def is_class(schema: dict[str, Json]) -> bool:
    """Whether a flat schema becomes a class: an object with properties, or an enum."""
    return bool(schema.get("properties")) or is_enum(schema)


def is_enum(schema: dict[str, Json]) -> bool:
    """Whether a flat schema becomes an enum: two or more strings, or integers."""
    values = [value for value in schema.get("enum") or () if value is not None]
    return len(values) > 1 and {type(value) for value in values} in ({str}, {int})


def only_value(schema: dict[str, Json]) -> Json:
    """Returns the only value that a flat schema allows; `None` if it allows more."""
    if schema.get("const") is not None:
        return schema["const"]
    values = [value for value in schema.get("enum") or () if value is not None]
    return values[0] if len(values) == 1 else None


def _union(found: list[Type]) -> Type:
    """Returns the union of some types. Adds Unknown if two or more of them are classes."""
    found = list(dict.fromkeys(found))
    if len(found) == 1:
        return found[0]
    if not found or any(one.hint == "Any" for one in found):
        return Type("Any", "Any")
    unknown = ["Unknown"] if sum(one.model for one in found) > 1 else []
    hints = dict.fromkeys([*(one.hint for one in found), *unknown])
    return Type(" | ".join(hints), " | ".join(dict.fromkeys([*(one.literal for one in found), *unknown])))


def words(hint: str) -> set[str]:
    """Returns the names in a type, without the strings in its literals."""
    return {*re.findall(r"(?<![.\w])\w+", re.sub(r"'[^']*'|\"[^\"]*\"", "", hint))}


def _is_name(name: str, used: Iterable[str]) -> bool:
    """Whether a field may have this name: it must be an identifier that no type in the class body uses."""
    usable = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
    return usable and name not in _RESERVED and name not in used


def _member(value: Json, index: int) -> str:
    if isinstance(value, int):
        return f"VALUE_{value}" if value >= 0 else f"VALUE_NEGATIVE_{-value}"
    name = snake_case(value).upper()
    return name if name.isidentifier() and name[0].isalpha() else f"VALUE_{index}"


def _unique(names: Iterable[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}_{seen[name]}"
