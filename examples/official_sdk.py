"""Cohere's own SDK against the emulator; only the base URL is different. `pip install cohere`, then run this."""

import cohere

from cohere_chat.testing import ChatEmulator

MODEL = "command-a-03-2025"


def main() -> None:
    """Prints a plain answer, a streamed one, and a scripted one."""
    with ChatEmulator() as emulator:
        client = cohere.ClientV2("any-key", base_url=emulator.url)
        messages: list[cohere.ChatMessageV2] = [cohere.UserChatMessageV2(content="Why is the sky blue?")]

        response = client.chat(model=MODEL, messages=messages)
        for part in response.message.content or []:
            if part.type == "text":
                print("plain:", part.text)

        print("streamed:", end=" ")
        for event in client.chat_stream(model=MODEL, messages=messages):
            if event.type == "content-delta" and event.delta and event.delta.message and event.delta.message.content:
                print(event.delta.message.content.text, end="")
        print()

        emulator.reply(tool_calls=[("lookup", {"q": "sky"})], tool_plan="I will look.")
        response = client.chat(model=MODEL, messages=messages)
        for call in response.message.tool_calls or []:
            if call.function:
                print("tool call:", call.function.name, call.function.arguments)


if __name__ == "__main__":
    main()
