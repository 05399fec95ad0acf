# Made from openapi/cohere-chat-api-openapi.yml by openapi-python-client 0.29.1 and ruff 0.17.6. Do not edit; remake it with: make generate
from enum import StrEnum


class StreamEventEventType(StrEnum):
    """Open: a value that the spec does not list becomes a member that keeps it."""

    CITATION_END = "citation-end"
    CITATION_START = "citation-start"
    CONTENT_DELTA = "content-delta"
    STREAM_END = "stream-end"
    STREAM_START = "stream-start"
    TOOL_CALL_DELTA = "tool-call-delta"
    TOOL_CALL_END = "tool-call-end"
    TOOL_CALL_START = "tool-call-start"

    @classmethod
    def _missing_(cls, value: object) -> "StreamEventEventType | None":
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    def __str__(self) -> str:
        return str(self.value)

    def __reduce_ex__(
        self, protocol: object
    ) -> "tuple[type[StreamEventEventType], tuple[str]]":
        return StreamEventEventType, (self.value,)
