"""JSON -> event: every name and dialect, and any other JSON."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cohere_chat
from cohere_chat import (
    ChatEvent,
    Citation,
    CitationStartEvent,
    ContentDeltaEvent,
    FinishReason,
    ToolSource,
    UnknownEvent,
    UnknownSource,
)
from cohere_chat.streaming import events
from cohere_chat.streaming.events import decode_event

NAMES = {
    "message-start": cohere_chat.MessageStartEvent,
    "content-start": cohere_chat.ContentStartEvent,
    "content-delta": cohere_chat.ContentDeltaEvent,
    "content-end": cohere_chat.ContentEndEvent,
    "tool-plan-delta": cohere_chat.ToolPlanDeltaEvent,
    "tool-call-start": cohere_chat.ToolCallStartEvent,
    "tool-call-delta": cohere_chat.ToolCallDeltaEvent,
    "tool-call-end": cohere_chat.ToolCallEndEvent,
    "citation-start": cohere_chat.CitationStartEvent,
    "citation-end": cohere_chat.CitationEndEvent,
    "message-end": cohere_chat.MessageEndEvent,
    "debug": cohere_chat.DebugEvent,
}


def decode(data: Any, name: str | None = None) -> ChatEvent:
    return decode_event(data.get("type", "message") if name is None else name, json.dumps(data).encode())


def test_every_name_has_its_class_and_the_union_has_no_other() -> None:
    for name, cls in NAMES.items():
        assert type(decode({"type": name})) is cls
        assert cls.__name__ == name.title().replace("-", "") + "Event"
    assert {cls.__name__ for cls in get_args(ChatEvent)} == {cls.__name__ for cls in NAMES.values()} | {"UnknownEvent"}


_PIECE = {"message": {"content": {"type": "text", "text": "Hi"}}}
_CALL = {"message": {"tool_calls": {"id": "c", "function": {"name": "f", "arguments": "{"}}}}
SAMPLES: dict[str, dict[str, Any]] = {
    "message-start": {"id": "1", "delta": {"message": {"role": "assistant", "content": []}}},
    "content-start": {"index": 1, "delta": _PIECE},
    "content-delta": {"index": 1, "delta": _PIECE},
    "content-end": {"index": 1},
    "tool-plan-delta": {"delta": {"message": {"tool_plan": "I will"}}},
    "tool-call-start": {"index": 1, "delta": _CALL},
    "tool-call-delta": {"index": 1, "delta": _CALL},
    "tool-call-end": {"index": 1},
    "citation-start": {"index": 1, "delta": {"message": {"citations": {"start": 1, "sources": [{"type": "new"}]}}}},
    "citation-end": {"index": 1},
    "message-end": {"delta": {"finish_reason": "COMPLETE", "usage": {"tokens": {"input_tokens": 1}}}},
    "debug": {"prompt": "p"},
    "new": {"index": 1},
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_event_pickles_and_copies_whole(name: str) -> None:
    event = decode({"type": name, **SAMPLES[name]})
    assert type(event) is NAMES.get(name, UnknownEvent)
    copies = [pickle.loads(pickle.dumps(event, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for again in (*copies, copy.copy(event), copy.deepcopy(event)):
        assert again == event
        assert (repr(again), attrs.asdict(again), again.raw) == (repr(event), attrs.asdict(event), event.raw)


def test_events_carry_the_nesting_of_the_wire() -> None:
    started = decode({"id": "1", "type": "message-start", "delta": {"message": {"role": "assistant", "content": []}}})
    assert started.type == "message-start"
    assert (started.id, started.delta.message.role) == ("1", "assistant")
    delta = {"message": {"content": {"type": "thinking", "thinking": ""}}}
    content = decode({"type": "content-start", "index": 1, "delta": delta})
    assert content.type == "content-start"
    assert (content.index, content.delta.message.content.type) == (1, "thinking")
    piece = decode({"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": " four"}}}})
    assert piece.type == "content-delta"
    assert (piece.delta.message.content.text, piece.delta.message.content.thinking) == (" four", "")
    plan = decode({"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I will"}}})
    assert plan.type == "tool-plan-delta"
    assert plan.delta.message.tool_plan == "I will"
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}
    opened = decode({"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": call}}})
    assert opened.type == "tool-call-start"
    assert (opened.delta.message.tool_calls.id, opened.delta.message.tool_calls.function.name) == ("c", "f")
    delta = {"message": {"tool_calls": {"function": {"arguments": "{"}}}}
    arguments = decode({"type": "tool-call-delta", "index": 0, "delta": delta})
    assert arguments.type == "tool-call-delta"
    assert arguments.delta.message.tool_calls.function.arguments == "{"
    sources = [{"type": "tool", "id": "c:0", "tool_output": {"o": 1}}, {"type": "new", "x": 1}]
    citation = {"start": 1, "end": 2, "text": "x", "sources": sources, "type": "PLAN"}
    cited = decode({"type": "citation-start", "index": 0, "delta": {"message": {"citations": citation}}})
    assert isinstance(cited, CitationStartEvent)
    assert cited.delta.message.citations == Citation(
        start=1,
        end=2,
        text="x",
        sources=[ToolSource(id="c:0", tool_output={"o": 1}), UnknownSource("new", sources[1])],
        type="PLAN",
    )
    delta = {"finish_reason": "ERROR", "usage": {}, "error": "no", "error_type": "INVALID_TOOL_GENERATION"}
    end = decode({"type": "message-end", "delta": delta})
    assert end.type == "message-end"
    assert end.delta.finish_reason is FinishReason.ERROR
    assert (end.delta.error, end.delta.error_type) == ("no", "INVALID_TOOL_GENERATION")


# The names in the published YAML; tests/test_gaps.py compares them with it.
YAML_NAMES = [
    "stream-start",
    "content-delta",
    "citation-start",
    "citation-end",
    "tool-call-start",
    "tool-call-delta",
    "tool-call-end",
    "stream-end",
]


@pytest.mark.parametrize("value", YAML_NAMES)
def test_every_event_type_of_the_yaml_decodes_to_a_class(value: str) -> None:
    name = {"stream-start": "message-start", "stream-end": "message-end"}.get(value, value)
    for data in ({"event_type": value}, {"event_type": value, "delta": {"message": {"content": {"text": "x"}}}}):
        for hint in (value, "message", "content-end"):
            event = decode(data, hint)
            assert type(event) is NAMES[name]
            assert event.type == name
            assert json.loads(event.raw) == data


def test_the_event_line_is_only_a_hint() -> None:
    data = {"type": "content-delta", "delta": {"message": {"content": {"text": "x"}}}}
    for hint in ("content-delta", "message", "tool-plan-delta", "never heard of", ""):
        assert isinstance(decode(data, hint), ContentDeltaEvent)
    assert isinstance(decode({"delta": data["delta"]}, "content-delta"), ContentDeltaEvent)


SHAPES = {
    "a type nobody knows": ({"type": "new", "delta": {"x": 1}, "index": 3}, "new"),
    "no type": ({"delta": {}}, ""),
    "a type that is no string": ({"type": 5, "index": "x"}, ""),
    "a wrong type deep inside": (
        {"type": "content-delta", "delta": {"message": {"content": {"text": 5}}}},
        "content-delta",
    ),
    "a list": ([1], ""),
    "a number": (5, ""),
    "null": (None, ""),
    "a string": ("x", ""),
}


@pytest.mark.parametrize(("data", "kind"), SHAPES.values(), ids=SHAPES)
def test_json_of_another_shape_is_an_unknown_event_that_keeps_it(data: Any, kind: str) -> None:
    event = decode_event("", json.dumps(data).encode())
    assert isinstance(event, UnknownEvent)
    assert (event.type, event.data, json.loads(event.raw)) == (kind, data, data)
    assert event.delta == (data.get("delta") if isinstance(data, dict) else None)
    assert event.index == (3 if kind == "new" else None)


@pytest.mark.parametrize("data", ["", "{", "[DONE", '{"type":"content-end"}x', '{"a":}', "'a'"])
def test_what_is_not_json_is_a_value_error(data: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode_event("content-end", data.encode())


def test_nulls_and_fractions_where_none_belong_are_read_over() -> None:
    content = {"text": "a", "thinking": None}
    event = decode(
        {"type": "content-delta", "index": 0.0, "delta": {"message": {"content": content}}, "logprobs": None}
    )
    assert isinstance(event, ContentDeltaEvent)
    assert (event.index, event.delta.message.content.text, event.delta.message.content.thinking) == (0, "a", "")
    assert isinstance(decode({"type": "content-delta", "delta": None}), ContentDeltaEvent)


def test_a_lone_surrogate_is_still_json() -> None:
    event = decode_event(
        "content-delta", b'{"type":"content-delta","delta":{"message":{"content":{"text":"\\ud83d"}}}}'
    )
    assert isinstance(event, ContentDeltaEvent)
    assert event.delta.message.content.text == "\ud83d"


def test_a_key_of_the_wire_cannot_stand_in_for_raw() -> None:
    for raw in ("AAAA", 5):
        data = {"type": "content-end", "index": 1, "raw": raw}
        event = decode(data)
        assert isinstance(event, cohere_chat.ContentEndEvent)
        assert json.loads(event.raw) == data


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
keys = [
    "message",
    "content",
    "text",
    "tool_calls",
    "function",
    "arguments",
    "citations",
    "sources",
    "finish_reason",
    "usage",
]
deltas = st.recursive(
    json_values, lambda inner: st.dictionaries(st.sampled_from(keys), inner, max_size=2), max_leaves=6
)


@given(
    st.sampled_from([*NAMES, "new"]),
    st.fixed_dictionaries(
        {},
        optional={
            "id": json_values,
            "index": json_values,
            "delta": deltas,
            "logprobs": json_values,
            "type": json_values,
        },
    ),
)
def test_any_json_in_any_field_is_an_event(name: str, fields: dict[str, Any]) -> None:
    data = {"type": name, **fields}
    event = decode_event(name, json.dumps(data).encode())
    assert json.loads(event.raw) == data
    if isinstance(event, UnknownEvent):
        assert event.data == data


def test_the_table_of_decoders_does_not_grow_with_what_a_peer_sends() -> None:
    for kind in ("content-delta", "tool-plan-delta", "tool-call-delta", "content-end", "new"):
        for number in range(50):
            spaces = " " * number
            data = f'{{{spaces}"type":{spaces}"{kind}", "delta": {{"message": {{"content": {{"text": "x"}}}}}}}}'
            decode_event(kind, data.encode())
            decode_event(kind, f'{{"n": {number}, "type": "{kind}"}}'.encode())
            decode_event(kind, f'{{"type":"{number:020}","type":"{kind}","delta":{{"message":{{}}}}}}'.encode())
    assert len(events._DECODE) <= 6  # two ways to write each of three kinds


FIRST = """
import sys, threading
sys.setswitchinterval(1e-6)
from dataclasses import dataclass
from cohere_chat import Tool
from cohere_chat.streaming.events import decode_event
from cohere_chat.tools.schemas import decode

@dataclass
class Inner:
    number: int

@dataclass
class Outer:
    name: str
    one: Inner
    more: list[Inner]

def lookup(outer: Outer) -> str: ...

ready = threading.Barrier(25)
OUTER = '{"name": "a", "one": {"number": 1}, "more": [{"number": 2}]}'
EVENTS = (
    b'{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Hi"}}}}',
    b'{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"Hi"}}}}}',
    b'{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"Hi"}}}',
)

def first():
    ready.wait()
    for event in EVENTS * 5:
        assert decode_event("", event).type in event.decode()
    assert decode(OUTER, Outer).more == [Inner(2)]
    assert Tool.from_function(lookup).decode_arguments('{"outer": ' + OUTER + "}")["outer"].one == Inner(1)

threads = [threading.Thread(target=first) for _ in range(25)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_threads_that_meet_a_class_for_the_first_time_at_once_do_not_crash_the_process() -> None:
    for _ in range(5):  # without the lock, three in four of these processes crashed with a segmentation fault
        done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
