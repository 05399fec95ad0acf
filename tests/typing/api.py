"""What both type checkers accept and infer. Checked by `make types`, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, assert_type

import httpx
import httpx2

from cohere_chat import (
    AssistantMessage,
    AsyncChatClient,
    ChatClient,
    ChatEvent,
    ChatResponse,
    ChatStream,
    Citation,
    CitationOptions,
    ContentStartEvent,
    Document,
    FinishReason,
    ImageUrl,
    ImageUrlContent,
    Message,
    MessageDict,
    ParsedResponse,
    ResponseFormat,
    SystemMessage,
    TextContent,
    Thinking,
    Tool,
    ToolCall,
    ToolCallDict,
    ToolDefinition,
    ToolMessage,
    ToolResultEvent,
    ToolRun,
    UnknownEvent,
    Usage,
    UserMessage,
    image_content,
    parse_response,
    render_citations,
    tool_arguments,
)
from cohere_chat.fast import fast_http_client
from cohere_chat.types import ToolDefinitionFunction


def clients() -> None:
    ChatClient()
    ChatClient("key", base_url="https://x", timeout=3, max_retries=0, client_name="n", headers={"A": "b"})
    ChatClient(http_client=httpx.Client(), stream_path="/v2/chat/stream", timeout=httpx.Timeout(3))
    AsyncChatClient("", timeout=None, http_client=httpx.AsyncClient())
    ChatClient(http_client=httpx2.Client(), timeout=httpx2.Timeout(3)).with_options(timeout=httpx2.Timeout(4))
    AsyncChatClient(http_client=httpx2.AsyncClient())
    fast: ChatClient = ChatClient(http_client=fast_http_client())
    fast.chat(model="m", messages=[UserMessage("Hi")], timeout=httpx2.Timeout(3))
    with ChatClient() as client:
        assert_type(client, ChatClient)
        assert_type(client.with_options(timeout=3.5, max_retries=1, headers={"A": "b"}), ChatClient)


CALL: ToolCallDict = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def messages_of_every_kind(client: ChatClient) -> ChatResponse:
    history: list[Message | MessageDict] = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "What is this?"}, ImageUrlContent(ImageUrl("data:..."))]},
        {"role": "assistant", "tool_plan": "I will look.", "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c", "content": [{"type": "document", "document": {"data": {"x": 1}}}]},
        UserMessage([TextContent("And this?")]),
    ]
    response = client.chat(model="m", messages=history)
    history.append(response.message)
    history += [ToolMessage(call.id, "42") for call in response.tool_calls]
    client.chat(model="m", messages=[{"role": "user", "content": "Hi"}])
    client.chat(model="m", messages=[UserMessage("Hi"), AssistantMessage(content="Hello")])
    return client.chat(
        model="m",
        messages=history,
        tools=[{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
        tool_choice="REQUIRED",
        documents=["a", {"data": {"t": "x"}}, Document({"t": "y"}, id="2")],
        citation_options={"mode": "FAST"},
        response_format={"type": "json_object", "json_schema": {"type": "object"}},
        safety_mode="OFF",
        thinking={"type": "enabled", "token_budget": 100},
        temperature=0,
        seed=None,
        extra_headers={"A": "b"},
        extra_body={"new": 1},
        timeout=3,
        max_retries=0,
    )


def variables_of_wider_types(client: ChatClient) -> None:
    texts: list[TextContent] = [TextContent("a")]
    images: list[ImageUrlContent] = [image_content(b"", detail="low")]
    tools: list[dict[str, Any]] = [{"type": "function", "function": {}}]
    documents: list[dict[str, Any]] = [{"data": {"x": 1}}]
    history: list[Message | MessageDict] = [UserMessage(texts), UserMessage(images), SystemMessage(texts)]
    response = client.chat(model="m", messages=history, tools=tools, documents=documents)
    history.append(response.message)
    users: list[UserMessage] = [UserMessage("Hi")]
    client.chat(model="m", messages=users, citation_options=CitationOptions(mode="OFF"))
    client.chat(
        model="m",
        messages=users,
        tools=[ToolDefinition(ToolDefinitionFunction("f", {"type": "object"}))],
        thinking=Thinking("enabled", token_budget=3),
        response_format=ResponseFormat("json_object", json_schema={}),
        safety_mode=None,
    )
    assert_type(tool_arguments(response.tool_calls[0]), dict[str, Any])
    assert_type(ImageUrl("u", detail="high").url, str)
    assert_type(response.finish_reason, FinishReason | None)


def answers(response: ChatResponse) -> None:
    assert_type(response.text, str)
    assert_type(response.tool_calls, list[ToolCall])
    assert_type(response.citations, list[Citation])
    assert_type(response.usage, Usage | None)
    assert_type(response.message, AssistantMessage)
    if response.finish_reason == "COMPLETE":
        print(response.finish_reason.value)
    for part in response.message.content or ():
        if not isinstance(part, str) and part.type == "text" and isinstance(part, TextContent):
            assert_type(part.text, str)


def streams(client: ChatClient) -> None:
    with client.chat_stream(model="m", messages=[UserMessage("Hi")], temperature=0.1) as stream:
        assert_type(stream, ChatStream)
        assert_type(stream.text_stream, Iterator[str])
        for event in stream:
            events(event)
        assert_type(stream.snapshot, ChatResponse)
        assert_type(stream.get_final_response(), ChatResponse)
        assert_type(stream.request_id, str | None)


def events(event: ChatEvent) -> str:
    if event.type == "content-delta":
        return event.delta.message.content.text + event.delta.message.content.thinking
    if event.type == "tool-call-start":
        return str(event.delta.message.tool_calls.function.name)
    if event.type == "tool-call-delta":
        return event.delta.message.tool_calls.function.arguments
    if event.type == "tool-plan-delta":
        return event.delta.message.tool_plan
    if event.type == "message-end":
        return str(event.delta.finish_reason)
    if event.type == "citation-start":
        return str(event.delta.message.citations.start)  # no guard
    if isinstance(event, ContentStartEvent):
        return event.delta.message.content.type
    if isinstance(event, UnknownEvent):
        return str(UnknownEvent("new-event", {"type": "new-event"}) == event or event.data["type"])
    return event.raw


async def asynchronous() -> None:
    async with AsyncChatClient() as client:
        assert_type(client, AsyncChatClient)
        response = await client.chat(model="m", messages=[{"role": "user", "content": "Hi"}])
        assert_type(response, ChatResponse)
        async with client.chat_stream(model="m", messages=[response.message]) as stream:
            assert_type(stream.text_stream, AsyncIterator[str])
            async for event in stream:
                events(event)
            assert_type(await stream.get_final_response(), ChatResponse)
        await client.with_options(timeout=1).aclose()


@dataclass
class Person:
    name: str


def weather(city: Annotated[str, "a city"]) -> str:
    return city


def tools_and_structured(client: ChatClient) -> None:
    messages: list[Message] = [UserMessage("Hi")]
    parsed = client.chat_parsed(model="m", messages=messages, response_type=Person, temperature=0.1)
    assert_type(parsed, ParsedResponse[Person])
    assert_type(parsed.parsed, Person | None)
    assert_type(
        parse_response(
            client.chat_stream(model="m", messages=messages, response_type=Person).get_final_response(), Person
        ).parsed,
        Person | None,
    )
    run = client.run_tools(
        model="m", messages=messages, tools=[weather, Tool.from_function(weather), {"type": "function"}], k=3
    )
    assert_type(run, ToolRun)
    assert_type(render_citations(run.response, style="footnotes"), str)
    with client.run_tools_stream(model="m", messages=run.messages, tools=[weather], on_tool_error="raise") as stream:
        for event in stream:
            if event.type == "content-delta":
                print(event.delta.message.content.text + "")
            elif isinstance(event, ToolResultEvent):
                assert_type(event.result.call, ToolCall)
        assert_type(stream.get_final_run(), ToolRun)


async def tools_and_structured_async(client: AsyncChatClient) -> None:
    parsed = await client.chat_parsed(model="m", messages=[UserMessage("Hi")], response_type=Person)
    assert_type(parsed.parsed, Person | None)
    assert_type(await client.run_tools(model="m", messages=[UserMessage("Hi")], tools=[weather]), ToolRun)
    async with client.run_tools_stream(model="m", messages=[UserMessage("Hi")], tools=[weather]) as stream:
        assert_type(await stream.get_final_run(), ToolRun)
