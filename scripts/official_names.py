"""Writes the names of the installed official SDK, grouped by family, to tests/official/cohere-VERSION.json.

Run it with the Python of an environment that has `cohere` installed: python scripts/official_names.py

A name belongs to the first family below whose methods mention it in an annotation, at any depth. Annotations are read
from the source code, because a union has no name at run time.
"""

import ast
import importlib
import inspect
import json
import sys
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1] / "tests" / "official"
# Each family, and the client methods that mention its names. A name belongs to the first family that mentions it.
FAMILIES = {
    "v2 chat": ["ClientV2.chat", "ClientV2.chat_stream"],
    "v1 chat": ["Client.chat", "Client.chat_stream"],
}


def annotations(node: ast.AST) -> Iterator[ast.expr]:
    """Yields the type expressions of a function, a class or an alias."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg | ast.AnnAssign) and inner.annotation:
            yield inner.annotation
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and inner.returns:
            yield inner.returns
        elif isinstance(inner, ast.ClassDef):
            yield from inner.bases
        elif isinstance(inner, ast.Assign):
            yield inner.value


def names(expression: ast.expr) -> Iterator[str]:
    """Yields the names in a type, including a name written as a string."""
    for inner in ast.walk(expression):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str) and inner.value.isidentifier():
            yield inner.value


@cache
def nodes(module: Any) -> list[ast.AST]:  # Any: a module
    """Returns all AST nodes of a module."""
    return [*ast.walk(ast.parse(inspect.getsource(module)))]


def definition(module: Any, name: str) -> tuple[Any, ast.AST] | None:  # Any: modules
    """Returns the module, and the class or assignment, that define a name; `None` if they are not the SDK's own."""
    for node in nodes(module):
        if isinstance(node, ast.ClassDef) and node.name == name:
            return module, node
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
            return module, node
        if isinstance(node, ast.ImportFrom) and any((to.asname or to.name) == name for to in node.names):
            source = importlib.import_module("." * node.level + (node.module or ""), package_of(module))
            return definition(source, name) if source.__name__.startswith("cohere") else None
    return None


def package_of(module: Any) -> str:  # Any: a module
    """Returns the package that the relative imports of a module start from."""
    name: str = module.__name__
    return name if hasattr(module, "__path__") else name.rpartition(".")[0]


def walk(module: Any, node: ast.AST, found: dict[str, None]) -> None:  # Any: a module
    """Adds the names that a definition mentions, directly or through another name."""
    for annotation in annotations(node):
        for name in names(annotation):
            if name not in found and (where := definition(module, name)):
                found[name] = None
                walk(*where, found)


def mentioned(cohere: Any, root: str) -> dict[str, None]:  # Any: the SDK's module
    """Returns the names that a method mentions."""
    found: dict[str, None] = {}
    owner, _, method = root.partition(".")
    function = inspect.unwrap(getattr(getattr(cohere, owner), method))
    walk(sys.modules[function.__module__], ast.parse(textwrap.dedent(inspect.getsource(function))), found)
    return found


def kind(value: Any) -> dict[str, Any]:  # Any: what a name stands for; JSON
    """Returns the keywords of a class, and which of them are required; empty if it is not a model."""
    fields = getattr(value, "model_fields", None)
    if fields is None:
        return {}
    return {"keywords": sorted(fields), "required": sorted(name for name in fields if fields[name].is_required())}


def main() -> None:
    """Writes the file."""
    import cohere
    import cohere.core
    import cohere.v2.types

    public = {name: getattr(cohere, name) for name in cohere.__all__}
    left = {name for name, value in public.items() if not inspect.ismodule(value)}
    told: dict[str, Any] = {}  # Any: JSON
    for family, roots in FAMILIES.items():
        every = {name for root in roots for name in mentioned(cohere, root)} & left
        left -= every
        told[family] = {name: kind(public[name]) for name in sorted(every)} if family == "v2 chat" else sorted(every)
    told["others"] = sorted(left)
    file = HERE / f"cohere-{cohere.__version__}.json"
    file.write_text(json.dumps(told, indent=1) + "\n")
    print(file)


if __name__ == "__main__":
    main()
