"""The architecture: size limits, module headers, and that no type that crosses the wire is written by hand.

import-linter checks who imports whom (`make architecture`).
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest

import cohere_chat
from cohere_chat import body, params, types
from cohere_chat_api_client import models
from cohere_chat_api_client.base import Event, Model, Piece, Record, wire_fields

ROOT = Path(__file__).parent.parent
CODE = ROOT / "overlay" / "cohere_chat"
FILES = sorted(CODE.rglob("*.py"))
NOT_CORE = {"bulk", "cli", "compat", "fast", "otel.py", "testing", "tools"}
# Modules that may load a name on first use. All but the first two are explained in overlay/README.md.
THEIR_NAMES = ("compat/__init__.py", "compat/types.py", "compat/v2/types.py", "compat/errors.py")
LOADS_LATER = {"__init__.py", "types.py", *THEIR_NAMES}


def name_of(file: Path) -> str:
    return file.relative_to(CODE).as_posix()


def lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def test_the_core_has_at_most_3000_lines() -> None:
    core = {name_of(file): lines(file) for file in FILES if name_of(file).split("/")[0] not in NOT_CORE}
    assert sum(core.values()) <= 3_000, core


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_no_module_has_more_than_320_lines(file: Path) -> None:
    assert lines(file) <= 320


def test_the_base_that_is_put_into_the_generated_package_has_at_most_400_lines() -> None:
    assert lines(ROOT / "scripts" / "base" / "base.py") <= 400


WITHOUT_HEADER = {"__init__.py", "__main__.py", "public.py"}  # they contain no code of their own


@pytest.mark.parametrize("file", [file for file in FILES if file.name not in WITHOUT_HEADER], ids=name_of)
def test_each_header_says_what_belongs_in_the_file_and_what_it_does_not_know(file: Path) -> None:
    header = " ".join((ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split())
    assert "Belongs here:" in header
    assert "Not known here:" in header


def test_names_are_loaded_later_in_few_places_and_no_object_changes_its_class() -> None:
    loading, swapping = set(), set()
    for file in FILES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        at_module_level = [
            *tree.body,
            *(inner for node in tree.body if isinstance(node, ast.If) for inner in node.body + node.orelse),
        ]
        if any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in at_module_level):
            loading.add(name_of(file))
        if any(
            isinstance(n, ast.Attribute) and n.attr == "__class__" and isinstance(n.ctx, ast.Store)
            for n in ast.walk(tree)
        ):
            swapping.add(name_of(file))
    assert loading == LOADS_LATER
    assert not swapping
    reasons = (ROOT / "overlay" / "README.md").read_text(encoding="utf-8")
    for kept in THEIR_NAMES:
        assert kept in reasons


def classes_of_ours() -> list[type[Any]]:
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages([str(CODE)], "cohere_chat.")
        if not found.name.endswith(("__main__", "bulk.ray"))  # Ray is not installed here
    ]
    values = [value for module in modules for value in vars(module).values()]
    return list(dict.fromkeys(v for v in values if isinstance(v, type) and v.__module__.startswith("cohere_chat.")))


def test_no_class_that_crosses_the_wire_is_written_by_hand() -> None:
    found = [cls for cls in classes_of_ours() if issubclass(cls, Record)]
    events = {cls.__name__ for cls in found if issubclass(cls, Event)}
    assert events == {
        "UnknownEvent",
        "ToolResultEvent",
    }  # an event of unknown type, and one that the service never sends
    assert not [cls for cls in found if issubclass(cls, Piece)]
    for cls in found:
        if issubclass(cls, Model):
            [generated] = [
                base for base in cls.__mro__[1:] if base.__module__.startswith("cohere_chat_api_client.models")
            ][:1]
            assert wire_fields(cls).keys() == wire_fields(generated).keys(), cls


def test_chat_response_adds_two_fields_that_are_not_on_the_wire() -> None:
    assert issubclass(cohere_chat.ChatResponse, models.ChatResponse)
    added = {field.name for field in attrs.fields(cohere_chat.ChatResponse)} - {
        field.name for field in attrs.fields(models.ChatResponse)
    }
    assert added == {"headers", "raw"}


def test_every_public_type_of_the_api_is_the_generated_one() -> None:
    ours = {"ChatResponse", "ContentPart", "Source", "ChatEvent"}  # with Unknown, UnknownEvent or behaviour added
    both = {*cohere_chat.__all__} & {*models.__all__}
    assert len(both) > 60
    for name in both - ours:
        assert getattr(cohere_chat, name) is getattr(models, name), name
    for name, more in {
        "ContentPart": types.UnknownContent,
        "Source": types.UnknownSource,
        "ChatEvent": types.UnknownEvent,
    }.items():
        assert get_args(getattr(cohere_chat, name)) == (*get_args(getattr(models, name)), more)


def test_what_is_listed_by_hand_is_what_the_spec_has() -> None:
    assert {*body._ROLES} == {*models.MESSAGE_BY_ROLE}
    assert set(models.MESSAGE_BY_ROLE.values()) == {*get_args(models.Message)}
    assert set(models.CHAT_EVENT_BY_TYPE.values()) == {*get_args(models.ChatEvent)}
    asked = {"model", "messages", "stream"}
    assert wire_fields(models.ChatRequest).keys() - asked == params.REQUEST_PROPERTIES
    assert not params.CALL_OPTIONS & wire_fields(models.ChatRequest).keys()
