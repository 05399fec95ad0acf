"""Events -> answer. The rule: accumulating a stream returns what the plain call would have returned."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohere_chat import ChatResponse, tool_arguments
from cohere_chat.streaming.accumulate import Accumulator
from cohere_chat.streaming.events import decode_event
from cohere_chat.testing.frames import events_of

from .conftest import read_response
from .server import USAGE, text_events
from .test_events import deltas, json_values


def fold(events: list[dict[str, Any]]) -> Accumulator:
    accumulator = Accumulator()
    for event in events:
        accumulator.add(decode_event(event["type"], json.dumps(event).encode()))
    return accumulator


def answer_of(accumulator: Accumulator) -> ChatResponse:
    return ChatResponse.from_dict(accumulator.to_dict())


text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
extra = st.dictionaries(
    st.sampled_from(["new", "newer"]), json_values.filter(lambda value: value is not None), max_size=1
)
source = st.fixed_dictionaries(
    {"type": st.just("document"), "id": text, "document": st.fixed_dictionaries({"id": text})}
)
citation = st.builds(
    lambda known, unknown: {**unknown, **known},
    st.fixed_dictionaries(
        {"start": st.integers(0, 99), "end": st.integers(0, 99), "text": text, "sources": st.lists(source, max_size=2)},
        optional={"type": st.just("TEXT_CONTENT"), "content_index": st.integers(0, 3)},
    ),
    extra,
)
part = st.builds(
    lambda kind, said, unknown: {**unknown, "type": kind, kind: said},
    st.sampled_from(["text", "thinking"]),
    text,
    extra,
)
tool_call = st.builds(
    lambda id_, name, arguments, unknown: {
        **unknown,
        "id": id_,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    },
    text,
    text,
    (text | st.just("")).filter(
        lambda arguments: not arguments.startswith("{")
    ),  # an object is streamed pretty-printed
    extra,
)
message = st.fixed_dictionaries(
    {"role": st.just("assistant")},
    optional={
        "content": st.lists(part, min_size=1, max_size=3),
        "tool_plan": text,
        "tool_calls": st.lists(tool_call, min_size=1, max_size=3),
        "citations": st.lists(citation, min_size=1, max_size=3),
    },
).filter(lambda made: "content" in made or "citations" not in made)
answers = st.fixed_dictionaries(
    {
        "id": text,
        "message": message,
        "finish_reason": st.sampled_from(["COMPLETE", "TOOL_CALL", "NEW_REASON"]),
        "usage": st.just(USAGE),
    }
)


@given(answers)
def test_folding_a_stream_gives_the_plain_answer(answer: dict[str, Any]) -> None:
    folded = fold(list(events_of(answer)))
    assert folded.to_dict() == answer
    plain, streamed = read_response(answer, httpx.Headers()), answer_of(folded)
    assert streamed == plain
    assert streamed.to_dict() == plain.to_dict() == answer


@given(answers)
def test_every_beginning_of_a_stream_is_an_answer_so_far(answer: dict[str, Any]) -> None:
    events = list(events_of(answer))
    accumulator = Accumulator()
    said = ""
    for event in events:
        accumulator.add(decode_event(event["type"], json.dumps(event).encode()))
        if event["type"] == "content-delta":
            said += event["delta"]["message"]["content"].get("text", "")
        response = answer_of(accumulator)
        assert response.text == said
        assert response.finish_reason == (answer["finish_reason"] if event is events[-1] else None)


def test_nothing_yet_is_an_empty_answer() -> None:
    assert Accumulator().to_dict() == {"message": {"role": "assistant"}}


def test_without_an_index_a_part_is_the_next_and_a_piece_belongs_to_the_last() -> None:
    events = text_events("a", "b")
    second = text_events("c")
    events[4:4] = second[1:3]
    for event in events:
        event.pop("index", None)
    parts = [{"type": "text", "text": "ab"}, {"type": "text", "text": "c"}]
    assert fold(events).to_dict()["message"]["content"] == parts


def test_indexes_out_of_order_are_put_in_order() -> None:
    def event(kind: str, index: int, **inner: Any) -> dict[str, Any]:
        return {"type": kind, "index": index, "delta": {"message": inner}}

    call = {"id": "b", "type": "function", "function": {"name": "f", "arguments": ""}}
    events = [
        event("content-start", 1, content={"type": "text", "text": ""}),
        event("content-start", 0, content={"type": "thinking", "thinking": ""}),
        event("content-delta", 1, content={"text": "t1"}),
        event("content-delta", 0, content={"thinking": "t0"}),
        event("content-delta", 1, content={"text": "!"}),
        event("tool-call-start", 1, tool_calls=call),
        event("tool-call-start", 0, tool_calls={**call, "id": "a"}),
        event("tool-call-delta", 1, tool_calls={"function": {"arguments": "{}"}}),
        event("citation-start", 1, citations={"start": 1}),
        event("citation-start", 0, citations={"start": 0}),
        event("citation-start", 0, citations=None),
    ]
    assert fold(events).to_dict()["message"] == {
        "role": "assistant",
        "content": [{"type": "thinking", "thinking": "t0"}, {"type": "text", "text": "t1!"}],
        "tool_calls": [
            {**call, "id": "a"},
            {**call, "function": {"name": "f", "arguments": "{}"}},
        ],
        "citations": [{"start": 0}, {"start": 1}],
    }


def test_citations_between_the_pieces_of_text_are_kept_apart() -> None:
    events = text_events("It is ", "42.")
    citation = {"start": 0, "end": 2, "text": "It", "sources": []}
    events.insert(3, {"type": "citation-start", "index": 0, "delta": {"message": {"citations": citation}}})
    events.insert(4, {"type": "citation-end", "index": 0})
    message = fold(events).to_dict()["message"]
    assert message["content"] == [{"type": "text", "text": "It is 42."}]
    assert message["citations"] == [citation]


def test_logprobs_are_gathered() -> None:
    events = text_events("a", "b")
    item = {"text": "a", "token_ids": [1], "logprobs": [-0.1], "new": 1}
    events[2]["logprobs"] = item
    response = answer_of(fold(events))
    assert response.to_dict()["logprobs"] == [item]
    assert response.logprobs is not None
    assert response.logprobs[0].logprobs == [-0.1]
    assert response.logprobs[0].additional_properties == {"new": 1}


def test_a_call_without_arguments_has_none() -> None:
    call = {"id": "a", "type": "function", "function": {"name": "now", "arguments": ""}}
    events = [{"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": call}}}]
    (made,) = answer_of(fold(events)).tool_calls
    assert made.function.arguments == ""
    assert tool_arguments(made) == {}


def test_pieces_whose_start_was_lost_are_kept() -> None:
    events = [
        {"type": "tool-call-delta", "delta": {"message": {"tool_calls": {"function": {"arguments": "{}"}}}}},
        {"type": "content-delta", "delta": {"message": {"content": {"thinking": "hm"}}}},
        {"type": "message-end", "id": "late", "delta": {"finish_reason": "COMPLETE"}},
    ]
    response = answer_of(fold(events))
    assert response.id == "late"
    assert response.thinking == "hm"
    assert response.tool_calls[0].function.arguments == "{}"


def test_unknown_keys_of_the_message_and_its_end_are_kept_and_an_error_is_not_part_of_the_answer() -> None:
    events = text_events("a", finish_reason="ERROR", error="no", error_type="X", new_end=1)
    events[0]["delta"]["message"]["new_start"] = 1
    folded = fold(events).to_dict()
    assert folded["message"]["new_start"] == 1
    assert folded["new_end"] == 1
    assert "error" not in folded
    assert "error_type" not in folded


names = st.sampled_from(["message-start", "content-start", "content-delta", "tool-call-start", "tool-call-delta"])
names |= st.sampled_from(["citation-start", "message-end", "tool-plan-delta", "content-end", "stream-start", "new"])
index = st.none() | st.integers(-2, 3)
shapes = st.sampled_from(
    [
        {},
        {"content": {"text": "a"}},
        {"content": {"thinking": "b"}},
        {"content": {"type": "new", "x": 1}},
        {"content": {"type": "text"}},
        {"tool_calls": {"id": None, "function": {"name": None}}},
        {"tool_calls": {"function": {"arguments": "{"}}},
        {"tool_plan": "p"},
        {"citations": {"start": None, "sources": [{}]}},
    ]
)


@given(st.lists(st.tuples(names, index, shapes.map(lambda shape: {"message": shape}) | deltas)))
def test_any_events_in_any_order_add_up_to_an_answer(made: list[tuple[str, int | None, Any]]) -> None:
    events = [{"type": name, "index": number, "delta": delta} for name, number, delta in made]
    folded = fold(events)
    assert without_nulls(answer_of(folded).to_dict()) == without_nulls(folded.to_dict())


def without_nulls(value: Any) -> Any:
    """A null reads as absent."""
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return value


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_line_ends_in_the_text_stay_as_they_are(line_end: str) -> None:
    assert answer_of(fold(text_events(f"a{line_end}", f"b{line_end}"))).text == f"a{line_end}b{line_end}"


CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}


def start(kind: str, piece: Any, index: int | None = 0) -> dict[str, Any]:
    key = {"content": "content", "tool-call": "tool_calls", "citation": "citations"}[kind]
    return {"type": f"{kind}-start", "index": index, "delta": {"message": {key: piece}}}


PIECES = {
    "text": {"content": {"text": "{} "}},
    "thinking": {"content": {"thinking": "{} "}},
    "arguments": {"tool_calls": {"function": {"arguments": "{} "}}},
    "tool_plan": {"tool_plan": "{} "},
}
KINDS = {"arguments": "tool-call-delta", "tool_plan": "tool-plan-delta"}


@pytest.mark.parametrize("kind", PIECES)
def test_many_small_pieces_take_little_more_memory_than_their_text(kind: str) -> None:
    event = {"type": KINDS.get(kind, "content-delta"), "index": 0, "delta": {"message": PIECES[kind]}}
    data = json.dumps(event).encode()
    made = Accumulator()
    made.add(decode_event("", data))
    tracemalloc.start()
    for number in range(20_000):
        made.add(decode_event("", data.replace(b"{}", b"%05d" % number)))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 2 * 20_000 * len("00000 ")


def delta(kind: str, piece: Any, index: int | None = 0) -> dict[str, Any]:
    return start(kind, piece, index) | {"type": f"{kind}-delta"}


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([delta("content", "Hi")], {"content": [{"type": "text", "text": "Hi"}]}),
        ([start("content", "Hi"), delta("content", " you")], {"content": [{"type": "text", "text": "Hi you"}]}),
        ([delta("content", [{"text": "Hi"}])], {"content": [{"type": "text", "text": "Hi"}]}),
        (
            [start("tool-call", CALL), delta("tool-call", {"function": {"arguments": {"q": "ä", "n": 1}}})],
            {"tool_calls": [CALL | {"function": {"name": "f", "arguments": '{"q":"ä","n":1}'}}]},
        ),
        (
            [start("tool-call", [CALL]), delta("tool-call", [{"function": {"arguments": "{}"}}])],
            {"tool_calls": [CALL | {"function": {"name": "f", "arguments": "{}"}}]},
        ),
        (
            [start("tool-call", CALL | {"function": {"name": "f", "arguments": {"q": []}}})],
            {"tool_calls": [CALL | {"function": {"name": "f", "arguments": '{"q":[]}'}}]},
        ),
        ([start("citation", [{"start": 0, "end": 1}])], {"citations": [{"start": 0, "end": 1}]}),
    ],
)
def test_a_shape_that_can_be_meant_in_one_way_only_is_read_so(events: list[Any], message: dict[str, Any]) -> None:
    folded = fold(events)
    assert folded.lost is None
    assert folded.to_dict()["message"] == {"role": "assistant"} | message
    assert answer_of(folded).to_dict()["message"] == {"role": "assistant"} | message


@pytest.mark.parametrize(
    "event",
    [
        delta("content", {"text": 5}),
        delta("content", ["a", "b"]),
        start("content", 5),
        delta("tool-call", {"function": {"arguments": 5}}),
        delta("tool-call", [CALL, CALL]),
        start("tool-call", CALL | {"id": 5}),
        start("citation", "a source"),
        {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": {"step": 1}}}},
        delta("content", {"text": "Hi"}) | {"index": "first"},
    ],
)
def test_an_event_that_adds_and_cannot_be_read_is_an_unknown_event_that_is_lost(event: dict[str, Any]) -> None:
    folded = fold([event])
    assert folded.lost is not None
    assert (folded.lost.type, folded.lost.data) == (event["type"], event)
    assert json.loads(folded.lost.raw) == event


@pytest.mark.parametrize(
    "event", [{"type": "content-end", "index": "x"}, {"type": "debug", "prompt": 5}, {"type": "new"}]
)
def test_an_event_that_adds_nothing_may_have_any_shape(event: dict[str, Any]) -> None:
    assert fold([event]).lost is None


@pytest.mark.parametrize("indexes", [(0, 0), (None, None), (0, None), (1, 0)])
def test_each_start_with_an_id_of_its_own_opens_a_call(indexes: tuple[int | None, int | None]) -> None:
    events = []
    for index, name in zip(indexes, ("a", "b"), strict=True):
        call = CALL | {"id": name, "function": {"name": name, "arguments": ""}}
        events += [start("tool-call", call, index)]
        events += [delta("tool-call", {"function": {"arguments": piece}}, index) for piece in ("{", f'"{name}": 1}}')]
    made = answer_of(fold(events)).tool_calls
    assert sorted((call.id, call.function.arguments) for call in made) == [("a", '{"a": 1}'), ("b", '{"b": 1}')]


def test_a_call_that_opens_again_is_the_same_call() -> None:
    opened = [start("tool-call", CALL), delta("tool-call", {"function": {"arguments": "{}"}}), start("tool-call", CALL)]
    (call,) = answer_of(fold(opened)).tool_calls
    assert (call.id, call.function.arguments) == ("a", "{}")


def test_the_id_of_the_start_stays() -> None:
    events = text_events("a")
    events[-1]["id"] = "another"
    assert fold(events).to_dict()["id"] == "an-id"


def test_a_part_that_opens_again_is_the_last_one() -> None:
    events = [start("content", {"type": "text", "text": ""}, index) for index in (0, 1, 0)]
    events.append(delta("content", {"text": "x"}, None))
    assert [part["text"] for part in fold(events).to_dict()["message"]["content"]] == ["x", ""]


def test_a_citation_without_an_index_comes_after_the_others() -> None:
    events = [start("citation", {"start": 1}, 1), start("citation", {"start": 2}, None)]
    assert fold(events).to_dict()["message"]["citations"] == [{"start": 1}, {"start": 2}]


@pytest.mark.parametrize("sent", [None, [None], {}])
def test_a_call_that_opens_with_nothing_has_empty_texts(sent: Any) -> None:
    event = {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": sent}}}
    (call,) = answer_of(fold([event])).tool_calls
    assert (call.id, call.function.name, call.function.arguments) == ("", "", "")
