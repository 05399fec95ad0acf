"""Messages both ways: classes, dicts, JSON."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohere_chat import (
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
    tool_arguments,
)
from cohere_chat.body import messages_to_json, to_json

# The JSON is WIRE.md section 3's.
BOTH_WAYS: list[tuple[Message, dict[str, Any]]] = [
    (UserMessage("Hi"), {"role": "user", "content": "Hi"}),
    (SystemMessage("Be brief"), {"role": "system", "content": "Be brief"}),
    (
        UserMessage([TextContent("What?"), ImageUrlContent(ImageUrl("data:image/png;base64,AAAA", detail="auto"))]),
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
        ToolMessage("c1", [DocumentContent(Document({"output": "42"}, id="r1"))]),
        {
            "role": "tool",
            "tool_call_id": "c1",
            "content": [{"type": "document", "document": {"id": "r1", "data": {"output": "42"}}}],
        },
    ),
    (
        AssistantMessage(
            content=[ThinkingContent("…"), TextContent("It is 42.")],
            citations=[
                Citation(
                    start=6,
                    end=9,
                    text="42.",
                    sources=[
                        ToolSource(id="c1:0", tool_output={"output": "42"}),
                        DocumentSource(id="d", document={"id": "d"}),
                    ],
                    type="PLAN",
                    content_index=1,
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
]


@pytest.mark.parametrize(("message", "data"), BOTH_WAYS)
def test_a_message_is_its_json_both_ways(message: Message, data: dict[str, Any]) -> None:
    assert messages_to_json([message]) == [data]
    assert type(message).from_dict(data) == message
    assert messages_to_json([data]) == [data]


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
texts = st.builds(TextContent, text)
images = st.builds(
    ImageUrlContent, st.builds(ImageUrl, text, detail=st.none() | st.sampled_from(["auto", "low", "high"]))
)
documents = st.builds(
    DocumentContent, st.builds(Document, text | st.dictionaries(text, text, max_size=2), id=st.none() | text)
)
unknown = st.builds(lambda value: UnknownContent("new", {"type": "new", "x": value}), text)
parts = st.one_of(
    texts,
    unknown,
    images,
    documents,
    st.builds(ThinkingContent, text),
)


def content(*kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return text | st.lists(st.one_of(kinds), max_size=3)


citations = st.builds(
    Citation,
    start=st.none() | st.integers(0, 9),
    sources=st.none() | st.lists(st.builds(ToolSource, id=text) | st.builds(DocumentSource, id=text)),
)
messages = st.one_of(
    st.builds(UserMessage, content(texts, images, unknown)),
    st.builds(SystemMessage, content(texts)),
    st.builds(ToolMessage, text.filter(bool), content(texts, documents, unknown)),
    st.builds(
        AssistantMessage,
        content=st.none() | content(parts),
        tool_plan=st.none() | text,
        tool_calls=st.none() | st.lists(st.builds(ToolCall, text, st.builds(ToolCallFunction, text, text)), max_size=2),
        citations=st.none() | st.lists(citations, max_size=2),
    ).filter(lambda message: message.content or message.tool_calls),
)


@given(messages)
def test_a_message_makes_the_way_to_the_wire_and_back(message: Message) -> None:
    (data,) = messages_to_json([message])
    assert type(message).from_dict(data) == message


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
    message = AssistantMessage.from_dict(data)
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
    message = AssistantMessage.from_dict(data)
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
        r"messages\[1\] is of type str: pass a message such as UserMessage",
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
        r"messages\[0\]\.content\[0\] has the key 1: JSON object keys must be strings",
    ),
    "NaN": ([{"role": "user", "content": [{"x": float("nan")}]}], ValueError, r"content\[0\]\.x is nan"),
    "infinity": ([{"role": "user", "content": [{"x": -float("inf")}]}], ValueError, r"content\[0\]\.x is -inf"),
    "a lone surrogate": ([UserMessage("ab\ud800")], ValueError, r"messages\[0\]\.content has a lone surrogate at .* 2"),
    "a lone surrogate in a key": ([{"role": "user", "content": [{"\ud800": 1}]}], ValueError, "lone surrogate"),
    "a set": ([{"role": "user", "content": [{"x": {1}}]}], TypeError, r"content\[0\]\.x is of type set"),
    "OpenAI's developer": (
        [{"role": "developer", "content": "a"}],
        ValueError,
        r"messages\[0\]\.role is 'developer': use 'system'$",
    ),
    "OpenAI's refusal": (
        [UserMessage("a"), {"role": "assistant", "content": "a", "refusal": None}],
        ValueError,
        r"messages\[1\]\.refusal is not a message field in this API: leave it out",
    ),
    "OpenAI's name": (
        [{"role": "user", "content": "a", "name": "me"}],
        ValueError,
        r"messages\[0\]\.name .*: leave it out",
    ),
    "OpenAI's function_call": (
        [{"role": "assistant", "content": None, "function_call": {}}],
        ValueError,
        r"messages\[0\]\.function_call .*: leave it out",
    ),
    "OpenAI's input_text": (
        [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "input_text", "text": "a"}]}],
        ValueError,
        r"messages\[0\]\.content\[1\]\.type is 'input_text': use 'text'$",
    ),
}


@pytest.mark.parametrize(("messages", "error", "says"), BAD.values(), ids=BAD)
def test_a_bad_message_is_an_error_that_names_the_place(messages: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        messages_to_json(messages)


def test_an_open_enum_is_sent_as_its_string() -> None:
    assert to_json({"a": FinishReason("NEW")}, "x") == {"a": "NEW"}


def test_an_answer_without_content_and_calls_cannot_be_sent_back() -> None:
    for message in (AssistantMessage(), AssistantMessage(content=""), {"role": "assistant", "content": []}):
        with pytest.raises(ValueError, match=r"messages\[1\] has neither content nor tool calls, .*: leave it out"):
            messages_to_json([UserMessage("Hi"), message])


@pytest.mark.parametrize("arguments", ["", " \n", "null", "{}", " {} "])
def test_no_arguments_read_as_an_empty_object_and_the_text_stays(arguments: str) -> None:
    call = ToolCall("c", ToolCallFunction("f", arguments))
    assert tool_arguments(call) == {}
    assert call.function.arguments == arguments


def test_arguments_are_read() -> None:
    assert tool_arguments(ToolCall("c", ToolCallFunction("f", '{\n  "q": "x"\n}'))) == {"q": "x"}


@pytest.mark.parametrize("arguments", ["{", "[1]", "5", '"x"', "false", "0", "é{", "\ud800", "[" * 100_000])
def test_arguments_that_are_no_object_are_an_error(arguments: str) -> None:
    with pytest.raises(ValueError, match="the arguments of the call to 'f' are not"):
        tool_arguments(ToolCall("c", ToolCallFunction("f", arguments)))


def test_messages_are_attrs_classes_and_compare_by_value() -> None:
    for message, _ in BOTH_WAYS:
        assert attrs.has(type(message))
    assert UserMessage("a") == UserMessage("a") != UserMessage("b")


def test_a_conversation_that_was_saved_as_json_is_sent_as_it_was() -> None:
    parts = [
        TextContent("a"),
        ThinkingContent("hm"),
        UnknownContent("video", {"type": "video", "url": "x", "n": None}),
    ]
    call = ToolCall("c", ToolCallFunction("f", '{"q": 1}'))
    citation = Citation(start=0, end=1, text="a", sources=[ToolSource(id="t", tool_output={"x": None})])
    answer = AssistantMessage.from_dict(
        AssistantMessage(content=parts, tool_calls=[call], citations=[citation]).to_dict() | {"new": {"k": None}}
    )
    history = [UserMessage("Hi"), answer, ToolMessage("c", [DocumentContent(Document({"n": 1}, id="d"))])]
    saved = json.loads(json.dumps([message.to_dict() for message in history]))
    assert messages_to_json(saved) == messages_to_json(history)
    assert saved[1]["new"] == {"k": None}
    assert saved[1]["content"][2] == {"type": "video", "url": "x", "n": None}


def test_a_whole_number_with_a_fraction_costs_a_citation_none_of_its_nulls() -> None:
    source = {"type": "tool", "id": "t:0", "tool_output": {"a": None, "n": 1.0, "list": [None, 2.0]}}
    citation = {"start": 0.0, "end": 2.0, "text": "Hi", "sources": [source]}
    sent = {"role": "assistant", "content": [{"type": "text", "text": "Hi"}], "citations": [citation]}
    message = AssistantMessage.from_dict(sent)
    assert message.citations is not None
    assert (message.citations[0].start, message.citations[0].end) == (0, 2)
    assert messages_to_json([message]) == [sent]
    assert repr(messages_to_json([message])[0]["citations"][0]["sources"]) == repr([source])
