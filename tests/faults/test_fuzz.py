"""Random data: only our exceptions are raised, and the work is proportional to the number of bytes.

`make test` runs this briefly; `make soak` runs it with FUZZ_EXAMPLES for ten minutes.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohere_chat import APIResponseError, ChatResponse, CohereChatError, SSEBufferError, SSEDecoder, UnknownEvent
from cohere_chat.body import messages_to_json
from cohere_chat.errors import status_error
from cohere_chat.streaming.accumulate import Accumulator
from cohere_chat.streaming.events import decode_event
from cohere_chat.wire import read_answer

from ..server import frames, text_answer, text_events
from ..test_events import NAMES, deltas, json_values

many = settings(max_examples=int(os.environ.get("FUZZ_EXAMPLES", "200")))
STREAM = b"".join(frames(text_events("It ", "is ", "42.")))
BODY = json.dumps(text_answer("It is 42.")).encode()


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """Real bytes, with a few of them changed, dropped or doubled."""
    made = bytearray(data)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(made)))
        until = min(len(made), at + draw(st.integers(0, 12)))
        made[at:until] = draw(st.sampled_from([b"", bytes(made[at:until]) * 2]) | st.binary(max_size=8))
    return bytes(made)


def fold(data: bytes) -> Accumulator:
    accumulator = Accumulator()
    for name, raw, _, _ in SSEDecoder(max_event_bytes=10_000).frames(data):
        with suppress(ValueError, RecursionError):
            accumulator.add(decode_event(name, raw))
    return accumulator


@many
@given(st.binary() | mutated(STREAM))
def test_any_bytes_decode_and_add_up(data: bytes) -> None:
    try:
        ChatResponse.from_dict(fold(data).to_dict())
    except SSEBufferError as error:
        assert error.raw  # noqa: PT017


@many
@given(st.sampled_from([*NAMES, "stream-start", "stream-end", ""]), json_values | deltas, json_values | deltas)
def test_any_json_is_an_event_that_adds_up(name: str, data: Any, delta: Any) -> None:
    accumulator = Accumulator()
    for value in (data, {"type": name, "delta": delta, "index": data}, {"event_type": name, "delta": delta}):
        event = decode_event(name, json.dumps(value).encode())
        accumulator.add(event)
        if isinstance(event, UnknownEvent):
            assert event.data == value
    ChatResponse.from_dict(accumulator.to_dict())


def kept(sent: Any, told: Any) -> bool:
    """Whether `told` has all of `sent`: nulls may be absent, constants may be added, the case of an enum may differ."""
    if isinstance(sent, dict):
        return isinstance(told, dict) and all(kept(value, told.get(key)) for key, value in sent.items())
    if isinstance(sent, list):
        return isinstance(told, list) and len(sent) == len(told) and all(map(kept, sent, told))
    if isinstance(sent, str):
        return isinstance(told, str) and sent.casefold() == told.casefold()
    return sent is told or (type(sent) is type(told) and sent == told) or sent != sent


@many
@given(st.binary() | mutated(BODY) | (json_values | deltas).map(lambda value: json.dumps(value).encode()))
def test_any_body_is_an_answer_or_our_error_with_its_bytes(raw: bytes) -> None:
    try:
        response = read_answer(raw, httpx.Response(200))
    except APIResponseError as error:
        assert error.raw == raw  # noqa: PT017
    else:
        assert kept(json.loads(raw), response.to_dict())
        with suppress(ValueError):  # it has something that the service would refuse
            messages_to_json([response.message])


@many
@given(st.integers(300, 999), st.binary() | json_values.map(lambda value: json.dumps(value).encode()), st.text())
def test_any_refusal_is_our_error_in_one_line(status: int, body: bytes, retry_after: str) -> None:
    headers = httpx.Headers({"retry-after": retry_after.encode("utf-8", "ignore")})
    error = status_error(status, headers, body, attempts=1)
    assert isinstance(error, CohereChatError)
    assert str(error).startswith(str(status))
    assert "\n" not in str(error)
    assert error.retry_after is None or error.retry_after >= 0


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.builds(object),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3),
    max_leaves=8,
)


@many
@given(anything | st.lists(st.fixed_dictionaries({"role": st.just("user"), "content": anything}), max_size=3))
def test_any_messages_are_json_or_an_error_that_names_the_place(messages: Any) -> None:
    try:
        json.dumps(messages_to_json(messages), allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        assert str(error).startswith("messages")  # noqa: PT017


SHAPES = {
    "one line": lambda size: b"x" * size,
    "one data line": lambda size: b"data: " + b"x" * size,
    "many data lines": lambda size: b"data: x\n" * (size // 8),
    "many empty lines": lambda size: b"\n" * size,
    "many comments": lambda size: b":\n" * (size // 2),
    "many events": lambda size: b"data: x\n\n" * (size // 9),
    "many ids": lambda size: b"id: x\n" * (size // 6),
    "CR and LF": lambda size: b"\r\n" * (size // 2),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("cut", [1, 1000])
def test_the_work_grows_with_the_bytes(shape: Any, cut: int) -> None:
    """Counts Python's steps, not time: ten times the bytes take at most eleven times the steps."""

    def work(size: int) -> int:
        data, steps, decoder = shape(size), 0, SSEDecoder()

        def count(*_: object) -> Any:
            nonlocal steps
            steps += 1
            return count

        traced = sys.gettrace()  # set by coverage
        sys.settrace(count)
        try:
            for at in range(0, len(data), cut):
                decoder.feed(data[at : at + cut])
        finally:
            sys.settrace(traced)
        return steps

    assert work(100_000 // (10 if cut == 1 else 1)) <= 11 * work(10_000 // (10 if cut == 1 else 1))
