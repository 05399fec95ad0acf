"""Compares the emulator with what is known of the service: recordings, the YAML corrected by its gaps, JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cohere_chat import ChatClient
from cohere_chat.testing import ChatEmulator
from cohere_chat.testing.examples import example_of

from .conftest import recorded
from .test_emulator import REQUESTS, RESULT

AUTH = {"Authorization": "Bearer k"}
SPEC = Path(__file__).parents[1] / "openapi" / "cohere-chat-api-openapi.yml"

# --- the recordings --------------------------------------------------------------------------------------------------

# The request that produces the same kind of turn, by the fields of the recorded message.
KINDS: dict[str, dict[str, Any]] = {
    "text": REQUESTS["text"],
    "text, image": REQUESTS["parts"],
    "citations, text, document": REQUESTS["documents"],
    "citations, text, tool": REQUESTS["a tool result"],
    "tool_calls, tool_plan": REQUESTS["a tool"],
    "tool_calls, thinking": REQUESTS["thinking, then a tool"],
}
# Fields that the service has sent only since 2026, so older recordings lack them.
YOUNG = {"usage.cached_tokens", "message.citations.type"}
FREE = ("tool_output", "document")  # the content of a source is the user's own


def paths(value: Any, place: str = "") -> Iterator[str]:
    if isinstance(value, dict) and not place.endswith(FREE):
        for key, item in value.items():
            yield from paths(item, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, place)
    else:
        yield place


def kind_of(request: dict[str, Any], message: dict[str, Any]) -> str:
    names = {part["type"] for part in message.get("content", [])} | (message.keys() - {"role", "content"})
    kind = ", ".join(sorted(names, key=lambda name: (name not in ("citations", "tool_calls"), name)))
    if "citations" in names:
        kind += f", {message['citations'][0]['sources'][0]['type']}"
    return kind + (", image" if "image_url" in json.dumps(request) else "")


@pytest.mark.parametrize("exchange", recorded("json"))
def test_a_plain_answer_has_the_keys_of_the_recorded_one(exchange: Any, chat_emulator: ChatEmulator) -> None:
    answer = json.loads(exchange["body"])
    emulated = ChatClient().chat(**KINDS[kind_of(exchange["request"], answer["message"])]).to_dict()
    assert {*paths(emulated)} - YOUNG == {*paths(answer)} - YOUNG


def raw_stream(emulator: ChatEmulator, request: dict[str, Any]) -> str:
    body = {**request, "stream": True}
    return httpx.post(f"{emulator.url}/v2/chat", json=body, headers=AUTH, trust_env=False).text


def shapes(body: str) -> tuple[str, dict[str, set[str]]]:
    """The order of a stream's events, with repetitions collapsed, and the keys of each."""
    frames = [frame.split("data: ", 1)[1] for frame in body.split("\n\n") if frame]
    events = [json.loads(frame) for frame in frames if frame != "[DONE]"]
    order = " ".join([*(event["type"] for event in events), frames[-1]])
    for group in (r"\S+-delta", r"tool-call-start(?: tool-call-delta)? tool-call-end", r"citation-start citation-end"):
        order = re.sub(rf"({group})(?: \1)+", r"\1", order)
    keys: dict[str, set[str]] = {}
    for event in events:
        keys.setdefault(event["type"], set()).update(paths(event))
    return order, keys


# The request for each order of events in a stream.
STREAMS = {
    "message-start content-start content-delta content-end message-end [DONE]": REQUESTS["text"],
    "message-start content-start content-delta citation-start citation-end content-end message-end [DONE]": REQUESTS["a tool result"],
    "message-start tool-plan-delta tool-call-start tool-call-delta tool-call-end message-end [DONE]": REQUESTS["a tool"],
    "message-start tool-plan-delta tool-call-start tool-call-end message-end [DONE]": REQUESTS["a tool without parameters"],
}  # fmt: skip
YOUNG_IN_STREAMS = {"delta.usage.cached_tokens", "delta.message.citations.type"}


@pytest.mark.parametrize("exchange", recorded("sse"))
def test_a_stream_has_the_order_and_the_keys_of_the_recorded_one(exchange: Any, chat_emulator: ChatEmulator) -> None:
    order, keys = shapes(exchange["body"])
    if '"ERROR"' in exchange["body"]:
        chat_emulator.error_end(text="one two")
    emulated_order, emulated_keys = shapes(raw_stream(chat_emulator, STREAMS[order]))
    assert emulated_order == order
    for name, told in keys.items():
        # Not the sources: they are documents on one side and tools on the other. Plain answers compare them.
        assert {path for path in emulated_keys[name] ^ told if ".sources" not in path} <= YOUNG_IN_STREAMS, name


# --- the YAML --------------------------------------------------------------------------------------------------------


def no_more(*path: str) -> Callable[[dict[str, Any]], None]:
    """Returns a change that makes this object refuse unknown keys."""

    def change(schemas: dict[str, Any]) -> None:
        found: Any = schemas
        for step in path:
            found = found[step]
        found["additionalProperties"] = False

    return change


def put(schemas: dict[str, Any], name: str, **changes: dict[str, Any]) -> None:
    for key, change in changes.items():
        schemas[name]["properties"][key] |= change


def messages_by_role(schemas: dict[str, Any]) -> None:
    text = {"type": "string", "minLength": 1}
    schemas["Message"] = {
        "type": "object",
        "properties": {"role": {"enum": ["user", "system", "assistant"]}, "content": text},
        "required": ["role", "content"],
        "additionalProperties": False,
    }


# Cases in which the YAML allows what the service refuses, by the name of the gap or of the rule in WIRE.md.
NARROWER: dict[str, Callable[[dict[str, Any]], None]] = {
    "WIRE 2, unknown fields are refused: request": no_more("ChatRequest"),
    "WIRE 2, unknown fields are refused: tool": no_more("Tool"),
    "WIRE 2, unknown fields are refused: function": no_more("Tool", "properties", "function"),
    "WIRE 2, required: a model and at least one message": lambda schemas: put(
        schemas, "ChatRequest", model={"minLength": 1}, messages={"minItems": 1}
    ),
    "WIRE 3, a message has text; a tool message has its call before it": messages_by_role,
    "WIRE 2, row 2: temperature up to 1": lambda schemas: put(schemas, "ChatRequest", temperature={"maximum": 1}),
    "gap 9, OFF and not NONE": lambda schemas: put(
        schemas, "ChatRequest", safety_mode={"enum": ["CONTEXTUAL", "STRICT", "OFF"]}
    ),
    "WIRE 2, tool names are letters, digits and underscores": lambda schemas: schemas["Tool"]["properties"]["function"][
        "properties"
    ]["name"].update(pattern="^[A-Za-z_][A-Za-z0-9_]{0,20}$"),
    "WIRE 2, response_format: not with tools": lambda schemas: schemas["ChatRequest"].update(
        {"not": {"required": ["tools", "response_format"]}}
    ),
    "max_tokens is an integer of 32 bits": lambda schemas: put(schemas, "ChatRequest", max_tokens={"maximum": 2**31 - 1}),
}  # fmt: skip


def content_is_parts(schemas: dict[str, Any]) -> None:
    message = json.loads(json.dumps(schemas["Message"]))
    message["properties"]["content"] = {"type": "array", "items": {"type": "object", "required": ["type"]}}
    schemas["AnswerMessage"] = message
    schemas["ChatResponse"]["properties"]["message"] = {"$ref": "#/components/schemas/AnswerMessage"}


def upper_case(schemas: dict[str, Any]) -> None:
    finish_reason = schemas["ChatResponse"]["properties"]["finish_reason"]
    finish_reason["enum"] = [value.upper() for value in finish_reason["enum"]]


# Cases in which the service answers with something that the YAML does not have.
WIDER: dict[str, Callable[[dict[str, Any]], None]] = {
    "gap 7, content is a list of parts": content_is_parts,
    "gap 2, upper case": upper_case,
}


def only_a_name(schemas: dict[str, Any]) -> None:
    schemas["Tool"]["properties"]["function"]["required"] = ["name"]


def null_is_absent(schemas: dict[str, Any]) -> None:
    def change(found: Any) -> None:
        for part in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
            change(part)
        if isinstance(found, dict) and isinstance(properties := found.get("properties"), dict):
            for name in properties.keys() - {*found.get("required", [])}:
                properties[name] = {"anyOf": [properties[name], {"enum": [None]}]}

    for name in schemas.keys() - {"ChatResponse"}:
        change(schemas[name])


# Cases in which the service accepts what the YAML does not allow.
LENIENT: dict[str, Callable[[dict[str, Any]], None]] = {
    "gap 10, a function needs no description": only_a_name,
    "inferred: official clients send null for what is not given": null_is_absent,
}


def amended(*changes: dict[str, Callable[[dict[str, Any]], None]]) -> dict[str, Any]:
    spec: dict[str, Any] = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    for change in changes:
        for apply in change.values():
            apply(spec["components"]["schemas"])
    return spec


def problems(spec: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    schema = {"$ref": "#/components/schemas/ChatResponse", "components": spec["components"]}
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(answer)]


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_plain_answers_validate_against_the_yaml_after_its_gaps(
    request_: dict[str, Any], chat_emulator: ChatEmulator
) -> None:
    answer = ChatClient().chat(**request_).to_dict()
    assert problems(amended(WIDER), answer) == []


@pytest.mark.parametrize("gap", WIDER)
def test_without_a_gap_they_do_not(gap: str, chat_emulator: ChatEmulator) -> None:
    others = {name: change for name, change in WIDER.items() if name != gap}
    assert problems(amended(others), ChatClient().chat(**REQUESTS["text"]).to_dict())


def declared(spec: dict[str, Any]) -> dict[str, Any]:
    """Gap 12: the service has more statuses than the YAML."""
    for path in spec["paths"].values():
        refused = path["post"]["responses"]["400"]
        path["post"]["responses"] |= {"404": refused, "422": refused}
    return spec


# NARROWER first: null_is_absent wraps each property, and a rule beside the wrapper would contradict it.
schema = schemathesis.openapi.from_dict(declared(amended(WIDER, NARROWER, LENIENT)))


@schema.hook("filter_body")
def each_tool_s_name_once(_: Any, body: Any) -> bool:
    """WIRE 2 again: a rule that JSON Schema cannot express."""
    try:
        names = [tool["function"]["name"] for tool in body["tools"]]
        return len(set(names)) == len(names)
    except (KeyError, TypeError):
        return True


@schema.parametrize()
def test_schemathesis_finds_nothing_but_the_gaps(case: Any, module_emulator: str) -> None:
    case.call_and_validate(base_url=module_emulator, headers=AUTH)


@pytest.fixture(scope="module")
def module_emulator() -> Iterator[str]:
    with ChatEmulator(api_key="k") as emulator:
        yield emulator.url


# Why each narrowing is needed: a request that the YAML allows and the service refuses.
WITHOUT: dict[str, dict[str, Any]] = {
    "WIRE 2, unknown fields are refused: request": {"tone": "kind"},
    "WIRE 2, unknown fields are refused: tool": {"tools": [{"type": "function", "x": 1, "function": {"name": "f", "description": ""}}]},
    "WIRE 2, unknown fields are refused: function": {"tools": [{"type": "function", "function": {"name": "f", "description": "", "x": 1}}]},
    "WIRE 2, required: a model and at least one message": {"messages": []},
    "WIRE 3, a message has text; a tool message has its call before it": {"messages": RESULT[-1:]},
    "WIRE 2, row 2: temperature up to 1": {"temperature": 2},
    "gap 9, OFF and not NONE": {"safety_mode": "NONE"},
    "WIRE 2, tool names are letters, digits and underscores": {"tools": [{"type": "function", "function": {"name": "2", "description": ""}}]},
    "WIRE 2, response_format: not with tools": {**REQUESTS["a tool"], "response_format": {"type": "json_object"}},
    "max_tokens is an integer of 32 bits": {"max_tokens": 2**31},
}  # fmt: skip


@pytest.mark.parametrize("name", NARROWER)
def test_each_narrowing_is_a_rule_of_the_emulator_s(name: str, chat_emulator: ChatEmulator) -> None:
    body = REQUESTS["text"] | WITHOUT[name]
    response = httpx.post(f"{chat_emulator.url}/v2/chat", json=body, headers=AUTH, trust_env=False)
    assert response.status_code in (400, 422)


def test_a_function_needs_no_description(chat_emulator: ChatEmulator) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    assert ChatClient().chat(**REQUESTS["text"], tools=[tool]).tool_calls


# --- JSON Schema -----------------------------------------------------------------------------------------------------

names = st.sampled_from(["a", "b", "some name"])
leaves = st.one_of(
    st.just({"type": "string"}),
    st.fixed_dictionaries({"type": st.just("string"), "minLength": st.integers(0, 5), "maxLength": st.integers(5, 9)}),
    st.sampled_from(["date-time", "date", "uuid", "email", "ipv4"]).map(
        lambda kind: {"type": "string", "format": kind}
    ),
    st.fixed_dictionaries({"enum": st.lists(st.sampled_from(["x", 1, None]), min_size=1)}),
    st.integers(-50, 50).flatmap(
        lambda least: st.sampled_from(
            [
                {"type": "integer", "minimum": least, "maximum": least + 9},
                {"type": "integer", "multipleOf": 3},
                {"type": "integer", "exclusiveMinimum": least},
                {"type": "number", "exclusiveMinimum": least, "exclusiveMaximum": least + 1},
            ]
        )
    ),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["null", "integer"]}, {"const": [1]}, {}, True]),
    st.just({"$ref": "#/$defs/tree"}),
)
schemas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda items, least: {"type": "array", "items": items, "minItems": least}, inner, st.integers(0, 3)),
        st.builds(
            lambda properties, count: {
                "type": "object",
                "properties": properties,
                "required": sorted(properties)[:count],
                "additionalProperties": False,
            },
            st.dictionaries(names, inner),
            st.integers(0, 3),
        ),
        st.lists(inner, min_size=1, max_size=2).map(lambda some: {"anyOf": some}),
    ),
    max_leaves=6,
)
TREE = {
    "type": "object",
    "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
    "required": ["kids"],
}


@given(schemas, st.sampled_from(["", "Hi", "It is 42.5 now, a long text"]))
def test_an_example_satisfies_its_schema(schema: Any, said: str) -> None:
    whole = {**(schema if isinstance(schema, dict) else {}), "$defs": {"tree": TREE}}
    value = example_of(whole, said)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(whole, format_checker=checker).validate(value)
    json.dumps(value, allow_nan=False)


def test_all_of_is_put_together() -> None:
    parts = [
        {"properties": {"a": {"type": "integer"}}, "required": ["a"]},
        {"properties": {"b": {}}, "required": ["b"]},
    ]
    assert example_of({"type": "object", "allOf": parts}, "x 7") == {"a": 7, "b": "x 7"}


RECURSIVE = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "parent": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
    "required": ["title", "parent"],
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "a required reference to itself or null": RECURSIVE,
    "unique items": {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True},
    "unique choices": {"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "uniqueItems": True},
    "any keys": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
    "a required key of the others": {"type": "object", "required": ["x"], "additionalProperties": {"type": "integer"}},
    "a narrow range": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1e-7},
    "a tenth": {"type": "number", "multipleOf": 0.1, "minimum": 0.3},
    "a default that does not fit": {"type": "integer", "default": None},
    "two bounds": {"allOf": [{"type": "integer", "minimum": 15}, {"minimum": 3}]},
    "an escaped reference": {"$ref": "#/$defs/a%20b", "$defs": {"a b": {"type": "integer"}}},
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_an_example_satisfies_a_schema_of_the_wild(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schema).validate(example_of(schema, "It is 5."))


@pytest.mark.parametrize("exchange", [*recorded("json"), *recorded("sse"), *recorded("errors")])
def test_a_recorded_request_gets_its_recorded_status(exchange: Any, chat_emulator: ChatEmulator) -> None:
    response = httpx.post(f"{chat_emulator.url}/v2/chat", json=exchange["request"], headers=AUTH, trust_env=False)
    assert response.status_code == exchange["status"]
    if response.is_error:
        assert response.json() == json.loads(exchange["body"])
