"""The request parameters as command-line options, made from the generated types.

Belongs here: which options there are, their types and help. Not known here: commands, calls. A parameter that the spec
gains becomes an option with `make generate`.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import typer

from cohere_chat import params, types

_LEFT_OUT = {"extra_headers", "extra_body"}


def parameters() -> Iterator[inspect.Parameter]:
    """Yields a parameter for typer for each parameter of a call, by name."""
    help_of = _docs(types.ChatRequest) | _docs(params.CallOptions)
    for name, hint in sorted(get_type_hints(params.ChatParams).items()):
        if name not in _LEFT_OUT:
            annotation, how = _how(hint)
            spelling = f"--{name.replace('_', '-')}"  # a bool can only be set: no `--no-...`
            option = typer.Option(None, spelling, help=help_of.get(name), rich_help_panel="Request parameters", **how)
            yield inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=annotation)


def _how(hint: Any) -> tuple[Any, dict[str, Any]]:  # Any: type forms, arguments of typer.Option
    """Returns the type of the option, and how typer shows and reads it. What is not a scalar is JSON."""
    kinds = [kind for kind in _members(hint) if kind is not type(None)]
    for scalar in (bool, int, float):
        if scalar in kinds:
            return scalar | None, {}
    if kinds == [Sequence[str]]:
        return list[str] | None, {}
    literals = [kind for kind in kinds if get_origin(kind) is Literal]
    if literals:  # other values are allowed: the service may know more than this version
        return str | None, {"metavar": "|".join(map(str, get_args(literals[0])))}
    return str | None, {"metavar": "JSON", "parser": _json}


def _members(hint: Any) -> tuple[Any, ...]:  # Any: type forms
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _json(text: str) -> Any:  # Any: JSON
    try:
        return json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"this is not JSON: {error}") from None


def _docs(cls: type) -> dict[str, str]:
    """The text below each annotated attribute of a class. It is not kept at run time, so the source is read."""
    body = next(node.body for node in ast.walk(ast.parse(inspect.getsource(cls))) if isinstance(node, ast.ClassDef))
    return {
        attribute.target.id: " ".join(text.value.value.split())
        for attribute, text in pairwise(body)
        if isinstance(attribute, ast.AnnAssign)
        and isinstance(attribute.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
