"""Every fault of `scenarios.py`, for each face of `conftest.py`, through a real socket."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

import cohere_chat as c

from ..conftest import FACES, AsyncFace, SyncFace
from ..server import CLOSE, RawServer, Script, answer, chunk, chunked, frames, head, text_answer
from .scenarios import ANSWER, BODIES, EVENTS, OPENINGS, PLAINS, STATUSES, STREAMS, WAIT, Plain, Stream

Face = SyncFace | AsyncFace
README = Path(__file__).with_name("README.md")


def limit(script: Script) -> httpx.Timeout:
    """Returns a short limit if the script stalls, else one long enough that a slow machine does not exceed it."""
    return httpx.Timeout(5, read=0.4 if WAIT in script else 5)


@pytest.mark.parametrize("fault", STREAMS.values(), ids=STREAMS)
def test_stream(fault: Stream, face: Face, server: RawServer) -> None:
    if face is FACES["aiohttp"] and fault is STREAMS["bad-http-chunk"]:
        pytest.xfail("aiohttp loses a head that arrives in one packet with a bad chunk, so the request is retried")
    server.play(fault.script)
    streamed = face.stream(server.url, timeout=limit(fault.script))
    assert len(server.requests) == 1
    if fault.error is None:
        assert streamed.error is None
        assert streamed.response is not None
        assert streamed.response.text == (fault.partial if "\ufffd" in fault.partial else "It is 42.")
        assert len(streamed.events) - len(EVENTS) == sum(isinstance(event, c.UnknownEvent) for event in streamed.events)
        return
    assert type(streamed.error) is fault.error
    assert re.search(fault.says, str(streamed.error))
    assert "\n" not in str(streamed.error)
    assert len(streamed.events) == fault.events
    if fault.raw is not None:
        assert streamed.error.raw == fault.raw
    if not isinstance(streamed.error, c.APIResponseError):
        assert streamed.error.partial.text == fault.partial
        assert streamed.error.partial.headers["content-type"] == "text/event-stream"


@pytest.mark.parametrize("fault", PLAINS.values(), ids=PLAINS)
def test_plain(fault: Plain, face: Face, server: RawServer) -> None:
    server.play(fault.script)
    if fault.error is None:
        assert face.chat(server.url, timeout=limit(fault.script)).to_dict() == text_answer("It is 42.")
        return
    with pytest.raises(c.CohereChatError, match=fault.says or None) as caught:
        face.chat(server.url, timeout=limit(fault.script))
    assert type(caught.value) is fault.error
    assert "\n" not in str(caught.value)
    assert len(server.requests) == 1
    if fault.raw is not None:
        assert caught.value.raw == fault.raw


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("script", OPENINGS.values(), ids=OPENINGS)
@pytest.mark.parametrize("kind", ["plain", "stream"])
def test_opening(kind: str, script: Any, face: Face, server: RawServer) -> None:
    server.play(script, script, answer(ANSWER) if kind == "plain" else chunked(frames(EVENTS)))
    if kind == "plain":
        assert face.chat(server.url, timeout=limit(script), temperature=0.1).text == "It is 42."
    else:
        streamed = face.stream(server.url, timeout=limit(script), temperature=0.1)
        assert streamed.error is None
        assert len(streamed.events) == len(EVENTS)
    assert len(server.requests) == 3
    assert len({request.body for request in server.requests}) == 1
    server.play(script, answer(ANSWER))
    error = face.stream(server.url, timeout=limit(script), max_retries=0).error
    assert isinstance(error, c.APIConnectionError | c.APIStatusError)
    assert (error.attempts, len(server.requests)) == (1, 4)
    if isinstance(error, c.APIConnectionError):
        assert isinstance(error.__cause__, httpx.RequestError)
        assert (error.raw, error.partial) == (b"", None)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("status", STATUSES)
def test_status(status: int, body: tuple[bytes, dict[str, str], str, Any], face: Face, server: RawServer) -> None:
    data, headers, message, parsed = body
    refusal = answer(data, status=status, **{"x_debug_trace_id": "trace", "retry_after": "70", **headers})
    server.play(refusal, refusal)
    with pytest.raises(c.APIStatusError) as caught:
        face.chat(server.url)
    for error in (caught.value, face.stream(server.url).error):
        assert type(error) is STATUSES[status]
        assert (error.status_code, error.body, error.request_id) == (status, parsed, "trace")
        assert error.message == message or (message == "" and error.message)
        assert (error.retry_after, error.attempts) == (70.0, 1)
        assert re.fullmatch(rf"{status} [^\n]+ \(request id trace\)", str(error))


def test_a_refusal_that_is_cut_short_counts_by_its_status(face: Face, server: RawServer) -> None:
    server.play([head(400, content_length="99") + b"cut sho", CLOSE])
    with pytest.raises(c.BadRequestError, match="400 cut sho"):
        face.chat(server.url)


@pytest.mark.parametrize("after", range(1, len(EVENTS)))
def test_a_stream_cut_after_any_event_gives_all_that_had_come(after: int, face: Face, server: RawServer) -> None:
    server.play(chunked(frames(EVENTS[:after], done=False)))
    streamed = face.stream(server.url)
    assert len(streamed.events) == after
    assert isinstance(streamed.error, c.StreamTruncatedError)
    assert streamed.error.partial.text == "".join(("", "", "It ", "is ", "42.")[:after])


def test_a_stream_cut_after_any_byte_never_delivers_half_an_event(server: RawServer) -> None:
    data = b"".join(frames(EVENTS))
    ends = [sum(map(len, frames(EVENTS, done=False)[:number])) for number in range(len(EVENTS) + 1)]
    for at in range(0, ends[-1], 7):
        server.play(
            [head(transfer_encoding="chunked", content_type="text/event-stream") + chunk(data[:at] or b":"), CLOSE]
        )
        streamed = SyncFace().stream(server.url)
        assert isinstance(streamed.error, c.APIConnectionError)
        assert len(streamed.events) == sum(end <= at for end in ends[1:])


def rows() -> list[str]:
    stream = [f"| `test_stream[{{face}}-{name}]` | {fault.gets} | {result(fault)} |" for name, fault in STREAMS.items()]
    plain = [f"| `test_plain[{{face}}-{name}]` | {fault.gets} | {result(fault)} |" for name, fault in PLAINS.items()]
    again = "retried with the same body, twice by default; then an error with `.attempts`"
    kinds = {name: "`APIStatusError`" if name.startswith("status") else "`APIConnectionError`" for name in OPENINGS}
    kinds |= {name: "`APITimeoutError`" for name in OPENINGS if name.startswith("stall")}
    opening = [f"| `test_opening[{{face}}-plain-{name}]`, `-stream-` | {again} | {kinds[name]} |" for name in OPENINGS]
    refused = [
        f"| `test_status[{{face}}-{status}-{body}]` | an error with all available details | `{cls.__name__}` |"
        for status, cls in STATUSES.items()
        for body in BODIES
    ]
    return [*stream, *plain, *opening, *refused]


def result(fault: Plain) -> str:
    return "none" if fault.error is None else f"`{fault.error.__name__}`"


SURROUNDINGS = [
    (1, "test_a_bomb_of_600_mb_takes_little_more_memory_than_the_bound", "1,202 MiB; an error 1,202 MiB", "51 MiB (50 MiB), 257 MiB (256 MiB), `APIResponseError`; an error 4 MiB (1 MiB)"),
    (1, "test_one_mebibyte_of_the_body_of_an_error_is_read", "an endless body is read forever", "1 MiB is read, then the connection is closed"),
    (1, "test_unpacking_lets_other_tasks_run", "the event loop is blocked until it is done", "other tasks run after each 64 KiB"),
    (1, "test_unpacking_a_large_chunk_moves_each_byte_a_few_times", "a 64 MiB chunk takes 12 s", "0.02 s"),
    (2, "test_a_plain_call_ends_at_its_deadline_wherever_the_peer_drips", "it never ends", "`APITimeoutError` at the deadline"),
    (2, "test_a_stream_ends_at_its_deadline_with_the_answer_so_far", "it never ends", "`APITimeoutError` with `.partial`"),
    (2, "test_a_retry_that_would_come_too_late_is_not_waited_for", "the call waits for it", "`APITimeoutError` at once"),
    (3, "test_after_a_fork", "answers of the other process, or no answer, forever; an inherited stream shuts down the parent's socket", "each process has its own connections; using an inherited stream raises `ConfigurationError`"),
    (3, "test_the_workers_of_gunicorn_share_a_client_that_was_used_before_they_were_forked", "the same", "each worker has its own connections"),
    (4, "test_the_emulator_as_a_process_keeps_no_request", "420 MiB more after 20 requests of 10 MB", "9 MiB more, and no more after the next 80"),
    (5, "test_the_key_is_in_no_frame_of_a_call_that_is_refused", "`Bearer <key>` is in a local variable", "it is in none"),
    (6, "test_a_control_or_bidi_character_is_shown_escaped", "`\\x1b[31m` reaches the terminal", "it is escaped; `.body` and `.raw` keep it"),
    (7, "test_a_bad_variable_is_named_with_its_value_and_the_remedy", "an httpx error that does not name the variable", "`ConfigurationError` that names it"),
    (8, "test_an_error_of_your_hook_or_transport_stays_yours_whatever_its_words", "`ConfigurationError` about our event loop", "your `RuntimeError`"),
    (8, "test_an_unknown_argument_is_a_type_error_that_names_the_class", "`_Client.__init__() got an unexpected keyword`", "`TypeError` that says what to do"),
    (9, "test_a_404_shows_the_address_that_was_asked", "the error has no URL", "it has the URL, and a hint"),
    (10, "test_a_client_is_neither_copied_nor_pickled_and_says_what_to_do", "it fails in three different ways", "one `TypeError`"),
    (11, "test_a_stream_that_another_thread_closes_is_a_stream_error_at_once", "`APIConnectionError: ... Bad file descriptor`, or no error for 300 s", "`StreamError` with `.partial`, at once"),
    (11, "test_a_stream_that_another_task_closes_is_a_stream_error_at_once", "`APIConnectionError: ... pop from an empty deque`", "`StreamError` with `.partial`"),
    (11, "test_closing_a_client_whose_event_loop_has_ended_is_an_error_of_ours_and_once", "a bare `RuntimeError`", "`ConfigurationError`"),
    ("11, review", "test_a_peer_that_pings_after_the_end_does_not_hold_the_answer", "a sync stream never ends", "the whole answer, at most a second later"),
    ("review", "test_threads_that_meet_a_class_for_the_first_time_at_once_do_not_crash_the_process", "segmentation fault", "no crash"),
    ("review", "test_the_table_of_decoders_does_not_grow_with_what_a_peer_sends", "one entry for each spelling that is sent", "at most six entries"),
    (12, "test_text_that_is_left_early_draws_no_warning_of_trio", "`ResourceWarning`", "no warning"),
]  # fmt: skip


def page() -> str:
    return "\n".join(
        [
            "# Faults",
            "",
            "This page lists what can go wrong, and what a user gets. `python -m tests.faults.test_faults` generates it from [scenarios.py](scenarios.py) and [test_faults.py](test_faults.py).",
            "Each row is a test id of [test_faults.py](test_faults.py); `{face}` stands for `sync`, `asyncio`, `trio`, `urllib3` or `aiohttp`. Other files test:",
            "time limits, TLS and the pool ([test_limits.py](test_limits.py)); unfinished calls and streams ([test_closing.py](test_closing.py)); the key ([test_key.py](test_key.py));",
            "many calls at once ([test_load.py](test_load.py)); random data ([test_fuzz.py](test_fuzz.py)); the second table ([test_bounds.py](test_bounds.py),",
            "[test_deadline.py](test_deadline.py), [test_fork.py](test_fork.py) and [test_surroundings.py](test_surroundings.py)).",
            "",
            "| test | what a user gets | error |",
            "|---|---|---|",
            *rows(),
            "",
            "## Hostile peers and surroundings",
            "",
            "Each of these failed in an earlier version. Memory is what a call adds to a separate process; the limit is in brackets.",
            "",
            "| issue 14 | test | before | now |",
            "|---|---|---|---|",
            *(f"| {fault} | `{test}` | {before} | {now} |" for fault, test, before, now in SURROUNDINGS),
            "",
        ]
    )  # fmt: skip


def test_the_readme_lists_every_fault() -> None:
    assert README.read_text(encoding="utf-8") == page()
    written = "".join(file.read_text(encoding="utf-8") for file in README.parent.parent.rglob("test_*.py"))
    assert [test for _, test, _, _ in SURROUNDINGS if f"def {test}(" not in written] == []


if __name__ == "__main__":
    README.write_text(page(), encoding="utf-8")
