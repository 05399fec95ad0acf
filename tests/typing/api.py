"""What both type checkers accept and infer. Checked by `make types`, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import assert_type

import httpx

from cohere_chat import (
    AssistantMessage,
    AsyncChatClient,
    ChatClient,
    ChatEvent,
    ChatResponse,
    ChatStream,
    Citation,
    Document,
    ImageUrl,
    ImageUrlContent,
    Message,
    MessageDict,
    TextContent,
    ToolCall,
    ToolMessage,
    UnknownEvent,
    Usage,
    UserMessage,
)


def clients() -> None:
    ChatClient()
    ChatClient("key", base_url="https://x", timeout=3, max_retries=0, client_name="n", headers={"A": "b"})
    ChatClient(http_client=httpx.Client(), stream_path="/v2/chat/stream", timeout=httpx.Timeout(3))
    AsyncChatClient("", timeout=None, http_client=httpx.AsyncClient())
    with ChatClient() as client:
        assert_type(client, ChatClient)
        assert_type(client.with_options(timeout=3.5, max_retries=1, headers={"A": "b"}), ChatClient)


def messages_of_every_kind(client: ChatClient) -> ChatResponse:
    history: list[Message | MessageDict] = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "What is this?"}, ImageUrlContent(ImageUrl("data:..."))]},
        {"role": "assistant", "tool_plan": "I will look.", "tool_calls": [{"id": "c", "type": "function"}]},
        {"role": "tool", "tool_call_id": "c", "content": [{"type": "document", "document": {"data": {"x": 1}}}]},
        UserMessage([TextContent("And this?")]),
    ]
    response = client.chat(model="m", messages=history)
    history.append(response.message)
    history += [ToolMessage(call.id, "42") for call in response.tool_calls]
    client.chat(model="m", messages=[{"role": "user", "content": "Hi"}])
    client.chat(model="m", messages=[UserMessage("Hi"), AssistantMessage("Hello")])
    return client.chat(
        model="m",
        messages=history,
        tools=[{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
        tool_choice="REQUIRED",
        documents=["a", {"data": {"t": "x"}}, Document({"t": "y"}, "2")],
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
