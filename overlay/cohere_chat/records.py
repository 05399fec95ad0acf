"""The base of the attrs classes that users hold: `repr()` and `==` by their fields, written once.

attrs would write and compile both anew for each class, half of what a class costs at import (benchmarks/README.md).
Not known here: what the fields are.
"""

from __future__ import annotations

from reprlib import recursive_repr

import attrs


@attrs.define(eq=False, repr=False)
class Record:
    """Of subclasses with `eq=False, repr=False`. Not hashable, as attrs' own classes that can be changed."""

    @recursive_repr()
    def __repr__(self) -> str:
        shown = (f"{field.name}={getattr(self, field.name)!r}" for field in attrs.fields(type(self)) if field.repr)
        return f"{type(self).__qualname__.rpartition('>.')[2]}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        names = (field.name for field in attrs.fields(type(self)) if field.eq)
        return all(getattr(self, name) == getattr(other, name) for name in names)
