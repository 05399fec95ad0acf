"""What README.md says of the official SDK in its table is true of the version that it names."""

from __future__ import annotations

import importlib.metadata
import inspect
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import cohere_chat as c
from cohere_chat import ChatClient
from cohere_chat.testing import ChatEmulator

from .conftest import HI
from .test_pages import ROOT

cohere = pytest.importorskip("cohere")
CALL: dict[str, Any] = {"model": "m", "messages": HI}
MIGRATE = (ROOT / "docs" / "migrate.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def theirs(chat_emulator: ChatEmulator) -> Iterator[Any]:
    with httpx.Client() as http:
        yield cohere.ClientV2("any", base_url=chat_emulator.url, httpx_client=http)


def types(events: Any) -> list[str]:
    return [event.type for event in events]


def test_the_table_names_the_installed_version() -> None:
    assert f"cohere {importlib.metadata.version('cohere')}" in README


def test_a_stream_that_ends_early_ends_without_an_error_there_and_with_one_here(
    theirs: Any, chat_emulator: ChatEmulator
) -> None:
    chat_emulator.cut(after_events=3, how="end")
    chat_emulator.cut(after_events=3, how="end")
    assert "message-end" not in types(theirs.chat_stream(**CALL))
    with ChatClient() as client, pytest.raises(c.StreamTruncatedError) as caught:
        client.chat_stream(**CALL).get_final_response()
    assert caught.value.partial is not None


def test_a_model_that_fails_is_a_usual_end_there_and_an_error_here(theirs: Any, chat_emulator: ChatEmulator) -> None:
    chat_emulator.error_end()
    chat_emulator.error_end()
    *_, last = theirs.chat_stream(**CALL)
    assert (last.type, last.delta.finish_reason) == ("message-end", "ERROR")
    with ChatClient() as client, pytest.raises(c.GenerationError):
        client.chat_stream(**CALL).get_final_response()


def test_an_unknown_event_is_dropped_there_and_kept_here(
    theirs: Any, chat_emulator: ChatEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    chat_emulator.unknown_event()
    chat_emulator.unknown_event()
    assert set(types(theirs.chat_stream(**CALL))) <= {
        "message-start",
        "content-start",
        "content-delta",
        "content-end",
        "message-end",
    }
    assert "Skipping SSE event" in caplog.text
    with ChatClient() as client:
        assert any(isinstance(event, c.UnknownEvent) for event in client.chat_stream(**CALL))


def test_an_event_that_is_not_json_is_dropped_there_and_an_error_here(
    theirs: Any, chat_emulator: ChatEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    chat_emulator.bad_json()
    chat_emulator.bad_json()
    list(theirs.chat_stream(**CALL))
    assert "Failed to parse SSE data field as JSON" in caplog.text
    with ChatClient() as client, pytest.raises(c.StreamDecodeError):
        client.chat_stream(**CALL).get_final_response()


def test_a_misspelled_role_is_sent_there_and_refused_here(theirs: Any, chat_emulator: ChatEmulator) -> None:
    messages: Any = [{"role": "usr", "content": "Hi"}]
    with pytest.raises(cohere.BadRequestError):
        theirs.chat(model="m", messages=messages)
    assert len(chat_emulator.requests) == 1
    with ChatClient() as client, pytest.raises(ValueError, match=r"messages\[0\]\.role"):
        client.chat(model="m", messages=messages)
    assert len(chat_emulator.requests) == 1


def test_opening_a_stream_is_not_retried_there_and_retried_here(theirs: Any, chat_emulator: ChatEmulator) -> None:
    chat_emulator.fail(503)
    assert theirs.chat(**CALL).finish_reason == "COMPLETE"
    chat_emulator.fail(503)
    with pytest.raises(cohere.ServiceUnavailableError):
        list(theirs.chat_stream(**CALL))
    chat_emulator.fail(503, retry_after=0.01)
    with ChatClient() as client:
        assert client.chat_stream(**CALL).get_final_response().finish_reason == "COMPLETE"


def test_neither_a_deadline_nor_running_tools_nor_classes_nor_an_emulator_are_known_there() -> None:
    known = inspect.signature(cohere.ClientV2.chat).parameters
    assert not known.keys() & {"deadline", "response_type"}
    assert not [name for name in dir(cohere.ClientV2) if "tool" in name or "parsed" in name]
    assert not [name for name in dir(cohere) if "emulat" in name.lower() or "testing" in name.lower()]


def test_what_the_table_gives_the_official_sdk_is_there_and_not_here() -> None:
    for name in ("embed", "rerank", "classify", "generate"):
        assert hasattr(cohere.ClientV2, name)
        assert not hasattr(ChatClient, name)
        assert f"`client.{name}(...)`" in MIGRATE
    for name in ("BedrockClientV2", "SagemakerClientV2", "OciClientV2"):
        assert hasattr(cohere, name)
        assert f"`cohere.{name}`" in MIGRATE


def test_each_cell_of_the_table_leads_to_a_page_or_a_test() -> None:
    rows = re.findall(r"^\| (.+) \| (.+) \| (.+) \|$", README, re.MULTILINE)[1:]
    assert len(rows) > 10
    for _, ours, theirs in rows:
        assert "](" in ours
        assert "](" in theirs
