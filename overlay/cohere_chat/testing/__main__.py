"""Runs the emulator until Ctrl-C: `python -m cohere_chat.testing [PORT]`, which `make serve` calls."""

import argparse
import contextlib
import threading

from . import ChatEmulator


def port_of(text: str) -> int:
    """Returns the port number. Raises ValueError, which argparse reports."""
    port = int(text)
    if not 0 <= port < 65536:
        raise ValueError(text)
    return port


port_of.__name__ = "port (0 to 65535)"  # shown in argparse's error message
parser = argparse.ArgumentParser(
    prog="python -m cohere_chat.testing", description="Runs an emulator of Cohere's chat API until Ctrl-C."
)
parser.add_argument("port", nargs="?", type=port_of, default=0, help="the port to serve on; default: any free port")
parser.add_argument("--models", nargs="+", metavar="MODEL", help="the models to serve; default: any model")
parser.add_argument("--api-key", metavar="KEY", help="the only valid API key; default: any key")
parser.add_argument(
    "--json-lines", action="store_true", help="stream JSON lines if a request accepts only application/json"
)
given = parser.parse_args()
settings = {"models": given.models, "api_key": given.api_key, "json_lines": given.json_lines}
with ChatEmulator(delay=0.03, port=given.port, keep=0, **settings) as emulator, contextlib.suppress(KeyboardInterrupt):
    print(
        f"""The emulator is running at

  {emulator.url}

It is not a model. To point a client at it:

  export CO_API_URL={emulator.url} CO_API_KEY=any                    # cohere_chat, and Cohere's own SDK
  ChatClient("any", base_url="{emulator.url}")                       # the same in Python
  curl {emulator.url}/v2/chat -H 'Authorization: Bearer any' -H 'Content-Type: application/json' \\
    -d '{{"model": "any", "messages": [{{"role": "user", "content": "Hi"}}], "stream": true}}'

Press Ctrl-C to stop it.""",
        flush=True,
    )
    threading.Event().wait()
