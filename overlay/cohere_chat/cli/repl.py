"""A conversation on the terminal.

Belongs here: its state, its commands, reading lines. Not known here: how an answer is printed, command-line options.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from rich.console import Console

from cohere_chat import AssistantMessage, ChatClient, CohereChatError, SystemMessage, UserMessage

from .asking import received
from .screen import as_json, harmless, write

if TYPE_CHECKING:
    from prompt_toolkit.history import History

HELP = """/system TEXT  set the system message; without TEXT, remove it
/model NAME   use another model
/retry        ask the last question again
/save FILE    save the conversation as JSON
/load FILE    continue a saved conversation
/help         this list
Ctrl-C ends an answer and keeps what was received. Ctrl-D leaves."""


@attrs.define
class Conversation:
    """What was said so far, and how to go on."""

    model: str
    system: str | None = None
    parameters: dict[str, Any] = attrs.field(factory=dict)  # Any: as ChatParams
    messages: list[Any] = attrs.field(factory=list)  # Any: messages, or their JSON from a file

    def request(self) -> dict[str, Any]:  # Any: arguments of `chat_stream`
        """Returns the arguments of the next call."""
        system = [SystemMessage(self.system)] if self.system else []
        return {"model": self.model, "messages": [*system, *self.messages], **self.parameters}

    def ask(self, text: str) -> None:
        """Adds a question. It replaces one that got no answer, which may be why: each later call would fail too."""
        if self.messages and _role(self.messages[-1]) == "user":
            self.messages.pop()
        self.messages.append(UserMessage(text))

    def command(self, line: str) -> str | None:
        """Carries out a command. Returns what to print; `None` if the last question is to be asked again."""
        name, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if name == "/system":
            self.system = rest or None
            return "the system message is set" if rest else "there is no system message now"
        if name == "/model" and rest:
            self.model = rest
            return f"the model is {rest}"
        if name == "/retry" and any(_role(message) == "user" for message in self.messages):
            while _role(self.messages[-1]) != "user":
                self.messages.pop()
            return None
        if name in ("/save", "/load") and rest:
            path = Path(os.path.expanduser(rest))  # noqa: PTH111  # Path.expanduser() raises if there is no such user
            return self._save(path) if name == "/save" else self._load(path)
        if name == "/help":
            return HELP
        missing = {"/model": "a name", "/save": "a file", "/load": "a file", "/retry": "a question before it"}
        return f"{name} needs {missing[name]}" if name in missing else f"there is no command {name}; /help lists them"

    def _save(self, path: Path) -> str:
        said = [message if isinstance(message, dict) else message.to_dict() for message in self.messages]
        saved = {"model": self.model, "system": self.system, "messages": said}
        try:
            path.write_text(f"{as_json(saved)}\n", encoding="utf-8")
        except OSError as error:
            return f"{path}: {error.strerror}"
        return f"saved {len(said)} messages to {path}"

    def _load(self, path: Path) -> str:
        try:
            saved = json.loads(path.read_text(encoding="utf-8"))
            model, system, messages = saved["model"], saved["system"], saved["messages"]
            if not isinstance(model, str) or not isinstance(system, str | None) or not all(map(_is_message, messages)):
                raise ValueError(path)
        except OSError as error:
            return f"{path}: {error.strerror}"
        except (ValueError, KeyError, TypeError, RecursionError):
            return f"{path} is not a conversation that /save wrote"
        self.model, self.system, self.messages = model, system, list(messages)
        return f"loaded {len(self.messages)} messages, model {self.model}"


def _is_message(value: Any) -> bool:  # Any: JSON
    return isinstance(value, dict) and isinstance(value.get("role"), str)


def _role(message: Any) -> str:  # Any: a message, or its JSON
    return str(message["role"] if isinstance(message, dict) else message.role)


def converse(conversation: Conversation) -> None:
    """Reads lines and answers them until the end of the input."""
    console = Console()
    with ChatClient(client_name="cohere-chat-cli") as client:
        for line in _lines():
            if line.startswith("/"):
                told = conversation.command(line)
                if told is not None:
                    print(harmless(told))
                    continue
            else:
                conversation.ask(line)
            _answer(client, conversation, console)


def _answer(client: ChatClient, conversation: Conversation, console: Console) -> None:
    try:
        stream = client.chat_stream(**conversation.request())
    except (TypeError, ValueError) as error:
        print(f"cohere-chat: {harmless(str(error))}", file=sys.stderr)
        return
    try:
        with stream:
            write(stream.text_stream, console)
            message = stream.get_final_response().message
    except KeyboardInterrupt:
        message = received(stream).message
        print("(ended; what was received is kept)", file=sys.stderr)
    except CohereChatError as error:
        message = received(stream).message
        print(f"cohere-chat: {harmless(str(error))}", file=sys.stderr)
    if message.content:
        conversation.messages.append(AssistantMessage(content=message.content))


def _history() -> History:
    """The history in its file, which only its user can read; in memory if there can be no file."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")  # noqa: PTH111  # as above
    file = Path(state) / "cohere-chat" / "history"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))


def _lines() -> Iterator[str]:
    """Yields the lines of the user, without empty ones: with editing and history on a terminal."""
    if sys.stdin is None:  # `<&-`
        return
    if not sys.stdin.isatty():
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="surrogateescape")  # the call says what is wrong
        yield from filter(str.strip, map(str.rstrip, sys.stdin))
        return
    from prompt_toolkit import PromptSession

    session: PromptSession[str] = PromptSession(history=_history())
    while True:
        try:
            line = session.prompt("> ")
        except KeyboardInterrupt:  # clears the line
            continue
        except EOFError:
            return
        if line.strip():
            yield line
