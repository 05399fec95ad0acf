"""Messages both ways: classes, dicts, JSON."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohere_chat import (
    APIResponseError,
    AssistantMessage,
    Citation,
    Document,
    DocumentContent,
    DocumentSource,
    FinishReason,
    ImageUrl,
    ImageUrlContent,
    Message,
    SystemMessage,
    TextContent,
    ThinkingContent,
    ToolCall,
    ToolCallFunction,
    ToolMessage,
    ToolSource,
    UnknownContent,
    UnknownSource,
    UserMessage,
)
from cohere_chat.messages import from_json, messages_to_json, to_json

# The JSON is WIRE.md section 3's.
BOTH_WAYS: list[tuple[Message, dict[str, Any]]] = [
    (UserMessage("Hi"), {"role": "user", "content": "Hi"}),
    (SystemMessage("Be brief"), {"role": "system", "content": "Be brief"}),
    (
        UserMessage([TextContent("What?"), ImageUrlContent(ImageUrl("data:image/png;base64,AAAA", "auto"))]),
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "auto"}},
            ],
        },
    ),
    (
        AssistantMessage(
            tool_plan="I will look it up.", tool_calls=[ToolCall("c1", ToolCallFunction("lookup", '{"q":"x"}'))]
        ),
        {
            "role": "assistant",
            "tool_plan": "I will look it up.",
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "lookup", "arguments": '{"q":"x"}'}}],
        },
    ),
    (
        ToolMessage("c1", [DocumentContent(Document({"output": "42"}, "r1"))]),
        {
            "role": "tool",
            "tool_call_id": "c1",
            "content": [{"type": "document", "document": {"id": "r1", "data": {"output": "42"}}}],
        },
    ),
    (
        AssistantMessage(
            [ThinkingContent("…"), TextContent("It is 42.")],
            citations=[
                Citation(
                    6, 9, "42.", [ToolSource("c1:0", {"output": "42"}), DocumentSource("d", {"id": "d"})], "PLAN", 1
                )
            ],
        ),
        {
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": "…"}, {"type": "text", "text": "It is 42."}],
            "citations": [
                {
                    "start": 6,
                    "end": 9,
                    "text": "42.",
                    "sources": [
                        {"type": "tool", "id": "c1:0", "tool_output": {"output": "42"}},
                        {"type": "document", "id": "d", "document": {"id": "d"}},
                    ],
                    "type": "PLAN",
                    "content_index": 1,
                }
            ],
        },
    ),
    (AssistantMessage(), {"role": "assistant"}),
]


@pytest.mark.parametrize(("message", "data"), BOTH_WAYS)
def test_a_message_is_its_json_both_ways(message: Message, data: dict[str, Any]) -> None:
    assert messages_to_json([message]) == [data]
    assert from_json(data, type(message)) == message
    assert messages_to_json([data]) == [data]


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
parts = st.one_of(
    st.builds(TextContent, text),
    st.builds(ThinkingContent, text),
    st.builds(ImageUrlContent, st.builds(ImageUrl, text, st.none() | st.sampled_from(["auto", "low", "high"]))),
    st.builds(DocumentContent, st.builds(Document, text | st.dictionaries(text, text, max_size=2), st.none() | text)),
    st.builds(lambda value: UnknownContent("new", {"type": "new", "x": value}), text),
)
content = text | st.lists(parts, max_size=3)
citations = st.builds(
    Citation,
    start=st.none() | st.integers(0, 9),
    sources=st.none() | st.lists(st.builds(ToolSource, text, st.none()) | st.builds(DocumentSource, text, st.none())),
)
messages = st.one_of(
    st.builds(UserMessage, content),
    st.builds(SystemMessage, content),
    st.builds(ToolMessage, text.filter(bool), content),
    st.builds(
        AssistantMessage,
        st.none() | content,
        st.none() | text,
        st.none() | st.lists(st.builds(ToolCall, text, st.builds(ToolCallFunction, text, text)), max_size=2),
        st.none() | st.lists(citations, max_size=2),
    ),
)


@given(messages)
def test_a_message_makes_the_way_to_the_wire_and_back(message: Message) -> None:
    (data,) = messages_to_json([message])
    assert from_json(data, type(message)) == message


def test_keys_that_no_class_knows_are_kept_at_every_depth_and_sent_back() -> None:
    data = {
        "role": "assistant",
        "new": 1,
        "content": [{"type": "text", "text": "a", "signature": "s"}],
        "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": "", "deep": [1]}, "new": {}}
        ],
        "citations": [{"start": 1, "new": 2, "sources": [{"type": "tool", "id": "x", "new": 3}]}],
    }
    message = from_json(data, AssistantMessage)
    assert message.additional_properties == {"new": 1}
    assert isinstance(message.content, list)
    assert isinstance(message.content[0], TextContent)
    assert message.content[0].additional_properties == {"signature": "s"}
    assert messages_to_json([message]) == [data]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "new", "x": 1},
        {"type": "text", "text": 5},
        {"type": "text"},
        {"x": 1},
        {"type": 5},
        "a string",
        5,
        None,
    ],
)
def test_a_part_that_nobody_knows_is_kept_and_sent_back(part: Any) -> None:
    data = {"role": "assistant", "content": [part], "citations": [{"sources": [part]}]}
    message = from_json(data, AssistantMessage)
    assert isinstance(message.content, list)
    assert isinstance(message.content[0], UnknownContent)
    assert message.citations is not None
    assert message.citations[0].sources is not None
    assert isinstance(message.citations[0].sources[0], UnknownSource)
    assert messages_to_json([message]) == [data]


def test_dicts_and_classes_mix_at_any_depth() -> None:
    mixed = {"role": "user", "content": (TextContent("a"), {"type": "image_url", "image_url": ImageUrl("u")})}
    assert messages_to_json([OrderedDict(mixed)]) == [
        {
            "role": "user",
            "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "u"}}],
        }
    ]


BAD = {
    "no list": ("Hi", TypeError, "messages is of type str: pass a list"),
    "one message": (BOTH_WAYS[0][1], TypeError, "messages is of type dict: pass a list"),
    "none": ([], ValueError, "messages is empty"),
    "no message": (
        [{"role": "user", "content": "a"}, "b"],
        TypeError,
        r"messages\[1\] is of type str: pass UserMessage",
    ),
    "no role": ([{"content": "a"}], ValueError, r"messages\[0\]\.role is None: use one of 'user', 'system'"),
    "unknown role": ([{"role": "bot", "content": "a"}], ValueError, r"messages\[0\]\.role is 'bot': use one of"),
    "a part is no message": ([TextContent("a")], ValueError, r"messages\[0\]\.role is None"),
    "no id": ([{"role": "tool", "content": "a"}], ValueError, r"messages\[0\]\.tool_call_id is missing"),
    "no content": ([{"role": "user"}], ValueError, r"messages\[0\]\.content is None: pass a string or a list"),
    "content is a number": ([{"role": "user", "content": 5}], ValueError, r"messages\[0\]\.content is 5"),
    "bytes": ([{"role": "user", "content": b"a"}], TypeError, r"messages\[0\]\.content is of type bytes"),
    "bytes deep inside": (
        [{"role": "user", "content": [TextContent("a"), {"type": "text", "text": b"a"}]}],
        TypeError,
        r"messages\[0\]\.content\[1\]\.text is of type bytes, which is not JSON",
    ),
    "a key that is no string": (
        [{"role": "user", "content": [{1: 2}]}],
        TypeError,
        r"messages\[0\]\.content\[0\] has the key 1: the keys of a JSON object are strings",
    ),
    "NaN": ([{"role": "user", "content": [{"x": float("nan")}]}], ValueError, r"content\[0\]\.x is nan"),
    "infinity": ([{"role": "user", "content": [{"x": -float("inf")}]}], ValueError, r"content\[0\]\.x is -inf"),
    "a lone surrogate": ([UserMessage("ab\ud800")], ValueError, r"messages\[0\]\.content has a lone surrogate at .* 2"),
    "a lone surrogate in a key": ([{"role": "user", "content": [{"\ud800": 1}]}], ValueError, "lone surrogate"),
    "a set": ([{"role": "user", "content": [{"x": {1}}]}], TypeError, r"content\[0\]\.x is of type set"),
}


@pytest.mark.parametrize(("messages", "error", "says"), BAD.values(), ids=BAD)
def test_a_bad_message_is_an_error_that_names_the_place(messages: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        messages_to_json(messages)


def test_an_open_enum_is_sent_as_its_string() -> None:
    assert to_json({"a": FinishReason("NEW")}, "x") == {"a": "NEW"}


@pytest.mark.parametrize("arguments", ["", "null", "{}", " {} "])
def test_no_arguments_read_as_an_empty_object_and_the_text_stays(arguments: str) -> None:
    function = ToolCallFunction("f", arguments)
    assert function.parsed_arguments == {}
    assert function.arguments == arguments


def test_arguments_are_read() -> None:
    assert ToolCallFunction("f", '{\n  "q": "x"\n}').parsed_arguments == {"q": "x"}


@pytest.mark.parametrize("arguments", ["{", "[1]", "5", '"x"', "false", "0", "é{", "\ud800"])
def test_arguments_that_are_no_object_are_our_error_with_the_text(arguments: str) -> None:
    with pytest.raises(APIResponseError, match="call of 'f'") as caught:
        _ = ToolCallFunction("f", arguments).parsed_arguments
    assert caught.value.raw == arguments.encode("utf-8", "replace")


def test_messages_are_attrs_classes_and_compare_by_value() -> None:
    for message, _ in BOTH_WAYS:
        assert attrs.has(type(message))
    assert UserMessage("a") == UserMessage("a") != UserMessage("b")
