"""`cohere.types`: the types of the official SDK's v2 chat API.

Belongs here: the import path. Not known here: what the names stand for (`names.py`).
"""

from typing import Any

from .names import NAMES, found

__all__ = [*NAMES]  # pyright: ignore[reportUnsupportedDunderAll]  # from a table


def __getattr__(name: str) -> Any:  # Any: a class or a union, built from a table
    """Returns what a name stands for."""
    return found(name)
