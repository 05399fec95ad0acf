"""Runs the examples in docstrings."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import cohere_chat

MODULES = [
    module.name
    for module in pkgutil.walk_packages(cohere_chat.__path__, "cohere_chat.")
    if not module.name.endswith(("__main__", "bulk.ray"))  # Ray is not installed here
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_the_docstrings_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_some() -> None:
    finder = doctest.DocTestFinder()
    examples = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(examples) >= 8
