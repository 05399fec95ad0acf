"""The strict application of an overlay document, tested with small documents."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pipeline.overlay import Applied, apply
from pipeline.problems import dump, yaml

SPEC: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {"/a": {"get": {"responses": {"200": {"description": "OK"}}}}},
    "components": {
        "schemas": {
            "A": {
                "type": "object",
                "description": "An A.",
                "properties": {
                    "x": {"type": "string", "enum": ["on", "off"], "description": "An x."},
                    "description": {"type": "string", "description": "A property of that name."},
                },
            },
            "B": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        }
    },
}


def applied(actions: str, *, accept: bool = False, head: str = "overlay: 1.0.0\n") -> tuple[Applied, Any]:
    document = yaml().load(f"{head}actions:\n{actions}")
    return apply(SPEC, document, accept=accept), document


def test_an_update_is_merged_into_a_copy() -> None:
    result, _ = applied("""
  - target: $.components.schemas.A
    description: "gap 1: more"
    update: {description: Another., properties: {y: {type: integer, enum: [OFF, "no"]}, x: {maxLength: 3}}}
""")
    assert result.problems == []
    made = result.document["components"]["schemas"]["A"]
    assert (made["description"], made["properties"]["y"]["enum"]) == ("Another.", ["OFF", "no"])
    assert made["properties"]["x"] == {**SPEC["components"]["schemas"]["A"]["properties"]["x"], "maxLength": 3}
    assert "y" not in SPEC["components"]["schemas"]["A"]["properties"]


def test_a_removal_names_what_it_removes_without_descriptions_but_with_properties_of_that_name() -> None:
    result, _ = applied("""
  - target: $.components.schemas.A
    description: "gap 1: gone"
    remove: true
    x-removes: {type: object, properties: {x: {type: string, enum: [on, off]}, description: {type: string}}}
  - target: $.components.schemas.B.oneOf[1]
    description: "gap 1: gone"
    remove: true
    x-removes: {type: integer}
  - target: $.paths['/a'].get.responses['200']
    description: "gap 1: gone"
    remove: true
    x-removes: {}
""")
    assert result.problems == []
    assert result.document["components"]["schemas"] == {"B": {"oneOf": [{"type": "string"}]}}
    assert result.document["paths"]["/a"]["get"]["responses"] == {}


BAD: dict[str, tuple[str, str]] = {
    "matches nothing": ("target: $.components.schemas.C\n    update: {a: 1}", "the target matches nothing"),
    "matches twice": ("target: $.components.schemas.*\n    update: {a: 1}", "the target matches 2 places"),
    "no JSONPath": ("target: $.[[\n    update: {a: 1}", "the target is not a JSONPath: "),
    "no target": ("update: {a: 1}", "the target matches nothing"),
    "not a map": ("target: $.openapi\n    update: {a: 1}", "the target is a str: an update needs a map"),
    "remove: false": ("target: $.openapi\n    remove: false", "remove is False: write true, or delete the action"),
    "both": ("target: $.openapi\n    remove: true\n    update: {a: 1}", "write either update or remove: true"),
    "neither": ("target: $.openapi", "write either update or remove: true"),
    "no x-removes": ("target: $.openapi\n    remove: true", "x-removes is missing"),
    "x-removes of an update": ("target: $\n    update: {a: 1}\n    x-removes: 1", "x-removes is only allowed with"),
    "a list": ("target: $\n    update: [1]", "update is [1]: write a map of"),
    "an unknown key": (
        "target: $\n    update: {a: 1}\n    x-was: 1",
        "unknown key x-was: expected one of description, remove",
    ),
    "a leaf that is there": (
        "target: $\n    update: {openapi: 3.1.0, b: 1}",
        ".openapi changes nothing because the spec has it now",
    ),
    "a map that is there": (
        "target: $.components.schemas\n    update: {A: {properties: {}}}",
        ".A.properties is an empty map: it changes",
    ),
    "an empty update": ("target: $\n    update: {}", "update is {}: write a map of the changes"),
    "a scalar for a map": ("target: $.components.schemas\n    update: {A: 5}", ".A would replace"),
    "an array that is there": (
        "target: $.components.schemas.B\n    update: {oneOf: [{type: 'null'}]}",
        ".oneOf is an array, but the spec has a value there: remove that value first",
    ),
    "another value": (
        "target: $.openapi\n    remove: true\n    x-removes: 3.0.0",
        "changed: was '3.0.0' and is now '3.1.0'",
    ),
    "another type": (
        "target: $.components.schemas.B.oneOf[0].type\n    remove: true\n    x-removes: [string]",
        "changed: ",
    ),
    "another order": (
        "target: $.components.schemas.A.properties.x.enum\n    remove: true\n    x-removes: [off, on]",
        "the removed value has changed: has a different order",
    ),
    "a lost value": (
        "target: $.components.schemas.A.properties.x.enum\n    remove: true\n    x-removes: [on, off, auto]",
        "the removed value has changed: loses 'auto'",
    ),
}


@pytest.mark.parametrize(("action", "says"), BAD.values(), ids=BAD)
def test_an_action_that_does_not_fit_is_named_with_its_line_gap_and_target(action: str, says: str) -> None:
    result, _ = applied(f"  # a comment\n  - description: 'gap 7: why'\n    {action}\n")
    target = action.partition("\n")[0].removeprefix("target: ") if action.startswith("target") else "None"
    assert len(result.problems) == 1
    assert result.problems[0].startswith(f"4: gap 7: why: {target}: ")
    assert says in result.problems[0]


def test_an_action_must_name_its_gap_and_a_document_must_be_one() -> None:
    result, _ = applied("  - {target: $, update: {a: 1}, description: why}\n  - 5\n", head="overlay: 1.1.0\nfoo: 1\n")
    assert result.problems == [
        "1: unknown key foo: expected one of actions, extends, info, overlay",
        "1: overlay is '1.1.0': write 1.0.0",
        "4: why: $: the description does not name its gap: write 'gap <number>: <what>'",
        "5: action 2 is not a map",
    ]
    assert apply(SPEC, {"overlay": "1.0.0"}).problems == ["1: actions is not a list"]


REMOVE_AND_REPLACE = """
  - target: $.components.schemas.A.properties.x
    description: "gap 2: upper case"
    remove: true
    x-removes:  # looked at in May
      type: string
      enum:
        - on
  - target: $.components.schemas
    description: "gap 2: upper case"
    update:
      X: {type: string, enum: [ON]}
  - target: $.components.schemas.A.properties
    description: "gap 2: upper case"
    update:
      x: {$ref: '#/components/schemas/X'}
"""


def test_accepting_rewrites_x_removes_and_carries_gained_enum_values_over() -> None:
    refused, _ = applied(REMOVE_AND_REPLACE)
    assert refused.changed
    assert refused.problems == [
        "4: gap 2: upper case: $.components.schemas.A.properties.x: the removed value has changed: .enum gains 'off'"
    ]
    accepted, document = applied(REMOVE_AND_REPLACE, accept=True)
    assert accepted.problems == []
    assert accepted.accepted == [
        "4: gap 2: upper case: $.components.schemas.A.properties.x: .enum gains 'off'",
        "  /enum: 'OFF' is added to the enum that replaces it in the overlay document",
    ]
    assert accepted.document["components"]["schemas"]["X"]["enum"] == ["ON", "OFF"]
    assert "x-removes:  # looked at in May" in dump(document)
    again = apply(SPEC, yaml().load(io.StringIO(dump(document))))
    assert (again.problems, again.document) == ([], accepted.document)


def test_accepting_says_what_it_cannot_carry_over() -> None:
    accepted, document = applied(
        """
  - target: $.components.schemas.A
    description: "gap 7: another"
    remove: true
    x-removes: {type: object, properties: {x: {type: string, enum: [on]}}}
""",
        accept=True,
    )
    assert accepted.problems == []
    assert sorted(accepted.accepted) == [
        "  /properties/description: accepted, but not in any type yet: if the service has it, add it to the overlay document by hand",
        "  /properties/x/enum: accepted, but not in any type yet: if the service has it, add it to the overlay document by hand",
        "4: gap 7: another: $.components.schemas.A: .properties gains 'description'",
        "4: gap 7: another: $.components.schemas.A: .properties.x.enum gains 'off'",
    ]
    assert document["actions"][0]["x-removes"]["properties"]["x"]["enum"] == ["on", "off"]
