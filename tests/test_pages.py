"""The pages are correct: their Python runs and prints what they show, their commands exist, and their links resolve."""

from __future__ import annotations

import base64
import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, get_args, get_type_hints

import attrs
import pytest

import cohere_chat
from cohere_chat import ChatClient, UserMessage, compat
from cohere_chat.testing import ChatEmulator
from cohere_chat_api_client import models

ROOT = Path(__file__).parent.parent
DOCS = sorted((ROOT / "docs").glob("**/*.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *DOCS]
PAGES += [
    ROOT / folder / "README.md" for folder in ("examples", "overlay", "openapi", "tests/frameworks", "benchmarks")
]
# `make test-frameworks` runs the snippets of frameworks.md, in the venvs of the frameworks.
RUN = [page for page in (ROOT / "README.md", *DOCS) if page.name != "frameworks.md"]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def steps(page: Path) -> list[tuple[str, str]]:
    """The Python of a page, block for block, each with the output that the page shows right after it, or ""."""
    python = r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```)?"
    found = re.findall(python, page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [(code, output) for code, output in found if "def test_" not in code]


TESTS = [(page, code) for page in RUN for code in blocks(page, "python") if "def test_" in code]
WITH_STEPS = [page for page in RUN if steps(page)]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", WITH_STEPS, ids=name_of)
def test_the_python_of_a_page_runs_from_top_to_bottom_and_prints_what_the_page_shows(
    page: Path, tmp_path: Path
) -> None:
    (tmp_path / "photo.png").write_bytes(PIXEL)
    program = "".join(f"{code}\nprint('\\x1e', end='')\n" for code, _ in steps(page))
    with ChatEmulator() as emulator:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program],
            env={**os.environ, "CO_API_KEY": "a-key", "CO_API_URL": emulator.url},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    for (code, shown), printed in zip(steps(page), done.stdout.split("\x1e"), strict=False):
        if shown:
            assert printed == shown, code


@pytest.mark.parametrize(("page", "code"), TESTS, ids=[name_of(page) for page, _ in TESTS])
def test_the_tests_of_a_page_pass(page: Path, code: str, tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert f"{code.count('def test_')} passed" in done.stdout


def test_the_example_of_the_generated_client_gets_typed_answers_and_errors_as_error() -> None:
    example = "".join(code for code, _ in steps(ROOT / "docs" / "regenerate.md"))
    for key, says in (("a-key", "You said: Why is the sky blue?"), ("another", "refused: invalid api token")):
        with ChatEmulator(api_key="a-key") as emulator:
            done = subprocess.run(
                [sys.executable, "-W", "error", "-c", example],
                env={**os.environ, "CO_API_KEY": key, "CO_API_URL": emulator.url},
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.stderr == ""
        assert says in done.stdout
    assert done.stdout.splitlines()[1].startswith("Error(message=")


def test_the_python_of_the_pages_type_checks(tmp_path: Path) -> None:
    programs = ["\n".join(code for code, _ in steps(page)) for page in WITH_STEPS] + [code for _, code in TESTS]
    for number, program in enumerate(programs):
        (tmp_path / f"page_{number}.py").write_text(program, encoding="utf-8")
    for command in (["mypy", "--strict"], ["basedpyright", "--level", "error", "--pythonpath", sys.executable]):
        done = subprocess.run(
            [str(Path(sys.executable).parent / command[0]), *command[1:], str(tmp_path)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def test_make_chat_streams_an_answer_and_says_that_it_is_not_from_a_model() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("CO_API_KEY", "COHERE_API_KEY")}
    done = subprocess.run(
        [sys.executable, "examples/chat.py"],
        cwd=ROOT,
        env={**environment, "PROMPT": "Ünïcode 👋"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "No CO_API_KEY: a local emulator answers. It is not a model.",
        "",
        "This is an emulator, not a model. You said: Ünïcode 👋",
        "",
        "finish reason: COMPLETE",
        "usage: 71 input tokens, 11 output tokens",
    ]


@pytest.mark.skipif(signal.getsignal(signal.SIGINT) == signal.SIG_IGN, reason="the shell blocks Ctrl-C for these tests")
def test_the_emulator_that_is_served_answers_until_ctrl_c() -> None:
    command = [sys.executable, "-u", "-m", "cohere_chat.testing"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as served:
        assert served.stdout is not None
        url = next(line.strip() for line in served.stdout if line.startswith("  http"))
        with ChatClient("any", base_url=url) as client:
            assert client.chat(model="any", messages=[UserMessage("Hi")]).text.endswith("You said: Hi")
        served.send_signal(signal.SIGINT)
        assert served.wait(10) == 0


def test_the_table_of_events_has_every_type_and_each_path_exists() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*)\|$", (ROOT / "docs" / "streaming.md").read_text(encoding="utf-8"), re.M)
    types = {
        cls._tags["type"][0]: cls for cls in get_args(cohere_chat.ChatEvent) if cls is not cohere_chat.UnknownEvent
    }
    named = {name: getattr(models, name) for name in models.__all__}
    assert {name for name, _ in rows} == types.keys()
    for name, cell in rows:
        for path in re.findall(r"`event\.([a-z_.]+)`", cell):
            cls: Any = types[name]
            for step in path.split("."):
                hint = get_type_hints(cls, localns=named)[step]
                cls = next((arg for arg in (hint, *get_args(hint)) if attrs.has(arg)), None)


def test_each_public_name_is_in_the_reference() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "reference").glob("*.md"))
    for name in cohere_chat.__all__:  # a dict has the keys of the class before it
        assert re.search(rf"(::: cohere_chat\.|`){name.removesuffix('Dict')}\b", text), name


def test_the_names_of_the_table_for_those_who_migrate_exist() -> None:
    rows = re.findall(r"^\| (.+) \| (.+) \|$", (ROOT / "docs" / "migrate.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 25
    for theirs, ours in rows:
        for name in re.findall(r"cohere\.([A-Z]\w+)", theirs):
            assert hasattr(compat, name), name
        for name in set(re.findall(r"`(?:with )?(?:client\.)?(\w+)\(", ours)) - {"chat", "isinstance", "print"}:
            assert hasattr(cohere_chat, name) or hasattr(ChatClient, name), name


def test_every_command_named_in_the_pages_exists() -> None:
    verbs = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"^make ([a-z0-9-]+)", "\n".join(blocks(page, "sh")), re.MULTILINE))
        named |= set(re.findall(r"`make ([a-z0-9-]+)", page.read_text(encoding="utf-8")))
        assert named <= verbs, page


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "sh")], ids=name_of)
def test_the_shell_commands_of_a_page_are_accepted(page: Path) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for line in "".join(blocks(page, "sh")).splitlines():
        match shlex.split(line, comments=True):
            case [] | ["make", *_] | ["export", *_]:  # the test above knows the verbs
                pass
            case ["pip", "install", what]:
                assert (
                    what == "." or set(re.fullmatch(r"(?:\.|cohere-chat)\[(.*)\]", what)[1].split(",")) <= extras.keys()
                )  # type: ignore[index]
            case ["python", "-m", "cohere_chat.testing", *arguments]:
                subprocess.run(
                    [sys.executable, "-m", "cohere_chat.testing", *arguments, "--help"],
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
            case ["python", path] | ["pytest", path]:
                assert (ROOT / path).exists()
            case words if "cohere-chat" in words:  # tests/test_cli.py tries the options
                command = words[words.index("cohere-chat") + 1]
                assert command in ("ask", "bulk", "repl", "serve", "--install-completion", "--version")
            case unknown:
                pytest.fail(f"no test knows how to try {unknown}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name + "/" + page.name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
