"""The names of the official SDK, and its objects compared with ours."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
import typing
from pathlib import Path
from typing import Any

import official_names
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cohere_chat
import cohere_chat.compat as cohere
from cohere_chat.compat.names import CLASSES
from cohere_chat.streaming.events import decode_event
from cohere_chat.testing import ChatEmulator

HI: list[Any] = [{"role": "user", "content": "Hi"}]
THEIRS = pytest.importorskip("cohere")
LISTS = {file.stem: json.loads(file.read_text()) for file in (Path(__file__).parent / "official").glob("*.json")}
V2 = sorted({name for told in LISTS.values() for name in told["v2 chat"]})
OTHERS = sorted({name for told in LISTS.values() for name in [*told["v1 chat"], *told["others"]]})


def test_the_lists_are_what_the_script_makes_of_the_official_sdk() -> None:
    names = official_names.mentioned(THEIRS, "ClientV2.chat")
    assert not [name for name in names if name in THEIRS.__all__ and not hasattr(cohere, name)]
    told = LISTS.get(f"cohere-{THEIRS.__version__}")
    if told is None:
        pytest.skip(f"no list of names for cohere {THEIRS.__version__}: run scripts/official_names.py with it")
    names |= official_names.mentioned(THEIRS, "ClientV2.chat_stream")
    assert {*told["v2 chat"]} == names.keys() & {*THEIRS.__all__}
    assert {*told["v2 chat"], *told["v1 chat"], *told["others"]} >= {
        name for name in THEIRS.__all__ if isinstance(getattr(THEIRS, name), type)
    }


@pytest.mark.parametrize("name", V2)
def test_every_name_of_v2_chat_is_here_and_can_be_used(name: str) -> None:
    ours = getattr(cohere, name)
    assert ours == getattr(cohere.types, name)
    isinstance(3, ours)
    assert typing.get_args(typing.Optional[ours])  # noqa: UP045  # as code for Python 3.9 has it
    for told in LISTS.values():
        kind = told["v2 chat"].get(name, {})
        if "keywords" in kind:
            assert issubclass(ours, cohere.core.UncheckedBaseModel)
            assert {*kind["keywords"]} <= {*ours.model_fields}
            needed = {key for key, field in ours.model_fields.items() if field.is_required()}
            assert needed <= {*kind["required"]}


@pytest.mark.parametrize("name", OTHERS)
def test_every_other_name_can_be_imported_and_refuses_to_be_used(name: str) -> None:
    if hasattr(cohere, name) and name in (*cohere.errors.__all__, *NOT_IN_THE_WALK, "__version__"):
        return
    assert typing.Optional[getattr(cohere, name)]  # noqa: UP045
    with pytest.raises(TypeError, match=rf"{name}: .+ not supported by cohere_chat\. Use Cohere's own SDK"):
        getattr(cohere, name)()


# Supported, although no annotation of `chat` mentions them: other names of the same classes, and the clients.
NOT_IN_THE_WALK = [
    name
    for name in OTHERS
    if name.endswith(("StreamedChatResponseV2", "MessageV2", "ResponseFormatV2"))
    or name in ("Client", "ClientV2", "AsyncClient", "AsyncClientV2", "ClientEnvironment", "AssistantMessage")
    or name in ("ChatTextContent", "ChatThinkingContent", "ImageContent", "DocumentContent", "ChatStreamEventType")
    or name
    in ("ChatToolSource", "ChatDocumentSource", "CitationStartEvent", "CitationEndEvent", "JsonResponseFormatV2")
    or name in {f"Chat{cls.__name__}" for cls in CLASSES}
]


def test_a_name_that_theirs_has_not_is_no_attribute() -> None:
    for module in (cohere, cohere.types, cohere.v2.types):
        with pytest.raises(AttributeError, match=r"cohere_chat\.compat has no Nonsense"):
            _ = module.Nonsense


# --- objects ---------------------------------------------------------------------------------------------------------

CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CITATION = {"start": 0, "end": 2, "text": "Hi", "sources": [{"type": "document", "id": "d", "document": {"t": "x"}}]}
TOOL_SOURCE = {"type": "tool", "id": "t:0", "tool_output": {"a": None}}
USAGE = {"billed_units": {"input_tokens": 1, "output_tokens": 2}, "tokens": {"input_tokens": 3}, "cached_tokens": 0}
OBJECTS: dict[str, list[Any]] = {
    "UserChatMessageV2": [
        {"role": "user", "content": "Hi"},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "u"}}]},
    ],
    "AssistantChatMessageV2": [
        {"role": "assistant", "tool_plan": "p", "tool_calls": [CALL], "citations": [CITATION]},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "h"}, {"type": "text", "text": ""}]},
        {"role": "assistant", "content": None, "later": {"a": None}},
    ],
    "ToolChatMessageV2": [
        {"role": "tool", "tool_call_id": "1", "content": [{"type": "document", "document": {"data": {"a": 1}}}]}
    ],
    "ToolV2": [{"type": "function", "function": {"name": "f", "parameters": {"default": None, "enum": [None]}}}],
    "ToolCallV2": [CALL, {"id": "1"}, {"id": "1", "function": None, "later": 3}],
    "Citation": [CITATION, {"text": "Hi", "sources": [TOOL_SOURCE], "type": "PLAN"}],
    "Document": [{"data": {"a": "b"}}, {"data": {"a": "b"}, "id": "d"}],
    "Thinking": [{"type": "enabled", "token_budget": 3}],
    "JsonObjectResponseFormatV2": [{"type": "json_object", "json_schema": {"type": "object"}}],
    "V2ChatResponse": [
        {
            "id": "i",
            "finish_reason": "COMPLETE",
            "message": {"role": "assistant", "content": [{"type": "text", "text": "Hi"}], "citations": [CITATION]},
            "usage": USAGE,
            "logprobs": [{"text": "Hi", "token_ids": [1], "logprobs": [-0.5]}],
        }
    ],
}
EVENTS: list[Any] = [
    {"type": "message-start", "id": "i", "delta": {"message": {"role": "assistant", "content": [], "tool_plan": ""}}},
    {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}},
    {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "thinking", "thinking": ""}}}},
    {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Hi"}}}},
    {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"thinking": "Hm", "later": 1}}}},
    {
        "type": "content-delta",
        "index": 0,
        "delta": {"message": {"content": {"text": "a"}}},
        "logprobs": {"text": "a", "token_ids": [1], "logprobs": [-1.5]},
    },
    {"type": "content-end", "index": 0},
    {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I will"}}},
    {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": CALL}}},
    {"type": "tool-call-delta", "index": 0, "delta": {"message": {"tool_calls": {"function": {"arguments": "{"}}}}},
    {"type": "tool-call-end", "index": 0},
    {"type": "citation-start", "index": 0, "delta": {"message": {"citations": CITATION}}},
    {"type": "citation-end", "index": 0},
    {"type": "debug", "prompt": "p"},
    {"type": "message-end", "id": None, "delta": {"finish_reason": "COMPLETE", "usage": USAGE}},
]
NAME_OF = {kind: f"{kind.title().replace('-', '')}V2ChatStreamResponse" for kind in (event["type"] for event in EVENTS)}


def _pairs() -> list[Any]:
    """Our objects and theirs, from the same JSON."""
    from cohere.core.unchecked_base_model import construct_type

    made = []
    for name, values in OBJECTS.items():
        for value in values:
            theirs = getattr(THEIRS, name)(**value)
            made.append(pytest.param(getattr(cohere, name).model_construct(**value), theirs, id=name))
    for value in EVENTS:
        theirs = construct_type(type_=THEIRS.V2ChatStreamResponse, object_=value)
        event = decode_event("", json.dumps(value).encode())
        made.append(pytest.param(cohere.streams.event_of_theirs(event), theirs, id=NAME_OF[value["type"]]))
    return made


def _without_ours(ours: Any, theirs: Any) -> Any:
    """Our dump, without the fields that only our spec has, which are None."""
    if isinstance(ours, dict):
        return {
            key: _without_ours(value, theirs.get(key))
            for key, value in ours.items()
            if key in theirs or value is not None
        }
    return [_without_ours(*pair) for pair in zip(ours, theirs, strict=True)] if isinstance(ours, list) else ours


@pytest.mark.parametrize(("ours", "theirs"), _pairs())
def test_an_object_behaves_as_theirs(ours: Any, theirs: Any) -> None:
    assert ours.dict() == theirs.dict()
    assert json.loads(ours.json()) == json.loads(ours.model_dump_json()) == json.loads(theirs.model_dump_json())
    assert ours.model_dump(exclude_none=True) == theirs.model_dump(exclude_none=True)
    assert ours.model_dump(exclude_unset=True) == theirs.model_dump(exclude_unset=True)
    assert ours.model_dump(mode="json") == theirs.model_dump(mode="json")
    assert _without_ours(ours.model_dump(), theirs.model_dump()) == theirs.model_dump()
    first = next(iter(dict(theirs)))
    for options in ({"include": {first}}, {"exclude": {first}}):
        assert ours.model_dump(exclude_none=True, **options) == theirs.model_dump(exclude_none=True, **options)
    assert ours.model_fields_set == theirs.model_fields_set
    assert ours.model_extra.keys() <= theirs.model_extra.keys()
    assert {*dict(theirs)} <= {*dict(ours)}
    assert {*theirs.__class__.model_fields} <= {*ours.model_fields}
    assert ours == ours.model_copy() == ours.copy() == copy.deepcopy(ours) == pickle.loads(pickle.dumps(ours))
    assert ours != ours.model_copy(update={first: "another"})
    assert ours.model_copy(deep=True).model_fields_set == ours.model_fields_set
    assert isinstance(ours, getattr(cohere, type(theirs).__name__))
    assert repr(ours).startswith(f"{type(ours).__name__}({str(ours).split('=')[0]}=")
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = ours.nonsense
    assert not hasattr(theirs, "nonsense")


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in OBJECTS.items() for value in values])
def test_a_constructor_takes_the_keywords_of_theirs(name: str, value: Any) -> None:
    ours, theirs = getattr(cohere, name)(**value), getattr(THEIRS, name)(**value)
    assert ours.dict() == theirs.dict()
    assert getattr(cohere, name).model_validate(theirs) == ours
    assert getattr(cohere, name).model_validate_json(json.dumps(value)) == ours
    assert getattr(cohere, name).parse_obj(ours) is ours


def test_what_is_absent_in_a_piece_of_content_is_none() -> None:
    for key, other in (("text", "thinking"), ("thinking", "text")):
        for told in ("", "x"):
            data = {"type": "content-delta", "index": 0, "delta": {"message": {"content": {key: told}}}}
            event = cohere.streams.event_of_theirs(decode_event("", json.dumps(data).encode()))
            assert getattr(event.delta.message.content, key) == told
            assert getattr(event.delta.message.content, other) is None


def test_missing_keywords_and_other_shapes_are_errors_that_name_them() -> None:
    with pytest.raises(ValueError, match="UserChatMessageV2 needs content="):
        cohere.UserChatMessageV2()
    with pytest.raises(ValueError, match="ToolCallV2: function is 3: pass an object"):
        cohere.ToolCallV2(id="1", function=3)
    with pytest.raises(ValueError, match="AssistantChatMessageV2: tool_calls is 'x': pass an object"):
        cohere.AssistantChatMessageV2(tool_calls=["x"])
    with pytest.raises(TypeError, match="positional"):
        cohere.UserChatMessageV2("Hi")


def test_a_tool_call_without_an_id_has_one_of_its_own() -> None:
    made = [cohere.ToolCallV2(function=cohere.ToolCallV2Function(name="f")) for _ in range(2)]
    assert made[0].id != made[1].id
    assert made[0].dict() == {"id": made[0].id, "type": "function", "function": {"name": "f"}}


def test_objects_can_be_changed() -> None:
    call = cohere.ToolCallV2(**CALL)
    call.function.arguments += "!"
    call.later = 3
    assert call.dict() == CALL | {"function": {"name": "f", "arguments": "{}!"}, "later": 3}
    assert call.later == 3


def test_objects_of_another_shape_are_kept_as_they_came() -> None:
    part = {"type": "video", "video": {"url": "u"}}
    message = cohere.AssistantChatMessageV2(content=[part])
    assert message.content[0].video == {"url": "u"}
    assert message.dict()["content"] == [part]
    event = cohere.streams.event_of_theirs(decode_event("", b'{"type": "novelty", "a": 1}'))
    assert (event.type, event.a) == ("novelty", 1)
    assert isinstance(event, cohere.V2ChatStreamResponse)
    assert cohere.streams.event_of_theirs(decode_event("x", b"[1]")).data == [1]


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner)
    )
)
def test_any_event_of_any_shape_is_an_object(value: Any) -> None:
    for kind in NAME_OF:
        for data in ({"type": kind, "delta": value}, {"type": kind, "delta": {"message": value}, "index": value}):
            event = cohere.streams.event_of_theirs(decode_event("", json.dumps(data).encode()))
            assert event.type == kind
            assert event.dict() is not None
            assert repr(event)


def test_pydantic_models_may_have_them_as_fields() -> None:
    class Kept(pydantic.BaseModel):
        call: cohere.ToolCallV2  # type: ignore[valid-type]

    kept = Kept(call=CALL)
    assert isinstance(kept.call, cohere.ToolCallV2)
    assert kept.model_dump()["call"] == CALL
    assert Kept.model_validate_json(kept.model_dump_json()) == kept


def test_a_tool_call_that_a_stream_opened_goes_back_into_a_history(chat_emulator: ChatEmulator) -> None:
    tool = cohere.ToolV2(function=cohere.ToolV2Function(name="f", description=None, parameters={"type": "object"}))
    client = cohere.ClientV2()
    calls: list[Any] = []
    for event in client.chat_stream(model="m", messages=HI, tools=[tool]):
        if isinstance(event, cohere.ToolCallStartV2ChatStreamResponse):
            calls.append(event.delta.message.tool_calls)
        elif isinstance(event, cohere.ToolCallDeltaV2ChatStreamResponse):
            calls[-1].function.arguments += event.delta.message.tool_calls.function.arguments
    assert isinstance(calls[0], cohere.ToolCallV2)
    result = cohere.ToolChatMessageV2(tool_call_id=calls[0].id, content="ok")
    client.chat(model="m", messages=[*HI, cohere.AssistantChatMessageV2(tool_calls=calls), result], tools=[tool])
    assert chat_emulator.requests[-1].json["messages"][1]["tool_calls"][0]["id"] == calls[0].id


def test_what_a_call_hands_out_is_of_their_classes(chat_emulator: ChatEmulator) -> None:
    with cohere.ClientV2() as client:
        response = client.chat(model="m", messages=HI, documents=["A fact."], logprobs=True)
        assert isinstance(response, cohere.V2ChatResponse)
        assert isinstance(response.message, cohere.AssistantMessageResponse)
        assert isinstance(response.message.content[0], cohere.TextAssistantMessageResponseContentItem)
        assert isinstance(response.message.citations[0].sources[0], cohere.DocumentSource)
        assert isinstance(response.usage.tokens, cohere.UsageTokens)
        assert type(response.finish_reason) is str
        with client.chat_stream(model="m", messages=HI, documents=["A fact."]) as stream:
            events = [*stream]
            assert stream.snapshot == stream.get_final_response()
            assert isinstance(stream.snapshot, cohere.V2ChatResponse)
        assert all(isinstance(event, getattr(cohere, NAME_OF[event.type])) for event in events)
        assert "".join(client.chat_stream(model="m", messages=HI).text_stream)


def test_a_pydantic_union_of_them_is_told_apart_by_role_and_type() -> None:
    class Store(pydantic.BaseModel):
        messages: list[cohere.ChatMessageV2]  # type: ignore[valid-type]
        tool: cohere.ToolV2 | str  # type: ignore[valid-type]
        document: cohere.Document | None = None  # type: ignore[valid-type]

    told: Any = [{"role": "assistant", "content": "y"}, {"role": "tool", "tool_call_id": "i", "content": "z"}]
    store = Store(messages=told, tool="x")
    assert [type(message).__name__ for message in store.messages] == ["AssistantChatMessageV2", "ToolChatMessageV2"]
    assert store.tool == "x"
    with pytest.raises(pydantic.ValidationError):
        Store(messages=told, tool="x", document={})
    kept = Store(messages=told, tool="x", document={"data": {"a": 1}, "id": None})
    assert kept.model_dump(exclude_none=True)["document"] == {"data": {"a": 1}}
    assert pydantic.TypeAdapter(cohere.ToolV2).json_schema() == {"type": "object", "title": "ToolV2"}
    assert typing.get_type_hints(cohere.UserChatMessageV2)


@pytest.mark.parametrize(
    "options", [{"exclude_unset": True}, {"exclude_none": True}, {"exclude_unset": True, "exclude_none": True}]
)
def test_dict_and_json_keep_role_and_type_whatever_is_left_out(options: Any) -> None:
    ours, theirs = cohere.UserChatMessageV2(content="x"), THEIRS.UserChatMessageV2(content="x")
    assert ours.dict(**options) == theirs.dict(**options) == {"role": "user", "content": "x"}
    assert json.loads(ours.json(**options)) == json.loads(theirs.json(**options))
    assert ours.model_dump(mode="json", **options) == theirs.model_dump(mode="json", **options)


def test_what_is_inside_a_dump_is_named_apart() -> None:
    message = cohere.UserChatMessageV2(content=[cohere.TextContent(text="a")])
    with pytest.raises(TypeError, match="dump nested objects separately"):
        message.model_dump(exclude={"content": {0: {"type"}}})


def test_json_of_an_object_is_json() -> None:
    data = {"date": dt.date(2020, 1, 1), "set": {1}, "nan": float("nan"), "object": cohere.TextContent(text="x")}
    document = cohere.Document(data=data)
    wanted = {"date": "2020-01-01", "set": [1], "nan": None, "object": {"type": "text", "text": "x"}}
    assert json.loads(document.model_dump_json())["data"] == document.model_dump(mode="json")["data"] == wanted


def test_equality_asks_for_no_order_and_star_gives_all_names() -> None:
    assert cohere.TextContent(text="x", a=1, b=2) == cohere.TextContent(text="x", b=2, a=1)
    assert cohere.UserChatMessageV2(content="x", self=3).self == 3
    assert {*V2, "ClientV2", "TooManyRequestsError"} <= {*cohere.__all__}
    with pytest.raises(ValueError, match="UserChatMessageV2: role is 'assistant': use 'user'"):
        cohere.UserChatMessageV2(role="assistant", content="x")


@pytest.mark.parametrize("content", [[None], ["a"], [5], [[1]], [{"type": ["text"]}]])
def test_an_answer_that_the_native_client_reads_is_an_answer_here(content: Any, chat_emulator: ChatEmulator) -> None:
    body = {"id": "x", "finish_reason": "COMPLETE", "message": {"role": "assistant", "content": content}}
    chat_emulator.raw(json.dumps(body).encode(), content_type="application/json")
    with cohere.ClientV2() as client:
        assert client.chat(model="m", messages=HI).dict()["message"]["content"] == content
    for sources in ([None], [{"type": ["tool"]}]):
        data = {
            "type": "citation-start",
            "index": 0,
            "delta": {"message": {"citations": {"text": "x", "sources": sources}}},
        }
        event = cohere.streams.event_of_theirs(decode_event("", json.dumps(data).encode()))
        assert event.dict()["delta"]["message"]["citations"]["sources"] == sources


def test_errors_are_made_with_the_keywords_of_theirs() -> None:
    for name in cohere.errors.__all__:
        if name not in ("ApiError", "APIConnectionError"):
            ours, theirs = getattr(cohere, name)(body={"message": "m"}), getattr(THEIRS, name)(body={"message": "m"})
            assert (ours.status_code, ours.body) == (theirs.status_code, theirs.body)
            assert isinstance(ours, cohere.core.api_error.ApiError)
            assert pickle.loads(pickle.dumps(ours)).body == {"message": "m"}
    made = cohere.core.api_error.ApiError(status_code=418, body="x", headers={"a": "b"})
    assert (made.status_code, made.body, made.headers["a"]) == (418, "x", "b")


def test_an_answer_that_cannot_be_read_is_an_api_error_too(chat_emulator: ChatEmulator) -> None:
    chat_emulator.raw(b"<html>", content_type="text/html")
    with cohere.ClientV2() as client, pytest.raises(cohere.core.api_error.ApiError) as caught:
        client.chat(model="m", messages=HI)
    assert isinstance(caught.value, cohere_chat.APIResponseError)
    assert caught.value.raw == b"<html>"
    chat_emulator.fail(422, error_type="INVALID_TOOL_GENERATION")
    with cohere.ClientV2() as client, pytest.raises(cohere.UnprocessableEntityError) as failed:
        client.chat(model="m", messages=HI)
    assert isinstance(failed.value, cohere_chat.GenerationError)


@pytest.mark.parametrize(
    "wrong", [{"base_url": "ftp://x"}, {"timeout": "x"}, {"max_retries": -1}, {"client_name": "a\nb"}, {"base_url": 5}]
)
def test_no_frame_of_a_client_that_cannot_be_made_has_the_key(wrong: Any) -> None:
    for key in ("the-secret-key", lambda: "the-secret-key"):
        with pytest.raises(Exception) as caught:
            cohere.ClientV2(key, **wrong)
        frame = caught.value.__traceback__
        frame = frame.tb_next if frame else None  # skips this test's own frame
        while frame is not None:
            assert "the-secret-key" not in repr(frame.tb_frame.f_locals)
            frame = frame.tb_next
