# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
"""One part of the content of a message."""

from typing import TypeAlias

from .document_content import DocumentContent, DocumentContentDict
from .image_url_content import ImageUrlContent, ImageUrlContentDict
from .text_content import TextContent, TextContentDict
from .thinking_content import ThinkingContent, ThinkingContentDict

ContentPart: TypeAlias = TextContent | ThinkingContent | ImageUrlContent | DocumentContent

ContentPartDict: TypeAlias = TextContentDict | ThinkingContentDict | ImageUrlContentDict | DocumentContentDict

CONTENT_PART_BY_TYPE: dict[str, type[ContentPart]] = {
    "text": TextContent,
    "thinking": ThinkingContent,
    "image_url": ImageUrlContent,
    "document": DocumentContent,
}
"""The class for each value of `type`."""
