"""SSEDecoder: the WHATWG rules as a table, and the rule that a chunk may end anywhere."""

from __future__ import annotations

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohere_chat import ServerSentEvent, SSEBufferError, SSEDecoder

from .server import splits


def event(data: str, event: str = "message", id: str = "", retry: int | None = None) -> ServerSentEvent:
    return ServerSentEvent(event, data, id, retry)


CASES = {
    "LF": (b"data: a\n\n", [event("a")]),
    "CR": (b"data: a\r\r", [event("a")]),
    "CRLF": (b"data: a\r\n\r\n", [event("a")]),
    "line ends mixed": (b"event: e\rdata: a\r\ndata: b\n\r", [event("a\nb", "e")]),
    "named event": (b"event: e\ndata: a\n\n", [event("a", "e")]),
    "empty name means message": (b"event:\ndata: a\n\n", [event("a")]),
    "the last name counts": (b"event: e\nevent: f\ndata: a\n\n", [event("a", "f")]),
    "the name lasts for one event": (b"event: e\ndata: a\n\ndata: b\n\n", [event("a", "e"), event("b")]),
    "data lines are joined by LF": (b"data: a\ndata: b\n\n", [event("a\nb")]),
    "one space is cut off": (b"data:a\n\ndata: a\n\ndata:  a\n\n", [event("a"), event("a"), event(" a")]),
    "a tab is no space": (b"data:\ta\n\n", [event("\ta")]),
    "empty data is data": (b"data\n\ndata:\n\n", [event(""), event("")]),
    "two empty data lines": (b"data\ndata\n\n", [event("\n")]),
    "no data, no event": (b"event: e\n\nid: 1\n\n: c\n\n\n\n", []),
    "a name without data is forgotten": (b"event: e\n\ndata: a\n\n", [event("a")]),
    "comments": (b": hello\n:data: no\ndata: a\n:\n\n", [event("a")]),
    "unknown fields": (b"foo: bar\ndatax: b\n data: c\nDATA: d\ndata: a\n\n", [event("a")]),
    "a colon in the value": (b"data: a: b\n\n", [event("a: b")]),
    "id lasts": (b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", [event("a", id="1"), event("b", id="1"), event("c")]),
    "id without an event counts": (b"id: 7\n\ndata: a\n\n", [event("a", id="7")]),
    "id with NUL is ignored": (b"id: 1\nid: 2\0\ndata: a\n\n", [event("a", id="1")]),
    "retry": (b"retry: 20\ndata: a\n\ndata: b\n\n", [event("a", retry=20), event("b")]),
    "retry that is no number": (b"retry: 2s\nretry: -1\nretry:\nretry: \xd9\xa1\ndata: a\n\n", [event("a")]),
    "retry beyond reason": (b"retry: " + b"9" * 5000 + b"\ndata: a\n\n", [event("a")]),
    "one BOM": (b"\xef\xbb\xbfdata: a\n\n", [event("a")]),
    "a second BOM is text": (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [event("b")]),
    "a BOM later is text": (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [event("a")]),
    "a BOM after a whole frame is text": (b"event: message\ndata: a\n\n\xef\xbb\xbfdata: b\n\n", [event("a")]),
    "UTF-8": ("data: °é漢👋\n\n".encode(), [event("°é漢👋")]),
    "bad UTF-8": (b"data: a\xff\xe2\x82b\ndata: \xe2\n\n", [event("a\ufffd\ufffdb\n\ufffd")]),
    "bad UTF-8 in the name and the id": (b"event: \xff\nid: \xff\ndata: a\n\n", [event("a", "\ufffd", "\ufffd")]),
    "U+2028, U+2029, U+0085, VT and FF are text": (
        "data: a\u2028b\u2029c\u0085d\x0be\x0cf\n\n".encode(),
        [event("a\u2028b\u2029c\u0085d\x0be\x0cf")],
    ),
    "an event without its blank line is not delivered": (b"data: a\n\ndata: b\n", [event("a")]),
    "a line without its end is not read": (b"data: a\n\ndata: b", [event("a")]),
    "nothing": (b"", []),
}


def decode(*chunks: bytes) -> list[ServerSentEvent]:
    decoder = SSEDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


@pytest.mark.parametrize(("data", "events"), CASES.values(), ids=CASES)
def test_the_rules_hold_at_every_split_point(data: bytes, events: list[ServerSentEvent]) -> None:
    assert decode(data) == events
    for first, second in splits(data) if len(data) < 1000 else ():
        assert decode(first, second) == events
    assert decode(*(data[at : at + 1] for at in range(len(data)))) == events


pieces = st.sampled_from(
    [
        b"data",
        b"event",
        b"id",
        b"retry",
        b":",
        b" ",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\xef\xbb\xbf",
        b"7",
        b"\0",
        b"data: a\n\n",
        b"event: e\n",
        "é\u2028👋".encode(),
        b"\xe2",
        b"\xff",
    ]
)


@given(st.lists(pieces).map(b"".join), st.data())
def test_any_split_of_any_stream_gives_the_same_events(data: bytes, draw: st.DataObject) -> None:
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(data)))))
    chunks = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    assert decode(*chunks) == decode(data)


@given(st.lists(pieces).map(b"".join))
def test_it_agrees_with_the_standard_read_literally(data: bytes) -> None:
    assert [(event.event, event.data, event.id) for event in decode(data)] == by_the_letter(data)


def by_the_letter(data: bytes) -> list[tuple[str, str, str]]:
    """The standard's algorithm, applied slowly to the whole text at once."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]
    events, buffer, kind, last_id = [], "", "", ""
    for line in lines:
        if line == "":
            if buffer != "":
                events.append((kind or "message", buffer.removesuffix("\n"), last_id))
            buffer, kind = "", ""
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            buffer += value + "\n"
        elif name == "event":
            kind = value
        elif name == "id" and "\0" not in value:
            last_id = value
    return events


def test_a_line_of_20_mb_in_chunks_of_1_kb_is_joined_once() -> None:
    line = b"data: " + b"x" * 20_000_000 + b"\n\n"
    signal.signal(signal.SIGVTALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_VIRTUAL, 20)  # takes 0.1 s; joining again at each chunk would take minutes
    try:
        (found,) = decode(*(line[at : at + 1024] for at in range(0, len(line), 1024)))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    assert len(found.data) == 20_000_000


OVER = {
    "one line": b"data: " + b"x" * 50 + b"\n\n",
    "several lines": b"data: xxxxxxxxx\n" * 4 + b"\n",
    "a comment": b": " + b"x" * 50 + b"\n\n",
    "a line that does not end": b"x" * 50,
}


@pytest.mark.parametrize("data", OVER.values(), ids=OVER)
def test_an_event_over_the_bound_is_a_typed_error_at_every_split_point(data: bytes) -> None:
    before = b"data: a\n\n" * 20  # each event is within the limit; together they exceed it
    for first, second in splits(before + data):
        decoder, events = SSEDecoder(max_event_bytes=40), []
        with pytest.raises(SSEBufferError, match="larger than 40 bytes") as caught:
            for chunk in (first, second):
                events += decoder.feed(chunk)
        assert events + caught.value.events == [event("a")] * 20
        assert b"xxx" in caught.value.raw


def test_an_event_as_large_as_the_bound_passes() -> None:
    data = b"data: " + b"x" * 34 + b"\n\n"
    for first, second in splits(data * 2):
        decoder = SSEDecoder(max_event_bytes=40)
        assert decoder.feed(first) + decoder.feed(second) == [event("x" * 34)] * 2


def test_a_retry_time_belongs_to_the_frame_that_follows_in_another_chunk() -> None:
    decoder = SSEDecoder()
    assert decoder.feed(b"retry: 7\n") == []
    assert decoder.feed(b"event: e\ndata: a\n\n") == [ServerSentEvent("e", "a", "", 7)]


def test_an_empty_name_is_message_in_a_whole_frame_too() -> None:
    assert SSEDecoder().feed(b"event: \ndata: a\n\n") == [ServerSentEvent("message", "a")]


@pytest.mark.parametrize("name", [b"message", b"content-delta"])
def test_a_whole_frame_over_the_bound_is_refused(name: bytes) -> None:
    frame = b"event: " + name + b"\ndata: " + b"x" * 50 + b"\n\n"
    with pytest.raises(SSEBufferError) as caught:
        SSEDecoder(max_event_bytes=40).feed(frame)
    assert caught.value.raw.startswith(b"x" * 40) or b"x" * 40 in caught.value.raw
