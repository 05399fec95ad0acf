"""Turns a merged document into what the generator reads and the templates print.

Belongs here: the parts of the document around the classes: operations, named unions, the imports of each module. Not
known here: files, the generator, what the API is about.

The generator sees a document in which every object and every enum is a component under its class name. Each object
carries a plan of its class under `x-python`. So inline objects, cycles, nullable values, free-form objects and names
that Python does not allow are handled once, here, and the template has no logic.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from .classes import Schemas, Spot, is_class, module_of, options_of, words
from .describe import text_of

Json: TypeAlias = Any  # a document, or any part of one


@attrs.frozen
class Alias:
    """A component that is a union of classes.

    literals: whether its members have TypedDicts.
    by:       the discriminator property; `None` if there is none.
    table:    the class for each value of `by`.
    """

    name: str
    module: str
    doc: str
    members: list[str]
    literals: bool
    by: str | None
    table: dict[str, str]


@attrs.frozen
class Lowered:
    """A lowered document.

    document: the document for the generator.
    plans:    the plan of each class, by class name.
    enums:    the names of the enum classes.
    aliases:  the unions.
    extended: the names that hand-written Python defines in another form (`x-python-extended`).
    problems: what cannot become a Python package, one line `path: message` each.
    """

    document: dict[str, Json]
    plans: dict[str, dict[str, Json]]
    enums: list[str]
    aliases: list[Alias]
    extended: list[str]
    problems: list[str]


def lower(document: dict[str, Json], class_names: Mapping[str, str]) -> Lowered:
    """Lowers a merged document. `class_names` are the class overrides: `{the generator's name: the name to use}`."""
    schemas = Schemas(document, class_names)
    components: dict[str, Json] = document.get("components") or {}
    named: dict[str, Json] = {name: schemas.flat(schema) for name, schema in (components.get("schemas") or {}).items()}
    for name, schema in named.items():
        if is_class(schema):
            spot = Spot(schemas.class_name(name), f"components.schemas.{name}", f"`{name}` of the spec.")
            schemas.add(spot.name, schema, spot)
    aliases = [alias for name, schema in named.items() for alias in _aliases(name, schema, schemas, named)]
    around = {
        key: _operations(components[key], f"components.{key}", "", schemas)
        for key in ("parameters", "requestBodies", "responses", "headers")
        if key in components
    }
    paths = _operations(document.get("paths") or {}, "paths", "", schemas)
    for name, plan in schemas.plans.items():
        plan["tags"] = _tags(plan, schemas.tags.get(name, {}))
        plan["literals"] = _literals(name, plan)
        for literal in plan["literals"]:
            schemas.claim(literal, f"the class {name}")
        _link(name, plan, schemas)
    classes = {name: {"type": "object", "x-python": plan} for name, plan in schemas.plans.items()}
    lowered: dict[str, Json] = {
        **document,
        "paths": paths,
        "components": {**components, **around, "schemas": {**classes, **schemas.enums}},
    }
    extended = [schemas.class_name(name) for name, schema in named.items() if schema.get("x-python-extended")]
    return Lowered(lowered, schemas.plans, list(schemas.enums), aliases, extended, schemas.problems)


def _aliases(name: str, schema: dict[str, Json], schemas: Schemas, named: dict[str, Json]) -> list[Alias]:
    """Returns the alias of a union of two or more object components; an empty list for anything else."""
    references = [str(option.get("$ref", "")).rsplit("/", 1)[-1] for option in options_of(schema)]
    members = [reference for reference in references if named.get(reference, {}).get("properties")]
    if len(members) < 2 or len(members) < len(references):
        return []
    made = schemas.class_name(name)
    schemas.claim(made, f"components.schemas.{name}")
    by, table = schemas.discriminated(schema)
    classes = [schemas.class_name(member) for member in members]
    literals = all(schemas.plans[member]["base"] == "Model" for member in classes)
    return [Alias(made, module_of(made), text_of(schema) or f"`{name}` of the spec.", classes, literals, by, table)]


def _tags(plan: dict[str, Json], tags: dict[str, list[str]]) -> dict[str, list[str]]:
    """Returns the values that identify the class in a union: its constants and the values of discriminators."""
    consts = {field["wire"]: [field["const"]] for field in plan["fields"] if isinstance(field["const"], str)}
    keys = [*consts, *(key for key in tags if key not in consts)]
    return {key: list(dict.fromkeys([*consts.get(key, ()), *tags.get(key, ())])) for key in keys}


def _literals(name: str, plan: dict[str, Json]) -> list[str]:
    """Returns the names of the class's TypedDicts. Its optional keys get their own if it also has required ones."""
    if plan["base"] != "Model":
        return []
    required = any(field["required"] for field in plan["fields"])
    optional = [field["options"] for field in plan["fields"] if not field["required"]] if required else []
    own = [f"{option.capitalize()}Option" for option in optional if option not in (None, "none")]
    suffixes = ["Dict", *(["Options"] if None in optional else []), *own]
    return [f"{name}{suffix}" for suffix in suffixes]


def _link(name: str, plan: dict[str, Json], schemas: Schemas) -> None:
    """Adds to the plan what the module imports, and whether its TypedDicts can be written as classes."""
    fields = plan["fields"]
    used = {word for field in fields for word in words(field["hint"]) | words(field["literal"])}
    plan["enums"] = [{"name": enum, "module": module_of(enum)} for enum in sorted(used & schemas.enums.keys())]
    plan["models"] = [
        {"module": module_of(other), "names": [one for one in (other, f"{other}Dict") if one in used]}
        for other in schemas.plans
        if other != name and {other, f"{other}Dict"} & used
    ]
    for field in fields:
        field["enum_module"] = field["enum"] and module_of(field["enum"])
    plan["literal_names"] = all(
        field["wire"].isidentifier()
        and not keyword.iskeyword(field["wire"])
        and not field["wire"].startswith("__")
        and field["wire"] not in used
        for field in fields
    )


def _operations(value: Json, place: str, name: str, schemas: Schemas) -> Json:
    """Returns a copy with every `schema` lowered. `name` is the prefix of the class names of inline objects."""
    if isinstance(value, list):
        return [_operations(item, f"{place}[{index}]", name, schemas) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    name = str(value.get("operationId") or name)
    made: dict[str, Json] = {}
    for key, item in value.items():
        inner = name
        if key == "requestBody":
            inner = f"{name}_body"
        elif re.fullmatch(r"\dXX|\d{3}|default", str(key)):
            inner = f"{name}_response_{key}"
        elif place == "paths" or (place.startswith("components.") and not name):
            inner = str(key)
        if key == "schema":
            inner = f"{name}_{value['name']}" if "name" in value else name
            spot = Spot(schemas.class_name(inner), f"{place}.{key}", f"`{inner}` of an operation.")
            made[key] = _schema(item, spot, schemas)
        else:
            made[key] = _operations(item, f"{place}.{key}", inner, schemas)
    return made


def _schema(raw: Json, spot: Spot, schemas: Schemas) -> Json:
    """Lowers a schema of an operation for the generator's own types: classes by name, without defaults."""
    schema = schemas.flat(raw)
    if is_class(schema):
        return {"$ref": f"#/components/schemas/{schemas.class_type(raw, schema, spot).hint}"}
    if options_of(schema):
        schemas.discriminated(schema)
        options = enumerate(options_of(schema))
        return {"oneOf": [_schema(one, spot.within(f"Type{index}", f"[{index}]"), schemas) for index, one in options]}
    if schema.get("type") == "array" or "items" in schema:
        return {"type": "array", "items": _schema(schema.get("items"), spot.within("Item", ".items"), schemas)}
    if schema.get("type") == "object":
        return {"description": text_of(schema)}
    return {key: value for key, value in schema.items() if key != "default"}
