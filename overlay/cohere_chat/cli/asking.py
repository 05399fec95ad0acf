"""One question on the command line: its messages, its answer, and what is printed of it.

Belongs here: reading prompts and files, printing an answer, exit codes. Not known here: which options there are.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

import attrs
from rich.console import Console

from cohere_chat import (
    ChatClient,
    ChatResponse,
    ChatStream,
    Citation,
    CohereChatError,
    ConfigurationError,
    Document,
    ImageUrlContent,
    StreamDecodeError,
    SystemMessage,
    TextContent,
    UserMessage,
    image_content,
)

from .screen import as_json, harmless, write

NO_KEY = """no API key. Set CO_API_KEY to a key from https://dashboard.cohere.com/api-keys.
To try the command without a key, run `cohere-chat serve` in another terminal, and export what it prints."""


class UsageError(Exception):
    """The command line, a file or stdin is wrong. `str()` says what, and what to do."""


def fail(code: int, message: object) -> NoReturn:
    """Prints an error on stderr and exits."""
    print(f"cohere-chat: {harmless(str(message))}", file=sys.stderr)
    sys.exit(code)


@contextmanager
def exiting(*, debug: bool) -> Generator[None]:
    """Turns exceptions into a line on stderr and an exit code; with `debug` after a traceback."""
    if sys.stdout is None:  # `>&-`
        fail(2, "stdout is closed")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a lone surrogate
    try:
        yield
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:  # of stdout: files are read below
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that Python's flush at exit succeeds
        if isinstance(error, BrokenPipeError):  # `| head -1`
            sys.exit(141)  # as if SIGPIPE had ended it
        fail(1, f"the answer cannot be written: {error.strerror or error}")
    except (UsageError, CohereChatError) as error:
        if debug:
            traceback.print_exc()
        usage = isinstance(error, UsageError | ConfigurationError)
        fail(2 if usage else 1, NO_KEY if str(error).startswith("no API key") else error)


def read_prompt(prompt: str | None) -> str:
    """Returns the prompt with what is piped in: stdin for `-` or no prompt; else the prompt, then stdin."""
    piped = ""
    if sys.stdin is not None and (prompt == "-" or not sys.stdin.isatty()):  # None: `<&-`
        try:
            piped = sys.stdin.buffer.read().decode("utf-8-sig").strip("\n")
        except OSError as error:
            raise UsageError(f"stdin: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise UsageError(f"stdin is not UTF-8 (byte {error.start}): convert it first, e.g. with iconv") from None
    parts = [part for part in ("" if prompt in (None, "-") else prompt, piped) if part and part.strip()]
    if not parts:
        raise UsageError("there is no prompt: pass one, or pipe text in")
    return "\n\n".join(parts)


def read_text(path: Path) -> str:
    """Returns the text of a file. Raises UsageError if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not a UTF-8 text file") from None


def read_schema(path: Path) -> dict[str, Any]:  # Any: JSON
    """Returns the response format for a JSON Schema in a file."""
    try:
        return {"type": "json_object", "json_schema": json.loads(read_text(path))}
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}") from None


@attrs.frozen
class Question:
    """What is asked, and how the answer is printed."""

    prompt: str
    model: str
    system: str | None = None
    documents: Sequence[Path] = ()
    images: Sequence[Path] = ()
    parameters: dict[str, Any] = attrs.field(factory=dict)  # Any: as ChatParams
    as_json: bool = False
    markdown: bool = True
    stream: bool = True
    verbose: bool = False

    def request(self) -> dict[str, Any]:  # Any: arguments of `chat`
        """Returns the arguments of the call. Raises UsageError for a file that cannot be used."""
        parts: list[TextContent | ImageUrlContent] = [TextContent(self.prompt)]
        for path in self.images:
            try:
                parts.append(image_content(path))
            except OSError as error:
                raise UsageError(f"{path}: {error.strerror}") from None
            except ValueError as error:
                raise UsageError(error) from None
        messages: list[Any] = [SystemMessage(self.system)] if self.system else []
        messages.append(UserMessage(parts if self.images else self.prompt))
        documents = [Document({"title": path.name, "text": read_text(path)}, id=str(path)) for path in self.documents]
        more = {"documents": documents} if documents else {}
        return {"model": self.model, "messages": messages, **self.parameters, **more}


def ask(question: Question) -> None:
    """Sends a question and prints the answer. After Ctrl-C, what was received stays printed."""
    console = Console()
    request = question.request()
    begun = time.monotonic()
    with ChatClient(client_name="cohere-chat-cli") as client:
        try:
            stream = client.chat_stream(**request)
        except (TypeError, ValueError) as error:
            raise UsageError(error) from None
        if not question.stream:
            response = client.chat(**request)
            _print_whole(question, response, console)
        else:
            response = _print_stream(question, stream, console)
    for line in _footnotes(response.citations) if not question.as_json else ():
        print(line)
    if question.verbose:
        print(_summary(question.model, response, time.monotonic() - begun), file=sys.stderr)


def _print_whole(question: Question, response: ChatResponse, console: Console) -> None:
    if question.as_json:
        print(as_json(response.to_dict()))
    else:
        write([response.text], console, markdown=question.markdown)


def _print_stream(question: Question, stream: ChatStream, console: Console) -> ChatResponse:
    try:
        with stream:
            if not question.as_json:
                write(stream.text_stream, console, markdown=question.markdown)
            response = stream.get_final_response()
    except (KeyboardInterrupt, CohereChatError):
        partial = received(stream)
        if question.as_json and (partial.id is not None or partial.message.content):
            _print_whole(question, partial, console)
        raise
    if question.as_json:
        _print_whole(question, response, console)
    return response


def received(stream: ChatStream) -> ChatResponse:
    """What has arrived of a stream that was ended, also if a part of it cannot be read."""
    try:
        return stream.snapshot
    except StreamDecodeError as error:
        return error.partial


def _footnotes(citations: list[Citation]) -> Iterator[str]:
    """Yields a line for each citation: the cited words and the documents that support them."""
    for number, citation in enumerate(citations, start=1):
        if number == 1:
            yield ""
        sources = ", ".join(str(getattr(source, "id", "")) for source in citation.sources or ())
        yield harmless(f"[{number}] {citation.text!r}: {sources}")


def _summary(model: str, response: ChatResponse, seconds: float) -> str:
    usage = response.usage.tokens if response.usage else None
    tokens = f"{usage.input_tokens or 0:.0f} + {usage.output_tokens or 0:.0f} tokens" if usage else "tokens unknown"
    ended = f"finish reason {response.finish_reason}, {tokens}, request id {response.request_id}, {seconds:.1f} s"
    return harmless(f"model {model}, {ended}")
