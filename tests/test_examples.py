"""Runs the examples, and checks that the Windmill script takes and returns the same as the TypeScript one."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohere_chat.testing import ChatEmulator

from .server import RawServer, answer, chunked, frames, text_answer, text_events

EXAMPLES = Path(__file__).parent.parent / "examples"
PAGE = (EXAMPLES / "README.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"^## (\w+\.py)\n.*?^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("name", SHOWN)
def test_an_example_prints_without_a_key_what_its_page_shows(name: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("CO_API_KEY", "COHERE_API_KEY")}
    done = subprocess.run(
        # The official SDK leaves its connections to the garbage collector.
        [sys.executable, *(["-W", "error"] if name != "official_sdk.py" else []), str(EXAMPLES / name)],
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == SHOWN[name]


def test_the_page_shows_each_example() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {*SHOWN, "emulated.py"}


# --- Windmill --------------------------------------------------------------------------------------------------------


def load() -> Any:
    spec = importlib.util.spec_from_file_location("windmill_chat", EXAMPLES / "windmill_chat.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["windmill_chat"] = module
    spec.loader.exec_module(module)
    return module


WINDMILL = load()


@pytest.fixture(scope="module")
def peer() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
number = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
value = st.recursive(st.one_of(st.none(), st.booleans(), number, text), lambda inner: st.one_of(st.lists(inner), st.dictionaries(text, inner)), max_leaves=4)  # fmt: skip
json_object = st.dictionaries(text, value, max_size=3)


def shape(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


def some(item: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(item, max_size=2)


text_part = shape({"type": st.just("text"), "text": text})
content = st.one_of(text, some(text_part))
call = shape({}, id=text, type=st.just("function"), function=shape({}, name=text, arguments=text))
sources = st.one_of(shape({}, id=text, tool_output=json_object), some(shape({}, id=text, document=json_object)))
citation = shape({}, start=number, end=number, text=text, sources=sources)
document = shape({"data": json_object}, id=text)
document_part = shape({"type": st.just("document"), "document": document})
message = st.one_of(
    shape({"role": st.just("user"), "content": content}),
    shape(
        {"role": st.just("assistant")}, tool_calls=some(call), tool_plan=text, content=content, citations=some(citation)
    ),
    shape({"role": st.just("system"), "content": content}),
    shape({"role": st.just("tool"), "tool_call_id": text, "content": st.one_of(text, text_part, some(document_part))}),
)
tool = shape({}, type=st.just("function"), function=shape({}, name=text, description=text, parameters=json_object))
body = shape(
    {"model": text, "messages": some(message)},
    stream=st.booleans(),
    tools=some(tool),
    strict_tools=st.booleans(),
    documents=st.one_of(text, some(document)),
    citation_options=shape({}, mode=st.sampled_from(["FAST", "ACCURATE", "OFF"])),
    response_format=shape({"type": st.sampled_from(["text", "json_object"])}, json_schema=json_object),
    safety_mode=st.sampled_from(["OFF", "CONTEXTUAL", "STRICT"]),
    stop_sequences=some(text),
    logprobs=st.booleans(),
    **dict.fromkeys(["max_tokens", "temperature", "seed", "frequency_penalty", "presence_penalty", "k", "p"], number),
)


@given(body)
def test_every_shape_of_the_script_s_type_goes_over_the_wire_unchanged(peer: RawServer, body: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CO_API_URL", peer.url)
        peer.requests.clear()
        told: dict[str, Any] = {"anything": {"x": None}} if body.get("seed", 0) > 0 else text_answer("Hi")
        told = text_answer("Hi") if body.get("stream") else told
        peer.play(chunked(frames(text_events("Hi"))) if body.get("stream") else answer(told))
        assert WINDMILL.main({"apiKey": "k"}, body) == told
    (request,) = peer.requests
    assert canonical(json.loads(request.body)) == canonical(body)
    assert request.headers["authorization"] == "Bearer k"
    assert request.line == "POST /v2/chat HTTP/1.1"


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("refused", [b'{"message":  "no"}', b"<h1>no</h1>", b"", "{é}".encode()])
@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_a_refusal_is_the_script_s_error_text(
    status: int, refused: bytes, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CO_API_URL", server.url)
    server.play(answer(refused, status=status))
    with pytest.raises(RuntimeError) as caught:
        WINDMILL.main({"apiKey": "k"}, {"model": "m", "messages": []})
    assert str(caught.value) == f"{status} {refused.decode()}"
    assert len(server.requests) == 1


def test_a_stream_is_added_up(chat_emulator: ChatEmulator) -> None:
    asked = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    whole = WINDMILL.main({"apiKey": "k"}, asked)
    assert WINDMILL.main({"apiKey": "k"}, {**asked, "stream": True}) == whole
