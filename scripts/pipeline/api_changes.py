"""What changed between two OpenAPI documents, in the API's own terms.

Belongs here: the facts that a user of the API relies on, and which changes break users. Not known here: Python.

The well-maintained tools for this are Go programs (oasdiff, openapi-changes), which pip cannot install. On PyPI,
api-schema-diff 1.0.4 and api-diff-sentinel 1.0.2 are new and small, each the work of one person. So this module
flattens the documents to facts and compares those.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from .check import operations
from .describe import CONSTRAINTS

Json: TypeAlias = Any  # a document, or any part of one
Facts: TypeAlias = dict[str, dict[str, Json]]  # what is known about each place, e.g. `ChatRequest.temperature`
_BREAKING = ("address", "type", "authentication")
_CHANGED = ("summary", "description", "deprecated", *(key for key in CONSTRAINTS if key != "enum"))
BREAKING, ADDED, CHANGED = "BREAKING", "added", "changed"


def changes(old: dict[str, Json], new: dict[str, Json]) -> list[str]:
    """Returns one line for each change: breaking changes first, then additions, then the rest."""
    found = [*_compare(_facts(old), _facts(new))]
    return [f"{level:8} {line}" for wanted in (BREAKING, ADDED, CHANGED) for level, line in found if level == wanted]


def _facts(document: dict[str, Json]) -> Facts:
    facts: Facts = {}
    components = document.get("components") or {}
    schemes = {
        name: {key: value for key, value in scheme.items() if key != "description"}
        for name, scheme in (components.get("securitySchemes") or {}).items()
    }
    common = document.get("security")
    facts["the API"] = {
        "authentication": {"schemes": schemes, "security": common},
        "address": [server.get("url") for server in document.get("servers") or ()],
    }
    for method, path, operation in operations(document):
        address = f"{method.upper()} {path}"
        name = f"operation {operation.get('operationId', address)}"
        facts[name] = {"address": address, "authentication": operation.get("security", common)} | _words(operation)
        for parameter in [*document["paths"][path].get("parameters", ()), *operation.get("parameters", ())]:
            place = f"{name}, parameter {parameter.get('name') or parameter.get('$ref')}"
            _schema(parameter.get("schema") or {}, place, facts, required=parameter.get("required") is True)
        body = operation.get("requestBody") or {}
        for kind, media in (body.get("content") or {}).items():
            _schema(media.get("schema") or {}, f"{name}, body {kind}", facts, required=body.get("required") is True)
        for status, response in (operation.get("responses") or {}).items():
            for kind, media in (response.get("content") or {"no body": {}}).items():
                _schema(media.get("schema") or {}, f"{name}, response {status} {kind}", facts)
    for name, schema in (components.get("schemas") or {}).items():
        _schema(schema, name, facts)
    return facts


def _words(value: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value[key] for key in _CHANGED if value.get(key) is not None}


def _schema(schema: Json, place: str, facts: Facts, *, required: bool = False) -> None:
    schema = schema if isinstance(schema, dict) else {}
    known = {"type": _type(schema), "required": required, "enum": schema.get("enum")} | _words(schema)
    facts[place] = known
    for key, value in (schema.get("properties") or {}).items():
        _schema(value, f"{place}.{key}", facts, required=key in (schema.get("required") or ()))
    for option in (schema.get("items"), *(schema.get(key) for key in ("oneOf", "anyOf", "allOf"))):
        for number, one in enumerate(option if isinstance(option, list) else [option] if option else []):
            if isinstance(one, dict) and (one.get("properties") or one.get("enum")):
                _schema(one, f"{place}[{number}]", facts)


def _type(schema: Json) -> str:
    """Returns the type in the spec's own names: `string`, `array of Message`, `string or array of TextContent`."""
    if not isinstance(schema, dict):
        return "any"
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    for key, word in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
        if key in schema:
            return word.join(map(_type, schema[key]))
    if "const" in schema:
        return json.dumps(schema["const"])
    kinds = schema.get("type", "object" if "properties" in schema else "any")
    if kinds == "array":
        return f"array of {_type(schema.get('items'))}"
    kind = " or ".join(map(str, kinds)) if isinstance(kinds, list) else str(kinds)
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _compare(old: Facts, new: Facts) -> Iterator[tuple[str, str]]:
    removed = [place for place in old if place not in new]
    added = [place for place in new if place not in old]
    for place in removed:
        if _parent(place) not in removed:
            yield BREAKING, f"{place} is removed"
    for place in added:
        if _parent(place) in added:
            continue
        kind = new[place].get("type") or new[place].get("address")
        if new[place].get("required") and _parent(place) in old:
            yield BREAKING, f"{place} is new and required: {kind}"
        else:
            yield ADDED, f"{place}: {kind}"
    for place in old:
        if place in new:
            yield from _compare_place(place, old[place], new[place])


def _parent(place: str) -> str:
    return place.rpartition("." if "." in place else ", ")[0]


def _compare_place(place: str, old: dict[str, Json], new: dict[str, Json]) -> Iterator[tuple[str, str]]:
    for key in _BREAKING:
        if old.get(key) != new.get(key):
            if key == "authentication":
                yield BREAKING, f"{place}: the authentication changed"
            else:
                yield BREAKING, f"{place}: the {key} was {_shown(old.get(key))} and is now {_shown(new.get(key))}"
    if old.get("required") != new.get("required"):
        level, word = (BREAKING, "is now required") if new.get("required") else (CHANGED, "is no longer required")
        yield level, f"{place} {word}"
    was, now = old.get("enum"), new.get("enum")
    if (was is None) != (now is None):
        yield (
            BREAKING if was is None else CHANGED,
            f"{place}: {'now has' if was is None else 'no longer has'} a fixed set of values",
        )
    for value in (value for value in was or () if now is not None and value not in now):
        yield BREAKING, f"{place}: the value {value!r} is removed"
    for value in (value for value in now or () if was is not None and value not in was):
        yield ADDED, f"{place}: the value {value!r}"
    for key in _CHANGED:
        if old.get(key) != new.get(key):
            texts = "" if key in ("description", "summary") else f": {_shown(old.get(key))} -> {_shown(new.get(key))}"
            yield CHANGED, f"{place}: {key}{texts}"


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else "none" if value is None else json.dumps(value)
