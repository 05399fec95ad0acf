"""ChatResponse and its properties."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import httpx
import pytest

from cohere_chat import ChatResponse, FinishReason, RateLimit

from .conftest import read_response
from .server import USAGE, text_answer

HEADERS = httpx.Headers(
    [
        ("x-debug-trace-id", "trace"),
        ("x-api-warning", "model X is removed on 2026-12-01, move to Y"),
        ("x-api-warning", "document 3 was cut short"),
        ("x-endpoint-monthly-call-limit", "1000"),
        ("x-trial-endpoint-call-limit", "40"),
        ("x-trial-endpoint-call-remaining", "37"),
    ]
)


def response(data: dict[str, Any] | None = None, headers: httpx.Headers = HEADERS) -> ChatResponse:
    return read_response(data or text_answer("It is 42."), headers)


@pytest.mark.parametrize("reason", list(FinishReason))
def test_a_finish_reason_reads_in_any_case(reason: FinishReason) -> None:
    assert FinishReason(reason.value.lower()) is reason
    assert FinishReason(reason.value) is reason
    assert reason == reason.value


def test_a_finish_reason_that_nobody_knew_is_kept_and_compares_as_its_string() -> None:
    reason = FinishReason("New_Reason")
    assert reason == "New_Reason"
    assert str(reason) == "New_Reason"
    assert reason == FinishReason("New_Reason")
    assert hash(reason) == hash("New_Reason")
    assert reason not in list(FinishReason)
    assert pickle.loads(pickle.dumps(reason)) == reason
    with pytest.raises(ValueError, match="5 is not a valid FinishReason"):
        FinishReason(5)


def test_text_leaves_thinking_out_and_thinking_leaves_text_out() -> None:
    data = text_answer("It is ")
    data["message"]["content"] += [
        {"type": "thinking", "thinking": "hm, "},
        {"type": "new", "text": "no"},
        {"type": "text", "text": "42."},
        {"type": "thinking", "thinking": "yes"},
    ]
    assert response(data).text == "It is 42."
    assert response(data).thinking == "hm, yes"


def test_content_that_is_a_string_or_absent_is_text_too() -> None:
    data = text_answer("")
    data["message"]["content"] = "Hi"
    assert (response(data).text, response(data).thinking) == ("Hi", "")
    del data["message"]["content"]
    assert (response(data).text, response(data).thinking) == ("", "")


def test_what_is_absent_is_none_or_an_empty_list() -> None:
    bare = response({"id": "x", "message": {"role": "assistant"}}, httpx.Headers())
    assert (bare.finish_reason, bare.usage, bare.logprobs, bare.request_id, bare.rate_limit) == (None,) * 5
    assert (bare.tool_calls, bare.citations, bare.warnings) == ([], [], [])
    message = bare.message
    assert (message.content, message.tool_plan, message.tool_calls, message.citations) == (None,) * 4


def test_the_headers_are_read() -> None:
    made = response()
    assert made.request_id == "trace"
    assert made.warnings == ["model X is removed on 2026-12-01, move to Y", "document 3 was cut short"]
    assert made.rate_limit == RateLimit(trial_limit=40, trial_remaining=37, monthly_limit=1000)
    assert made.headers is HEADERS


def test_a_counter_that_is_no_number_is_none() -> None:
    headers = httpx.Headers({"x-trial-endpoint-call-limit": "many", "x-endpoint-monthly-call-limit": "9"})
    assert response(headers=headers).rate_limit == RateLimit(None, None, 9)


def test_usage_may_be_empty_or_floats_or_more_than_is_known() -> None:
    data = text_answer("a")
    data["usage"] = {}
    assert response(data).usage is not None
    data["usage"] = {
        "billed_units": {"input_tokens": 18.0, "search_units": 1, "new": 1},
        "tokens": {"input_tokens": 501, "image_tokens": 21},
        "cached_tokens": 7,
    }
    usage = response(data).usage
    assert usage is not None
    assert usage.billed_units is not None
    assert usage.tokens is not None
    assert (usage.billed_units.input_tokens, usage.billed_units.search_units) == (18, 1)
    assert usage.billed_units.additional_properties == {"new": 1}
    assert (usage.tokens.input_tokens, usage.tokens.image_tokens, usage.cached_tokens) == (501, 21, 7)


def test_to_dict_is_what_came_and_a_copy_that_follows_changes() -> None:
    data = {**text_answer("a"), "new": {"deep": [1]}}
    made = response(copy.deepcopy(data))
    assert made.to_dict() == data
    made.to_dict()["message"]["content"].clear()
    assert made.to_dict() == data
    made.message.content = "changed"
    assert made.to_dict()["message"]["content"] == "changed"


def test_a_response_pickles_and_copies_whole() -> None:
    made = response()
    for again in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made), copy.copy(made)):
        assert again == made
        assert again.to_dict() == made.to_dict()
        assert again.headers == made.headers
        assert again.usage.tokens.input_tokens == USAGE["tokens"]["input_tokens"]
