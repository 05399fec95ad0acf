"""The official SDK's names and habits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cohere_chat
import cohere_chat.compat as cohere
from cohere_chat.testing import ChatEmulator

HI: list[Any] = [{"role": "user", "content": "Hi"}]
THEIRS = pytest.importorskip("cohere")


def test_messages_and_tools_of_theirs_go_over_the_wire_as_from_theirs(chat_emulator: ChatEmulator) -> None:
    def ask(sdk: Any) -> Any:
        function = sdk.ToolCallV2Function(name="f", arguments="{}")
        tool = sdk.ToolV2(function=sdk.ToolV2Function(name="f", description="d", parameters={"type": "object"}))
        messages = [
            sdk.SystemChatMessageV2(content="Be brief."),
            sdk.UserChatMessageV2(content=[sdk.TextContent(text="Hi")] if sdk is cohere else "Hi"),
            sdk.AssistantChatMessageV2(tool_plan="p", tool_calls=[sdk.ToolCallV2(id="1", function=function)]),
            sdk.ToolChatMessageV2(tool_call_id="1", content="ok"),
            {"role": "user", "content": "And?"},
        ]
        sdk.ClientV2("k", base_url=chat_emulator.url).chat(
            model="m",
            messages=messages,
            tools=[tool],
            documents=[sdk.Document(data={"t": "x"}, id="d")],
            citation_options=sdk.CitationOptions(mode="FAST"),
            temperature=0.1,
            request_options={"timeout_in_seconds": 5, "max_retries": 0, "additional_headers": {"x-a": "b"}},
        )
        return chat_emulator.requests[-1]

    ours, theirs = ask(cohere), ask(THEIRS)
    assert ours.headers["x-a"] == theirs.headers["x-a"] == "b"
    ours.json["messages"][1]["content"] = "Hi"
    for call in theirs.json["messages"][2]["tool_calls"]:
        call.setdefault("type", "function")
    assert ours.json == theirs.json


def test_a_response_has_their_attributes_and_dumps(chat_emulator: ChatEmulator) -> None:
    with cohere.ClientV2() as client:
        response = client.v2.chat(model="m", messages=HI, response_format=cohere.JsonObjectResponseFormatV2())
        assert response.message.content[0].text  # type: ignore[index,union-attr]
        assert response.usage.tokens.input_tokens  # type: ignore[union-attr]
        assert response.model_dump() == response.dict() == response.to_dict()
        assert isinstance(response, cohere_chat.ChatResponse)
        kinds = [event.type for event in client.chat_stream(model="m", messages=HI)]
        assert kinds[-1] == "message-end"


def test_the_async_client_is_the_same(chat_emulator: ChatEmulator) -> None:
    async def main() -> None:
        async with cohere.AsyncClientV2() as client:
            response = await client.chat(model="m", messages=HI, thinking=cohere.Thinking(token_budget=2))
            assert response.model_dump()["message"]["content"][0]["type"] == "thinking"
            text = [
                event.delta.message.content.text
                async for event in client.chat_stream(model="m", messages=HI)
                if event.type == "content-delta"
            ]
            assert "".join(text).endswith("Hi")

    asyncio.run(main())


def test_errors_have_their_names(chat_emulator: ChatEmulator) -> None:
    client = cohere.ClientV2(lambda: "k", client_name="app", timeout=5, log_warning_experimental_features=False)
    for status, error in {
        400: cohere.BadRequestError,
        401: cohere.UnauthorizedError,
        403: cohere.ForbiddenError,
        404: cohere.NotFoundError,
        422: cohere.UnprocessableEntityError,
        429: cohere.TooManyRequestsError,
        498: cohere.InvalidTokenError,
        500: cohere.InternalServerError,
        503: cohere.ServiceUnavailableError,
        504: cohere.GatewayTimeoutError,
    }.items():
        chat_emulator.fail(status, "no")
        with pytest.raises(error) as caught:
            client.chat(model="m", messages=HI, request_options={"max_retries": 0})
        assert type(caught.value) is error
        assert isinstance(caught.value, cohere.core.api_error.ApiError)
        chat_emulator.fail(status, "no")
        with pytest.raises(error):
            list(client.chat_stream(model="m", messages=HI, request_options={"max_retries": 0}))
        assert (caught.value.status_code, caught.value.body) == (status, {"message": "no"})
    assert chat_emulator.requests[-1].headers["x-client-name"] == "app"


def test_what_is_not_here_names_the_official_sdk() -> None:
    client = cohere.ClientV2("k")
    for name in ("embed", "rerank", "classify"):
        with pytest.raises(AttributeError, match=f"for {name} use Cohere's own SDK: pip install cohere"):
            getattr(client, name)
    for v1 in (cohere.Client, cohere.AsyncClient):
        with pytest.raises(TypeError, match=r"the v1 API, use Cohere's own SDK.*ClientV2"):
            v1("k")
    with pytest.raises(AttributeError, match="for BedrockClient use Cohere's own SDK"):
        _ = cohere.BedrockClient


def test_arguments_nobody_knows_are_errors() -> None:
    with pytest.raises(TypeError, match="request_options has 'additional_query_parameters'"):
        cohere.ClientV2("k").chat(model="m", messages=HI, request_options={"additional_query_parameters": {}})
    with pytest.raises(TypeError, match="takes no argument 'key'"):
        cohere.ClientV2(key="k")


def test_a_parameter_that_is_not_set_is_not_sent(chat_emulator: ChatEmulator) -> None:
    cohere.ClientV2().chat(model="m", messages=HI, temperature=None, seed=...)
    assert chat_emulator.requests[-1].json == {"model": "m", "messages": HI, "stream": False}


def test_the_modules_of_theirs_can_be_imported_from() -> None:
    from cohere_chat.compat.core.api_error import ApiError
    from cohere_chat.compat.errors import TooManyRequestsError

    assert issubclass(TooManyRequestsError, ApiError)
