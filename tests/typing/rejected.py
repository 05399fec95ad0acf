"""What both type checkers reject: a line that one of them accepts is an error. Checked by `make types`, never run."""

import httpx
import httpx2

from cohere_chat import AsyncChatClient, ChatClient, ImageUrl, TextContent, ToolMessage, UserMessage


def rejected(client: ChatClient) -> None:
    client.chat(model="m", messages=[{"role": "bot", "content": "Hi"}])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.chat(model="m", messages=[{"role": "tool", "content": "42"}])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.chat(model="m", messages=[{"role": "user"}])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.chat(model="m", messages=[{"role": "user", "content": 5}])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.chat(model="m", messages=[{"role": "user", "content": [{"type": "txt", "text": "Hi"}]}])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.chat(model="m", messages=["Hi"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.chat(model="m", messages=[TextContent("Hi")])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.chat(model="m")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.chat(model="m", messages=[UserMessage("Hi")], temprature=0.1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.chat(model="m", messages=[UserMessage("Hi")], temperature="hot")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.chat(model="m", messages=[UserMessage("Hi")], safety_mode="NONE")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.chat(model="m", messages=[UserMessage("Hi")], tool_choice="AUTO")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.with_options(temperature=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.chat(model="m", messages=[UserMessage("Hi")], stream=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.chat_stream(model="m", messages=[UserMessage("Hi")], stream=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.run_tools(model="m", messages=[UserMessage("Hi")], tools=[len], stream=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.chat(model="m", messages=[UserMessage("Hi")], citation_options={"mode": "SLOW"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.chat(model="m", messages=[UserMessage("Hi")], thinking={"type": "enabled", "budget": 3})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.chat(model="m", messages=[UserMessage("Hi")], response_format={"json_schema": {}})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.chat(model="m", messages=[{"role": "user", "content": "Hi", "name": "x"}])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    wrong = {"url": "u", "detail": "ultra"}
    client.chat(model="m", messages=[{"role": "user", "content": [{"type": "image_url", "image_url": wrong}]}])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    ImageUrl("u", detail="ultra")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ToolMessage("42")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def of_the_other_face() -> None:
    ChatClient(http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ChatClient(http_client=httpx2.AsyncClient())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    AsyncChatClient(http_client=httpx2.Client())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ChatClient(http_client=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ChatClient(timeout="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
