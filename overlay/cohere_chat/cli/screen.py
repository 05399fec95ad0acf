"""Text on its way to a terminal or a pipe.

Belongs here: what a terminal may receive, and Markdown that is shown while it arrives. Not known here: calls, answers.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown
from rich.segment import SegmentLines
from rich.text import Text

from cohere_chat.types import shown

_FENCE = re.compile(r"^ {0,3}(```|~~~)", re.MULTILINE)


def harmless(text: str) -> str:
    """Returns the text with control and bidi characters escaped, except for line feeds and tabs."""
    return re.sub(r"[^\n\t]+", lambda found: shown(found[0]), text)


def is_rich(console: Console) -> bool:
    """Whether Markdown can be shown while it arrives: on a terminal that can move its cursor."""
    return console.is_terminal and not console.is_dumb_terminal


def write(pieces: Iterable[str], console: Console, *, markdown: bool = True) -> None:
    """Writes an answer as it arrives: as Markdown on a terminal, unchanged in a pipe."""
    if markdown and is_rich(console):
        _write_markdown(pieces, console)
        return
    last = "\n"
    for piece in pieces:
        sys.stdout.write(harmless(piece) if console.is_terminal else piece)
        sys.stdout.flush()
        last = piece[-1:]
    if last != "\n":
        print(flush=True)


def _write_markdown(pieces: Iterable[str], console: Console) -> None:
    """Prints each block of Markdown once it is complete. The last one is drawn again with each piece."""
    complete, block, printed = "", "", 0
    with Live(console=console, transient=True, vertical_overflow="crop", refresh_per_second=15) as live:
        try:
            for piece in pieces:
                more, block = _split(block + harmless(piece))
                if more:
                    complete += more
                    printed = _print_lines(complete, printed, console)
                live.update(Markdown(block))
        finally:
            live.update(Text())
            _print_lines(complete + block, printed, console)


def _print_lines(text: str, printed: int, console: Console) -> int:
    """Prints the lines of a Markdown text that were not printed before. Returns how many lines it has."""
    lines = console.render_lines(Markdown(text), pad=False)
    console.print(SegmentLines(lines[printed:], new_lines=True), end="")
    return len(lines)


def _split(text: str) -> tuple[str, str]:
    """Splits after the last blank line that is not inside a code fence or a list. Returns the two parts."""
    for found in reversed(list(re.finditer(r"\n[ \t]*\n(?=\S)", text))):
        before, rest = text[: found.end()], text[found.end() :]
        if len(_FENCE.findall(before)) % 2 == 0 and not re.match(r"([-*+]|\d+[.)])\s", rest):
            return before, rest
    return "", text
