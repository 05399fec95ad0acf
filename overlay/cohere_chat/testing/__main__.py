"""`python -m cohere_chat.testing`, which `make serve` runs: the emulator, until Ctrl-C."""

import contextlib
import threading

from .emulator import ChatEmulator

with ChatEmulator(delay=0.03) as emulator, contextlib.suppress(KeyboardInterrupt):
    print(f"""The emulator answers at {emulator.url}. It is no model. To point a client at it:

  export CO_API_URL={emulator.url} CO_API_KEY=any

Ctrl-C ends it.""")
    threading.Event().wait()
