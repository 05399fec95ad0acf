"""The README is true: its Python runs, its commands exist."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import cohere_chat
from cohere_chat import ChatClient, UserMessage, compat
from cohere_chat.testing import ChatEmulator

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
PAGES += [ROOT / folder / "README.md" for folder in ("overlay", "openapi", "tests/frameworks", "benchmarks")]
PAGES += [*(ROOT / "docs").glob("*.md")]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


EXAMPLES = blocks(ROOT / "README.md", "python")
RUN = [*EXAMPLES, *blocks(ROOT / "docs" / "http-clients.md", "python")]


@pytest.mark.parametrize("example", RUN, ids=range(len(RUN)))
def test_the_examples_of_the_pages_run(example: str) -> None:
    with ChatEmulator() as emulator:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", example],
            env={**os.environ, "CO_API_KEY": "a-key", "CO_API_URL": emulator.url},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    if "print(response.text)" in example:
        assert "This is an emulator, no model." in done.stdout


def test_the_tests_of_the_readme_pass(tmp_path: Path) -> None:
    (tests,) = [example for example in EXAMPLES if "def test_" in example]
    (tmp_path / "test_mine.py").write_text(tests, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout


def test_the_official_sdk_runs_against_the_emulator() -> None:
    pytest.importorskip("cohere")
    done = subprocess.run(
        [sys.executable, "examples/official_sdk.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == [
        "plain: This is an emulator, no model. You said: Why is the sky blue?",
        "streamed: This is an emulator, no model. You said: Why is the sky blue?",
        'tool call: lookup {"q": "sky"}',
    ]


def test_the_example_of_the_generated_client_gets_typed_answers_and_errors_as_error() -> None:
    (example,) = [example for example in EXAMPLES if "cohere_chat_api_client" in example]
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


def test_the_readmes_python_type_checks(tmp_path: Path) -> None:
    for number, example in enumerate(EXAMPLES):
        (tmp_path / f"example_{number}.py").write_text(example, encoding="utf-8")
    for command in (["mypy", "--strict"], ["basedpyright", "--level", "error", "--pythonpath", sys.executable]):
        done = subprocess.run(
            [str(Path(sys.executable).parent / command[0]), *command[1:], str(tmp_path)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def test_make_chat_streams_an_answer_and_says_that_no_model_gave_it() -> None:
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
        "No CO_API_KEY: a local emulator answers. It is no model.",
        "",
        "This is an emulator, no model. You said: Ünïcode 👋",
        "",
        "finish reason: COMPLETE",
        "usage: 71 input tokens, 10 output tokens",
    ]


@pytest.mark.skipif(signal.getsignal(signal.SIGINT) == signal.SIG_IGN, reason="the shell keeps Ctrl-C from these tests")
def test_the_emulator_that_is_served_answers_until_ctrl_c() -> None:
    command = [sys.executable, "-u", "-m", "cohere_chat.testing"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as served:
        assert served.stdout is not None
        url = next(line.strip() for line in served.stdout if line.startswith("  http"))
        with ChatClient("any", base_url=url) as client:
            assert client.chat(model="any", messages=[UserMessage("Hi")]).text.endswith("You said: Hi")
        served.send_signal(signal.SIGINT)
        assert served.wait(10) == 0


def test_the_names_of_the_table_for_those_who_migrate_exist() -> None:
    rows = re.findall(r"^\| (.+) \| (.+) \|$", (ROOT / "docs" / "migrate.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 25
    for theirs, ours in rows:
        for name in re.findall(r"cohere\.([A-Z]\w+)", theirs):
            assert hasattr(compat, name), name
        for name in set(re.findall(r"`(?:with )?(?:client\.)?(\w+)\(", ours)) - {"chat", "isinstance", "print"}:
            assert hasattr(cohere_chat, name) or hasattr(ChatClient, name), name


def test_every_command_named_in_the_pages_exists() -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"^make ([a-z-]+)", "\n".join(blocks(page, "sh")), re.MULTILINE))
        named |= set(re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8")))
        assert named <= verbs, page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name + "/" + page.name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
