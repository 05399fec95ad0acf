"""Functions as tools: the calls that a model requests are run, and their results are sent back."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import enum
import functools
import gc
import json
import threading
import time
import uuid
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import attrs
import jsonschema
import msgspec
import pydantic
import pytest
import trio

from cohere_chat import (
    AsyncChatClient,
    ChatClient,
    CohereChatError,
    Document,
    Tool,
    ToolDefinition,
    ToolMessage,
    ToolResultEvent,
    ToolRun,
)
from cohere_chat.testing import ChatEmulator
from cohere_chat.testing.examples import example_of

HI: list[Any] = [{"role": "user", "content": "Hi 5"}]


class Color(enum.Enum):
    RED = "red"


@attrs.define
class Address:
    zip: str
    since: dt.date


@dataclasses.dataclass
class Person:
    name: str
    address: Address | None = None


class Point(TypedDict):
    x: float


class Size(msgspec.Struct):
    width: int


class Order(pydantic.BaseModel):
    item: str
    count: int = pydantic.Field(ge=1)


class Pair(NamedTuple):
    a: int
    b: str


TYPES: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "Literal": Literal["a", "b"],
    "Enum": Color,
    "Optional": int | None,
    "list": list[int],
    "dict": dict[str, float],
    "dataclass with attrs inside": Person,
    "TypedDict": Point,
    "Struct": Size,
    "pydantic": Order,
    "a list of pydantic models": list[Order],
    "NamedTuple": Pair,
    "datetime": dt.datetime,
    "UUID": uuid.UUID,
    "bounded": Annotated[int, msgspec.Meta(ge=3, le=9)],
    "described": Annotated[str, "what it means"],
}


@pytest.mark.parametrize("type_", TYPES.values(), ids=TYPES)
def test_a_type_has_a_schema_and_what_satisfies_it_is_decoded_into_it(type_: Any) -> None:
    def function(value: Any) -> None: ...

    function.__annotations__["value"] = type_
    tool = Tool.from_function(function)
    jsonschema.Draft202012Validator.check_schema(dict(tool.parameters))
    assert tool.parameters["required"] == ["value"]
    value = tool.decode_arguments(json.dumps(example_of(dict(tool.parameters), "text")))["value"]
    plain = type_.__origin__ if hasattr(type_, "__metadata__") else type_
    if isinstance(plain, type) and not hasattr(plain, "__required_keys__"):
        assert isinstance(value, getattr(plain, "__origin__", plain))


def lookup(city: Annotated[str, "e.g. Paris"], days: int = 1, *, units: list[str] = ["C"]) -> dict[str, Any]:  # noqa: B006
    """The weather
    of a city.

    More of it.
    """
    return {"city": city, "days": days, "units": units}


def test_a_tool_tells_name_first_paragraph_and_schema() -> None:
    assert Tool.from_function(lookup).to_dict() == {
        "type": "function",
        "function": {
            "name": "lookup",
            "description": "The weather of a city.",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "e.g. Paris"},
                    "days": {"type": "integer", "default": 1},
                    "units": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["city"],
            },
        },
    }
    renamed = Tool.from_function(lookup, name="weather", description="")
    assert (renamed.name, renamed.description) == ("weather", "")


def test_defaults_are_each_call_s_own() -> None:
    tool = Tool.from_function(lookup)
    tool.decode_arguments('{"city": "x"}')["units"].append("F")
    assert tool.decode_arguments('{"city": "x"}') == {"city": "x", "days": 1, "units": ["C"]}


@pytest.mark.parametrize("arguments", ["", "null", " ", "{}"])
def test_nothing_is_no_arguments(arguments: str) -> None:
    def now() -> str:
        return "now"

    assert Tool.from_function(now).decode_arguments(arguments) == {}


def test_methods_partials_and_callable_objects_are_tools() -> None:
    class Counter:
        def add(self, n: int) -> int:
            return n

        def __call__(self, n: int) -> int:
            return n

    assert Tool.from_function(Counter().add).decode_arguments('{"n": 1}') == {"n": 1}
    assert Tool.from_function(Counter()).name == "Counter"
    assert Tool.from_function(functools.partial(lookup, days=2), name="l").parameters["required"] == ["city"]


def any_number(*numbers: int) -> None: ...
def any_name(**names: int) -> None: ...
def unannotated(city) -> None: ...  # type: ignore[no-untyped-def]  # that is the point
def no_schema(lock: threading.Lock) -> None: ...
def position_only(n: int, /) -> None: ...
def unknown_name(n: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821  # that is the point


BAD: dict[str, tuple[Any, str]] = {
    "*args": (any_number, "the tool any_number: the parameter numbers cannot be passed by name"),
    "**kwargs": (any_name, "the tool any_name: the parameter names cannot be passed by name"),
    "positional only": (position_only, "the tool position_only: the parameter n cannot be passed by name"),
    "unannotated": (unannotated, "the tool unannotated: the parameter city has no type"),
    "no schema": (no_schema, "the tool no_schema: the parameter lock: .* has no JSON Schema"),
    "an unknown name": (unknown_name, "the tool unknown_name: its type hints cannot be read"),
    "no function": (5, "a tool is of type int"),
}


@pytest.mark.parametrize(("tool", "message"), BAD.values(), ids=BAD)
def test_what_has_no_schema_is_an_error_that_names_it(tool: Any, message: str) -> None:
    with ChatClient("k") as client, pytest.raises(TypeError, match=message):
        client.run_tools(model="m", messages=HI, tools=[tool])


@pytest.mark.parametrize(
    ("options", "message"),
    [({"max_steps": 0}, "max_steps"), ({"on_tool_error": "no"}, "on_tool_error"), ({"tools": []}, "tools")],
)
def test_a_bad_option_is_an_error_that_names_it(options: dict[str, Any], message: str) -> None:
    with ChatClient("k") as client, pytest.raises(ValueError, match=message):
        client.run_tools(**{"model": "m", "messages": HI, "tools": [lookup], **options})


# --- runs ------------------------------------------------------------------------------------------------------------


def sync_run(url: str, **options: Any) -> ToolRun:
    with ChatClient("k", base_url=url) as client:
        return client.run_tools(**{"model": "m", "messages": HI, **options})


def sync_stream(url: str, **options: Any) -> ToolRun:
    with (
        ChatClient("k", base_url=url) as client,
        client.run_tools_stream(**{"model": "m", "messages": HI, **options}) as stream,
    ):
        return stream.get_final_run()


async def async_run(url: str, options: dict[str, Any]) -> ToolRun:
    async with AsyncChatClient("k", base_url=url) as client:
        return await client.run_tools(**{"model": "m", "messages": HI, **options})


async def async_stream(url: str, options: dict[str, Any]) -> ToolRun:
    async with (
        AsyncChatClient("k", base_url=url) as client,
        client.run_tools_stream(**{"model": "m", "messages": HI, **options}) as stream,
    ):
        return await stream.get_final_run()


FACES: dict[str, Any] = {
    "sync": sync_run,
    "sync stream": sync_stream,
    "asyncio": lambda url, **options: asyncio.run(async_run(url, options)),
    "asyncio stream": lambda url, **options: asyncio.run(async_stream(url, options)),
    "trio": lambda url, **options: trio.run(async_run, url, options),
    "trio stream": lambda url, **options: trio.run(async_stream, url, options),
}


@pytest.fixture(params=FACES.values(), ids=FACES)
def run(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_calls_are_made_until_there_is_an_answer(run: Any, chat_emulator: ChatEmulator) -> None:
    chat_emulator.reply(
        tool_calls=[("lookup", {"city": "Rome"}), ("lookup", {"city": "Oslo", "days": 3})], tool_plan="I look."
    )
    chat_emulator.reply(tool_calls=[("lookup", {"city": "Bonn"})])
    chat_emulator.reply("Sunny.")
    done = run(chat_emulator.url, tools=[lookup], temperature=0.1)
    assert done.response.text == "Sunny."
    assert [[result.value["city"] for result in step.results] for step in done.steps] == [
        ["Rome", "Oslo"],
        ["Bonn"],
        [],
    ]
    assert [getattr(message, "role", "user") for message in done.messages] == [
        "user", "assistant", "tool", "tool", "assistant", "tool", "assistant",
    ]  # fmt: skip
    assert isinstance(done.messages[2], ToolMessage)
    asked = [request.json for request in chat_emulator.requests]
    assert all(request["temperature"] == 0.1 for request in asked)
    assert all(request["tools"] == [Tool.from_function(lookup).to_dict()] for request in asked)
    assert asked[1]["messages"][3]["content"] == [
        {"type": "document", "document": {"data": {"city": "Oslo", "days": 3, "units": ["C"]}}}
    ]
    with ChatClient() as client:  # ready for the next turn
        assert client.chat(model="m", messages=[*done.messages, *HI]).text


def boom(city: str) -> str:
    raise KeyError(city)


FAILURES: dict[str, tuple[tuple[str, Any], type[Exception], str]] = {
    "an unknown tool": (("find", {}), LookupError, "LookupError: there is no tool 'find'; available tools: boom"),
    "bad arguments": (("boom", {"city": 5}), ValueError, "ValueError: the arguments do not fit: Expected `str`, got `int` - at `$.city`"),
    "arguments that are not known": (("boom", {"town": "x"}), ValueError, "unknown field `town`"),
    "no JSON": (("boom", "{no"), ValueError, "the arguments do not fit"),
    "an exception": (("boom", {"city": "x"}), KeyError, "KeyError: 'x'"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "error", "told"), FAILURES.values(), ids=FAILURES)
def test_what_fails_is_told_to_the_model_or_raised(
    call: Any, error: type[Exception], told: str, run: Any, chat_emulator: ChatEmulator
) -> None:
    chat_emulator.reply(tool_calls=[call])
    done = run(chat_emulator.url, tools=[boom])
    assert told in chat_emulator.requests[-1].json["messages"][-1]["content"][0]["document"]["data"]["error"]
    assert isinstance(done.steps[0].results[0].error, error)
    chat_emulator.reply(tool_calls=[call])
    with pytest.raises(error):
        run(chat_emulator.url, tools=[boom], on_tool_error="raise")


def test_max_steps_ends_a_run_and_leaves_no_call_without_a_result(run: Any, chat_emulator: ChatEmulator) -> None:
    for _ in range(3):
        chat_emulator.reply(tool_calls=[("lookup", {"city": "x"})])
    done = run(chat_emulator.url, tools=[lookup], max_steps=2)
    assert len(done.steps) == 2
    assert done.response.tool_calls
    with ChatClient() as client:
        assert client.chat(model="m", messages=done.messages)


def test_a_tool_that_must_be_called_must_not_be_called_for_ever(run: Any, chat_emulator: ChatEmulator) -> None:
    done = run(chat_emulator.url, tools=[lookup], tool_choice="REQUIRED")
    assert done.response.text
    assert ["tool_choice" in request.json for request in chat_emulator.requests] == [True, False]


def test_a_tool_without_a_function_is_left_to_the_caller(run: Any, chat_emulator: ChatEmulator) -> None:
    as_dict = Tool.from_function(lookup).to_dict()
    done = run(chat_emulator.url, tools=[as_dict])
    assert done.response.tool_calls[0].function.name == "lookup"
    assert done.messages == HI
    assert chat_emulator.requests[0].json["tools"] == [as_dict]


RESULTS: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "text": ("fine", [{"output": "fine"}]),
    "a number": (4.5, [{"output": "4.5"}]),
    "nothing": (None, [{"output": "null"}]),
    "an object": ({"a": [1]}, [{"a": [1]}]),
    "objects": ([{"a": 1}, {"a": 2}], [{"a": 1}, {"a": 2}]),
    "a list": ([1, 2], [{"output": "[1, 2]"}]),
    "attrs": (Address("1", dt.date(2026, 1, 2)), [{"zip": "1", "since": "2026-01-02"}]),
    "pydantic": ([Order(item="x", count=1)], [{"item": "x", "count": 1}]),
}


@pytest.mark.parametrize(("value", "documents"), RESULTS.values(), ids=RESULTS)
def test_results_go_back_as_documents(value: Any, documents: list[dict[str, Any]], chat_emulator: ChatEmulator) -> None:
    def give() -> Any:
        return value

    sync_run(chat_emulator.url, tools=[give])
    content = chat_emulator.requests[-1].json["messages"][-1]["content"]
    assert [part["document"]["data"] for part in content] == documents


NO_JSON: dict[str, Any] = {
    "a lock": threading.Lock,
    "a number that is none": lambda: {"x": float("nan")},
    "a surrogate": lambda: "\udcff",
}


@pytest.mark.parametrize("make", NO_JSON.values(), ids=NO_JSON)
def test_a_result_that_is_no_json_is_told_to_the_model_or_raised(
    make: Any, run: Any, chat_emulator: ChatEmulator
) -> None:
    def give() -> Any:
        return make()

    done = run(chat_emulator.url, tools=[give])
    assert "the tool give returned a value that is not JSON" in str(done.steps[0].results[0].error)
    with pytest.raises(TypeError, match="the tool give returned a value that is not JSON"):
        run(chat_emulator.url, tools=[give], on_tool_error="raise")


@pytest.mark.parametrize("start", [lambda main: asyncio.run(main()), trio.run])
def test_async_calls_are_made_at_once_and_sync_ones_in_threads(start: Any, chat_emulator: ChatEmulator) -> None:
    import anyio

    running: list[int] = [0, 0]

    async def wait(n: int) -> int:
        running[0] += 1
        running[1] = max(running)
        with anyio.fail_after(10):
            while running[1] < 8:  # noqa: ASYNC110  # all that may run at once do
                await anyio.sleep(0.001)
        await anyio.sleep(0.01)
        running[0] -= 1
        return n

    def sleep(n: int) -> bool:
        time.sleep(0.01)
        return threading.current_thread() is threading.main_thread()

    calls = [("wait", {"n": n}) for n in range(12)]
    chat_emulator.reply(tool_calls=[*calls, ("sleep", {"n": 1})])
    done = start(functools.partial(async_run, chat_emulator.url, {"tools": [wait, sleep]}))
    assert [result.value for result in done.steps[0].results] == [*range(12), False]
    assert running == [0, 8]


def test_an_async_function_wants_an_async_client(chat_emulator: ChatEmulator) -> None:
    async def wait() -> None: ...

    for face in (sync_run, sync_stream):
        with pytest.raises(TypeError, match="wait is an async function"):
            face(chat_emulator.url, tools=[wait])
    assert chat_emulator.requests == []


def test_a_stream_has_the_same_events_and_one_for_each_result(chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client, client.run_tools_stream(model="m", messages=HI, tools=[lookup]) as stream:
        kinds = [event.type for event in stream]
        assert stream.get_final_run().response.text
    assert kinds.count("tool-result") == 1
    at = kinds.index("tool-result")
    assert (kinds[at - 1], kinds[at + 1], kinds[-1]) == ("message-end", "message-start", "message-end")


def test_a_stream_that_is_left_tells_so_and_one_that_broke_tells_why(chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client:
        with client.run_tools_stream(model="m", messages=HI, tools=[lookup]) as stream:
            next(stream)
        with pytest.raises(CohereChatError, match="closed before it had an answer"):
            stream.get_final_run()
        chat_emulator.cut(after_events=2)
        with client.run_tools_stream(model="m", messages=HI, tools=[lookup]) as stream:
            for _ in range(2):
                with pytest.raises(CohereChatError, match="connection was lost"):
                    stream.get_final_run()


def test_the_result_event_carries_call_and_value(chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client:
        (event,) = [
            event
            for event in client.run_tools_stream(model="m", messages=HI, tools=[lookup])
            if isinstance(event, ToolResultEvent)
        ]
    assert event.result.call.function.name == "lookup"
    assert event.result.value["city"] == "Hi 5"


# --- found in a review -----------------------------------------------------------------------------------------------


class Node(pydantic.BaseModel):
    v: int
    kids: list[Node] = []


class Strict(pydantic.BaseModel):
    model_config = {"strict": True}
    when: dt.datetime


def test_a_pydantic_model_that_contains_itself_can_be_a_parameter() -> None:
    def give(node: Node, also: list[Node]) -> None: ...

    tool = Tool.from_function(give)
    jsonschema.Draft202012Validator.check_schema(dict(tool.parameters))
    values = tool.decode_arguments('{"node": {"v": 1, "kids": [{"v": 2}]}, "also": []}')
    assert values["node"].kids[0].v == 2
    with pytest.raises(ValueError, match=r"at `\$\.node\.kids\[0\]\.v`$"):
        tool.decode_arguments('{"node": {"v": 1, "kids": [{"v": "x"}]}, "also": []}')


def test_a_strict_model_takes_a_date_as_json_has_it() -> None:
    def give(at: Strict) -> None: ...

    assert Tool.from_function(give).decode_arguments('{"at": {"when": "2026-01-02T03:04:05"}}')["at"].when.year == 2026


def test_a_whole_number_may_have_a_fraction_of_nothing() -> None:
    def give(n: int, more: list[int] | None = None) -> None: ...

    assert Tool.from_function(give).decode_arguments('{"n": 18.0, "more": [2.0]}') == {"n": 18, "more": [2]}


def test_formats_and_descriptions_are_told_within_other_types() -> None:
    def give(a: dt.datetime | None, b: list[dt.datetime], c: Annotated[str, "text"] | None = None) -> None: ...

    told = Tool.from_function(give).parameters["properties"]
    assert {"type": "string", "format": "date-time"} in told["a"]["anyOf"]
    assert told["b"]["items"]["format"] == "date-time"
    assert "text" in json.dumps(told["c"])


def test_a_default_that_is_no_json_holds_and_is_not_told() -> None:
    def give(a: Order = Order(item="x", count=1), b: float = float("inf")) -> None: ...  # noqa: B008

    tool = Tool.from_function(give)
    assert "default" not in json.dumps(tool.parameters)
    assert tool.decode_arguments("") == {"a": Order(item="x", count=1), "b": float("inf")}


def test_a_tool_made_by_hand_is_called_with_json(chat_emulator: ChatEmulator) -> None:
    schema = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
    done = sync_run(chat_emulator.url, tools=[Tool("double", parameters=schema, function=lambda x: 2 * x)])
    assert done.steps[0].results[0].value == 10


def test_two_tools_of_one_name_and_a_name_that_the_service_refuses_are_errors() -> None:
    with ChatClient("k") as client:
        with pytest.raises(ValueError, match="two tools named 'lookup'"):
            client.run_tools(model="m", messages=HI, tools=[lookup, lookup])
        with pytest.raises(TypeError, match="letters, digits and underscores"):
            client.run_tools(model="m", messages=HI, tools=[lambda: 1])


def test_text_beside_calls_goes_back_as_the_plan(run: Any, chat_emulator: ChatEmulator) -> None:
    chat_emulator.reply("Let me look.", tool_calls=[("lookup", {"city": "a"})], thinking="Hm.")
    done = run(chat_emulator.url, tools=[lookup])
    assert done.steps[0].response.text == "Let me look."
    sent = chat_emulator.requests[-1].json["messages"][1]
    assert sent["tool_plan"] == "Let me look."
    assert [part["type"] for part in sent["content"]] == ["thinking"]


@pytest.mark.parametrize("failure", ["the service", "a function"])
def test_what_breaks_a_run_carries_it(failure: str, run: Any, chat_emulator: ChatEmulator) -> None:
    chat_emulator.reply(tool_calls=[("lookup", {"city": "a"})])
    if failure == "the service":
        chat_emulator.fail(400, "no")
    else:
        chat_emulator.reply(tool_calls=[("boom", {"city": "x"})])
    with pytest.raises(Exception) as caught:  # of any kind
        run(chat_emulator.url, tools=[lookup, boom], on_tool_error="raise")
    so_far: ToolRun = caught.value.tool_run  # type: ignore[attr-defined]
    assert so_far.steps[0].results[0].value["city"] == "a"
    assert [getattr(message, "role", "user") for message in so_far.messages][:3] == ["user", "assistant", "tool"]


def test_a_call_that_cancels_itself_is_a_failure(chat_emulator: ChatEmulator) -> None:
    async def give_up() -> None:
        raise asyncio.CancelledError

    done = asyncio.run(async_run(chat_emulator.url, {"tools": [give_up]}))
    assert "the call was cancelled" in str(done.steps[0].results[0].error)


def test_documents_of_ours_go_back_as_they_are(chat_emulator: ChatEmulator) -> None:
    def give() -> list[Document]:
        return [Document({"x": 1}, id="one")]

    sync_run(chat_emulator.url, tools=[give])
    (part,) = chat_emulator.requests[-1].json["messages"][-1]["content"]
    assert part["document"] == {"data": {"x": 1}, "id": "one"}


def test_an_async_stream_that_nobody_holds_goes_quietly(
    chat_emulator: ChatEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with AsyncChatClient() as client:
            async for _ in client.run_tools_stream(model="m", messages=HI, tools=[lookup]):
                break
            for _ in range(20):
                await asyncio.sleep(0.005)
            gc.collect()
            await asyncio.sleep(0.01)
            assert all(
                one.is_idle() or one.is_closed() for one in client._connections.http._transport._pool.connections
            )  # type: ignore[attr-defined]

    asyncio.run(main())
    assert "never retrieved" not in caplog.text


def test_a_failure_that_is_raised_ends_the_slow_call_beside_it(chat_emulator: ChatEmulator) -> None:
    ended: list[str] = []

    async def fails() -> None:
        raise KeyError("x")

    async def slow() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def main() -> None:
        async with AsyncChatClient() as client:
            await client.run_tools(model="m", messages=HI, tools=[fails, slow], on_tool_error="raise")

    chat_emulator.reply(tool_calls=[("slow", {}), ("fails", {})])
    with pytest.raises(KeyError):
        asyncio.run(main())
    assert ended == ["cancelled"]


def test_one_call_of_the_callers_ends_the_run_before_any_is_made(run: Any, chat_emulator: ChatEmulator) -> None:
    made: list[str] = []

    def mine() -> str:
        made.append("mine")
        return "x"

    parameters = {"type": "object", "properties": {}}
    other = {"type": "function", "function": {"name": "other", "description": "", "parameters": parameters}}
    chat_emulator.reply(tool_calls=[("mine", {}), ("other", {})])
    done = run(chat_emulator.url, tools=[mine, other])
    assert (len(done.steps), done.messages, made) == (1, HI, [])
    assert len(chat_emulator.requests) == 1


def test_an_object_with_an_async_call_wants_an_async_client(chat_emulator: ChatEmulator) -> None:
    class Later:
        async def __call__(self, n: int) -> int:
            return n

    with ChatClient() as client, pytest.raises(TypeError, match="the tool later is an async function"):
        client.run_tools(model="m", messages=HI, tools=[Tool.from_function(Later(), name="later")])


def test_arguments_that_are_too_deep_are_a_value_error(run: Any, chat_emulator: ChatEmulator) -> None:
    def f(x: Any) -> str:
        return "x"

    chat_emulator.reply(tool_calls=[("f", '{"x":' + "[" * 100_000)])
    assert type(run(chat_emulator.url, tools=[f]).steps[0].results[0].error) is ValueError


def test_text_beside_calls_leaves_no_content(chat_emulator: ChatEmulator) -> None:
    def look(city: str) -> str:
        return city

    chat_emulator.reply("Let me look.", tool_calls=[("look", {"city": "a"})])
    with ChatClient() as client:
        client.run_tools(model="m", messages=HI, tools=[look])
    assert "content" not in chat_emulator.requests[-1].json["messages"][1]


def test_a_type_of_a_described_parameter_keeps_the_description_and_is_put_in_once() -> None:
    def give(address: Annotated[Address, "where"]) -> None:
        pass

    give.__annotations__["address"] = Annotated[Address, "where"]
    told = Tool.from_function(give).parameters["properties"]["address"]
    assert told["description"] == "where"
    assert told["properties"].keys() == {"zip", "since"}

    def hold(node: Node) -> None:
        pass

    hold.__annotations__["node"] = Node
    assert json.dumps(Tool.from_function(hold).parameters).count('"kids"') <= 3


def test_a_run_that_is_cancelled_ends_once_the_functions_in_threads_have_returned(chat_emulator: ChatEmulator) -> None:
    returned: list[str] = []

    def slow() -> str:
        time.sleep(0.4)
        returned.append("it has")
        return "x"

    async def main() -> None:
        async with AsyncChatClient() as client, asyncio.timeout(0.2):
            await client.run_tools(model="m", messages=HI, tools=[slow])

    chat_emulator.reply(tool_calls=[("slow", {})])
    with pytest.raises(TimeoutError):
        asyncio.run(main())
    assert returned == ["it has"]


def test_a_tool_is_taken_in_each_form_by_chat_and_by_run_tools(chat_emulator: ChatEmulator) -> None:
    sdk = pytest.importorskip("cohere")

    def look(word: str) -> str:
        """Looks a word up."""
        return word

    tool = Tool.from_function(look)
    definition: Any = tool.to_dict()
    forms: list[Any] = [tool, definition, ToolDefinition.from_dict(definition), sdk.ToolV2(**definition)]
    with ChatClient() as client:
        for form in forms:
            client.chat(model="m", messages=HI, tools=[form])
            client.run_tools(model="m", messages=HI, tools=[form])
    sent = [request.json["tools"][0]["function"] for request in chat_emulator.requests if "tools" in request.json]
    assert len(sent) >= 2 * len(forms)
    assert all(function == sent[0] for function in sent)
