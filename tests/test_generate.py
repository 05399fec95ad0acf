"""The pipeline: what it generates, refuses and depends on. The tests run it on a copy of the project."""

from __future__ import annotations

import difflib
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pipeline.problems import dump, read

from .server import RawServer, answer, text_answer

ROOT = Path(__file__).parent.parent
SPEC = "openapi/cohere-chat-api-openapi.yml"
DOCUMENT = "overlay/cohere-chat-api.overlay.yaml"
PACKAGE = "generated/cohere_chat_api_client"
MEND = "To fix it, run: make generate"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the files that the pipeline reads and writes, and of no others."""
    for name in ("openapi", "generated", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name)  # with the bytecode, which takes long to compile
    for name in ("generator-config.yaml", "pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "overlay").mkdir()
    shutil.copy(ROOT / DOCUMENT, tmp_path / DOCUMENT)
    return tmp_path


def commit(project: Path) -> None:
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "as it was"]):
        subprocess.run([*git, *arguments], cwd=project, check=True)


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
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_is_committed_is_what_the_yaml_makes() -> None:
    done = run(ROOT, "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"generated/ matches {SPEC} and {DOCUMENT}\n"


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
        lambda package: (package / "models/tool_call.py").unlink(),
        "missing: cohere_chat_api_client/models/tool_call.py",
    ),
    "extra": (
        lambda package: (package / "models/old.py").write_text(""),
        "extra:   cohere_chat_api_client/models/old.py",
    ),
    "extra beside the package": (lambda package: (package.parent / "old.py").write_text(""), "extra:   old.py"),
    "merged document": (lambda package: edit(package.parent / "openapi.yml", "Chat", "Cat"), "differs: openapi.yml"),
}


def test_each_difference_fails_the_check_with_its_file_and_the_command_that_mends_it(project: Path) -> None:
    for fault, _ in DRIFT.values():
        fault(project / PACKAGE)
    done = run(project, "--check")
    assert done.returncode == 1
    for _, says in DRIFT.values():
        assert f"  {says}\n" in done.stderr
    assert len(re.findall("^  ", done.stderr, re.MULTILINE)) == len(DRIFT), done.stderr
    assert done.stderr.endswith(f"{MEND}\n")


def test_a_package_that_is_missing_fails_the_check(project: Path) -> None:
    shutil.rmtree(project / PACKAGE)
    done = run(project, "--check")
    assert done.returncode == 1
    assert "  missing: cohere_chat_api_client/client.py\n" in done.stderr


def test_a_stale_spec_fails_the_check(project: Path) -> None:
    edit(project / SPEC, "        max_tokens:", "        new_property:\n          type: string\n        max_tokens:")
    done = run(project, "--check")
    assert done.returncode == 1
    assert "  differs: cohere_chat_api_client/models/chat_request.py\n" in done.stderr
    assert "missing" not in done.stderr
    assert run(project).returncode == 0
    assert run(project, "--check").returncode == 0


@pytest.mark.parametrize("tool", ["openapi-python-client", "ruff", "ruamel.yaml", "griffe"])
def test_another_version_of_a_tool_fails_and_changes_nothing(tool: str, project: Path) -> None:
    edit(project / "pyproject.toml", f'"{tool}==', f'"{tool}==99.')
    before = tree(project)
    for arguments in (["--check"], []):
        done = run(project, *arguments)
        assert done.returncode == 1
        assert f"  {tool} " in done.stderr
        assert ", but 99." in done.stderr
        assert "make generate" in done.stderr
    assert tree(project) == before


BAD_SPECS = {
    "broken YAML": ("openapi: 3.1.0", "openapi: [3.1.0", f"error: {SPEC}:2: not YAML: "),
    "a list": ("openapi: 3.1.0", "- 1\n#", f"error: {SPEC}:"),
    "a dangling $ref": (
        "'#/components/schemas/Usage'",
        "'#/components/schemas/Nothing'",
        "  components.schemas.ChatResponse.properties.usage.$ref: #/components/schemas/Nothing is not in this document\n",
    ),
    "no OpenAPI": ("openapi: 3.1.0", "swagger: '1'", "  openapi: missing: write OpenAPI 3.0 or 3.1\n"),
    "a wrong type": ("          minimum: 1", "          minimum: one", "max_tokens.minimum: 'one' is not of type"),
    "a type that is none": (
        "        stop_sequences:\n          type: array",
        "        stop_sequences:\n          type: strings",
        "components.schemas.ChatRequest.properties.stop_sequences.type: 'strings' is not valid under any of",
    ),
    "two operations of one name": ("operationId: chatStream", "operationId: chat", "chat is also the operationId of"),
    "a parameter named body": (
        "      operationId: chat\n",
        "      operationId: chat\n      parameters: [{name: body, in: query, schema: {type: string}}]\n",
        "paths./v2/chat.post.parameters: a parameter named body is not supported",
    ),
    "two types of body": (
        "          application/json:\n",
        "          text/plain: {schema: {type: string}}\n          application/json:\n",
        "paths./v2/chat.post.requestBody.content: more than one type of body is not supported",
    ),
    "a body that is no JSON": (
        "          application/json:\n",
        "          multipart/form-data:\n",
        "paths./v2/chat.post.requestBody.content: multipart/form-data is not supported: only JSON is",
    ),
    "an enum of mixed types": (
        "        max_tokens:\n",
        "        odd: {enum: [1, a]}\n        max_tokens:\n",
        "components.schemas.ChatRequest.properties.odd.enum: values of more than one type are not supported",
    ),
    "a class name twice": (
        "    Message:\n",
        "    chat_request: {type: object, properties: {a: {type: string}}}\n    Message:\n",
        "components.schemas.chat_request: the class ChatRequest is already generated from components.schemas.ChatRequest",
    ),
}


WAYS = itertools.cycle([["--check"], []])  # alternating: both generate the package, and fail in the same place


@pytest.mark.parametrize(("bad", "way"), [*zip(BAD_SPECS.values(), WAYS, strict=False)], ids=BAD_SPECS)
def test_a_bad_spec_is_a_clear_error_and_changes_nothing(
    bad: tuple[str, str, str], way: list[str], project: Path
) -> None:
    old, new, says = bad
    edit(project / SPEC, old, new)
    before = tree(project)
    done = run(project, *way)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "object at 0x" not in done.stderr
    assert all(len(line) <= 180 for line in done.stderr.splitlines())
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
    assert done.stderr.startswith(f"error: {SPEC}: not YAML: ")
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
    assert sorted(path.name for path in (project / "generated").iterdir()) == ["cohere_chat_api_client", "openapi.yml"]


def test_every_made_file_starts_with_the_banner_and_no_other_does() -> None:
    banner = f"# Generated from {SPEC} and {DOCUMENT} by openapi-python-client ".encode()
    made = {f"generated/{name}" for name in tree(ROOT / "generated") if "__pycache__" not in name}
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
from cohere_chat.http.settings import Secret, Settings
from cohere_chat.wire import prepare
settings = Settings(api_key=Secret("k"), base_url="https://x", timeout=1, max_retries=0, headers={})
for params in ({"newProperty": 1}, {"class": 1}, {"when": 1}):
    hi = [{"role": "user", "content": "Hi"}]
    sent = json.loads(prepare(settings, model="m", messages=hi, params=params, stream=False).content)
    print(*sent.keys() - {"model", "messages", "stream"})
"""
    assert python(program, project).split() == ["newProperty", "class", "when"]


def python(program: str, project: Path) -> str:
    """The output of a program that uses the package that a project has generated."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(project / "generated")},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_moved_path_needs_no_hand_edit_but_its_name_in_the_overlay_document(project: Path) -> None:
    edit(project / SPEC, "        max_tokens:", "        new_property:\n          type: string\n        max_tokens:")
    edit(project / SPEC, "  /v2/chat:", "  /v3/talk:")
    document = project / DOCUMENT
    document.write_text(document.read_text(encoding="utf-8").replace("$.paths['/v2/chat']", "$.paths['/v3/talk']"))
    assert run(project).returncode == 0
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
    line = "POST /v3/talk HTTP/1.1"
    assert python(program, project).splitlines() == ["Hi", "Hi", str([(line, "x"), (line, "y")])]
    # The command has it too, with its documentation.
    program = "from cohere_chat.cli.options import parameters\nfor one in parameters(): print(one.default.param_decls)"
    assert "('--new-property',)" in python(program, project)


GROWN = (
    (
        "        billed_units:\n",
        "        reasoning_units: {type: integer, description: Units of reasoning.}\n        billed_units:\n",
    ),
    ("        max_tokens:\n", "        user_tag: {type: string, description: A tag of yours.}\n        max_tokens:\n"),
    (
        "        usage:\n          $ref",
        "        served_by: {type: object, properties: {region: {type: string, description: Where.}}}\n        usage:\n          $ref",
    ),
    ("            - timeout\n", "            - timeout\n            - blocked\n"),
)


def test_a_grown_spec_reaches_the_types_once_the_removed_values_are_accepted(project: Path) -> None:
    commit(project)
    spec = project / "newer.yml"
    shutil.copy(project / SPEC, spec)
    for old, new in GROWN:
        edit(spec, old, new)
    before = tree(project)
    done = run(project, "--spec", str(spec))
    assert done.returncode == 1
    assert (
        "gap 2: finish reasons are upper case: $.components.schemas.ChatResponse.properties.finish_reason: the removed "
        in done.stderr
    )
    assert "the removed value has changed: .enum gains 'blocked'\n" in done.stderr
    assert done.stderr.endswith("make generate ACCEPT=1\n")
    assert tree(project) == before
    done = run(project, "--accept", "--spec", str(spec))
    assert (done.returncode, done.stderr) == (0, "")
    for line in (
        "accepted 18: gap 2: finish reasons are upper case: $.components.schemas.ChatResponse.properties.finish_reason: .enum gains 'blocked'",
        "'BLOCKED' is added to the enum that replaces it in the overlay document",
        "added    Usage.reasoning_units: integer",
        "added    ChatRequest.user_tag: string",
        "added    ChatResponse.served_by: object",
        "added    FinishReason: the value 'BLOCKED'",
        "added    cohere_chat_api_client.models.chat_request.ChatRequest.user_tag",
        "added    cohere_chat_api_client.models.finish_reason.FinishReason.BLOCKED",
        "added    cohere_chat_api_client.models.usage.Usage.reasoning_units",
    ):
        assert line in done.stdout
    assert (project / SPEC).read_bytes() == spec.read_bytes()
    assert run(project, "--check").returncode == 0
    changed = [
        line
        for line in difflib.unified_diff(
            (ROOT / DOCUMENT).read_text(encoding="utf-8").splitlines(),
            (project / DOCUMENT).read_text(encoding="utf-8").splitlines(),
            n=0,
            lineterm="",
        )
        if line[0] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert changed == ["+        - blocked", "+          - BLOCKED"]
    program = """
import inspect
from cohere_chat_api_client import models
answer = models.ChatResponse.from_dict(
    {"message": {"role": "assistant"}, "finish_reason": "BLOCKED", "usage": {"reasoning_units": 3}, "served_by": {"region": "eu"}}
)
print(answer.usage.reasoning_units, answer.served_by.region, answer.finish_reason is models.FinishReason.BLOCKED)
print(models.ChatRequest("m", [models.UserMessage("Hi")], user_tag="x").to_dict()["user_tag"])
print("A tag of yours." in inspect.getsource(models.ChatRequestOptions), "Units of reasoning." in inspect.getsource(models.Usage))
"""
    assert python(program, project).splitlines() == ["3 eu True", "x", "True True"]


APP = """
from typing import assert_type

from cohere_chat import ChatClient
from cohere_chat.types import ChatResponseServedBy


def ask(client: ChatClient) -> str:
    response = client.chat(model="m", messages=[{"role": "user", "content": "Hi"}], user_tag="x")
    assert response.usage is not None and response.served_by is not None
    assert_type(response.usage.reasoning_units, int | None)
    assert_type(response.served_by, ChatResponseServedBy)
    assert_type(response.served_by.region, str | None)
    return f"{response.usage.reasoning_units} {response.served_by.region} {response.finish_reason!r}"
"""
WRONG = """

def wrong(client: ChatClient) -> None:
    client.chat(model="m", messages=[], user_tag=3)
    client.chat(model="m", messages=[], user_tagg="x")
"""


def test_a_grown_spec_reaches_users_with_no_line_written_by_hand(project: Path, server: RawServer) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "overlay" / "cohere_chat", project / "overlay" / "cohere_chat", ignore=ignored)
    for old, new in GROWN:
        edit(project / SPEC, old, new)
    done = run(project, "--accept")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Does cohere_chat still work with it? Yes.\n")

    body = text_answer("Hi", finish_reason="BLOCKED") | {"usage": {"reasoning_units": 3}, "served_by": {"region": "eu"}}
    server.play(answer(body))
    (project / "app.py").write_text(APP, encoding="utf-8")
    program = f"""
from app import ask, ChatClient
client = ChatClient("k", base_url="{server.url}")
print(ask(client))
try:
    client.chat(model="m", messages=[{{"role": "user", "content": "Hi"}}], user_tagg="x")
except TypeError as error:
    print(error)
"""
    paths = os.pathsep.join(map(str, (project, project / "overlay", project / "generated")))
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.splitlines() == [
        "3 eu <FinishReason.BLOCKED: 'BLOCKED'>",
        "unknown parameter 'user_tagg': did you mean 'user_tag'?",
    ], told.stderr
    assert server.requests[0].json["user_tag"] == "x"

    (project / "pyproject.toml").unlink()  # its settings apply to this project only
    (project / "pyrightconfig.json").write_text('{"extraPaths": ["overlay", "generated"]}', encoding="utf-8")
    checkers = (
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent"],
        [sys.executable, "-m", "basedpyright", "--level", "error"],
    )
    for checker in checkers:
        for text, faults in ((APP, 0), (APP + WRONG, 2)):
            (project / "app.py").write_text(text, encoding="utf-8")
            checked = subprocess.run(
                [*checker, "app.py"],
                cwd=project,
                env={**os.environ, "MYPYPATH": paths},
                capture_output=True,
                text=True,
                check=False,
            )
            found = [line for line in checked.stdout.splitlines() if " error: " in line or " - error: " in line]
            assert len(found) == faults, checked.stdout
            assert all("app.py" in line and "user_tag" in checked.stdout for line in found)


MISFITS: dict[str, tuple[str, str, str, str]] = {
    "a schema is renamed": (SPEC, "    Usage:", "    Uses:", "$.components.schemas.Usage: the target matches nothing"),
    "a leaf that the spec has": (
        SPEC,
        "        billed_units:\n",
        "        cached_tokens: {type: number}\n        billed_units:\n",
        ".properties.cached_tokens.type changes nothing because the spec has it now: delete it here",
    ),
    "an enum gains a value": (
        SPEC,
        "            - NONE\n",
        "            - NONE\n            - LENIENT\n",
        "the removed value has changed: gains 'LENIENT'",
    ),
    "Message gains a property": (
        SPEC,
        "        tool_call_id:\n",
        "        mood: {type: string}\n        tool_call_id:\n",
        "the removed value has changed: .properties gains 'mood'",
    ),
    "StreamEvent gains a name": (
        SPEC,
        "            - stream-end\n",
        "            - stream-end\n            - ping\n",
        "the removed value has changed: .properties.event_type.enum gains 'ping'",
    ),
    "an array that the spec has": (
        SPEC,
        "    ToolCall:\n      type: object\n",
        "    ToolCall:\n      type: object\n      required: [id]\n",
        ".required is an array, but the spec has a value there: remove that value first",
    ),
    "an unknown key": (
        DOCUMENT,
        "    remove: true\n",
        "    remove: true\n    copy: x\n",
        "unknown key copy: expected one of",
    ),
    "a misspelt key": (DOCUMENT, "    update:\n", "    updates:\n", "unknown key updates: expected one of"),
    "no YAML": (DOCUMENT, "actions:\n", "actions: [\n", "not YAML: "),
    "no gap": (DOCUMENT, '"gap 2: finish', '"finish', "the description does not name its gap"),
    "no OpenAPI comes of it": (
        DOCUMENT,
        "    update:\n      maximum: 1.0\n",
        "    update:\n      maximum: one\n",
        "components.schemas.ChatRequest.properties.temperature.maximum: 'one' is not of type 'number'",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "says"), MISFITS.values(), ids=MISFITS)
def test_what_does_not_fit_is_refused_with_its_place_and_nothing_is_written(
    file: str, old: str, new: str, says: str, project: Path
) -> None:
    edit(project / file, old, new)
    commit(project)
    done = run(project)
    assert done.returncode == 1
    assert says in done.stderr
    if "no OpenAPI" not in says and "'one'" not in says:
        assert re.search(rf"{re.escape(DOCUMENT)}:\d+: ", done.stderr)
    status = subprocess.run(["git", "status", "--short"], cwd=project, capture_output=True, text=True, check=True)
    assert status.stdout == ""


def test_all_misfits_are_listed(project: Path) -> None:
    for name in ("a schema is renamed", "an enum gains a value", "Message gains a property"):
        file, old, new, _ = MISFITS[name]
        edit(project / file, old, new)
    done = run(project)
    for name in ("a schema is renamed", "an enum gains a value", "Message gains a property"):
        assert MISFITS[name][3] in done.stderr


def test_an_overlay_document_comes_back_from_the_yaml_library_as_it_is() -> None:
    """So `ACCEPT=1` changes only the lines that it has to change."""
    text = (ROOT / DOCUMENT).read_text(encoding="utf-8")
    assert dump(read(ROOT / DOCUMENT)) == text


COHERES_OWN = """
openapi: 3.1.0
info: {title: Cohere API, version: '1.0'}
servers: [{url: https://api.cohere.com}]
paths:
  /v1/embed: {post: {operationId: embed, responses: {'200': {description: OK}}}}
  /v2/chat:
    post:
      operationId: chatv2
      parameters: [{name: X-Client-Name, in: header, required: false, schema: {type: string}}]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [model, messages, stream]
              properties:
                stream: {type: boolean}
                model: {type: string}
                messages: {$ref: '#/components/schemas/ChatMessages'}
      responses:
        '200':
          description: OK
          content: {application/json: {schema: {$ref: '#/components/schemas/ChatResponse'}}}
components:
  schemas:
    ChatMessages: {type: array, items: {$ref: '#/components/schemas/ChatMessageV2'}}
    ChatMessageV2:
      oneOf: [{$ref: '#/components/schemas/UserMessageV2'}]
    UserMessageV2: {type: object, properties: {content: {type: string}}}
    ChatResponse: {type: object, properties: {id: {type: string}, finish_reason: {$ref: '#/components/schemas/ChatFinishReason'}}}
    ChatFinishReason: {type: string, enum: [COMPLETE, STOP_SEQUENCE]}
    Usage: {type: object, properties: {billed_units: {type: object}}}
"""


def test_coheres_own_document_is_refused_on_one_screen_and_import_works_afterwards(project: Path) -> None:
    spec = project / "cohere-openapi.yaml"
    spec.write_text(COHERES_OWN)
    before = tree(project)
    done = run(project, "--spec", str(spec))
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[0] == f"error: cohere-openapi.yaml does not fit {DOCUMENT}; generated/ is unchanged:"
    assert len(lines) <= 50
    for missing in ("$.components.schemas.Message", "$.components.schemas.ChatRequest", "$.components.schemas.Tool"):
        assert any(f"{missing}: the target matches nothing" in line for line in lines)
    assert tree(project) == before
    assert python("import cohere_chat; print(cohere_chat.ChatClient.__name__)", project) == "ChatClient\n"


def test_writing_says_what_changed_breaking_changes_first(project: Path) -> None:
    assert run(project).stdout.splitlines()[1:] == ["What changed? There is no commit to compare with."]
    commit(project)
    assert run(project).stdout.splitlines()[1:] == ["What changed? Nothing: generated/ is the same as in HEAD."]
    edit(
        project / SPEC,
        "          minimum: 1\n",
        "          minimum: 2\n          type: string\n".replace("          type: string\n", ""),
    )
    edit(
        project / SPEC,
        "    Error:",
        "    Another:\n      type: object\n      properties: {a: {type: string}}\n    Error:",
    )
    edit(
        project / SPEC, "      required:\n        - model\n", "      required:\n        - max_tokens\n        - model\n"
    )
    told = run(project).stdout.splitlines()[1:]
    assert told[:5] == [
        "What changed in the API since HEAD?",
        "  BREAKING ChatRequest.max_tokens is now required",
        "  added    Another: object",
        "  changed  ChatRequest.max_tokens: minimum: 1 -> 2",
        "What changed for Python users since HEAD?",
    ]
    levels = [line.split()[0] for line in told[5:]]
    assert levels == sorted(levels, key=["BREAKING", "added"].index)
    assert "  BREAKING ChatRequestOptions.max_tokens: Public object was removed" in told
    assert told[-1] == "  added    cohere_chat_api_client.models.another"


def test_a_change_of_words_is_not_called_nothing(project: Path) -> None:
    commit(project)
    edit(project / SPEC, "The name of a compatible Cohere model", "The name of a Cohere model")
    done = run(project)
    assert "changed  ChatRequest.model: description" in done.stdout
    assert "nothing changed" not in done.stdout.lower()
    assert "only wording changed: " in done.stdout


def test_hand_written_code_that_must_follow_is_named_with_its_line(project: Path) -> None:
    shutil.copytree(
        ROOT / "overlay" / "cohere_chat",
        project / "overlay" / "cohere_chat",
        ignore=shutil.ignore_patterns("__pycache__", "testing"),
    )
    edit(project / SPEC, "operationId: chat\n", "operationId: converse\n")
    done = run(project)
    assert done.returncode == 1
    assert "Does cohere_chat still work with it? No, update these lines:\n" in done.stdout
    line = (
        (ROOT / "overlay/cohere_chat/wire.py")
        .read_text(encoding="utf-8")
        .splitlines()
        .index("from cohere_chat_api_client.api.chat import chat as chat_operation")
    )
    assert f"  overlay/cohere_chat/wire.py:{line + 1}: ImportError: cannot import name 'chat' from" in done.stdout
    assert (project / PACKAGE / "api/chat/converse.py").exists()


def test_a_clone_with_windows_line_ends_has_no_drift(tmp_path: Path) -> None:
    """Git for Windows sets core.autocrlf; .gitattributes overrides it."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    source = tmp_path / "source"
    for name in listed:
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    commit(source)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "-c", "core.autocrlf=true", str(source), str(clone)], check=True)
    found = {name for name in listed if (clone / name).is_file() and b"\r\n" in (clone / name).read_bytes()}
    assert found == {name for name in listed if (ROOT / name).is_file() and b"\r\n" in (ROOT / name).read_bytes()}


def test_a_class_that_is_only_added_is_reported_without_changes(project: Path) -> None:
    commit(project)
    edit(
        project / SPEC,
        "    Error:",
        "    Another:\n      type: object\n      properties: {name: {type: string}}\n    Error:",
    )
    told = run(project).stdout
    assert "  added    cohere_chat_api_client.models.another" in told
    assert "changed " not in told.replace("What changed", "")
    assert "removed" not in told
