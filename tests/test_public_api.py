"""The public names and signatures, as a snapshot. `python -m tests.test_public_api` rewrites it."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest

import cohere_chat
from cohere_chat_api_client import models

SNAPSHOT = Path(__file__).with_name("public_api.txt")


def lines() -> Iterator[str]:
    for name in cohere_chat.__all__:
        value = getattr(cohere_chat, name)
        if not inspect.isclass(value):
            yield name
            continue
        bases = ", ".join(base.__name__ for base in value.__bases__)
        yield f"class {name}({bases})"
        if value.__name__.endswith("Dict") or hasattr(value, "__total__"):
            yield from (f"    {field}: {hint}" for field, hint in value.__annotations__.items())
            continue
        if issubclass(value, str):
            yield from (f"    {member}" for member in value)
            continue
        if value.__init__ is not Exception.__init__:
            yield f"    {inspect.signature(value.__new__ if issubclass(value, tuple) else value.__init__)}"
        for member in sorted(dir(value)):
            if not member.startswith("_") and member not in dir(Exception):
                found = inspect.getattr_static(value, member)
                if isinstance(found, property):
                    yield f"    {member}: {inspect.signature(found.fget).return_annotation}"  # type: ignore[arg-type]
                elif inspect.isfunction(found):
                    yield f"    {member}{inspect.signature(found)}"


def test_the_public_names_are_those_of_the_snapshot() -> None:
    assert "\n".join(lines()) + "\n" == SNAPSHOT.read_text(encoding="utf-8")


def test_the_public_names_are_sorted_and_there() -> None:
    constants = [name for name in cohere_chat.__all__ if name.isupper()]
    rest = [name for name in cohere_chat.__all__ if not name.isupper()]
    assert cohere_chat.__all__ == [
        *constants,
        *(n for n in rest if n[0].isupper()),
        *(n for n in rest if not n[0].isupper()),
    ]
    assert len(set(cohere_chat.__all__)) == len(cohere_chat.__all__)


def test_every_public_class_and_method_is_documented() -> None:
    for name in cohere_chat.__all__:
        value = getattr(cohere_chat, name)
        if inspect.isclass(value):
            assert value.__doc__, name
            for member, found in inspect.getmembers_static(value):
                if not member.startswith("_") and isinstance(found, property | type(lambda: 0)):
                    assert found.__doc__, f"{name}.{member}"


LATER = """
import sys
import cohere_chat
cohere_chat.ChatClient("k")
loaded = {name.removeprefix("cohere_chat_api_client.models.") for name in sys.modules}
assert not loaded & {"message_start_event", "content_delta_event", "chat_event"}
assert not {"stamina", "gzip", "difflib", "anyio.to_thread"} & {*sys.modules}
assert cohere_chat.ContentDeltaEvent.__module__ == "cohere_chat_api_client.models.content_delta_event"
"""


def test_what_a_plain_call_does_not_need_is_loaded_when_it_is_named() -> None:
    done = subprocess.run([sys.executable, "-c", LATER], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("package", [cohere_chat, models], ids=lambda package: package.__name__)
def test_a_package_that_loads_later_has_each_of_its_names_and_no_other(package: ModuleType) -> None:
    assert {*package.__all__} <= {*dir(package)}
    for name in package.__all__:
        assert getattr(package, name) is vars(package)[name]
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'Nothing'"):
        package.Nothing  # noqa: B018


@pytest.mark.parametrize("client", [cohere_chat.ChatClient, cohere_chat.AsyncChatClient])
def test_the_types_of_the_clients_methods_can_be_evaluated(client: type[Any]) -> None:
    names = {name: getattr(cohere_chat, name) for name in cohere_chat.__all__}  # tools are loaded on first access
    for name, method in inspect.getmembers(client, inspect.isfunction):
        if not name.startswith("_"):
            assert "return" in get_type_hints(method, localns=names)
    assert get_type_hints(client.chat_stream)["return"].__name__.endswith("ChatStream")


if __name__ == "__main__":
    SNAPSHOT.write_text("\n".join(lines()) + "\n", encoding="utf-8")
