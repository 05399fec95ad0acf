"""Citations -> a text with marks and a list of sources, to show to a reader.

Belongs here: where a mark goes, and the label of a source. Not known here: where the answer comes from.
"""

from __future__ import annotations

import re
from typing import Literal

from cohere_chat import types
from cohere_chat.types import ChatResponse

CitationStyle = Literal["brackets", "footnotes"]
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,}).*")  # of a code block, in Markdown
_STYLES: dict[CitationStyle, tuple[str, str]] = {"brackets": ("[{}]", "[{}] {}"), "footnotes": ("[^{}]", "[^{}]: {}")}


def render_citations(response: ChatResponse, *, style: CitationStyle = "brackets") -> str:
    """Returns the response text with a mark after each cited span, and the sources below, in the order of the marks.

    style: `"brackets"` marks spans with `[1]` and lists `[1] doc-0: its text`; `"footnotes"` uses Markdown footnotes.

    Offsets count characters (WIRE.md section 3). Spans may overlap; each mark stands at the end of its span. Citations
    of thinking or of a tool plan are left out. If there are no citations, the text is returned unchanged.

    >>> from cohere_chat import AssistantMessage, Citation, DocumentSource, TextContent
    >>> source = DocumentSource(id="doc-0", document={"text": "It is blue."})
    >>> cited = Citation(start=0, end=3, text="Sky", sources=[source])
    >>> answer = ChatResponse(AssistantMessage(content=[TextContent("Sky is blue.")], citations=[cited]))
    >>> print(render_citations(answer))
    Sky[1] is blue.
    <BLANKLINE>
    [1] doc-0: It is blue.
    """
    if style not in _STYLES:
        raise ValueError(f"style is {style!r}: use one of {', '.join(map(repr, _STYLES))}")
    mark, entry = _STYLES[style]
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
        shown = "".join(mark.format(number) for number in sorted(marks[end]))
        line = text[text.rfind("\n", 0, end) + 1 :].partition("\n")[0]
        if _FENCE.fullmatch(line):  # with a mark in it, the line would not be a fence
            end = text.find("\n", end) if "\n" in text[end:] else len(text)
            shown = f"\n{shown}"
        text = text[:end] + shown + text[end:]
    sources = [entry.format(number, label) for label, number in labels.items()]
    return "\n\n".join(filter(None, [text, "\n".join(sources)]))


def _end(response: ChatResponse, citation: types.Citation) -> int | None:
    """Where a citation ends in the joined text; `None` if it is not about the text."""
    if citation.end is None or citation.type not in (None, "TEXT_CONTENT"):
        return None
    content = response.message.content
    if citation.content_index is None or content is None or isinstance(content, str):
        return citation.end
    before = [part.text for part in content[: citation.content_index] if isinstance(part, types.TextContent)]
    return sum(map(len, before)) + citation.end


def _label(source: types.Source) -> str:
    """The id of a source, and the first text in it."""
    data = source.data if isinstance(source, types.UnknownSource) else source.to_dict()
    sent = data if isinstance(data, dict) else {}
    told = sent.get("tool_output") or sent.get("document")
    texts = (
        [value for key, value in told.items() if key != "id" and value is not None] if isinstance(told, dict) else []
    )
    first = " ".join(str(texts[0]).split()) if texts else ""
    name = sent.get("id") or source.type
    return f"{name}: {first[:80]}" if first else str(name)
