"""Lets the other examples run without a key: an emulator on this machine answers instead of the service."""

import os
from collections.abc import Generator
from contextlib import contextmanager

from cohere_chat.testing import ChatEmulator


@contextmanager
def emulator_without_key(*, delay: float = 0) -> Generator[None]:
    """Starts an emulator and points `ChatClient()` at it, unless a key is set. delay: seconds between two events."""
    if os.environ.get("CO_API_KEY", "").strip() or os.environ.get("COHERE_API_KEY", "").strip():
        yield
        return
    print("No CO_API_KEY: a local emulator answers. It is not a model.\n")
    with ChatEmulator(delay=delay) as emulator:
        os.environ.update(CO_API_KEY="any", CO_API_URL=emulator.url, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
        yield
