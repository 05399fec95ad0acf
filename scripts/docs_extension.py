"""A Griffe extension for the documentation site: lists and examples of docstrings -> Markdown.

Belongs here: `name:   text` lines -> list items, `>>>` lines -> a code block. Not known here: what is documented.
"""

import re
from typing import Any

import griffe

ITEM = re.compile(r"^((?:[a-z_]\w*|\d+)(?:, [a-z_]\w*)*):[ ]+(?=\S)", re.MULTILINE)
EXAMPLE = re.compile(r"(?:^(?:>>>|\.\.\.).*\n?)+(?:^(?!>>>|\.\.\.)\S.*\n?)*", re.MULTILINE)


def markdown(text: str) -> str:
    """The docstring as Markdown."""
    text = EXAMPLE.sub(lambda found: f"```pycon\n{re.sub(r' *# doctest:.*', '', found[0]).rstrip()}\n```\n", text)
    return re.sub(r"^(?!- )(.+)\n- `", r"\1\n\n- `", ITEM.sub(r"- `\1`: ", text), flags=re.MULTILINE)


class PlainLists(griffe.Extension):
    """Changes each docstring once, when its object is loaded."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:  # Any: other arguments of Griffe
        """Called for each module, class, function and attribute."""
        if obj.docstring is not None:
            obj.docstring.value = markdown(obj.docstring.value)
