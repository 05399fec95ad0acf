"""The pipeline: what it makes, what it refuses, what it depends on. It runs for real, on a copy of the project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SPEC = "openapi/cohere-chat-api-openapi.yml"
PACKAGE = "generated/cohere_chat_api_client"
MEND = "Mend it with: make generate"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What the pipeline reads and writes, and nothing else."""
    for name in ("openapi", "generated", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("generator-config.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def run(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(project / "scripts" / "generate.py"), *arguments],
        cwd=environment.pop("cwd", project),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_is_committed_is_what_the_yaml_makes() -> None:
    done = run(ROOT, "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{PACKAGE} is what {SPEC} makes\n"


DRIFT: dict[str, tuple[Callable[[Path], object], str]] = {
    "edited": (
        lambda package: edit(package / "models/usage.py", "billed", "killed"),
        "differs: cohere_chat_api_client/models/usage.py",
    ),
    "appended to": (
        lambda package: edit(package / "py.typed", "generate\n", "generate\n\n"),
        "differs: cohere_chat_api_client/py.typed",
    ),
    "missing": (
        lambda package: (package / "models/tool.py").unlink(),
        "missing: cohere_chat_api_client/models/tool.py",
    ),
    "extra": (
        lambda package: (package / "models/old.py").write_text(""),
        "extra:   cohere_chat_api_client/models/old.py",
    ),
    "extra beside the package": (lambda package: (package.parent / "old.py").write_text(""), "extra:   old.py"),
    "all missing": (shutil.rmtree, "missing: cohere_chat_api_client/client.py"),
}


@pytest.mark.parametrize(("fault", "says"), DRIFT.values(), ids=DRIFT)
def test_a_difference_fails_the_check_with_the_file_and_the_command_that_mends_it(
    fault: Callable[[Path], object], says: str, project: Path
) -> None:
    fault(project / PACKAGE)
    done = run(project, "--check")
    assert done.returncode == 1
    assert f"  {says}\n" in done.stderr
    assert done.stderr.endswith(f"{MEND}\n")


def test_a_stale_spec_fails_the_check(project: Path) -> None:
    edit(project / SPEC, "        max_tokens:", "        new_property:\n          type: string\n        max_tokens:")
    done = run(project, "--check")
    assert done.returncode == 1
    assert "  differs: cohere_chat_api_client/models/chat_request.py\n" in done.stderr
    assert "missing" not in done.stderr
    assert run(project).returncode == 0
    assert run(project, "--check").returncode == 0


@pytest.mark.parametrize("tool", ["openapi-python-client", "ruff"])
def test_another_version_of_a_tool_fails_and_changes_nothing(tool: str, project: Path) -> None:
    edit(project / "pyproject.toml", f'"{tool}==', f'"{tool}==99.')
    before = tree(project)
    for arguments in (["--check"], []):
        done = run(project, *arguments)
        assert done.returncode == 1
        assert f"  {tool} " in done.stderr
        assert ", pinned is 99." in done.stderr
        assert PACKAGE in done.stderr
        assert "make generate" in done.stderr
    assert tree(project) == before


BAD_SPECS = {
    "broken YAML": ("openapi: 3.1.0", "openapi: [3.1.0", "Invalid YAML"),
    "a dangling $ref": ("'#/components/schemas/ToolCall'", "'#/components/schemas/Nothing'", "schemas/Nothing"),
    "no OpenAPI": ("openapi: 3.1.0", "swagger: '1'", "openapi"),
}


@pytest.mark.parametrize(("old", "new", "says"), BAD_SPECS.values(), ids=BAD_SPECS)
def test_a_bad_spec_is_a_clear_error_and_changes_nothing(old: str, new: str, says: str, project: Path) -> None:
    edit(project / SPEC, old, new)
    before = tree(project)
    for arguments in (["--check"], []):
        done = run(project, *arguments)
        assert done.returncode == 1
        assert done.stderr.startswith(f"error: no client can be made from {SPEC}; {PACKAGE} is unchanged:\n")
        assert says in done.stderr
        assert "Traceback" not in done.stderr
    assert tree(project) == before


def test_a_spec_that_is_not_there_is_a_clear_error(project: Path) -> None:
    done = run(project, "--spec", "nowhere.yml")
    assert (done.returncode, done.stderr) == (1, "error: nowhere.yml: no such file\n")
    done = run(project, "--spec", "openapi")
    assert (done.returncode, done.stderr) == (1, "error: openapi: not a file\n")


def test_a_generator_that_breaks_down_says_why_in_one_line(project: Path) -> None:
    (project / SPEC).write_bytes(b"openapi: \xff")
    done = run(project)
    assert done.returncode == 1
    assert "invalid start byte" in done.stderr
    assert "Traceback" not in done.stderr
    (project / "scripts/templates/str_enum.py.jinja").write_text("{% endfor %}")
    shutil.copy(ROOT / SPEC, project / SPEC)
    assert "Encountered unknown tag 'endfor'" in run(project).stderr


def test_a_folder_that_is_missing_is_made(project: Path) -> None:
    shutil.rmtree(project / "generated")
    assert run(project).returncode == 0
    assert run(project, "--check").returncode == 0


def test_the_result_does_not_depend_on_the_machine(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for name in ("ruff", "python", "python3"):
        (elsewhere / name).write_text("#!/bin/sh\nexit 1\n")
        (elsewhere / name).chmod(0o755)
    (elsewhere / "types.py").write_text("raise RuntimeError('types of the working directory')")
    (project / "ruff.toml").write_text("line-length = 20\n[format]\nquote-style = 'single'\n")
    edit(project / "pyproject.toml", "line-length = 120", "line-length = 30")
    environment = {"PYTHONPATH": "", "RUFF_CONFIG": str(project / "ruff.toml"), "HOME": str(elsewhere), "LC_ALL": "C"}
    for seed in ("0", "1"):
        shutil.rmtree(project / PACKAGE)
        done = run(project, cwd=str(elsewhere), PATH=str(elsewhere), PYTHONHASHSEED=seed, **environment)
        assert (done.returncode, done.stderr) == (0, "")
        assert tree(project / PACKAGE) == {
            name: data for name, data in tree(ROOT / PACKAGE).items() if "__pycache__" not in name
        }


def test_stale_files_do_not_stay(project: Path) -> None:
    (project / PACKAGE / "stale.py").write_text("")
    (project / PACKAGE / "models" / "stale.py").write_text("")
    assert run(project).returncode == 0
    assert run(project, "--check").returncode == 0
    assert not list(project.rglob("stale.py"))
    assert sorted(path.name for path in (project / "generated").iterdir()) == ["README.md", "cohere_chat_api_client"]


def test_every_made_file_starts_with_the_banner_and_no_other_does() -> None:
    banner = f"# Made from {SPEC} by openapi-python-client ".encode()
    made = {f"{PACKAGE}/{name}" for name in tree(ROOT / PACKAGE) if "__pycache__" not in name}
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    starts = {name for name in listed if (ROOT / name).is_file() and (ROOT / name).read_bytes().startswith(banner)}
    assert starts == made
    assert f"{PACKAGE}/py.typed" in made


def test_a_property_goes_out_under_its_own_name_however_python_calls_it(project: Path) -> None:
    spec = project / "newer.yml"
    shutil.copy(ROOT / SPEC, spec)
    added = """        newProperty: {type: string}
        class: {type: array, items: {$ref: '#/components/schemas/Tool'}}
        when: {type: string, format: date-time}
        max_tokens:"""
    edit(spec, "        max_tokens:", added)
    assert run(project, "--spec", str(spec)).returncode == 0
    program = """
import json
from cohere_chat.settings import Secret, Settings
from cohere_chat.wire import prepare
settings = Settings(api_key=Secret("k"), base_url="https://x", timeout=1, max_retries=0, headers={})
for params in ({"newProperty": 1}, {"new_property": 1}, {"class": 1}, {"class_": 1}, {"when": 1}):
    hi = [{"role": "user", "content": "Hi"}]
    sent = json.loads(prepare(settings, model="m", messages=hi, params=params, stream=False).content)
    print(*sent.keys() - {"model", "messages", "stream"})
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(project / "generated")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["newProperty", "newProperty", "class", "class", "when"]


def test_a_new_property_and_a_moved_path_need_no_hand_edit(project: Path) -> None:
    spec = project / "newer.yml"
    shutil.copy(ROOT / SPEC, spec)
    edit(spec, "        max_tokens:", "        new_property:\n          type: string\n        max_tokens:")
    edit(spec, "  /v2/chat:", "  /v3/talk:")
    assert run(project, "--spec", str(spec)).returncode == 0
    program = """
import cohere_chat, cohere_chat_api_client
from tests.server import RawServer, answer, chunked, frames, text_answer, text_events
hi = [{"role": "user", "content": "Hi"}]
with RawServer() as server, cohere_chat.ChatClient("k", base_url=server.url) as client:
    server.play(answer(text_answer("Hi")), chunked(frames(text_events("Hi"))))
    print(client.chat(model="m", messages=hi, new_property="x").text)
    print(client.chat_stream(model="m", messages=hi, new_property="y").get_final_response().text)
    print([(request.line, request.json["new_property"]) for request in server.requests])
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(project / "generated")},
        capture_output=True,
        text=True,
        check=True,
    )
    line = "POST /v3/talk HTTP/1.1"
    assert done.stdout.splitlines() == ["Hi", "Hi", str([(line, "x"), (line, "y")])]


def test_writing_tells_what_changed_for_a_python_user_breaking_changes_first(project: Path) -> None:
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main"]
    assert run(project).stdout.splitlines()[1:] == ["  no commit to compare with"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "as it was"]):
        subprocess.run([*git, *arguments], cwd=project, check=True)
    assert run(project).stdout.splitlines()[1:] == ["  nothing changed for a Python user"]
    edit(project / SPEC, "        max_tokens:", "        new_property:\n          type: string\n        least_tokens:")
    edit(project / SPEC, "    Error:", "    Another:\n      type: object\n    Error:")
    told = run(project).stdout.splitlines()[1:]
    assert told[0].startswith("  BREAKING ")
    assert "max_tokens" in told[0]
    assert told[1:] == [
        "  added    cohere_chat_api_client.models.another",
        "  added    cohere_chat_api_client.models.chat_request.ChatRequest.least_tokens",
        "  added    cohere_chat_api_client.models.chat_request.ChatRequest.new_property",
    ]
