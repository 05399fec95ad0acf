"""The pytest plugin with the fixture `chat_emulator`. pytest loads it automatically if cohere-chat is installed.

A module of its own: a module of cohere_chat would load the client in every test run, which takes 0.2 s.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cohere_chat.testing import ChatEmulator


@pytest.fixture
def chat_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatEmulator]:
    """A ChatEmulator for one test. `ChatClient()` reads its URL and a key from the environment.

    Requires `pip install 'cohere-chat[testing]'`.

    >>> def test_my_bot(chat_emulator):
    ...     chat_emulator.reply("Hello")
    ...     assert my_bot("Hi") == "Hello"
    ...     assert chat_emulator.requests[-1].json["messages"][0]["content"] == "Hi"
    """
    try:
        from cohere_chat.testing import ChatEmulator  # imported only on use: it needs the extra
    except ImportError as error:
        pytest.fail(str(error), pytrace=False)

    with ChatEmulator() as emulator:
        monkeypatch.setenv("CO_API_KEY", "emulated-key")
        monkeypatch.setenv("CO_API_URL", emulator.url)
        for name in ("NO_PROXY", "no_proxy"):  # no proxy for the local machine
            monkeypatch.setenv(name, ",".join(filter(None, (os.environ.get(name), "127.0.0.1"))))
        yield emulator
