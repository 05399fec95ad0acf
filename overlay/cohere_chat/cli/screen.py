"""Text on its way to a terminal or a pipe.

Belongs here: what a terminal may receive, and Markdown that is shown while it arrives. Not known here: calls, answers.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from time import monotonic
from typing import Any

import attrs
from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.markdown import Markdown
from rich.segment import Segment, SegmentLines
from rich.text import Text

from cohere_chat.types import shown

_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}(?=[^`]*$)|~{3,})(.*)")
_ITEM = re.compile(r"([-*+]|\d+[.)])\s")
_REDRAWN = 5_000
"""The characters at the end of a block that are drawn again, 15 times a second: more than a terminal shows."""

# Text that these rules would leave out: HTML, also `List<String>`, and the addresses of links by reference.
_PARSER = MarkdownIt().enable(["strikethrough", "table"]).disable(["html_block", "html_inline", "reference"])


def harmless(text: str) -> str:
    """Returns the text with control and bidi characters escaped, except for line feeds and tabs."""
    return re.sub(r"[^\n\t]+", lambda found: shown(found[0]), text)


def as_json(value: Any) -> str:  # Any: JSON
    """Returns JSON that is readable, and harmless: what cannot be printed is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return re.sub(r"[^\n -~]", lambda it: it[0] if it[0].isprintable() else json.dumps(it[0])[1:-1], text)


def is_rich(console: Console) -> bool:
    """Whether Markdown can be shown while it arrives: on a terminal that can move its cursor."""
    # FORCE_COLOR makes rich take a pipe for a terminal.
    return sys.stdout.isatty() and console.is_terminal and not console.is_dumb_terminal


def write(pieces: Iterable[str], console: Console, *, markdown: bool = True) -> None:
    """Writes an answer as it arrives: as Markdown on a terminal, unchanged in a pipe. It ends with a line feed."""
    if markdown and is_rich(console):
        _write_markdown(pieces, console)
        return
    last, on_terminal = "\n", sys.stdout.isatty()
    try:
        for piece in pieces:
            sys.stdout.write(harmless(piece) if on_terminal else piece)
            sys.stdout.flush()
            last = piece[-1:]
    finally:
        if last != "\n":
            print(flush=True)


def _write_markdown(pieces: Iterable[str], console: Console) -> None:
    """Prints each block of Markdown once it is complete. The last one is drawn again while it arrives."""
    blocks, first, due = Blocks(), True, 0.0
    # Drawn by this thread: rich's own could draw while a block is printed, and would overwrite lines.
    with Live(blocks, console=console, transient=True, vertical_overflow="crop", auto_refresh=False) as live:
        try:
            for piece in pieces:
                for block in blocks.add(harmless(piece)):
                    first = _print(block, console, first)
                if (now := monotonic()) >= due:
                    live.refresh()
                    due = monotonic() + max(1 / 15, 4 * (monotonic() - now))  # at most a fifth of the time
        finally:
            live.update(Text(), refresh=True)
            _print(blocks.rest, console, first)


def _print(block: str, console: Console, first: bool) -> bool:
    """Prints a block, after an empty line unless it is the first. Returns whether the next one is the first."""
    lines = rendered(block, console)
    if lines:
        console.print(SegmentLines(lines if first else [[], *lines], new_lines=True), end="")
    return first and not lines


def rendered(text: str, console: Console) -> list[list[Segment]]:
    """Returns the lines of a Markdown text, without empty ones around it. No text is left out."""
    markdown = Markdown("", hyperlinks=False)  # so that the address of a link is seen
    markdown.parsed = _PARSER.parse(text)
    lines = console.render_lines(markdown, pad=False)
    full = [number for number, line in enumerate(lines) if any(segment.text for segment in line)]
    return lines[full[0] : full[-1] + 1] if full else []


@attrs.define
class Blocks:
    """Markdown that arrives in pieces -> its blocks. A block ends at an empty line outside of code fences and lists."""

    _lines: list[str] = attrs.field(factory=list)  # of the block that is arriving
    _line: str = ""
    _fence: str = ""
    _opened: str = ""  # the line that opened the fence
    _empty: bool = False  # whether the last line was

    @property
    def rest(self) -> str:
        """The block that is arriving."""
        return "".join([*self._lines, self._line])

    def add(self, piece: str) -> list[str]:
        """Takes a piece. Returns the blocks that it completes."""
        *complete, self._line = (self._line + piece).split("\n")
        return [block for line in complete if (block := self._take(f"{line}\n"))]

    def _take(self, line: str) -> str:
        block = ""
        if self._empty and not self._fence and not line[0].isspace() and not _ITEM.match(line):
            block, self._lines = "".join(self._lines), []
        found = _FENCE.match(line.rstrip("\n"))
        if found and not self._fence:
            self._fence, self._opened = found[1], line
        elif found and found[1].startswith(self._fence) and not found[2].strip():
            self._fence = ""
        self._lines.append(line)
        self._empty = not line.strip()
        return block

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draws the end of the block that is arriving, as much as fits, and an empty line for the terminal's `^C`."""
        text = self.rest
        if len(text) > _REDRAWN:
            text = (self._opened if self._fence else "") + text[text.find("\n", -_REDRAWN) + 1 :][-_REDRAWN:]
        yield SegmentLines([*rendered(text, console)[-max(console.height - 2, 1) :], []], new_lines=True)
