"""`cohere.v2.types`: the types that are in `cohere.types` too.

Belongs here: the address. Not known here: what is at it (`names.py`).
"""

from typing import Any

from cohere_chat.compat.names import NAMES, found

__all__ = [*NAMES]  # pyright: ignore[reportUnsupportedDunderAll]  # of a table


def __getattr__(name: str) -> Any:  # Any: a class or a union, made from a table
    """What a name stands for."""
    return found(name)
