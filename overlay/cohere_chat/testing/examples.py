"""Generates one value that satisfies a JSON Schema. The emulator answers with it where a model would invent a value.

Belongs here: schemas as structured output and tools use them. Not known here: requests, answers. A `pattern` is
satisfied only if the schema itself provides a value (`enum`, `const`, `default`, `examples`).
"""

from __future__ import annotations

import math
import re
from typing import Any
from urllib.parse import unquote

Schema = Any  # JSON: an object or a bool, as in JSON Schema

_DEEP = 4  # below this depth, only required properties are generated, so that a recursive schema ends

_FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def example_of(schema: Schema, said: str) -> Any:  # Any: JSON
    """Returns a value that satisfies `schema`. Strings are `said` and numbers are the first number in it, if they fit.

    Raises ValueError if the schema is not a JSON Schema, or recurses without end.
    """
    try:
        return _Examples(schema, said).of(schema, 0)
    except (TypeError, AttributeError, KeyError, IndexError, RecursionError, OverflowError) as error:
        raise ValueError("no value of this JSON Schema can be made: it is not valid, or has no end") from error


class _Examples:
    def __init__(self, root: Schema, said: str) -> None:
        self._root = root
        self._said = said

    def of(self, schema: Schema, depth: int) -> Any:  # Any: JSON
        if not isinstance(schema, dict):
            return self._said
        schema = self._whole(schema, depth)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            said = (value for value in schema["enum"] if isinstance(value, str) and value.lower() in self._said.lower())
            return next(said, schema["enum"][0])
        for offered in [*schema.get("examples", []), *([schema["default"]] if "default" in schema else [])]:
            if offered is not None or schema.get("type") in (None, "null"):
                return offered
        kind = schema.get("type") or _kind_by_keywords(schema)
        if isinstance(kind, list):
            kind = next((name for name in kind if name != "null"), "null")
            schema = schema | {"type": kind}
        simple = {"null": None, "boolean": True}
        if kind in simple:
            return simple[kind]
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, depth)
        return self._number(schema) if kind in ("integer", "number") else self._string(schema)

    def _whole(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:  # Any: JSON
        """Returns the schema with its reference, its `allOf` and one of its choices merged into it."""
        for _ in range(20):  # a schema may refer to itself
            if "$ref" in schema:
                rest = {key: value for key, value in schema.items() if key != "$ref"}
                schema = self._referred(schema["$ref"]) | rest
            elif choices := schema.get("anyOf") or schema.get("oneOf"):
                choice = self._choice(choices, depth)
                rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
                schema = _both(rest, choice)
            elif "allOf" in schema:
                rest = {key: value for key, value in schema.items() if key != "allOf"}
                for part in schema["allOf"]:
                    rest = _both(rest, self._whole(part, depth))
                schema = rest
            else:
                return schema
        return {}

    def _choice(self, choices: list[Any], depth: int) -> Any:  # Any: JSON
        """Returns one of the choices: preferably not null; deep inside, one that does not recurse."""
        null = {"type": "null"}
        if depth < _DEEP:
            return next((one for one in choices if one != null), choices[0])
        return next((one for one in choices if one == null or "$ref" not in str(one)), choices[0])

    def _referred(self, reference: str) -> dict[str, Any]:  # Any: JSON
        found = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            found = found.get(name, {}) if isinstance(found, dict) else {}
        return found if isinstance(found, dict) else {}

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:  # Any: JSON
        properties, required = schema.get("properties", {}), schema.get("required", [])
        others = schema.get("additionalProperties", {})
        wanted = [name for name, one in properties.items() if one is not False and (depth < _DEEP or name in required)]
        names = wanted + [name for name in required if name not in properties]
        names += [f"key{number}" for number in range(schema.get("minProperties", 0) - len(names))]
        return {name: self.of(properties.get(name, others), depth + 1) for name in names}

    def _array(self, schema: dict[str, Any], depth: int) -> list[Any]:  # Any: JSON
        fewest = schema.get("minItems", 0)
        count = max(fewest, min(1 if depth < _DEEP else 0, schema.get("maxItems", 1)))
        first = schema.get("prefixItems", [])
        items = [first[at] if at < len(first) else schema.get("items", {}) for at in range(max(count, len(first)))]
        made = [self.of(item, depth + 1) for item in items]
        return (
            [_another(value, item, at) for at, (value, item) in enumerate(zip(made, items, strict=True))]
            if schema.get("uniqueItems")
            else made
        )

    def _number(self, schema: dict[str, Any]) -> int | float:  # Any: JSON
        step = schema.get("multipleOf") or (1 if schema.get("type") == "integer" else None)
        least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
        above, below = schema.get("exclusiveMinimum", -math.inf), schema.get("exclusiveMaximum", math.inf)
        little = step or min(1e-6, (min(below, most) - max(above, least)) / 4)
        least, most = max(least, above + little), min(most, below - little)
        told = re.search(r"-?\d{1,15}(\.\d{1,6})?", self._said)
        number = float(told[0]) if told else 1.0
        number = min(max(number, least), most)
        if step:
            number = math.ceil(number / step) * step
            number = round(number - (step if number > most else 0), 10)
        return int(number) if float(number).is_integer() else number

    def _string(self, schema: dict[str, Any]) -> str:  # Any: JSON
        text = _FORMATS.get(schema.get("format", ""), self._said or "text")
        text = text.ljust(schema.get("minLength", 0), ".")
        longest = schema.get("maxLength")
        return text if longest is None else text[:longest]


def _another(value: Any, schema: Schema, at: int) -> Any:  # Any: JSON
    """Returns a value that differs from all before it, for a list of unique items."""
    choices = schema.get("enum", []) if isinstance(schema, dict) else []
    if choices:
        return choices[at % len(choices)]
    if isinstance(value, str):
        return f"{value}{at or ''}"
    return value + at if isinstance(value, int | float) and not isinstance(value, bool) else value


def _kind_by_keywords(schema: dict[str, Any]) -> str:  # Any: JSON
    if schema.keys() & {"properties", "required"}:
        return "object"
    if schema.keys() & {"items", "prefixItems"}:
        return "array"
    return "number" if schema.keys() & {"minimum", "maximum", "multipleOf"} else "string"


def _both(one: dict[str, Any], other: Schema) -> dict[str, Any]:  # Any: JSON
    if not isinstance(other, dict):
        return one
    merged = one | other
    if "properties" in one and "properties" in other:
        merged["properties"] = one["properties"] | other["properties"]
    if "required" in one and "required" in other:
        merged["required"] = [*one["required"], *other["required"]]
    for keys, closer in ((("minimum", "minLength", "minItems"), max), (("maximum", "maxLength", "maxItems"), min)):
        merged |= {key: closer(one[key], other[key]) for key in keys if key in one and key in other}
    return merged
