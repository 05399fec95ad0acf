"""For `make chat`: streams an answer to PROMPT, from the service if CO_API_KEY is set, else from a local emulator."""

import os
import sys

from cohere_chat import ChatClient, CohereChatError
from emulated import emulator_without_key


def main() -> None:
    """Streams one answer and prints how it ended."""
    prompt = os.environ.get("PROMPT") or "Tell me about server-sent events in two sentences."
    model = os.environ.get("MODEL") or "command-a-03-2025"
    with ChatClient() as client:
        with client.chat_stream(model=model, messages=[{"role": "user", "content": prompt}]) as stream:
            for text in stream.text_stream:
                print(text, end="", flush=True)
        response = stream.get_final_response()
    print(f"\n\nfinish reason: {response.finish_reason}")
    if response.usage and response.usage.tokens:
        tokens = response.usage.tokens
        print(f"usage: {tokens.input_tokens} input tokens, {tokens.output_tokens} output tokens")


if __name__ == "__main__":
    with emulator_without_key(delay=0.03):
        try:
            main()
        except CohereChatError as error:
            sys.exit(f"{type(error).__name__}: {error}")
