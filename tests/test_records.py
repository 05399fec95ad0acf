"""Records print and compare as attrs classes do."""

from __future__ import annotations

import copy
import pickle
import weakref
from typing import Any

import attrs
import pytest

from cohere_chat_api_client.base import Record

FIELDS = {
    "shown": attrs.field(),
    "hidden": attrs.field(default=0, repr=False),
    "not_compared": attrs.field(default=0, eq=False),
    "made": attrs.field(factory=list, init=False),
}
Ours = attrs.make_class("One", FIELDS, bases=(Record,), eq=False, repr=False)
Theirs = attrs.make_class("One", FIELDS)
VALUES = [(1,), (2,), ("1",), (1, 1), (1, 0, 1), ([1],), (None,)]


@attrs.define(eq=False, repr=False)
class Slotted(Record):
    value: int


@attrs.define(slots=False, eq=False, repr=False)
class Unslotted(Record):
    value: int


class Plain(Unslotted):
    pass


@pytest.mark.parametrize("cls", [Slotted, Unslotted, Plain])
def test_a_record_pickles_and_copies_whole(cls: type[Any]) -> None:
    record = cls(1)
    copies = [pickle.loads(pickle.dumps(record, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for again in (*copies, copy.copy(record), copy.deepcopy(record)):
        assert again == record
        assert again.value == 1
    assert weakref.ref(record)() is record
    assert hasattr(record, "__dict__") is (cls is not Slotted)


@pytest.mark.parametrize("values", VALUES, ids=repr)
def test_a_record_prints_as_attrs_prints(values: tuple[Any, ...]) -> None:
    assert repr(Ours(*values)) == repr(Theirs(*values))
    assert repr(Ours(Ours(*values))) == repr(Theirs(Theirs(*values)))


@pytest.mark.parametrize("left", VALUES, ids=repr)
@pytest.mark.parametrize("right", VALUES, ids=repr)
def test_a_record_compares_as_attrs_compares(left: tuple[Any, ...], right: tuple[Any, ...]) -> None:
    assert (Ours(*left) == Ours(*right)) is (Theirs(*left) == Theirs(*right))
    assert (Ours(*left) != Ours(*right)) is (Theirs(*left) != Theirs(*right))


def test_a_record_in_itself_is_shown_once() -> None:
    for cls in (Ours, Theirs):
        one = cls(None)
        one.made.append(one)
        assert repr(one) == "One(shown=None, not_compared=0, made=[...])"


def test_a_record_of_a_class_in_a_function_has_its_short_name() -> None:
    @attrs.define(eq=False, repr=False)
    class Local(Record):
        value: int = 0

        @attrs.define(eq=False, repr=False)
        class Inner(Record):
            pass

    assert repr([Local(), Local.Inner()]) == "[Local(value=0), Local.Inner()]"


def test_a_record_equals_none_of_another_class_and_has_no_hash() -> None:
    class Below(Ours):
        pass

    assert Ours(1) != Below(1)
    assert Ours(1) != Theirs(1)
    assert Below(1) == Below(1)
    assert repr(Below(1)).endswith("Below(shown=1, not_compared=0, made=[])")
    with pytest.raises(TypeError, match="unhashable"):
        hash(Ours(1))
