# pyright: standard, reportOptionalSubscript=false, reportAttributeAccessIssue=false
"""Samples from the official SDK's documentation. Only one line is changed, the import."""

import json

import cohere_chat.compat as cohere
from emulated import emulator_without_key


def get_weather(location: str) -> list[dict[str, str]]:
    """The tool of the sample."""
    return [{"temperature": "20°C", "location": location}]


def main() -> None:
    """Chat, stream, tool use."""
    co = cohere.ClientV2()
    response = co.chat(
        model="command-a-03-2025",
        messages=[cohere.UserChatMessageV2(content="hello world!")],
        request_options={"timeout_in_seconds": 60, "max_retries": 1},
    )
    content = response.message.content
    print(response.model_dump()["finish_reason"], content[0].text)

    for event in co.chat_stream(model="command-a-03-2025", messages=[{"role": "user", "content": "hello world!"}]):
        if event.type == "content-delta":
            print(event.delta.message.content.text, end="")
    print()

    tools = [
        cohere.ToolV2(
            function=cohere.ToolV2Function(
                name="get_weather",
                description="gets the weather of a given location",
                parameters={"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]},
            )
        )
    ]
    messages: list[object] = [{"role": "user", "content": "What's the weather in Toronto?"}]
    response = co.chat(model="command-a-03-2025", messages=messages, tools=tools)
    messages.append(response.message)
    for tc in response.message.tool_calls or []:
        result = get_weather(**json.loads(tc.function.arguments))
        documents = [{"type": "document", "document": {"data": json.dumps(data)}} for data in result]
        messages.append({"role": "tool", "tool_call_id": tc.id, "content": documents})
    response = co.chat(model="command-a-03-2025", messages=messages, tools=tools)
    for citation in response.message.citations or []:
        print(citation.start, citation.end, citation.text, citation.sources)


if __name__ == "__main__":
    with emulator_without_key():
        main()
