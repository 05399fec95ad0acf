"""Citations -> a text with marks and a list of sources, to show to a reader.

Belongs here: where a mark goes and what a source is called. Not known here: how an answer came.
"""

from __future__ import annotations

from typing import Literal

from .messages import Citation, DocumentSource, Source, TextContent, ToolSource
from .response import ChatResponse

CitationStyle = Literal["brackets", "footnotes"]
_STYLES: dict[CitationStyle, tuple[str, str]] = {"brackets": ("[{}]", "[{}] {}"), "footnotes": ("[^{}]", "[^{}]: {}")}


def render_citations(response: ChatResponse, *, style: CitationStyle = "brackets") -> str:
    """The answer's text with a mark after each cited span, and the sources below it, numbered in the marks' order.

    style: `"brackets"`: `[1]`, and a list `[1] doc-0: its text`; `"footnotes"`: the same as Markdown footnotes.

    Offsets count characters (WIRE.md section 3); spans may overlap, each has its mark at its own end. Citations of
    thinking or of a plan have no place in the text and are left out. Without citations it is the text.

    >>> from cohere_chat import AssistantMessage
    >>> source = DocumentSource(id="doc-0", document={"text": "It is blue."})
    >>> cited = Citation(start=0, end=3, text="Sky", sources=[source])
    >>> answer = ChatResponse(message=AssistantMessage(content=[TextContent("Sky is blue.")], citations=[cited]))
    >>> print(render_citations(answer))
    Sky[1] is blue.
    <BLANKLINE>
    [1] doc-0: It is blue.
    """
    if style not in _STYLES:
        raise ValueError(f"style is {style!r}: use one of {', '.join(map(repr, _STYLES))}")
    mark, line = _STYLES[style]
    text = response.text
    labels: dict[str, int] = {}
    marks: dict[int, set[int]] = {}
    for citation in sorted(response.citations, key=lambda one: (one.end or 0, one.start or 0)):
        end = _end(response, citation)
        if end is not None:
            for source in citation.sources or []:
                number = labels.setdefault(_label(source), len(labels) + 1)
                marks.setdefault(min(max(end, 0), len(text)), set()).add(number)
    for end in sorted(marks, reverse=True):
        text = text[:end] + "".join(mark.format(number) for number in sorted(marks[end])) + text[end:]
    sources = [line.format(number, label) for label, number in labels.items()]
    return "\n\n".join(filter(None, [text, "\n".join(sources)]))


def _end(response: ChatResponse, citation: Citation) -> int | None:
    """Where a citation ends in the joined text; `None` when it is not about the text."""
    if citation.end is None or citation.type not in (None, "TEXT_CONTENT"):
        return None
    content = response.message.content
    if citation.content_index is None or not isinstance(content, list):
        return citation.end
    before = [part.text for part in content[: citation.content_index] if isinstance(part, TextContent)]
    return sum(map(len, before)) + citation.end


def _label(source: Source) -> str:
    """A source's id, and the first text in it."""
    told = source.tool_output if isinstance(source, ToolSource) else None
    if isinstance(source, DocumentSource):
        told = source.document
    name = source.type if not isinstance(source, ToolSource | DocumentSource) else source.id or source.type
    texts = (str(value) for key, value in (told or {}).items() if key != "id")
    first = " ".join(next(texts, "").split())
    return f"{name}: {first[:80]}" if first else str(name)
