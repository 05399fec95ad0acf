"""The base of the attrs classes that users hold: `repr()` and `==` by their fields, written once.

attrs would write and compile both anew for each class, half of what a class costs at import (overlay/README.md).
Not known here: what the fields are.
"""

from __future__ import annotations

from reprlib import recursive_repr
from typing import TYPE_CHECKING, ClassVar

import attrs


@attrs.define(eq=False, repr=False, weakref_slot=False, getstate_setstate=False)  # subclasses have what they need
class Record:
    """Of subclasses with `eq=False, repr=False`. Not hashable, as attrs' own classes that can be changed."""

    @recursive_repr()
    def __repr__(self) -> str:
        shown = [f"{field.name}={getattr(self, field.name)!r}" for field in attrs.fields(type(self)) if field.repr]
        return f"{type(self).__qualname__.rpartition('>.')[2]}({', '.join(shown)})"

    if TYPE_CHECKING:  # as attrs' own: type checkers report `event == 3`, and a record that is used as a key
        __hash__: ClassVar[None]  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]
    else:

        def __eq__(self, other: object) -> bool:
            if other.__class__ is not self.__class__:
                return NotImplemented
            for field in attrs.fields(type(self)):
                if field.eq and getattr(self, field.name) != getattr(other, field.name):
                    return False
            return True
