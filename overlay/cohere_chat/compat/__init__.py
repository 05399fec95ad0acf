"""The official SDK's names, for its chat samples (`import cohere_chat.compat as cohere`) and frameworks (`install()`).

Belongs here: the names and call conventions of `cohere` 5 to 7 for the v2 chat API; no decisions are made here. Other
parts of that SDK are not supported; using one raises an error that says so. A stream that is cut off raises an error,
whereas that SDK ends it silently.

Type checkers see the types as `Any`. Our types are more precise and would reject code written for the official SDK's.
"""

from __future__ import annotations

import pkgutil
import sys
import warnings
from importlib import import_module
from types import ModuleType
from typing import Any

from . import client as client
from . import core as core
from . import errors, names
from . import types as types
from . import v2 as v2
from .client import AsyncClient as AsyncClient
from .client import AsyncClientV2 as AsyncClientV2
from .client import Client as Client
from .client import ClientEnvironment as ClientEnvironment
from .client import ClientV2 as ClientV2

__version__ = names.VERSION

_CLIENTS = ["AsyncClient", "AsyncClientV2", "Client", "ClientEnvironment", "ClientV2"]
__all__ = [*names.NAMES, *errors.__all__, *_CLIENTS]  # pyright: ignore[reportUnsupportedDunderAll]  # from tables

# The modules that `install()` replaced; None if it is not in effect. A reload of this module keeps them.
_replaced: dict[str, ModuleType] | None = globals().get("_replaced")


def __getattr__(name: str) -> Any:  # Any: a class or a union, built from a table
    """Returns what an official name stands for. Raises AttributeError, with the reason, if it stands for nothing."""
    return getattr(errors, name) if name in errors.__all__ else names.found(name)


def _theirs() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.split(".")[0] == "cohere"}


def install() -> None:
    """Makes `import cohere` return this module, for code that you cannot change, such as frameworks.

    Call it before you import that code. Issues a RuntimeWarning if the official SDK was imported before: code that has
    imported names from it keeps them. Undo it with `uninstall()`.
    """
    global _replaced
    if _replaced is not None:
        return
    _replaced = _theirs()
    if _replaced:
        line = "cohere was imported before install(): code that has imported names from it keeps the official ones"
        warnings.warn(f"{line}. Call install() first", RuntimeWarning, stacklevel=2)
    for name in _replaced:
        del sys.modules[name]
    sys.modules["cohere"] = sys.modules[__name__]
    for found in pkgutil.walk_packages(__path__, f"{__name__}."):
        sys.modules[f"cohere{found.name.removeprefix(__name__)}"] = import_module(found.name)


def uninstall() -> None:
    """Undoes `install()`: `import cohere` works as before. Code that has imported names from here keeps them."""
    global _replaced
    if _replaced is None:
        return
    for name in _theirs():
        del sys.modules[name]
    sys.modules.update(_replaced)
    _replaced = None
