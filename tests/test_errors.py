"""Errors: the class for each status, attributes and messages, and that none shows the key."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import httpx
import pytest

import cohere_chat
from cohere_chat import APIStatusError, CohereChatError, GenerationError, InternalServerError
from cohere_chat.errors import STATUS_ERRORS, status_error

from .conftest import read_response
from .server import text_answer

HEADERS = httpx.Headers({"x-debug-trace-id": "trace"})


def error(status: int, body: bytes = b'{"message":"no"}', **headers: str) -> APIStatusError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status_error(status, httpx.Headers({**dict(HEADERS), **named}), body, attempts=1)


CLASSES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    402: "PaymentRequiredError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "APIStatusError",
    418: "APIStatusError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    498: "BlockedTokenError",
    499: "ClientClosedRequestError",
    500: "InternalServerError",
    501: "InternalServerError",
    503: "InternalServerError",
    504: "InternalServerError",
    520: "InternalServerError",
    599: "InternalServerError",
}


@pytest.mark.parametrize(("status", "name"), CLASSES.items())
def test_each_status_has_its_class(status: int, name: str) -> None:
    assert type(error(status)).__name__ == name
    assert error(status).status_code == status


BODIES: dict[str, tuple[bytes, str, Any]] = {
    "message": (b'{"message":"no such model"}', "no such model", {"message": "no such model"}),
    "message and id": (b'{"id":"1","message":"no"}', "no", {"id": "1", "message": "no"}),
    "JSON without a message": (b'{"error":"x"}', '{"error":"x"}', {"error": "x"}),
    "a message that is no string": (b'{"message":["a"]}', "['a']", {"message": ["a"]}),
    "a list": (b"[1]", "[1]", [1]),
    "HTML": (b"<html>\n<b>403</b></html>", "<html>\n<b>403</b></html>", "<html>\n<b>403</b></html>"),
    "long text": (b"x" * 500, "x" * 200 + "...", "x" * 500),
    "bad UTF-8": (b"\xff", "\ufffd", "\ufffd"),
    "deep": (b"[" * 100_000, "[" * 200 + "...", "[" * 100_000),
    "empty": (b"", "Forbidden", None),
}


@pytest.mark.parametrize(("body", "message", "parsed"), BODIES.values(), ids=BODIES)
def test_a_body_may_be_anything(body: bytes, message: str, parsed: Any) -> None:
    made = error(403, body)
    assert (made.message, made.body) == (message, parsed)
    assert "\n" not in str(made)


def test_a_status_without_a_name_and_a_body_still_reads() -> None:
    assert str(error(520, b"")) == "520 with an empty body (request id trace)"


def test_a_422_with_an_error_type_is_a_generation_error() -> None:
    made = error(422, b'{"error_type":"INVALID_TOOL_GENERATION","id":"1","message":"the model failed"}')
    assert isinstance(made, GenerationError)
    assert (made.error_type, made.partial) == ("INVALID_TOOL_GENERATION", None)
    assert type(error(422)) is cohere_chat.UnprocessableEntityError
    assert type(error(400, b'{"error_type":"X","message":"no"}')) is cohere_chat.BadRequestError


def test_a_redirect_names_its_target() -> None:
    made = error(307, b"", location="https://elsewhere/v2/chat")
    assert type(made) is APIStatusError
    assert str(made) == (
        "307 redirect to https://elsewhere/v2/chat, not followed. Set base_url to the service itself (request id trace)"
    )


def test_an_error_reads_in_one_line_what_happened_what_to_do_and_the_request_id() -> None:
    assert str(error(401, b'{"message":"invalid api token"}')) == (
        "401 invalid api token. Check the API key (api_key= or CO_API_KEY) (request id trace)"
    )
    assert str(error(400, b'{"message":"no."}')) == "400 no (request id trace)"


RETRY_AFTER = {
    "seconds": ({"retry_after": "2"}, 2.0),
    "a fraction": ({"retry_after": "0.25"}, 0.25),
    "zero": ({"retry_after": "0"}, 0.0),
    "negative": ({"retry_after": "-3"}, None),
    "absurd": ({"retry_after": "1e300"}, 1e300),
    "infinite": ({"retry_after": "inf"}, None),
    "no number": ({"retry_after": "soon"}, None),
    "NaN": ({"retry_after": "nan"}, None),
    "milliseconds": ({"retry_after_ms": "250"}, 0.25),
    "milliseconds win": ({"retry_after_ms": "250", "retry_after": "9"}, 0.25),
    "milliseconds that are none": ({"retry_after_ms": "x", "retry_after": "9"}, 9.0),
    "a date, by the answer's own": (
        {"retry_after": "Sun, 22 Nov 2026 13:00:07 GMT", "date": "Sun, 22 Nov 2026 13:00:00 GMT"},
        7.0,
    ),
    "a date that has passed": ({"retry_after": "Sun, 22 Nov 2020 13:00:07 GMT"}, 0.0),
    "a date that is none": ({"retry_after": "Sun, 99 Nov 2026 13:00:07 GMT"}, None),
    "none": ({}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), RETRY_AFTER.values(), ids=RETRY_AFTER)
def test_retry_after_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert error(429, **headers).retry_after == seconds


def test_a_date_without_the_answers_own_is_seen_from_now() -> None:
    waited = error(429, retry_after="Sun, 22 Nov 2099 13:00:07 GMT").retry_after
    assert waited is not None
    assert waited > 60


PARTIAL = read_response(text_answer("so far"), HEADERS)
EVERY = [
    cohere_chat.ConfigurationError("no key"),
    cohere_chat.APIConnectionError("refused", attempts=3, raw=b"x", partial=PARTIAL),
    cohere_chat.APITimeoutError("timed out", headers=HEADERS),
    cohere_chat.APIResponseError("no JSON", raw=b"<html>", status_code=200, headers=HEADERS),
    cohere_chat.ToolCallError("cut off", raw=b"{}", tool_run=cohere_chat.ToolRun(PARTIAL, [], [])),
    cohere_chat.StreamError("closed", partial=PARTIAL),
    cohere_chat.StreamTruncatedError("cut", partial=PARTIAL),
    cohere_chat.StreamDecodeError("no JSON", partial=PARTIAL, raw=b"{"),
    GenerationError("no", status_code=422, headers=HEADERS, error_type="X", partial=PARTIAL),
    *(error(status) for status in [*STATUS_ERRORS, 418, 500]),
]


def test_an_error_keeps_its_cause_when_it_is_copied_and_what_the_cause_said_when_it_is_pickled() -> None:
    request = httpx.Request("POST", "https://x", headers={"Authorization": "Bearer s3cret"})
    made = cohere_chat.APIConnectionError("refused")
    made.__cause__ = httpx.ConnectError("nobody there", request=request)
    assert copy.copy(made).__cause__ is made.__cause__
    again = pickle.loads(pickle.dumps(made))
    assert str(again.__cause__) == f"{httpx.__name__}.ConnectError: nobody there"
    assert b"s3cret" not in pickle.dumps(made)
    outer = cohere_chat.StreamError("cut", partial=PARTIAL)
    outer.__cause__ = made
    assert isinstance(pickle.loads(pickle.dumps(outer)).__cause__, cohere_chat.APIConnectionError)


@pytest.mark.parametrize("made", EVERY, ids=lambda made: type(made).__name__)
def test_every_error_pickles_and_copies_whole(made: CohereChatError) -> None:
    for again in (pickle.loads(pickle.dumps(made)), copy.copy(made), copy.deepcopy(made)):
        assert type(again) is type(made)
        assert (str(again), repr(again), vars(again)) == (str(made), repr(made), vars(made))


def test_every_error_is_in_the_tree_and_exported() -> None:
    made = {type(error) for error in EVERY}
    exported = {
        value
        for name in cohere_chat.__all__
        if isinstance(value := getattr(cohere_chat, name), type) and issubclass(value, CohereChatError)
    }
    assert made | {APIStatusError, CohereChatError} == exported
    assert all(issubclass(cls, CohereChatError) for cls in made)
    assert issubclass(InternalServerError, APIStatusError)
    assert issubclass(cohere_chat.APITimeoutError, cohere_chat.APIConnectionError)
    assert issubclass(GenerationError, APIStatusError)
    for cls in (cohere_chat.StreamTruncatedError, cohere_chat.StreamDecodeError):
        assert issubclass(cls, cohere_chat.StreamError)


def test_a_date_that_no_clock_has_is_left_out() -> None:
    headers = {"retry-after": "Sun, 22 Nov 2099 13:00:07 GMT", "date": "Sun, 22 Nov 99999999999999999999 13:00:00 GMT"}
    error = status_error(429, httpx.Headers(headers), b"", attempts=1)
    assert error.retry_after is not None
    assert error.retry_after > 60


def test_a_long_message_is_cut_after_1000_characters() -> None:
    line = str(cohere_chat.APIConnectionError("x" * 5000))
    assert line == "x" * 1000 + "..."


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\x00", "\x9b", "\u202e", "\u2066", "\u200f", "\u061c"])
def test_a_control_or_bidi_character_is_shown_escaped(character: str) -> None:
    said = f"no{character}[31m red"
    body = json.dumps({"message": said}, ensure_ascii=False).encode()
    made = status_error(400, httpx.Headers({"x-debug-trace-id": f"id{character}".encode()}), body, attempts=1)
    escaped = character.encode("unicode_escape").decode()
    assert str(made).startswith(f"400 no{escaped}[31m red (request id id")
    assert character not in str(made) + repr(made) + (made.request_id or "")
    assert (made.message, made.body, made.raw) == (said, {"message": said}, body)


@pytest.mark.parametrize("text", ["ümläut 日本語 👋", "a\tb\nc"])
def test_other_text_is_shown_as_it_is(text: str) -> None:
    assert str(cohere_chat.APIConnectionError(text)) == " ".join(text.split())
