"""The command `cohere-chat`, as processes on pipes and on a pseudo-terminal."""

from __future__ import annotations

import io
import itertools
import json
import os
import pty
import re
import select
import shlex
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import cohere_chat
from cohere_chat import params
from cohere_chat.cli import screen
from cohere_chat.cli.asking import _summary
from cohere_chat.cli.options import parameters
from cohere_chat.cli.screen import Blocks, _write_markdown, as_json, harmless, rendered
from cohere_chat.testing import ChatEmulator

from .faults.scenarios import WAIT

COMMAND = [sys.executable, "-m", "cohere_chat"]
BUFFERED = {"PYTHONUNBUFFERED": ""}  # as users have it
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000"
    "000049454e44ae426082"
)


def run(*arguments: object, stdin: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command on pipes."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=given,
        env={**os.environ, **BUFFERED, "COLUMNS": "200", **environment},
        capture_output=True,
        timeout=WAIT * 5,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def sent(emulator: ChatEmulator) -> Any:
    return emulator.requests[-1].json


def test_ask_prints_the_answer_alone(chat_emulator: ChatEmulator) -> None:
    chat_emulator.reply("It is **four**.\n")
    done = run("ask", "How many?")
    assert (done.returncode, done.stdout, done.stderr) == (0, "It is **four**.\n", "")
    assert sent(chat_emulator)["messages"] == [{"role": "user", "content": "How many?"}]
    assert sent(chat_emulator)["stream"] is True


def body(text: str, last: dict[str, Any]) -> bytes:
    """A stream with a text and a last event."""
    start = {"type": "message-start", "id": "1", "delta": {"message": {"role": "assistant"}}}
    said = {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": text}}}}
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in (start, said, last))


UNREADABLE = body("one", {"type": "content-delta", "index": 0, "delta": 5})
SURROGATE = body("a\ud800b", {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}})
PROMPTS = {
    "argument": (["Hi"], "", "Hi"),
    "dash": (["-"], "from stdin\n", "from stdin"),
    "stdin alone": ([], "from stdin\n", "from stdin"),
    "both": (["Summarise:"], "a text\n", "Summarise:\n\na text"),
    "unicode": (["Ünïcode 👋"], "", "Ünïcode 👋"),
    "byte order mark": (["-"], "\ufeffHi", "Hi"),
}


@pytest.mark.parametrize(("arguments", "stdin", "prompt"), PROMPTS.values(), ids=PROMPTS)
def test_a_prompt_comes_from_the_arguments_and_from_stdin(
    arguments: list[str], stdin: str, prompt: str, chat_emulator: ChatEmulator
) -> None:
    assert run("ask", *arguments, stdin=stdin).returncode == 0
    assert sent(chat_emulator)["messages"][-1]["content"] == prompt


def test_each_parameter_of_a_call_is_an_option_with_its_documentation() -> None:
    options = {parameter.name: parameter.default for parameter in parameters()}
    assert options.keys() == get_type_hints(params.ChatParams).keys() - {"extra_headers", "extra_body"}
    assert all(option.help for option in options.values())


def test_the_options_are_sent_as_the_parameters_of_their_names(chat_emulator: ChatEmulator) -> None:
    numbers = ["--temperature", "0.5", "--max-tokens", "9", "--seed", "3", "--k", "5", "--logprobs"]
    texts = ["--stop-sequences", "a", "--stop-sequences", "b", "--safety-mode", "STRICT"]
    objects = ["--thinking", '{"type": "disabled"}', "--citation-options", '{"mode": "OFF"}']
    done = run("ask", "Hi", "-m", "a-model", "--system", "Be brief.", *numbers, *texts, *objects)
    assert (done.returncode, done.stderr) == (0, "")
    request = sent(chat_emulator)
    assert request.pop("messages")[0] == {"role": "system", "content": "Be brief."}
    assert request == {
        "model": "a-model",
        "stream": True,
        "temperature": 0.5,
        "max_tokens": 9,
        "seed": 3,
        "k": 5,
        "logprobs": True,
        "stop_sequences": ["a", "b"],
        "safety_mode": "STRICT",
        "thinking": {"type": "disabled"},
        "citation_options": {"mode": "OFF"},
    }


def test_documents_are_cited_by_their_files_and_images_are_sent(chat_emulator: ChatEmulator, tmp_path: Path) -> None:
    sky, photo = tmp_path / "sky.txt", tmp_path / "photo.png"
    sky.write_text("The sky is green.")
    photo.write_bytes(PIXEL)
    done = run("ask", "What color is the sky?", "--document", sky, "--image", photo)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == f"[1] 'The sky is green.': {sky}"
    assert [part["type"] for part in sent(chat_emulator)["messages"][0]["content"]] == ["text", "image_url"]


def test_a_schema_gives_json_and_json_gives_the_whole_response(chat_emulator: ChatEmulator, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text('{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}')
    assert json.loads(run("ask", "Ada", "--schema", schema).stdout) == {"name": "Ada"}
    for how in ([], ["--no-stream"]):
        whole = json.loads(run("ask", "Hi", "--json", *how).stdout)
        assert whole["finish_reason"] == "COMPLETE"
        assert whole["message"]["content"][0]["text"].endswith("You said: Hi")
        assert sent(chat_emulator)["stream"] is (not how)


def test_the_model_of_the_environment_is_asked_and_the_client_names_itself(chat_emulator: ChatEmulator) -> None:
    assert run("ask", "Hi", COHERE_CHAT_MODEL="a-model").returncode == 0
    assert sent(chat_emulator)["model"] == "a-model"
    assert chat_emulator.requests[-1].headers["x-client-name"] == "cohere-chat-cli"


def test_verbose_tells_on_stderr_what_the_answer_cost(chat_emulator: ChatEmulator) -> None:
    done = run("ask", "Hi", "-v", "-m", "a-model")
    line = r"model a-model, finish reason COMPLETE, \d+ \+ \d+ tokens, request id \w{32}, \d+\.\d s\n"
    assert re.fullmatch(line, done.stderr)


WRONG = {
    "no prompt": (["ask"], 2, "there is no prompt"),
    "blank prompt": (["ask", "  "], 2, "there is no prompt"),
    "missing file": (["ask", "Hi", "--document", "nope.txt"], 2, "nope.txt: No such file"),
    "no image": (["ask", "Hi", "--image", __file__], 2, "is not a PNG"),
    "missing image": (["ask", "Hi", "--image", "nope.png"], 2, "nope.png: No such file"),
    "schema that is not JSON": (["ask", "Hi", "--schema", __file__], 2, "is not JSON"),
    "not a number": (["ask", "Hi", "--temperature", "hot"], 2, "'hot' is not a valid float"),
    "option that is not JSON": (["ask", "Hi", "--thinking", "{"], 2, "this is not JSON"),
    "unknown option": (["ask", "Hi", "--temprature", "1"], 2, "--temperature"),
    "bad port": (["serve", "--port", "70000"], 2, "70000 is not in the range"),
    "value that the service refuses": (["ask", "Hi", "--temperature", "7"], 1, "temperature must be between 0 and 1.0 inclusive (request id"),
    "retries": (["ask", "Hi", "--max-retries", "-1"], 2, "max_retries is -1: use 0 or more"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "told"), WRONG.values(), ids=WRONG)
def test_wrong_usage_exits_with_2_and_a_failed_call_with_1(
    arguments: list[str], code: int, told: str, chat_emulator: ChatEmulator
) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_key_the_message_says_how_to_set_one_and_how_to_try_without() -> None:
    done = run("ask", "Hi", CO_API_KEY="", COHERE_API_KEY="")
    assert done.returncode == 2
    assert "Set CO_API_KEY" in done.stderr
    assert "cohere-chat serve" in done.stderr


def test_tokens_that_are_not_counted_do_no_harm() -> None:
    response = cohere_chat.ChatResponse.from_dict(
        {"id": "1", "finish_reason": "COMPLETE", "message": {"role": "assistant"}, "usage": {"tokens": {}}}
    )
    assert "0 + 0 tokens" in _summary("m", response, 1.0)


def test_input_that_is_not_utf8_is_refused(chat_emulator: ChatEmulator, tmp_path: Path) -> None:
    assert "stdin is not UTF-8 (byte 2)" in run("ask", "-", stdin=b"ab\xff").stderr
    (tmp_path / "latin.txt").write_bytes(b"\xff")
    done = run("ask", "Hi", "--document", tmp_path / "latin.txt")
    assert (done.returncode, done.stderr) == (2, f"cohere-chat: {tmp_path / 'latin.txt'} is not a UTF-8 text file\n")


def test_a_stream_that_breaks_keeps_what_was_printed_and_exits_with_1(chat_emulator: ChatEmulator) -> None:
    chat_emulator.cut(after_events=4, text="one two three four")
    done = run("ask", "Hi")
    assert done.returncode == 1
    assert done.stdout.startswith("one ")
    assert len(done.stderr.splitlines()) == 1
    chat_emulator.cut(after_events=4, text="one two three four")
    assert json.loads(run("ask", "Hi", "--json").stdout)["message"]["content"][0]["text"].startswith("one ")


def test_debug_shows_the_traceback(chat_emulator: ChatEmulator) -> None:
    chat_emulator.fail(404, "no such model")
    done = run("ask", "Hi", "--debug")
    assert "Traceback" in done.stderr
    assert "emulated-key" not in done.stderr


def test_a_closed_pipe_ends_it_quietly(chat_emulator: ChatEmulator) -> None:
    chat_emulator.reply("word\n" * 50_000)
    ask = subprocess.Popen(
        [*COMMAND, "ask", "Hi"],
        env={**os.environ, **BUFFERED},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert ask.stdout is not None
    assert ask.stderr is not None
    ask.stdout.readline()
    ask.stdout.close()
    assert ask.wait(WAIT * 3) == 141
    assert ask.stderr.read() == b""
    ask.stderr.close()


CLOSED = {
    "stdin": ("ask Hi <&-", 0, "You said: Hi", ""),
    "stdin of a conversation": ("repl <&-", 0, "", ""),
    "stdout": ("ask Hi </dev/null >&-", 2, "", "cohere-chat: stdout is closed\n"),
    "full disk": ("ask Hi </dev/null >/dev/full", 1, "", "cohere-chat: the answer cannot be written: No space left on device\n"),
    "full disk, JSON": ("ask Hi --json </dev/null >/dev/full", 1, "", "cohere-chat: the answer cannot be written: No space left on device\n"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "code", "told", "wrong"), CLOSED.values(), ids=CLOSED)
def test_streams_that_are_closed_or_full_give_no_traceback(
    line: str, code: int, told: str, wrong: str, chat_emulator: ChatEmulator
) -> None:
    command, environment = f"{shlex.join(COMMAND)} {line}", {**os.environ, **BUFFERED}
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, wrong)
    assert told in done.stdout


def test_a_pipe_gets_plain_text_also_if_colors_are_forced(chat_emulator: ChatEmulator) -> None:
    chat_emulator.reply("**four**\x07\n")
    assert run("ask", "Hi", FORCE_COLOR="1").stdout == "**four**\x07\n"


def test_debug_keeps_the_exit_code() -> None:
    done = run("ask", "Hi", "--debug", CO_API_KEY="", COHERE_API_KEY="")
    assert (done.returncode, "Traceback" in done.stderr) == (2, True)


def test_json_of_an_answer_that_cannot_be_read_has_what_was_received(chat_emulator: ChatEmulator) -> None:
    chat_emulator.raw(UNREADABLE)
    done = run("ask", "Hi", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["message"]["content"][0]["text"] == "one"
    chat_emulator.raw(b"<html>", content_type="text/html")
    assert run("ask", "Hi", "--json").stdout == ""


def test_ctrl_c_while_it_starts_exits_with_130() -> None:
    program = """
import sys
class Interrupted:
    def find_spec(self, name, *_):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from cohere_chat.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")


def test_version_and_help_and_completion() -> None:
    assert run("--version").stdout == f"cohere-chat {cohere_chat.__version__}\n"
    assert "ask" in run("--help").stdout
    for shell in ("bash", "zsh", "fish"):
        script = run(_COHERE_CHAT_COMPLETE=f"source_{shell}").stdout
        assert "cohere-chat" in script


def test_without_the_extra_it_says_what_to_install() -> None:
    program = "import sys; sys.modules['typer'] = None; from cohere_chat.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith("pip install 'cohere-chat[cli]'\n")


# --- on a terminal ----------------------------------------------------------------------------------------------------


class Terminal:
    """A process on a pseudo-terminal."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell may have started the tests without it
            settings = {"TERM": "xterm", "COLUMNS": "60", "LINES": "30", **environment}
            os.execve(sys.executable, [*COMMAND, *arguments], {**os.environ, **BUFFERED, **settings})
        self.seen = ""

    def until(self, text: str) -> str:
        """What was read up to the text, with it."""
        deadline = time.monotonic() + WAIT * 3
        while text not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.fd], [], [], 0.1)[0]:
                self.seen += self._read()
        before, _, self.seen = self.seen.partition(text)
        return before + text

    def _read(self) -> str:
        try:
            return os.read(self.fd, 65_536).decode(errors="replace")
        except OSError:  # Linux: the process has closed its side
            return ""

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def leave(self) -> tuple[int, str]:
        """Types Ctrl-D until the process ends: between two prompts, the terminal drops it."""
        deadline = time.monotonic() + WAIT * 3
        while time.monotonic() < deadline:
            with suppress(OSError):
                self.type("\x04")
            if select.select([self.fd], [], [], 0.2)[0]:
                piece = self._read()
                self.seen += piece
                if not piece:
                    break
        return self.end()

    def end(self) -> tuple[int, str]:
        """The exit code, and what is left to read."""
        while piece := self._read():
            self.seen += piece
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), self.seen


MARKDOWN = "# Title\n\nSome **bold** text.\n\n```\ncode\n\nmore\n```\n"


def test_a_terminal_gets_rendered_markdown_and_no_escapes_of_the_model(chat_emulator: ChatEmulator) -> None:
    chat_emulator.reply(f"{MARKDOWN}\n\x1b]0;evil\x07")
    code, seen = Terminal("ask", "Hi").end()
    assert code == 0
    assert "Title" in seen
    assert "**bold**" not in seen
    assert "\x1b[1mbold" in seen
    assert "\x1b]0;evil" not in seen
    assert "\\x1b]0;evil\\x07" in seen


@pytest.mark.parametrize(("environment", "rendered"), [({"NO_COLOR": "1"}, True), ({"TERM": "dumb"}, False)])
def test_no_color_and_dumb_terminals_are_respected(
    environment: dict[str, str], rendered: bool, chat_emulator: ChatEmulator
) -> None:
    chat_emulator.reply(MARKDOWN)
    code, seen = Terminal("ask", "Hi", **environment).end()
    assert code == 0
    assert ("**bold**" not in seen) is rendered
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", seen)


def test_a_narrow_terminal_wraps(chat_emulator: ChatEmulator) -> None:
    chat_emulator.reply("word " * 40)
    code, seen = Terminal("ask", "Hi", COLUMNS="40").end()
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen).splitlines()
    assert code == 0
    assert max(map(len, lines)) <= 40


def test_ctrl_c_keeps_what_was_received_and_exits_with_130(chat_emulator: ChatEmulator) -> None:
    chat_emulator._delay = 0.05
    chat_emulator.reply("word " * 400)
    terminal = Terminal("ask", "Hi", TERM="dumb")
    terminal.until("word word")
    terminal.type("\x03")
    assert terminal.end()[0] == 130


def test_the_terminal_writes_its_ctrl_c_on_an_empty_line(chat_emulator: ChatEmulator) -> None:
    chat_emulator._delay = 0.05
    chat_emulator.reply("word " * 400)
    terminal = Terminal("ask", "Hi")  # the last line is padded to the full width
    before = terminal.until("word word")
    terminal.type("\x03")
    code, after = terminal.end()
    assert code == 130
    assert re.search(r"\n\^C", before + after)
    (line,) = shown_on_a_screen(before + after, 30)
    assert re.fullmatch("word( word)+", line)


def test_a_conversation_is_held_saved_loaded_and_interrupted(chat_emulator: ChatEmulator, tmp_path: Path) -> None:
    terminal = Terminal("repl", "--system", "Be brief.", XDG_STATE_HOME=str(tmp_path))
    terminal.until(">")
    terminal.type("hello\r")
    terminal.until("You said: hello")
    assert [message["role"] for message in sent(chat_emulator)["messages"]] == ["system", "user"]
    terminal.type("/model other\r")
    terminal.until("the model is other")
    chat_emulator._delay = 0.05
    chat_emulator.reply("word " * 400)
    terminal.type("a long one\r")
    terminal.until("word word")
    terminal.type("\x03")
    terminal.until("what was received is kept")
    chat_emulator._delay = 0
    terminal.type("again\r")
    terminal.until("You said: again")
    said = [(message["role"], message["content"]) for message in sent(chat_emulator)["messages"]]
    assert [role for role, _ in said] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert "word" in str(said[4][1])
    assert sent(chat_emulator)["model"] == "other"
    terminal.type("/retry\r")
    terminal.until("You said: again")
    assert len(sent(chat_emulator)["messages"]) == 6
    file = tmp_path / "saved.json"
    for line, told in (
        (f"/save {file}", "saved 6 messages"),
        ("/load nope", "No such file"),
        (f"/load {__file__}", "is not a conversation"),
        (f"/load {file}", "loaded 6 messages"),
        ("/nothing", "there is no command /nothing"),
        ("/no\u202ething", "there is no command /no\\u202ething"),
        ("/save", "/save needs a file"),
        ("/system", "there is no system message now"),
        ("/help", "Ctrl-D leaves"),
    ):
        terminal.type(f"{line}\r")
        terminal.until(told)
    assert json.loads(file.read_text())["system"] == "Be brief."
    assert terminal.leave()[0] == 0
    assert "hello" in (tmp_path / "cohere-chat" / "history").read_text()


def test_a_conversation_on_pipes_reads_lines_and_goes_on_after_a_failure(chat_emulator: ChatEmulator) -> None:
    chat_emulator.fail(404, "no such model")
    done = run("repl", stdin="one\n\n/retry\ntwo\n")
    assert done.returncode == 0
    assert "no such model" in done.stderr
    assert [line[-3:] for line in done.stdout.splitlines()] == ["one", "two"]
    assert [message["role"] for message in sent(chat_emulator)["messages"]] == ["user", "assistant", "user"]


def test_a_conversation_goes_on_after_what_cannot_be_sent_read_or_loaded(
    chat_emulator: ChatEmulator, tmp_path: Path
) -> None:
    chat_emulator.raw(UNREADABLE)
    chat_emulator.raw(SURROGATE)
    for name, messages in (("shape", [{"x": 1}]), ("text", "ab"), ("refused", [{"role": "user", "content": 5}])):
        (tmp_path / name).write_text(json.dumps({"model": "m", "system": None, "messages": messages}))
    lines = ["first", "second", "/save ~/said", "/load ~/shape", "/load ~/text", "/load ~/refused", "/retry", "third"]
    done = run("repl", stdin="\n".join(lines).encode() + b"\n\xff\nfourth\n", HOME=str(tmp_path), LC_ALL="C.UTF-8")
    assert done.returncode == 0
    assert [line.split(":")[-1] for line in done.stdout.splitlines() if "/" not in line] == [
        "one", "a\\ud800b", "loaded 1 messages, model m", " third", " fourth",
    ]  # fmt: skip
    assert done.stdout.count("is not a conversation that /save wrote") == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["cohere-chat"] * 3
    assert json.loads((tmp_path / "said").read_text())["messages"][-1]["content"][0]["text"] == "a\ud800b"


def test_a_question_without_an_answer_is_not_sent_with_the_next_one(chat_emulator: ChatEmulator) -> None:
    chat_emulator.fail(400, "too many tokens")
    run("repl", stdin="too long\nshort\n")
    assert sent(chat_emulator)["messages"] == [{"role": "user", "content": "short"}]


def test_the_history_is_private_and_a_conversation_needs_no_place_for_it(
    chat_emulator: ChatEmulator, tmp_path: Path
) -> None:
    for state in (str(tmp_path), "/dev/null"):
        terminal = Terminal("repl", XDG_STATE_HOME=state)
        terminal.until(">")
        terminal.type("hello\r")
        terminal.until("You said: hello")
        assert terminal.leave()[0] == 0
    assert stat.S_IMODE((tmp_path / "cohere-chat" / "history").stat().st_mode) == 0o600


def test_serve_runs_the_emulator_until_ctrl_c_and_refuses_a_port_in_use() -> None:
    served = subprocess.Popen(
        [*COMMAND, "serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # as above
    )
    assert served.stdout is not None
    url = next(line.strip() for line in served.stdout if line.startswith("  http"))
    assert run("ask", "Hi", CO_API_URL=url, CO_API_KEY="any").stdout.endswith("You said: Hi\n")
    again = run("serve", "--port", url.rpartition(":")[2])
    assert again.returncode == 2
    assert "cannot be used: choose another one with --port" in again.stderr
    served.send_signal(signal.SIGINT)
    assert served.wait(WAIT) == 0
    served.stdout.close()


# --- pure parts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("one\n\ntwo\n", ["one\n\n"]),
        ("one\n", []),
        ("```\na\n\nb\n", []),
        ("```\na\n\nb\n```\n\nc\n", ["```\na\n\nb\n```\n\n"]),
        ("````\n```\na\n\nb\n```\n\nc\n````\n\nd\n", ["````\n```\na\n\nb\n```\n\nc\n````\n\n"]),
        ("~~~\n```\n\na\n", []),
        ("- ```py\n  a\n\nb\n", []),
        ("```one``` line\n\nb\n", ["```one``` line\n\n"]),
        ("- a\n\n- b\n", []),
        ("1. a\n\n2. b\n", []),
        ("1. a\n\n   b\n", []),
        ("one\n\n- a\n\n- b\n\ntwo\n", ["one\n\n- a\n\n- b\n\n"]),
        ("one\n\ntwo", []),
    ],
)
def test_markdown_is_split_where_a_block_is_complete(text: str, complete: list[str]) -> None:
    for pieces in ([text], list(text)):
        blocks = Blocks()
        assert [block for piece in pieces for block in blocks.add(piece)] == complete
        assert "".join(complete) + blocks.rest == text


LINES = ["", "# {}", "- {}", "* {}", "1. {}", "2) {}", "   {}", "    {}", "```", "````py", "~~~", "> {}", "| {} | {} |"]
LINES += ["|---|---|", "{}", "  ```", "[1]: {}", "See [{}][1]", "List<{}> x", "<b>{}</b>", "<div>", "<!-- {}", "==="]
LINES += ["[{}](http://{})", "---", "<script>{}", "**{}**", "`{}`", "&{};", "<{}", "[^1]: {}"]


@given(st.lists(st.sampled_from(LINES), max_size=14), st.integers(1, 9))
def test_no_word_of_an_answer_is_lost_and_all_stay_in_order(lines: list[str], size: int) -> None:
    words = iter(f"w{number:04}" for number in range(99))
    text = "\n".join(line.format(*(next(words) for _ in range(line.count("{}")))) for line in lines)
    console, blocks, seen = Console(file=io.StringIO(), width=60, force_terminal=True), Blocks(), ""
    for block in [*(one for at in range(0, len(text), size) for one in blocks.add(text[at : at + size])), blocks.rest]:
        seen += "".join(segment.text for line in rendered(block, console) for segment in line)
    assert re.findall(r"w\d{4}", seen) == re.findall(r"w\d{4}", text)


def shown_on_a_screen(output: str, height: int) -> list[str]:
    """What a terminal shows, and has scrolled up, at the end: it obeys the escapes that rich uses."""
    lines, row, column = [""], 0, 0
    for number, final, text in re.findall(r"\x1b\[[?]?([0-9;]*)([A-Za-z])|(.[^\x1b\r\n]*|\n)", output):
        if final == "A":
            row = max(row - int(number or 1), len(lines) - height)
        elif final == "K":
            lines[row] = ""
        elif text == "\n":
            row, column = row + 1, 0
            lines += [""] * (row == len(lines))
        elif text:
            column = 0 if text[0] == "\r" else column
            text = text.lstrip("\r")
            lines[row] = lines[row].ljust(column)[:column] + text + lines[row][column + len(text) :]
            column += len(text)
    return "\n".join(line.rstrip() for line in lines).rstrip("\n").split("\n")


def test_a_terminal_shows_at_the_end_each_line_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "monotonic", itertools.count().__next__)  # draws often
    code = "".join(f"line {number}\n\n" for number in range(40))
    text = f"# Title\n\nOne *two* three.\n\n```py\n{code}```\n\n1. a\n\n2. b\n\n{'word ' * 90}\n\nend"
    for size in (1, 7, 100, 5000):
        console = Console(file=io.StringIO(), width=40, height=12, force_terminal=True, legacy_windows=False)
        _write_markdown((text[at : at + size] for at in range(0, len(text), size)), console)
        blocks = Blocks()
        wanted: list[str] = []
        for block in [*blocks.add(text), blocks.rest]:
            lines = ["".join(segment.text for segment in line).rstrip() for line in rendered(block, console)]
            wanted += ["", *lines] if wanted else lines
        assert shown_on_a_screen(console.file.getvalue(), 12) == "\n".join(wanted).rstrip("\n").split("\n")


def test_what_markdown_would_hide_is_shown() -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    lines = rendered("\n\nUse `a` or List<String>, see [this](http://x.y) <br>\n\n\n", console)
    seen = ["".join(segment.text for segment in line).rstrip() for line in lines]
    assert seen == ["Use a or List<String>, see this (http://x.y) <br>"]


@pytest.mark.parametrize("line", ["x = foo(1, 2, 3)\n\n", "Some *words* of a paragraph\n"], ids=["blank", "no blank"])
def test_a_long_block_takes_time_in_proportion_to_its_length(line: str) -> None:
    text = f"```py\n{line * 1500}```\n\n"
    console = Console(file=io.StringIO(), width=60, height=30, force_terminal=True)
    begun = time.process_time()
    _write_markdown((text[at : at + 4] for at in range(0, len(text), 4)), console)
    assert time.process_time() - begun < 8  # once it was 30


def test_json_is_harmless_and_stays_the_same_json() -> None:
    value = {"text": "é日\x9b31m\x7f\u202e\ud800\n\x1b"}
    assert json.loads(as_json(value)) == value
    assert as_json(value) == '{\n  "text": "é日\\u009b31m\\u007f\\u202e\\ud800\\n\\u001b"\n}'


def test_what_a_terminal_could_act_on_is_escaped() -> None:
    assert harmless("a\tb\n\x1b[31m\r\x9b\u202e") == "a\tb\n\\x1b[31m\\r\\x9b\\u202e"
