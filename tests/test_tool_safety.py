"""Tool calls that must not run (bound arguments, cut-off answers, unfit values), and that no sent value is lost."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import functools
import json
import uuid
from typing import Annotated, Any, NotRequired, TypedDict

import attrs
import msgspec
import pydantic
import pydantic.dataclasses
import pytest

from cohere_chat import AsyncChatClient, ChatClient, CohereChatError, StreamDecodeError, Tool, ToolCallError
from cohere_chat.testing import ChatEmulator
from cohere_chat.testing.frames import events_of
from cohere_chat.tools.schemas import decode, response_format_of, schema_of

from .server import RawServer, answer, chunked, frames, text_answer

HI: list[Any] = [{"role": "user", "content": "Hi"}]
SECRET = "s3cret"


def run_sync(url: str, tools: list[Any]) -> Any:
    with ChatClient("k", base_url=url) as client:
        return client.run_tools(model="m", messages=HI, tools=tools)


def run_stream(url: str, tools: list[Any]) -> Any:
    with ChatClient("k", base_url=url) as client:
        return client.run_tools_stream(model="m", messages=HI, tools=tools).get_final_run()


def run_async(url: str, tools: list[Any]) -> Any:
    async def main() -> Any:
        async with AsyncChatClient("k", base_url=url) as client:
            return await client.run_tools(model="m", messages=HI, tools=tools)

    return asyncio.run(main())


def run_async_stream(url: str, tools: list[Any]) -> Any:
    async def main() -> Any:
        async with AsyncChatClient("k", base_url=url) as client:
            return await client.run_tools_stream(model="m", messages=HI, tools=tools).get_final_run()

    return asyncio.run(main())


RUNS = {"plain": run_sync, "stream": run_stream, "async": run_async, "async stream": run_async_stream}
run = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)


def asking(run: Any, data: dict[str, Any]) -> list[Any]:
    """The script of an answer, in the form that the run requests."""
    if run in (run_stream, run_async_stream):
        return chunked(frames(events_of(data, fast_citations=False)))
    return answer(data)


def calls_of(*calls: dict[str, Any], finish_reason: str = "TOOL_CALL") -> dict[str, Any]:
    return text_answer("", finish_reason) | {"message": {"role": "assistant", "tool_calls": [*calls]}}


def call(name: str, arguments: str = "{}", id: Any = "c1") -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


# --- bound arguments -------------------------------------------------------------------------------------------------


def search(query: str, api_key: str = "", *, limit: int = 3) -> str:
    """Search."""
    return f"{query} {api_key} {limit}"


class Searcher:
    def search(self, query: str, api_key: str) -> str:
        """Search."""
        return f"{query} {api_key}"

    bound = functools.partialmethod(search, api_key=SECRET)


INNER = functools.partial(search, api_key=SECRET)
INNER.note = "functools does not make one with attributes flat"  # type: ignore[attr-defined]

BOUND: dict[str, Any] = {
    "by keyword": functools.partial(search, api_key=SECRET),
    "twice": functools.partial(functools.partial(search, api_key=SECRET), limit=5),
    "nested": functools.partial(INNER, limit=5),
    "a method": Searcher().bound,
    "a bound method": functools.partial(Searcher().search, api_key=SECRET),
}


@pytest.mark.parametrize("function", BOUND.values(), ids=BOUND)
def test_what_is_bound_is_not_told_and_cannot_be_set(function: Any) -> None:
    tool = Tool.from_function(function, name="search")
    assert SECRET not in json.dumps(tool.to_dict())
    assert "api_key" not in json.dumps(tool.to_dict())
    assert SECRET not in repr(tool)
    with pytest.raises(ValueError, match="api_key") as caught:
        tool.decode_arguments('{"query": "q", "api_key": "mine"}')
    assert SECRET not in str(caught.value)
    assert function(**tool.decode_arguments('{"query": "q"}')).startswith(f"q {SECRET}")


def test_what_is_bound_by_position_is_not_told_either() -> None:
    tool = Tool.from_function(functools.partial(search, "q", SECRET))
    assert tool.parameters["properties"].keys() == {"limit"}
    assert SECRET not in json.dumps(tool.to_dict())


def test_what_is_bound_and_does_not_fit_is_an_error_that_does_not_show_it() -> None:
    with pytest.raises(TypeError, match=r"the tool search: its signature .* rejects the bound arguments") as caught:
        Tool.from_function(functools.partial(search, password=SECRET))
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


# --- answers that were cut off ---------------------------------------------------------------------------------------


@run
@pytest.mark.parametrize("finish_reason", ["MAX_TOKENS", "TIMEOUT", "ERROR", "NEVER_HEARD_OF"])
@pytest.mark.parametrize("arguments", ["", '{"table": "users"}'])
def test_no_call_of_an_answer_that_was_cut_off_is_made(
    arguments: str, finish_reason: str, run: Any, server: RawServer
) -> None:
    made: list[str] = []

    def delete_rows(table: str = "users", where: str = "") -> str:
        made.append(where)
        return "gone"

    data = calls_of(call("delete_rows", "{}"), call("delete_rows", arguments, "c2"), finish_reason=finish_reason)
    server.play(asking(run, data))
    with pytest.raises(CohereChatError) as caught:
        run(server.url, [delete_rows])
    assert made == []
    assert len(server.requests) == 1
    if finish_reason == "ERROR" and run in (run_stream, run_async_stream):
        return  # the stream itself has failed
    assert isinstance(caught.value, ToolCallError)
    assert str(caught.value).startswith(f"the answer ended with {finish_reason}: its tool calls may be cut off")
    assert [len(step.response.tool_calls) for step in caught.value.tool_run.steps] == [2]
    assert json.loads(caught.value.raw)["finish_reason"] == finish_reason


@run
@pytest.mark.parametrize("finish_reason", ["TOOL_CALL", "COMPLETE", "STOP_SEQUENCE"])
def test_an_answer_that_ended_has_its_calls_made(finish_reason: str, run: Any, server: RawServer) -> None:
    def now() -> str:
        return "noon"

    server.play(asking(run, calls_of(call("now", ""), finish_reason=finish_reason)), asking(run, text_answer("Noon")))
    assert run(server.url, [now]).response.text == "Noon"


@run
@pytest.mark.parametrize("lacking", [None, ""])
def test_a_call_without_an_id_is_an_error_before_any_is_made(lacking: Any, run: Any, server: RawServer) -> None:
    made: list[str] = []

    def note(text: str = "") -> str:
        made.append(text)
        return text

    server.play(asking(run, calls_of(call("note"), call("note", id=lacking))))
    with pytest.raises(ToolCallError, match="the call to 'note' has no id: no tool call was made") as caught:
        run(server.url, [note])
    assert made == []
    assert caught.value.tool_run.messages == HI


@run
def test_arguments_that_are_an_object_reach_the_function(run: Any, server: RawServer) -> None:
    def echo(text: str = "nothing") -> str:
        return text

    asked: dict[str, Any] = call("echo")
    asked["function"]["arguments"] = {"text": "all"}
    if run in (run_stream, run_async_stream):
        events = [*events_of(calls_of(call("echo", "")), fast_citations=False)]
        events[1]["delta"]["message"]["tool_calls"] = asked
        server.play(chunked(frames(events)))
    else:
        server.play(answer(calls_of(asked)))
    server.play(asking(run, text_answer("Done")))
    assert [result.value for result in run(server.url, [echo]).steps[0].results] == ["all"]


def test_a_piece_of_arguments_that_cannot_be_read_ends_the_run(server: RawServer) -> None:
    made: list[str] = []

    def delete_rows(where: str = "") -> str:
        made.append(where)
        return "gone"

    events = [*events_of(calls_of(call("delete_rows", '{"where": "id = 5"}')), fast_citations=False)]
    for event in events:
        if event["type"] == "tool-call-delta":
            event["delta"]["message"]["tool_calls"]["function"]["arguments"] = 5
    server.play(chunked(frames(events)))
    with pytest.raises(StreamDecodeError):
        run_stream(server.url, [delete_rows])
    assert made == []


def test_an_answer_without_content_is_left_out_of_the_messages_of_a_run(chat_emulator: ChatEmulator) -> None:
    chat_emulator.reply("")
    with ChatClient() as client:
        done = client.run_tools(model="m", messages=HI, tools=[search])
        assert done.messages == HI
        client.chat(model="m", messages=[*done.messages, *HI])


# --- values that do not fit a type -----------------------------------------------------------------------------------


@pydantic.dataclasses.dataclass
class Positive:
    n: int

    @pydantic.field_validator("n")
    @classmethod
    def above(cls, value: int) -> int:
        if value < 0:
            raise ValueError("below zero")
        return value


@dataclasses.dataclass
class Holder:
    inner: Positive
    kept: Annotated[int, pydantic.Field(ge=1, le=50)] = 7


def bounded(limit: int = pydantic.Field(10, ge=1, le=50)) -> int:  # type: ignore[assignment]
    return limit


def annotated(limit: Annotated[int, pydantic.Field(ge=1, le=50, description="how many")] = 10) -> int:
    return limit


def several(limits: list[pydantic.PositiveInt]) -> list[int]:
    return limits


def given(value: Positive) -> int:
    return value.n


def held(value: Holder) -> Holder:
    return value


REFUSED: dict[str, tuple[Any, str]] = {
    "a dataclass with a validator": (given, '{"value": {"n": -1}}'),
    "a default that is a Field": (bounded, '{"limit": 1000000}'),
    "an annotation with a Field": (annotated, '{"limit": 1000000}'),
    "within a list": (several, '{"limits": [1, 0]}'),
    "deep inside": (held, '{"value": {"inner": {"n": -1}}}'),
    "beside it": (held, '{"value": {"inner": {"n": 1}, "kept": 0}}'),
}


@pytest.mark.parametrize(("function", "arguments"), REFUSED.values(), ids=REFUSED)
def test_what_pydantic_bounds_is_bounded(function: Any, arguments: str) -> None:
    with pytest.raises(ValueError, match=r"at `\$"):
        Tool.from_function(function).decode_arguments(arguments)


def test_what_pydantic_bounds_is_told_and_its_defaults_hold() -> None:
    for function in (bounded, annotated):
        tool = Tool.from_function(function)
        told = tool.parameters["properties"]["limit"]
        assert (told["minimum"], told["maximum"], told["type"], told["default"]) == (1, 50, "integer", 10)
        assert not tool.parameters.get("required")
        assert function(**tool.decode_arguments("{}")) == 10
        assert function(**tool.decode_arguments('{"limit": 3}')) == 3
    assert Tool.from_function(annotated).parameters["properties"]["limit"]["description"] == "how many"
    made = Tool.from_function(held).decode_arguments('{"value": {"inner": {"n": 1}}}')["value"]
    assert (type(made), type(made.inner), made.kept) == (Holder, Positive, 7)


@attrs.define
class Stripped:
    text: str = attrs.field(converter=str.strip)


def strip(value: Stripped) -> str:
    return value.text


def dunder(__x: int) -> int:  # noqa: PYI063
    return __x


def unresolved(x: Nowhere) -> int:  # type: ignore[name-defined]  # noqa: F821
    return 1


@dataclasses.dataclass
class Unresolved:
    x: Nowhere  # type: ignore[name-defined]  # noqa: F821


@attrs.define
class OfBoth:
    n: Annotated[int, pydantic.Field(ge=1)]


def of_both(value: OfBoth) -> int:
    return value.n


NOT_HONOURED: dict[str, tuple[Any, str]] = {
    "a converter": (strip, "the tool strip: the parameter value: the converter of Stripped.text would not run"),
    "two underscores": (dunder, "the tool dunder: the parameter __x cannot be passed by name"),
    "a name that is nowhere": (unresolved, "the tool unresolved: its type hints cannot be read: name 'Nowhere'"),
    "pydantic inside of attrs": (of_both, "the tool of_both: the parameter value: pydantic cannot read it"),
}


@pytest.mark.parametrize(("function", "says"), NOT_HONOURED.values(), ids=NOT_HONOURED)
def test_what_cannot_be_honoured_is_a_type_error_that_names_the_parameter(function: Any, says: str) -> None:
    with pytest.raises(TypeError) as caught:
        Tool.from_function(function)
    assert str(caught.value).startswith(says)


def test_a_type_that_cannot_be_resolved_is_a_type_error_before_anything_is_sent(chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client, pytest.raises(TypeError, match=r"Unresolved has no JSON Schema: name 'Nowhere'"):
        client.chat_parsed(model="m", messages=HI, response_type=Unresolved)
    assert chat_emulator.requests == []


# --- texts and formats -----------------------------------------------------------------------------------------------


class AsTypedDict(TypedDict):
    city: Annotated[str, "a city"]
    at: NotRequired[dt.datetime]


@attrs.define
class AsAttrs:
    city: Annotated[str, "a city"]
    at: dt.datetime | None = None


@dataclasses.dataclass
class AsDataclass:
    city: Annotated[str, "a city"]
    at: dt.datetime | None = None


class AsStruct(msgspec.Struct, rename="upper"):
    city: Annotated[str, "a city"]
    at: dt.datetime | None = None


@pytest.mark.parametrize("cls", [AsTypedDict, AsAttrs, AsDataclass, AsStruct])
def test_texts_and_formats_are_told_at_any_depth(cls: Any) -> None:
    def tool(one: cls, many: list[cls], by_name: dict[str, cls], perhaps: Annotated[cls | None, "or none"]) -> None:  # type: ignore[valid-type]
        pass

    tool.__annotations__ |= {
        "one": cls,
        "many": list[cls],
        "by_name": dict[str, cls],
        "perhaps": Annotated[cls | None, "or none"],
    }
    properties = Tool.from_function(tool).parameters["properties"]
    places = [
        properties["one"],
        properties["many"]["items"],
        properties["by_name"]["additionalProperties"],
        properties["perhaps"]["anyOf"][0],
        response_format_of(cls)["json_schema"],
    ]
    for place in places:
        told = {key.lower(): value for key, value in place["properties"].items()}
        assert told["city"]["description"] == "a city"
        assert '"format": "date-time"' in json.dumps(told["at"])
    assert properties["perhaps"]["description"] == "or none"


@pytest.mark.parametrize(
    ("type_", "format_"),
    [(dt.datetime, "date-time"), (dt.date, "date"), (dt.time, "time"), (uuid.UUID, "uuid")],
)
def test_a_format_is_told_wherever_its_type_stands(type_: Any, format_: str) -> None:
    for form in (type_, list[type_], type_ | None, dict[str, type_], tuple[int, type_], Annotated[type_, "when"]):
        assert json.dumps(schema_of(form)).count(f'"format": "{format_}"') == 1


# --- nulls and whole numbers -----------------------------------------------------------------------------------------


@dataclasses.dataclass
class User:
    user_id: int
    email: str | None
    tags: dict[str, int | None] = dataclasses.field(default_factory=dict)
    name: str = "nobody"
    more: Any = None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"user_id": 3.0, "email": null}', User(3, None)),
        ('{"user_id": 3, "email": null, "tags": {"a": null}, "name": null}', User(3, None, {"a": None})),
        ('{"user_id": 3.0, "email": null, "tags": {"a": null, "b": 2.0}}', User(3, None, {"a": None, "b": 2})),
        (
            '{"user_id": 3.0, "email": "", "more": {"x": null, "y": 1.0, "z": [null, 2.0]}}',
            User(3, "", more={"x": None, "y": 1.0, "z": [None, 2.0]}),
        ),
    ],
)
def test_only_what_does_not_fit_is_converted_and_a_null_stays_where_it_may(text: str, value: User) -> None:
    read = decode(text, User)
    assert read == value
    assert repr(read) == repr(value)  # 1.0 is not 1


@pytest.mark.parametrize(("arguments", "limit"), [('{"n": 3.0, "limit": null}', None), ('{"n": 3.0}', 10)])
def test_a_null_argument_stays_beside_a_whole_number(arguments: str, limit: int | None) -> None:
    def f(n: int, limit: int | None = 10) -> None:
        pass

    assert Tool.from_function(f).decode_arguments(arguments) == {"n": 3, "limit": limit}


def test_many_whole_numbers_are_read_at_once() -> None:
    assert decode(json.dumps([float(n) for n in range(5000)]), list[int]) == [*range(5000)]
    with pytest.raises(ValueError, match=r"got `null`"):
        decode("[1.0, null]", list[int])


# --- schemas that look like something else ---------------------------------------------------------------------------


@dataclasses.dataclass
class Awkward:
    discriminator: str
    title: str
    default: int
    definitions: list[str]
    required: bool = True
    items: dict[str, str] = dataclasses.field(default_factory=dict)


def test_fields_that_are_named_like_keywords_stay() -> None:
    schema = response_format_of(Awkward)["json_schema"]
    assert schema["properties"].keys() == {field.name for field in dataclasses.fields(Awkward)}
    assert {*schema["required"]} <= schema["properties"].keys()


def test_a_default_that_looks_like_a_schema_is_data() -> None:
    default = {"$ref": "#/a", "discriminator": 1}

    def f(x: dict[str, Any] = default) -> None:
        pass

    tool = Tool.from_function(f)
    assert tool.parameters["properties"]["x"].get("default", default) == default
    assert tool.decode_arguments("{}") == {"x": default}

    class Given(pydantic.BaseModel):
        x: dict[str, Any] = pydantic.Field({"discriminator": 1}, examples=[{"$ref": "#/b", "discriminator": 1}])

    told = response_format_of(Given)["json_schema"]["properties"]["x"]
    assert told["default"] == {"discriminator": 1}
    assert told["examples"] == [{"$ref": "#/b", "discriminator": 1}]

    class NotByPydantic(pydantic.BaseModel):
        x: dict[str, Any] = {"$ref": "#/a"}

    with pytest.raises(TypeError, match="NotByPydantic has no JSON Schema"):  # pydantic reads it as a reference
        response_format_of(NotByPydantic)


# --- results ---------------------------------------------------------------------------------------------------------


def test_a_result_of_our_own_types_is_sent_as_their_json(chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client:
        inner = client.chat(model="m", messages=HI)

        def ask(how: str = "") -> Any:
            return {"answer": inner, "message": inner.message, "list": [inner.message]}

        chat_emulator.reply(tool_calls=[("ask", {})])
        client.run_tools(model="m", messages=HI, tools=[ask])
    (part,) = chat_emulator.requests[-1].json["messages"][-1]["content"]
    message = inner.message.to_dict()
    assert part["document"]["data"] == {"answer": inner.to_dict(), "message": message, "list": [message]}
