"""The description of a schema, with its ranges and defaults, and its constraints as metadata.

Not known here: Python types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Any  # a schema, or any part of one
CONSTRAINTS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "enum", "default"),
)


def constraints(schema: Mapping[str, Json]) -> dict[str, Json]:
    """Returns the schema's own constraints, by their JSON Schema names."""
    return {key: schema[key] for key in CONSTRAINTS if schema.get(key) is not None}


def text_of(schema: Json, *, with_constraints: bool = False) -> str:
    """Returns the description in whole sentences; `""` if there is none."""
    schema = schema if isinstance(schema, dict) else {}
    text = " ".join(str(schema.get("description") or schema.get("title") or "").split())
    text = f"{text}." if text and text[-1].isalnum() else text
    return " ".join(filter(None, [text, *(_sentences(schema, text) if with_constraints else ())]))


def _sentences(schema: Mapping[str, Json], text: str) -> Iterator[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        yield f"Range: {low} to {high}."
    elif low is not None:
        yield f"Minimum: {low}."
    elif high is not None:
        yield f"Maximum: {high}."
    for key, words in (("exclusiveMinimum", "More than"), ("exclusiveMaximum", "Less than")):
        if isinstance(schema.get(key), int | float) and not isinstance(schema[key], bool):
            yield f"{words} {schema[key]}."
    for key, words, unit in (
        ("minItems", "At least", "items"),
        ("maxItems", "At most", "items"),
        ("minLength", "At least", "characters"),
        ("maxLength", "At most", "characters"),
    ):
        if schema.get(key) is not None:
            yield f"{words} {schema[key]} {unit}."
    default = schema.get("default")
    told = re.search(rf"default.*(?<![\w.]){re.escape(str(default))}(?!\w)", text, re.IGNORECASE)
    if default is not None and default != "" and not told:
        yield f"Default: `{schema['default']}`."
    if schema.get("deprecated"):
        yield "Deprecated."
