"""`cohere.v2.types`: the same types as in `cohere.types`.

Belongs here: the import path. Not known here: what the names stand for (`names.py`).
"""

from typing import Any

from cohere_chat.compat.names import NAMES, found

__all__ = [*NAMES]  # pyright: ignore[reportUnsupportedDunderAll]  # from a table


def __getattr__(name: str) -> Any:  # Any: a class or a union, built from a table
    """Returns what a name stands for."""
    return found(name)
