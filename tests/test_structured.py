"""Structured output: a type is sent as a schema, and the answer is returned as a value of the type."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any, TypedDict

import attrs
import jsonschema
import msgspec
import pydantic
import pytest

from cohere_chat import AsyncChatClient, ChatClient, parse_response
from cohere_chat.testing import ChatEmulator
from cohere_chat.tools.schemas import response_format_of

HI: list[Any] = [{"role": "user", "content": "Ada, 36"}]


@attrs.define
class Attrs:
    zip: str


class Typed(TypedDict):
    name: str
    address: Attrs


@dataclasses.dataclass
class Data:
    name: str
    address: Attrs
    kids: list[Data]


class Struct(msgspec.Struct):
    name: str
    address: Attrs


class Inner(pydantic.BaseModel):
    zip: str


class Model(pydantic.BaseModel):
    name: str
    address: Inner
    more: list[Inner] = []


TYPES = [Typed, Data, Struct, Model]


@pytest.mark.parametrize("type_", TYPES)
def test_an_answer_is_a_value_of_the_type(type_: type, chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client:
        parsed = client.chat_parsed(model="m", messages=HI, response_type=type_, temperature=0.0)
        assert parsed.error is None
        assert type(parsed.parsed) is (dict if type_ is Typed else type_)
        assert parsed.response.text == parsed.text
        body = chat_emulator.requests[-1].json
        assert body["response_format"] == response_format_of(type_)
        assert body["temperature"] == 0.0

        async def main() -> Any:
            async with AsyncChatClient() as client:
                return await client.chat_parsed(model="m", messages=HI, response_type=type_)

        assert asyncio.run(main()).parsed == parsed.parsed
        with client.chat_stream(model="m", messages=HI, response_type=type_) as stream:
            assert parse_response(stream.get_final_response(), type_).parsed == parsed.parsed


@pytest.mark.parametrize("type_", TYPES)
def test_the_schema_is_an_object_without_references_but_to_itself(type_: type) -> None:
    schema = response_format_of(type_)["json_schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    assert schema["required"]
    assert ("$ref" in json.dumps(schema)) is (type_ is Data)
    assert ("$defs" in schema) is (type_ is Data)


@pytest.mark.parametrize("type_", TYPES)
def test_what_does_not_fit_is_kept_and_says_where(type_: type, chat_emulator: ChatEmulator) -> None:
    text = '{"name": "x", "address": {"zip": 5}, "kids": []}'
    chat_emulator.reply(text)
    with ChatClient() as client:
        parsed = client.chat_parsed(model="m", messages=HI, response_type=type_)
    assert parsed.parsed is None
    assert parsed.error is not None
    assert "`$.address.zip`" in parsed.error
    assert parsed.response.text == text


@pytest.mark.parametrize("type_", TYPES)
def test_what_was_cut_off_is_kept_and_says_why(type_: type, chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client:
        parsed = client.chat_parsed(model="m", messages=HI, response_type=type_, max_tokens=1)
    assert parsed.parsed is None
    assert parsed.error is not None
    assert parsed.error.startswith("the answer ended with MAX_TOKENS: ")
    assert parsed.response.text


def test_a_type_that_is_no_object_is_an_error_before_anything_is_sent(chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client:
        for type_ in (int, list, str, object):
            with pytest.raises(TypeError, match="JSON"):
                client.chat_parsed(model="m", messages=HI, response_type=type_)
        with pytest.raises(TypeError, match="response_format is of type type, which is not JSON"):
            client.chat(model="m", messages=HI, response_format=dict)  # type: ignore[arg-type]
    assert chat_emulator.requests == []


class Fussy(pydantic.BaseModel):
    n: int

    @pydantic.field_validator("n")
    @classmethod
    def refuse(cls, _: int) -> int:
        raise KeyError("no")


def test_what_the_type_s_own_code_raises_loses_nothing(chat_emulator: ChatEmulator) -> None:
    with ChatClient() as client:
        parsed = client.chat_parsed(model="m", messages=HI, response_type=Fussy)
    assert parsed.parsed is None
    assert parsed.error == "'no'"
    assert parsed.response.text
