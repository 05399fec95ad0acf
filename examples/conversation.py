"""A conversation with memory: each answer is appended to the messages. With an image, documents and citations."""

import base64

from cohere_chat import ChatClient, Message, TextContent, UserMessage, image_content, render_citations
from emulated import emulator_without_key

MODEL = "command-a-vision-07-2025"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def main() -> None:
    """Three turns: text, an image, documents."""
    messages: list[Message] = []
    with ChatClient() as client:
        image = image_content(PIXEL)  # or a path
        for message in (UserMessage("Hello!"), UserMessage([TextContent("What is in this image?"), image])):
            messages.append(message)
            response = client.chat(model=MODEL, messages=messages)
            messages.append(response.message)
            print(response.text)

        messages.append(UserMessage("What color is the sky?"))
        response = client.chat(model=MODEL, messages=messages, documents=["The sky is green."])
        print(render_citations(response, style="footnotes"))


if __name__ == "__main__":
    with emulator_without_key():
        main()
