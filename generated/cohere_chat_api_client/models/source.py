# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
"""A source of a citation."""

from typing import TypeAlias

from .document_source import DocumentSource, DocumentSourceDict
from .tool_source import ToolSource, ToolSourceDict

Source: TypeAlias = ToolSource | DocumentSource

SourceDict: TypeAlias = ToolSourceDict | DocumentSourceDict

SOURCE_BY_TYPE: dict[str, type[Source]] = {"tool": ToolSource, "document": DocumentSource}
"""The class for each value of `type`."""
