"""What both type checkers reject: each fails on a line that it would accept. Checked by `make types`, never run."""

from cohere_chat import ChatClient, TextContent, ToolMessage, UserMessage


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
    ToolMessage("42")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
