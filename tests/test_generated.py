"""The generated package: its classes read and write JSON, and the generated client works alone for plain chat."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import inspect
import json
import pickle
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipeline.api_changes import changes
from pipeline.problems import plain, read

import cohere_chat
from cohere_chat.params import CALL_OPTIONS
from cohere_chat_api_client import AuthenticatedClient, Client, models
from cohere_chat_api_client.api.chat import chat
from cohere_chat_api_client.base import Event, Model, OpenIntEnum, Piece, Record, ShapeError, Unknown, wire_fields

from .conftest import recorded
from .server import RawServer, answer, text_answer
from .test_events import json_values

ROOT = Path(__file__).parent.parent
MERGED: dict[str, Any] = plain(read(ROOT / "generated" / "openapi.yml"))
CLASSES: list[type[Record]] = [
    value for name in models.__all__ if isinstance(value := getattr(models, name), type) and issubclass(value, Record)
]


# --- JSON -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", recorded("json"))
def test_a_recorded_answer_is_read_into_typed_objects_and_comes_back_equal(exchange: dict[str, Any]) -> None:
    body = json.loads(exchange["body"])
    response = models.ChatResponse.from_dict(body)
    assert response.to_dict() == body
    assert type(response.message) is models.AssistantMessage
    assert type(response.usage) is models.Usage
    assert not any(isinstance(part, Unknown) for part in response.message.content or ())
    for copied in (pickle.loads(pickle.dumps(response)), copy.copy(response), copy.deepcopy(response)):
        assert copied == response
        assert copied.to_dict() == body


@pytest.mark.parametrize("exchange", [*recorded("json"), *recorded("sse")])
def test_a_recorded_request_comes_back_equal(exchange: dict[str, Any]) -> None:
    assert models.ChatRequest.from_dict(exchange["request"]).to_dict() == exchange["request"]


@pytest.mark.parametrize("exchange", recorded("sse"))
def test_every_recorded_event_is_read_into_its_class(exchange: dict[str, Any]) -> None:
    for line in exchange["body"].splitlines():
        if line.startswith("data: {"):
            data = json.loads(line.removeprefix("data: "))
            event = models.CHAT_EVENT_BY_TYPE[data["type"]].from_dict(data)
            assert event.type == data["type"]
            assert event.to_dict().keys() == data.keys()


def known_json(cls: type[Record]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON that a class accepts, with unknown keys and union members, and without nulls that mean absent."""
    hints = get_type_hints(cls)
    fields = wire_fields(cls)
    required = {key: of_hint(hints[field.name]) for key, field in fields.items() if field.metadata.get("required")}
    optional = {key: of_hint(hints[field.name]) for key, field in fields.items() if not field.metadata.get("required")}
    if issubclass(cls, Model):
        optional |= {"unlisted": json_values}
    return st.fixed_dictionaries(required, optional=optional)


def of_hint(hint: Any) -> st.SearchStrategy[Any]:
    args = [arg for arg in get_args(hint) if arg is not type(None)]
    name = getattr(hint, "__origin__", None)
    if name is not None and getattr(name, "__name__", "") == "Literal":
        return st.just(args[0])
    if name is dict:
        return st.dictionaries(st.text(max_size=3), json_values, max_size=2)
    if getattr(name, "__name__", "") == "Sequence":
        return st.lists(of_hint(args[0]), max_size=2)
    if args:
        return st.one_of([of_hint(arg) for arg in args if arg is not Unknown] + [unknown_members] * (Unknown in args))
    if isinstance(hint, type) and issubclass(hint, Record):
        return st.deferred(lambda: known_json(hint))
    if isinstance(hint, type) and issubclass(hint, str) and hint is not str:
        return st.sampled_from([*hint, "NOBODY_KNOWS"]).map(str)
    return {
        str: st.text(max_size=5),
        int: st.integers(),
        float: st.floats(allow_nan=False) | st.integers(),
        bool: st.booleans(),
    }[hint]


unknown_members = st.fixed_dictionaries(
    {"type": st.just("new"), "role": st.just("critic")}, optional={"x": json_values}
)


@given(st.data())
@pytest.mark.parametrize("cls", [cls for cls in CLASSES if issubclass(cls, Model)], ids=lambda cls: cls.__name__)
def test_whatever_fits_comes_back_as_it_came(cls: type[Model], data: st.DataObject) -> None:
    value = data.draw(known_json(cls))
    made = cls.from_dict(value)
    assert made.to_dict() == value
    assert cls.from_dict(made.to_dict()) == made
    assert json.dumps(made.to_dict())


@given(json_values)
def test_any_json_is_read_or_refused_with_a_place(value: Any) -> None:
    for cls in CLASSES:
        try:
            cls.from_dict(value)
        except ShapeError as error:
            assert str(error).startswith("$")  # noqa: PT017  # not every class refuses


def test_a_null_reads_as_absent_and_nothing_is_sent_for_none() -> None:
    message = {"role": "assistant", "content": None, "tool_plan": None, "new": None}
    made = models.AssistantMessage.from_dict(message)
    assert made.content is None
    assert made.to_dict() == {"role": "assistant", "new": None}
    assert models.ChatRequest("m", [], seed=None).to_dict() == {"model": "m", "messages": []}


def test_a_member_that_nobody_knows_is_kept_and_sent_back_as_it_came() -> None:
    parts: list[Any] = [{"type": "video", "url": "x"}, {"type": "text"}, {"type": "text", "text": 5}, "bare", 3, None]
    message = models.AssistantMessage.from_dict({"role": "assistant", "content": parts})
    assert message.content is not None
    assert [(part.type, part.data) for part in message.content if isinstance(part, Unknown)] == [
        ("video", parts[0]),
        ("text", parts[1]),
        ("text", parts[2]),
        ("", "bare"),
        ("", 3),
        ("", None),
    ]
    assert message.to_dict()["content"] == parts
    source = {"type": "web", "id": "w"}
    assert models.Citation.from_dict({"sources": [source]}).sources == [Unknown("web", source)]


MISFITS: dict[str, tuple[Any, str]] = {
    "no object": ([], "$: expected an object, got an array"),
    "no message": ({}, "$.message: missing"),
    "a null message": ({"message": None}, "$.message: missing"),
    "no role": ({"message": {"role": 5}}, "$.message.role: expected a string, got a number"),
    "a text is a number": (
        {"message": {"role": "assistant", "citations": [{}, {"text": 5}]}},
        "$.message.citations[1].text: expected a string, got a number",
    ),
    "a call without an id": (
        {
            "message": {
                "role": "assistant",
                "tool_calls": [{"type": "function", "function": {"name": "f", "arguments": ""}}],
            }
        },
        "$.message.tool_calls[0].id: missing",
    ),
    "content is a number": (
        {"message": {"role": "assistant", "content": 5}},
        "$.message.content: expected a string, got a number",
    ),
    "a count is a boolean": (
        {"message": {"role": "assistant"}, "usage": {"tokens": {"input_tokens": True}}},
        "$.usage.tokens.input_tokens: expected a number, got a boolean",
    ),
    "a start is no whole number": (
        {"message": {"role": "assistant", "citations": [{"start": 0.5}]}},
        "$.message.citations[0].start: expected an integer, got a number",
    ),
}


@pytest.mark.parametrize(("data", "says"), MISFITS.values(), ids=MISFITS)
def test_json_that_does_not_fit_is_an_error_with_its_place(data: Any, says: str) -> None:
    with pytest.raises(ShapeError, match=f"^{re.escape(says)}$") as caught:
        models.ChatResponse.from_dict(data)
    assert isinstance(caught.value, ValueError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == says


def test_whole_numbers_may_be_written_with_a_fraction() -> None:
    citation = models.Citation.from_dict({"start": 3.0, "end": 4})
    assert citation.to_dict() == {"start": 3.0, "end": 4}


def test_an_enum_takes_its_values_as_strings_in_any_case_and_any_other_string() -> None:
    assert models.ImageUrl("u", detail="low").detail is models.ImageUrlDetail.LOW
    assert models.ImageUrl("u", detail="newest").to_dict() == {"url": "u", "detail": "newest"}  # type: ignore[arg-type]
    assert models.FinishReason("complete") is models.FinishReason.COMPLETE
    new = models.FinishReason("Newest")
    assert (new, str(new), new.value, repr(new)) == ("Newest", "Newest", "Newest", "<FinishReason.Newest: 'Newest'>")
    for member in (new, models.FinishReason.COMPLETE):
        for copied in (pickle.loads(pickle.dumps(member)), copy.copy(member), copy.deepcopy(member)):
            assert copied == member
            assert type(copied) is models.FinishReason


def test_records_are_equal_by_their_fields_and_print_them() -> None:
    text = models.TextContent("Hi")
    assert text == models.TextContent(text="Hi")
    assert text != models.TextContent("Ho")
    assert text != models.ThinkingContent("Hi")
    assert (text == 5, repr(text)) == (False, "TextContent(type='text', text='Hi')")
    other = models.TextContent("Hi")
    other.additional_properties["new"] = 1
    assert text != other
    with pytest.raises(TypeError, match="unhashable"):
        hash(text)
    circle = models.Document({"a": 1})
    circle.data = {"self": circle}
    assert repr(circle) == "Document(data={'self': ...}, id=None)"


def test_values_inside_dicts_tuples_and_records_become_json() -> None:
    request = models.ChatRequest(
        "m",
        (models.UserMessage(({"type": "image_url", "image_url": models.ImageUrl("u")},)),),  # type: ignore[arg-type]
        tools=[{"type": "function", "function": models.ToolDefinitionFunction("f", {"type": "object"})}],  # type: ignore[list-item]
    )
    assert request.to_dict() == {
        "model": "m",
        "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
    }


def test_an_event_has_its_json_as_text() -> None:
    event = models.ContentEndEvent(index=0)
    assert (event.raw, event.raw_bytes) == ("", b"")
    event.raw_bytes = b'{"type": "content-end\xff"}'
    assert event.raw == '{"type": "content-end\ufffd"}'
    assert pickle.loads(pickle.dumps(event)).raw == event.raw
    delta = models.ContentDeltaEvent.from_dict(
        {"type": "content-delta", "delta": {"message": {"content": {"thinking": "a"}}}, "new": 1}
    )
    assert isinstance(delta.delta, Piece)
    assert (delta.delta.message.content.text, delta.delta.message.content.thinking) == ("", "a")
    assert "new" not in delta.to_dict()


class Level(OpenIntEnum):
    LOW = 1


@attrs.define(eq=False, repr=False)
class Every(Model):
    """A class with types that our spec does not use."""

    day: dt.date
    at: dt.datetime | None = attrs.field(default=None, kw_only=True, metadata={"name": "x-at"})
    key: UUID | None = attrs.field(default=None, kw_only=True)
    level: Level | None = attrs.field(default=None, kw_only=True)
    texts: dict[str, str] | None = attrs.field(default=None, kw_only=True)
    one: models.TextContent | models.ThinkingContent | dict[str, Any] | None = attrs.field(default=None, kw_only=True)


def test_types_that_our_spec_does_not_have_are_read_and_written_too() -> None:
    data = {
        "day": "2026-01-02",
        "x-at": "2026-01-02T03:04:05+00:00",
        "key": "12345678-1234-5678-1234-567812345678",
        "level": 1,
    }
    every = Every.from_dict({**data, "texts": {"a": "b"}})
    assert every.level is Level.LOW
    assert every.to_dict() == {**data, "texts": {"a": "b"}}
    assert Level(7) == 7
    assert pickle.loads(pickle.dumps(Level(7))) == 7
    with pytest.raises(ValueError, match="'x' is not a valid Level"):
        Level("x")
    for bad, says in (
        ({"day": 5}, "$.day: expected a date, got 5"),
        ({"day": "2026-01-02", "x-at": "soon"}, "$.x-at: expected a date and time, got 'soon'"),
        ({"day": "2026-01-02", "texts": {"a": 5}}, "$.texts.a: expected a string, got a number"),
        ({"day": "2026-01-02", "level": "1"}, "$.level: expected an integer, got a string"),
        ({"day": "2026-01-02", "one": 5}, "$.one: expected an object, got a number"),
    ):
        with pytest.raises(ShapeError, match=f"^{re.escape(says)}$"):
            Every.from_dict(bad)
    assert Every.from_dict({"day": "2026-01-02", "one": {"type": "new"}}).one == {"type": "new"}
    assert type(Every.from_dict({"day": "2026-01-02", "one": {"type": "text", "text": "a"}}).one) is models.TextContent


# --- contracts with the spec -----------------------------------------------------------------------------------------


def test_required_properties_are_positional_and_all_others_keyword_only() -> None:
    for cls in CLASSES:
        schema_required = {key for key, field in wire_fields(cls).items() if field.metadata.get("required")}
        for key, field in wire_fields(cls).items():
            assert field.kw_only is (field.default is not attrs.NOTHING), f"{cls.__name__}.{key}"
            assert (field.default is attrs.NOTHING) <= (key in schema_required)
    positional = [
        one.name
        for one in inspect.signature(models.ToolMessage).parameters.values()
        if one.kind is not one.KEYWORD_ONLY
    ]
    assert positional == ["tool_call_id", "content"]


def test_the_metadata_has_the_ranges_enums_and_defaults_of_the_spec() -> None:
    properties = MERGED["components"]["schemas"]["ChatRequest"]["properties"]
    for key, field in wire_fields(models.ChatRequest).items():
        for constraint in ("minimum", "maximum", "maxItems", "enum", "default"):
            assert field.metadata.get(constraint) == properties[key].get(constraint), key
    assert attrs.fields(models.ChatRequest).seed.metadata["maximum"] == 2**64 - 1
    source = inspect.getsource(models.ChatRequest)
    assert "Range: 0 to 18446744073709551615." in source
    assert "Minimum: 1." in source
    assert "At most 5 items." in source


def test_every_request_property_is_an_option_but_those_that_stand_apart() -> None:
    properties = MERGED["components"]["schemas"]["ChatRequest"]["properties"].keys()
    assert models.ChatRequestOptions.__annotations__.keys() == properties - {"model", "messages", "tools", "stream"}
    assert models.ChatRequestToolsOption.__annotations__.keys() == {"tools"}
    assert models.ChatRequestDict.__annotations__.keys() == properties
    for key in models.ChatRequestOptions.__annotations__:
        assert f"    {key}: " in inspect.getsource(models.ChatRequestOptions)


def test_unions_and_their_tables_are_those_of_the_spec() -> None:
    for name, key, table in (
        ("Message", "role", models.MESSAGE_BY_ROLE),
        ("ContentPart", "type", models.CONTENT_PART_BY_TYPE),
        ("Source", "type", models.SOURCE_BY_TYPE),
        ("ChatEvent", "type", models.CHAT_EVENT_BY_TYPE),
    ):
        schema = MERGED["components"]["schemas"][name]
        assert schema["discriminator"]["propertyName"] == key
        mapped = {value: target.rsplit("/", 1)[1] for value, target in schema["discriminator"]["mapping"].items()}
        assert {value: cls.__name__ for value, cls in table.items()} == mapped
        assert {cls.__name__ for cls in get_args(getattr(models, name))} == {*mapped.values()}
    assert all(issubclass(cls, Event) for cls in models.CHAT_EVENT_BY_TYPE.values())


def overshadowed(properties: set[str]) -> set[str]:
    """The properties whose names clash with something that our ChatResponse adds."""
    ours = {name for name in dir(cohere_chat.ChatResponse) if not name.startswith("_")}
    return properties & (
        ours - fields_of_the_answer() - {"additional_properties", "to_dict", "from_dict"} | {"headers"}
    )


def fields_of_the_answer() -> set[str]:
    return {"id", "message", "finish_reason", "usage", "logprobs"}


def test_no_property_of_an_answer_has_the_name_of_one_of_ours() -> None:
    """Fails if a new spec gains one: rename ours, or give the property another name in the overlay document."""
    clash = overshadowed({*wire_fields(models.ChatResponse)})
    assert not clash, f"ChatResponse gained {clash}, which cohere_chat.ChatResponse defines itself"
    assert overshadowed({"text", "served_by", "headers", "warnings"}) == {"text", "headers", "warnings"}


def test_no_property_of_a_request_has_the_name_of_a_call_option() -> None:
    """`deadline` is one of these options."""
    clash = {*wire_fields(models.ChatRequest)} & (CALL_OPTIONS | {"deadline"})
    assert not clash, f"ChatRequest gained {clash}, which are options of a call"


# --- the generated client alone ----------------------------------------------------------------------------------------


def test_the_generated_client_sends_only_what_was_set_and_gives_an_error_for_any_status(server: RawServer) -> None:
    body = models.ChatRequest("m", [models.UserMessage("Hi")], seed=2**64 - 1, safety_mode="OFF")
    server.play(
        answer(text_answer("Ho")), answer({"message": "no", "error_type": "X"}, status=422), answer({}, status=503)
    )
    with AuthenticatedClient(base_url=server.url, token="a-key") as client:
        given = chat.sync(client=client, body=body)
        refused = chat.sync(client=client, body=body)

    async def again() -> Any:
        async with AuthenticatedClient(base_url=server.url, token="a-key") as client:
            return await chat.asyncio(client=client, body=body)

    assert asyncio.run(again()) == models.Error()
    assert isinstance(given, models.ChatResponse)
    assert given.message.content == [models.TextContent("Ho")]
    assert refused == models.Error(message="no", error_type="X")
    assert server.requests[0].json == {
        "model": "m",
        "messages": [{"role": "user", "content": "Hi"}],
        "seed": 2**64 - 1,
        "safety_mode": "OFF",
    }
    assert Client(base_url="https://x").raise_on_unexpected_status is False


# --- what changed in the API --------------------------------------------------------------------------------------------


def changed(path: str, value: Any = None) -> list[str]:
    """The report after the value at a path of the merged document has changed, or was removed (`None`)."""
    new = copy.deepcopy(MERGED)
    *parents, last = path.split("/")
    place: Any = new
    for key in parents:
        place = place[key.replace("|", "/")]
    if value is None:
        del place[last.replace("|", "/")]
    else:
        place[last.replace("|", "/")] = value
    return changes(MERGED, new)


REQUEST = "components/schemas/ChatRequest"
POST = "paths/|v2|chat/post"
REPORTS: dict[str, tuple[tuple[Any, ...], str]] = {
    "a required property": (
        (f"{REQUEST}/required", ["model", "messages", "k"]),
        "BREAKING ChatRequest.k is now required",
    ),
    "a changed type": (
        (f"{REQUEST}/properties/k/type", "string"),
        "BREAKING ChatRequest.k: the type was integer and is now string",
    ),
    "a removed property": ((f"{REQUEST}/properties/k",), "BREAKING ChatRequest.k is removed"),
    "a removed value": (
        (f"{REQUEST}/properties/tool_choice/enum", ["REQUIRED"]),
        "BREAKING ChatRequest.tool_choice: the value 'NONE' is removed",
    ),
    "authentication": (
        ("components/securitySchemes/bearerAuth/scheme", "basic"),
        "BREAKING the API: the authentication changed",
    ),
    "authentication of one operation": (
        (f"{POST}/security", []),
        "BREAKING operation chat: the authentication changed",
    ),
    "a server": (
        ("servers", [{"url": "https://x"}]),
        'BREAKING the API: the address was ["https://api.cohere.com"] and is now ["https://x"]',
    ),
    "a removed operation": (("paths/|v2|chat|stream",), "BREAKING operation chatStream is removed"),
    "a removed schema": (("components/schemas/DebugEvent",), "BREAKING DebugEvent is removed"),
    "an added property": (
        (f"{REQUEST}/properties/tag", {"type": "array", "items": {"type": "string"}}),
        "added    ChatRequest.tag: array of string",
    ),
    "an added value": (
        (f"{REQUEST}/properties/tool_choice/enum", ["REQUIRED", "NONE", "AUTO"]),
        "added    ChatRequest.tool_choice: the value 'AUTO'",
    ),
    "an added operation": (
        ("paths/|v3|x", {"get": {"operationId": "x", "responses": {}}}),
        "added    operation x: GET /v3/x",
    ),
    "an added schema": (("components/schemas/New", {"type": "object"}), "added    New: object"),
    "a new parameter": (
        (f"{POST}/parameters", [{"name": "q", "in": "query", "schema": {"type": "string"}}]),
        "added    operation chat, parameter q: string",
    ),
    "a new required parameter": (
        (f"{POST}/parameters", [{"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}]),
        "BREAKING operation chat, parameter q is new and required: string",
    ),
    "a new required property": (
        ("components/schemas/Usage", {"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}}),
        "BREAKING Usage.x is new and required: string",
    ),
    "a default": ((f"{REQUEST}/properties/p/default", 0.5), "changed  ChatRequest.p: default: 0.75 -> 0.5"),
    "a range": ((f"{REQUEST}/properties/p/maximum", 1), "changed  ChatRequest.p: maximum: 0.99 -> 1"),
    "a description": ((f"{REQUEST}/properties/p/description", "New."), "changed  ChatRequest.p: description"),
    "no longer required": ((f"{REQUEST}/required", ["model"]), "changed  ChatRequest.messages is no longer required"),
}


@pytest.mark.parametrize(("change", "says"), REPORTS.values(), ids=REPORTS)
def test_the_report_names_a_change_of_the_api_and_whether_it_breaks(change: tuple[Any, ...], says: str) -> None:
    told = changed(*change)
    assert says in told
    levels = [line.split()[0] for line in told]
    assert levels == sorted(levels, key=["BREAKING", "added", "changed"].index)


def test_a_moved_path_is_breaking_and_nothing_is_said_of_nothing() -> None:
    new = copy.deepcopy(MERGED)
    new["paths"]["/v3/chat"] = new["paths"].pop("/v2/chat")
    assert changes(MERGED, new) == [
        "BREAKING operation chat: the address was POST /v2/chat and is now POST /v3/chat",
    ]
    assert changes(MERGED, copy.deepcopy(MERGED)) == []
