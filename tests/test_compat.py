"""The official SDK's names and behaviour."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
from typing import Any

import httpx
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
        with sdk.ClientV2("k", base_url=chat_emulator.url) as client:
            client.chat(
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


def test_the_native_client_takes_their_objects_as_it_takes_dicts(chat_emulator: ChatEmulator) -> None:
    function = THEIRS.ToolCallV2Function(name="f", arguments="{}")
    call = THEIRS.ToolCallV2(id="1", function=function)
    parameters = {"type": "object", "properties": {"a": {"default": None}}}
    with cohere_chat.ChatClient() as client:
        client.chat(
            model="m",
            messages=[
                THEIRS.SystemChatMessageV2(content="Be brief."),
                THEIRS.UserChatMessageV2(content=[THEIRS.TextContent(text="Hi")]),
                THEIRS.AssistantChatMessageV2(tool_calls=[call], tool_plan=None),
                {"role": "tool", "tool_call_id": "1", "content": [THEIRS.DocumentToolContent(document=THEIRS.Document(data={"a": 1}))]},
            ],
            tools=[THEIRS.ToolV2(function=THEIRS.ToolV2Function(name="f", description=None, parameters=parameters))],
            thinking=THEIRS.Thinking(type="disabled"),
            citation_options=THEIRS.CitationOptions(mode="FAST"),
        )  # fmt: skip
        assert chat_emulator.requests[-1].json == {
            "model": "m",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {
                    "role": "assistant",
                    "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
                },
                {
                    "role": "tool",
                    "tool_call_id": "1",
                    "content": [{"type": "document", "document": {"data": {"a": 1}}}],
                },
            ],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": parameters}}],
            "thinking": {"type": "disabled"},
            "citation_options": {"mode": "FAST"},
            "stream": False,
        }
        with THEIRS.ClientV2("k", base_url=chat_emulator.url) as theirs:
            answer: Any = theirs.chat(model="m", messages=HI)
        assert client.chat(model="m", messages=[*HI, answer.message, *HI]).text
        assert chat_emulator.requests[-1].json["messages"][1]["content"][0]["type"] == "text"


class Duck:
    """Any object with `model_dump`."""

    def __init__(self, **told: Any) -> None:
        self.told = told

    def model_dump(self, **_: Any) -> Any:
        return self.told


def test_any_object_with_model_dump_is_taken_for_a_dict(chat_emulator: ChatEmulator) -> None:
    with cohere_chat.ChatClient() as client:
        client.chat(model="m", messages=[Duck(role="user", content=[Duck(type="text", text="Hi")])])  # type: ignore[list-item]
        assert chat_emulator.requests[-1].json["messages"] == [
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]}
        ]
        with pytest.raises(ValueError, match=r"messages\[0\].role is 'boss'"):
            client.chat(model="m", messages=[Duck(role="boss", content="Hi")])  # type: ignore[list-item]
        with pytest.raises(TypeError, match=r"messages\[0\].content.x is of type object"):
            client.chat(model="m", messages=[Duck(role="user", content={"x": object()})])  # type: ignore[list-item]
        with pytest.raises(TypeError, match=r"messages\[0\] is of type type, which is not JSON"):
            client.chat(model="m", messages=[Duck])  # type: ignore[list-item]


def test_a_response_has_their_attributes_and_dumps(chat_emulator: ChatEmulator) -> None:
    with cohere.ClientV2() as client:
        response = client.v2.chat(model="m", messages=HI, response_format=cohere.JsonObjectResponseFormatV2())
        assert response.message.content[0].text  # type: ignore[index,union-attr]
        assert response.usage.tokens.input_tokens  # type: ignore[union-attr]
        assert response.model_dump(exclude_none=True) == response.dict() == response.to_dict()
        assert response.model_dump()["logprobs"] is None
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


@pytest.mark.parametrize(
    ("name", "what"),
    {
        "embed": "embeddings are not supported",
        "rerank": "reranking is not supported",
        "classify": "classification is not supported",
        "tokenize": "tokenization is not supported",
        "models": "the list of models is not supported",
        "datasets": "datasets are not supported",
        "check_api_key": "checking API keys is not supported",
        "generate": "text generation without chat is not supported",
    }.items(),
)
def test_a_method_that_is_not_here_says_what_is_missing_and_where_to_get_it(name: str, what: str) -> None:
    for client in (cohere.ClientV2("k"), cohere.Client("k"), cohere.AsyncClientV2("k")):
        with pytest.raises(AttributeError, match=f"{name}: {what}.*Use Cohere's own SDK.*pip install cohere"):
            getattr(client, name)
        assert not hasattr(client, "nonsense")
    with pytest.raises(AttributeError, match=what):
        getattr(cohere, name)


def test_v1_is_refused_in_words_that_name_v2(chat_emulator: ChatEmulator) -> None:
    for client in (cohere.Client("k"), cohere.AsyncClient("k")):
        for method in (client.chat, client.chat_stream):
            with pytest.raises(TypeError, match=r"the v1 API is not supported.*client\.v2"):
                method(message="Hi")
    for name in ("Tool", "ToolResult", "ToolParameterDefinitionsValue", "NonStreamedChatResponse", "ChatMessage"):
        with pytest.raises(TypeError, match=rf"{name}: the v1 API is not supported.*ClientV2"):
            getattr(cohere, name)(name="x")
    assert cohere.Client("k").v2.chat(model="m", messages=HI).text
    with pytest.raises(TypeError, match="clients for other clouds are not supported"):
        cohere.BedrockClient(aws_region="eu")


def test_a_client_of_v1_shares_its_connections_with_its_v2(chat_emulator: ChatEmulator) -> None:
    with cohere.Client("k") as client:
        assert isinstance(client.v2, cohere.ClientV2)
        assert isinstance(client.v2, cohere.Client)
        client.v2.chat(model="m", messages=HI)
    with pytest.raises(cohere_chat.ConfigurationError, match="closed"):
        client.v2.chat(model="m", messages=HI)


def test_arguments_nobody_knows_are_errors() -> None:
    with pytest.raises(TypeError, match="request_options has an unknown key 'retries': use timeout_in_seconds"):
        cohere.ClientV2("k").chat(model="m", messages=HI, request_options={"retries": 3})
    with pytest.raises(TypeError, match="'key'"):
        cohere.ClientV2(key="k")


def test_all_request_options_of_theirs_do_what_they_say(chat_emulator: ChatEmulator) -> None:
    options = {
        "timeout_in_seconds": 5,
        "max_retries": 0,
        "additional_headers": {"x-a": "b"},
        "additional_query_parameters": {"trace": "1", "none": None, "a": {"b": 2}},
        "additional_body_parameters": {"seed": 7},
        "chunk_size": 10,
        "stream_reconnection_enabled": True,
    }
    client = cohere.ClientV2()
    client.chat(model="m", messages=HI, request_options=options)
    assert [*client.chat_stream(model="m", messages=HI, request_options=options)]
    for request in chat_emulator.requests:
        assert (request.headers["x-a"], request.json["seed"], request.query) == ("b", 7, "trace=1&a%5Bb%5D=2")


def test_a_client_takes_the_arguments_of_theirs(chat_emulator: ChatEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cohere.ClientV2("k", environment=cohere.ClientEnvironment.PRODUCTION, max_retries=0, timeout=3)
    assert client._client_wrapper.get_base_url() == chat_emulator.url
    chat_emulator.fail(503)
    with pytest.raises(cohere.ServiceUnavailableError):
        client.chat(model="m", messages=HI)
    monkeypatch.delenv("CO_API_URL")
    assert cohere.ClientV2("k")._client_wrapper.get_base_url() == "https://api.cohere.com"
    old = cohere.ClientV2("k", base_url="https://api.cohere.com/v1")
    assert old._client_wrapper.get_base_url() == "https://api.cohere.com"


def test_with_raw_response_an_answer_has_its_headers_beside_it(chat_emulator: ChatEmulator) -> None:
    answer = cohere.ClientV2().with_raw_response.chat(model="m", messages=HI)
    assert isinstance(answer.data, cohere.V2ChatResponse)
    assert answer.headers["x-debug-trace-id"]
    with cohere.ClientV2().with_raw_response.chat_stream(model="m", messages=HI) as answer:
        assert answer.headers["x-debug-trace-id"]
        assert [event.type for event in answer.data][-1] == "message-end"

    async def main() -> None:
        async with cohere.AsyncClientV2() as client:
            answer = await client.with_raw_response.chat(model="m", messages=HI)
            assert answer.data.text
            assert answer.headers["x-debug-trace-id"]
            async with client.with_raw_response.chat_stream(model="m", messages=HI) as answer:
                assert [event.type async for event in answer.data][-1] == "message-end"

    asyncio.run(main())


def test_a_connection_that_fails_is_also_an_exception_of_httpx(chat_emulator: ChatEmulator) -> None:
    """Code for the official SDK catches these exceptions, because the SDK lets them through."""
    client = cohere.ClientV2(max_retries=0, timeout=0.2)
    chat_emulator.stall(5, after_events=2)
    with pytest.raises(httpx.ReadTimeout) as timeout:
        list(client.chat_stream(model="m", messages=HI))
    assert isinstance(timeout.value, cohere_chat.APITimeoutError)
    assert timeout.value.partial is not None
    chat_emulator.cut(2, "reset")
    with pytest.raises(httpx.NetworkError) as broken:
        list(client.chat_stream(model="m", messages=HI))
    assert isinstance(broken.value, cohere_chat.APIConnectionError)
    with pytest.raises(httpx.ConnectError) as refused:
        cohere.ClientV2("k", base_url="http://127.0.0.1:9", max_retries=0).chat(model="m", messages=HI)
    assert isinstance(refused.value, cohere_chat.APIConnectionError)
    assert pickle.loads(pickle.dumps(refused.value)).attempts == 1


def test_a_stream_that_is_cut_off_is_an_error_where_theirs_ends_in_silence(chat_emulator: ChatEmulator) -> None:
    chat_emulator.cut(4, "end")
    with pytest.raises(cohere_chat.StreamTruncatedError) as error:
        list(cohere.ClientV2().chat_stream(model="m", messages=HI))
    assert error.value.partial is not None


def test_a_parameter_that_is_not_set_is_not_sent(chat_emulator: ChatEmulator) -> None:
    cohere.ClientV2().chat(model="m", messages=HI, temperature=None, seed=...)
    assert chat_emulator.requests[-1].json == {"model": "m", "messages": HI, "stream": False}


def test_the_modules_of_theirs_can_be_imported_from() -> None:
    from cohere_chat.compat.core import UncheckedBaseModel
    from cohere_chat.compat.core.api_error import ApiError
    from cohere_chat.compat.core.request_options import RequestOptions
    from cohere_chat.compat.errors import TooManyRequestsError
    from cohere_chat.compat.types import UserChatMessageV2
    from cohere_chat.compat.v2.client import OMIT
    from cohere_chat.compat.v2.types import V2ChatResponse

    assert issubclass(TooManyRequestsError, ApiError)
    assert issubclass(UserChatMessageV2, UncheckedBaseModel)
    assert V2ChatResponse is cohere.V2ChatResponse
    assert RequestOptions(max_retries=1) == {"max_retries": 1}
    assert OMIT is ...


INSTALLED = """
import sys
import cohere_chat.compat as compat
compat.install()
compat.install()
import cohere, cohere.types
from cohere import ChatMessageV2, EmbedInputType, ToolV2
from cohere.core.api_error import ApiError
from cohere.core.unchecked_base_model import UncheckedBaseModel
from cohere.errors import NotFoundError
from cohere.v2.client import OMIT
assert cohere is compat and cohere.types is compat.types
assert cohere.client.ClientV2 is compat.ClientV2 is cohere.ClientV2
assert issubclass(NotFoundError, ApiError) and issubclass(ToolV2, UncheckedBaseModel)
assert not [name for name in sys.modules if name.startswith("cohere.") and "cohere_chat" not in sys.modules[name].__name__]
import importlib
importlib.reload(cohere)
compat.uninstall()
compat.uninstall()
assert "cohere" not in sys.modules and "cohere.types" not in sys.modules
import cohere, cohere.types
assert cohere is not compat
real = sys.modules["cohere.types"]
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    compat.install()
assert "imported before install()" in str(caught[0].message) and caught[0].filename == "<string>", caught
import cohere.types
assert cohere.types is compat.types
compat.uninstall()
import cohere.types
assert cohere.types is real
"""


def test_install_puts_it_in_the_place_of_theirs_and_uninstall_undoes_it() -> None:
    subprocess.run([sys.executable, "-c", INSTALLED], check=True, timeout=60)
