"""The names of the official SDK: `import cohere_chat.compat as cohere` runs its chat samples, and `install()` its
frameworks.

Belongs here: names and call habits of `cohere` 5 to 7 for the v2 chat API; it decides nothing. Other parts of that SDK
are not here; using one raises an error that says so. A stream that breaks raises an error, where that SDK ends it
silently.

To type checkers, the types are `Any`: code that is written for the official SDK's types would be refused where ours say
more.
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
__all__ = [*names.NAMES, *errors.__all__, *_CLIENTS]  # pyright: ignore[reportUnsupportedDunderAll]  # of tables

# What stood under their name before `install()`; None without it. A reload of this module keeps it.
_replaced: dict[str, ModuleType] | None = globals().get("_replaced")


def __getattr__(name: str) -> Any:  # Any: a class or a union, made from a table
    """A name of the official SDK. Raises AttributeError, which says what is so, for a name that is not here."""
    return getattr(errors, name) if name in errors.__all__ else names.found(name)


def _theirs() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.split(".")[0] == "cohere"}


def install() -> None:
    """Makes `import cohere` give this module, for code that you cannot change: frameworks.

    Call it before they are imported. Warns with a RuntimeWarning if the official SDK was imported before: what has
    taken names from it keeps them. Undo it with `uninstall()`.
    """
    global _replaced
    if _replaced is not None:
        return
    _replaced = _theirs()
    if _replaced:
        line = "cohere was imported before install(): what has taken names from it keeps the official SDK's"
        warnings.warn(f"{line}. Call install() first", RuntimeWarning, stacklevel=2)
    for name in _replaced:
        del sys.modules[name]
    sys.modules["cohere"] = sys.modules[__name__]
    for found in pkgutil.walk_packages(__path__, f"{__name__}."):
        sys.modules[f"cohere{found.name.removeprefix(__name__)}"] = import_module(found.name)


def uninstall() -> None:
    """Undoes `install()`: `import cohere` gives what it gave before. What has taken names from here keeps them."""
    global _replaced
    if _replaced is None:
        return
    for name in _theirs():
        del sys.modules[name]
    sys.modules.update(_replaced)
    _replaced = None
