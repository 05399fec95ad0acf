"""`python -m cohere_chat.testing [PORT]`, which `make serve` runs: the emulator, until Ctrl-C."""

import contextlib
import sys
import threading

from .emulator import ChatEmulator

port = int(sys.argv[1]) if sys.argv[1:] else 0
with ChatEmulator(delay=0.03, port=port) as emulator, contextlib.suppress(KeyboardInterrupt):
    print(
        f"""The emulator answers at

  {emulator.url}

It is no model. To point a client at it:

  export CO_API_URL={emulator.url} CO_API_KEY=any                    # cohere_chat, and Cohere's own SDK
  ChatClient("any", base_url="{emulator.url}")                       # the same in Python
  curl {emulator.url}/v2/chat -H 'Authorization: Bearer any' -H 'Content-Type: application/json' \\
    -d '{{"model": "any", "messages": [{{"role": "user", "content": "Hi"}}], "stream": true}}'

Ctrl-C ends it.""",
        flush=True,
    )
    threading.Event().wait()
