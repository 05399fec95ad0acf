"""What `make chat` runs: streams an answer to PROMPT, from the service with CO_API_KEY, else from a local emulator."""

import os
from contextlib import ExitStack

import httpx

from cohere_chat import ChatClient
from cohere_chat.testing import ChatEmulator


def main() -> None:
    """Streams one answer and prints how it ended."""
    prompt = os.environ.get("PROMPT") or "Tell me about server-sent events in two sentences."
    with ExitStack() as stack:
        if os.environ.get("CO_API_KEY", "").strip():
            client = stack.enter_context(ChatClient())
        else:
            print("No CO_API_KEY: a local emulator answers. It is no model.\n")
            emulator = stack.enter_context(ChatEmulator(delay=0.03))
            direct = stack.enter_context(httpx.Client(trust_env=False))  # this machine is reached without a proxy
            client = ChatClient("no-key-needed", base_url=emulator.url, http_client=direct)
        model = os.environ.get("MODEL") or "command-a-03-2025"
        stream = stack.enter_context(client.chat_stream(model=model, messages=[{"role": "user", "content": prompt}]))
        for text in stream.text_stream:
            print(text, end="", flush=True)
        response = stream.get_final_response()
        print(f"\n\nfinish reason: {response.finish_reason}")
        if response.usage and response.usage.tokens:
            tokens = response.usage.tokens
            print(f"usage: {tokens.input_tokens} input tokens, {tokens.output_tokens} output tokens")


if __name__ == "__main__":
    main()
