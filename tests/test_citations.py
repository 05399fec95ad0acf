"""Citations as marks in the text and a list of sources; images as data URIs."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohere_chat import (
    AssistantMessage,
    ChatClient,
    ChatResponse,
    Citation,
    DocumentSource,
    TextContent,
    ThinkingContent,
    ToolSource,
    UnknownSource,
    image_content,
    render_citations,
)
from cohere_chat.testing import ChatEmulator


def source(name: str, text: str = "") -> DocumentSource:
    return DocumentSource(id=name, document={"id": name, **({"text": text} if text else {})})


def cited(text: str, *spans: tuple[int, int, list[Any]], **more: Any) -> ChatResponse:
    citations = [
        Citation(start=start, end=end, text=text[start:end], sources=sources, **more) for start, end, sources in spans
    ]
    return ChatResponse(message=AssistantMessage(content=[TextContent(text)], citations=citations))


A, B = source("a", "Alpha."), source("b")

RENDERED: dict[str, tuple[ChatResponse, str]] = {
    "none": (cited("Hi."), "Hi."),
    "one": (cited("Hi you.", (0, 2, [A])), "Hi[1] you.\n\n[1] a: Alpha."),
    "two of one source": (cited("Hi you.", (0, 2, [A]), (3, 7, [A])), "Hi[1] you.[1]\n\n[1] a: Alpha."),
    "overlapping": (cited("Hi you.", (0, 6, [B]), (1, 4, [A])), "Hi y[1]ou[2].\n\n[1] a: Alpha.\n[2] b"),
    "two at one end": (cited("Hi you.", (0, 2, [A, B])), "Hi[1][2] you.\n\n[1] a: Alpha.\n[2] b"),
    "of no ASCII": (cited("20 °C 👋!", (3, 7, [A])), "20 °C 👋[1]!\n\n[1] a: Alpha."),
    "beyond the end": (cited("Hi.", (0, 99, [A])), "Hi.[1]\n\n[1] a: Alpha."),
    "without an end": (cited("Hi.", (0, None, [A])), "Hi."),  # type: ignore[arg-type]
    "of a plan": (cited("Hi.", (0, 2, [A]), type="PLAN"), "Hi."),
    "of a tool": (cited("Hi.", (0, 2, [ToolSource(id="t:0", tool_output={"n": 5})])), "Hi[1].\n\n[1] t:0: 5"),
    "of a source nobody knows": (cited("Hi.", (0, 2, [UnknownSource("web", {})])), "Hi[1].\n\n[1] web"),
    "of sources nobody knows, told apart by their ids": (
        cited("Hi.", (0, 2, [UnknownSource("web", {"id": "t:0"}), UnknownSource("web", {"id": "t:1"})])),
        "Hi[1][2].\n\n[1] t:0\n[2] t:1",
    ),
    "of a source whose first text is null": (
        cited("Hi.", (0, 2, [DocumentSource(id="a", document={"id": "a", "snippet": None, "title": "T"})])),
        "Hi[1].\n\n[1] a: T",
    ),
    "of a long source": (cited("Hi.", (0, 2, [source("a", "x" * 500)])), f"Hi[1].\n\n[1] a: {'x' * 80}"),
    "two that end alike and start apart": (
        cited("Hi you.", (3, 6, [B]), (0, 6, [A])),
        "Hi you[1][2].\n\n[1] a: Alpha.\n[2] b",
    ),
    "before the start": (cited("Hi.", (0, -1, [A])), "[1]Hi.\n\n[1] a: Alpha."),
    "after a code block": (
        cited("See\n```py\nx = 1\n```\nand\n~~~\ny\n~~~", (4, 19, [A]), (24, 33, [B])),
        "See\n```py\nx = 1\n```\n[1]\nand\n~~~\ny\n~~~\n[2]\n\n[1] a: Alpha.\n[2] b",
    ),
    "inside of a closing fence": (cited("```\nx\n```\n", (0, 8, [A])), "```\nx\n```\n[1]\n\n\n[1] a: Alpha."),
    "without sources": (cited("Hi.", (0, 2, None)), "Hi."),  # type: ignore[arg-type]
    "within a part": (
        ChatResponse(
            message=AssistantMessage(
                content=[TextContent("One. "), ThinkingContent("Hm."), TextContent("Two.")],
                citations=[Citation(start=0, end=3, text="Two", sources=[A], content_index=2)],
            )
        ),
        "One. Two[1].\n\n[1] a: Alpha.",
    ),
}


@pytest.mark.parametrize(("response", "text"), RENDERED.values(), ids=RENDERED)
def test_marks_are_at_the_ends_of_spans_and_sources_below(response: ChatResponse, text: str) -> None:
    assert render_citations(response) == text
    assert render_citations(response, style="footnotes") == re.sub(
        r"\[(\d)\]( )?",
        lambda found: f"[^{found[1]}]" + (": " if found[2] and text.find("\n\n") < found.start() else found[2] or ""),
        text,
    )


def test_a_style_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="style is 'html': use one of 'brackets', 'footnotes'"):
        render_citations(cited("Hi."), style="html")  # type: ignore[arg-type]


spans = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.lists(st.sampled_from([A, B]), max_size=2)))


@given(st.text(st.characters(exclude_characters="[]\n"), max_size=20), spans)
def test_without_its_marks_the_text_is_as_it_was(text: str, some: list[Any]) -> None:
    rendered = render_citations(cited(text, *some))
    marked = rendered.rsplit("\n\n", 1)[0] if "\n\n[" in rendered else rendered
    assert re.sub(r"\[\d\]", "", marked) == text


def test_a_streamed_answer_renders_as_the_plain_one(chat_emulator: ChatEmulator) -> None:
    asked: dict[str, Any] = {
        "model": "m",
        "messages": [{"role": "user", "content": "°Hi"}],
        "documents": ["The sky is °green."],
    }
    with ChatClient() as client:
        rendered = render_citations(client.chat(**asked))
        assert rendered == render_citations(client.chat_stream(**asked).get_final_response())
    assert rendered.endswith("The sky is °green.[1]\n\n[1] doc:0: The sky is °green.")


# --- images ----------------------------------------------------------------------------------------------------------

IMAGES = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff\xe0", "gif": b"GIF89a", "webp": b"RIFF\n\n\x00\x00WEBP"}


@pytest.mark.parametrize(("kind", "data"), IMAGES.items(), ids=IMAGES)
def test_an_image_is_a_data_uri_from_bytes_and_from_a_path(kind: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "image"
    path.write_bytes(data)
    uri = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    for file in (data, path, str(path)):
        image = image_content(file, detail="low")
        assert (image.image_url.url, image.image_url.detail) == (uri, "low")


def test_what_is_no_image_or_too_large_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"text")
    with pytest.raises(ValueError, match=r"the image .*notes.txt is not a PNG, JPEG, WebP or GIF image"):
        image_content(path)
    with pytest.raises(
        ValueError, match="the image has 20,000,001 bytes: the limit for all images of a request is 20,000,000"
    ):
        image_content(b"GIF89a".ljust(20_000_001))
    with pytest.raises(FileNotFoundError):
        image_content(tmp_path / "none.png")


@pytest.mark.parametrize("url", ["https://example.com/a.png", "http://example.com/a.png", "data:image/png;base64,AAAA"])
def test_a_url_is_not_a_file(url: str) -> None:
    with pytest.raises(ValueError, match=r"is a URL, not a file: use ImageUrlContent\(ImageUrl\(url\)\)"):
        image_content(url)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_an_image_may_be_any_bytes(kind: Any) -> None:
    assert image_content(kind(IMAGES["png"])) == image_content(IMAGES["png"])
