"""The emulator as a server of its own, until Ctrl-C.

Belongs here: starting it and printing how to use it. Not known here: command lines.
"""

import contextlib
import threading
from typing import Any

from . import ChatEmulator


def serve(port: int = 0, **options: Any) -> None:  # Any: options of ChatEmulator
    """Runs a ChatEmulator until Ctrl-C, and prints how to point a client at it. 0 selects any free port."""
    key = options.get("api_key") or "any"
    with ChatEmulator(delay=0.03, port=port, keep=0, **options) as emulator, contextlib.suppress(KeyboardInterrupt):
        print(
            f"""The emulator is running at

  {emulator.url}

It is not a model. To point a client at it:

  export CO_API_URL={emulator.url} CO_API_KEY={key}                    # cohere_chat, and Cohere's own SDK
  ChatClient("{key}", base_url="{emulator.url}")                       # the same in Python
  curl {emulator.url}/v2/chat -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
    -d '{{"model": "any", "messages": [{{"role": "user", "content": "Hi"}}], "stream": true}}'

Press Ctrl-C to stop it.""",
            flush=True,
        )
        threading.Event().wait()
