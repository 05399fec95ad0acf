# Made from openapi/cohere-chat-api-openapi.yml by openapi-python-client 0.29.1 and ruff 0.17.6. Do not edit; remake it with: make generate
from enum import StrEnum


class ChatResponseFinishReason(StrEnum):
    """Open: a value that the spec does not list becomes a member that keeps it."""

    COMPLETE = "complete"
    ERROR = "error"
    MAX_TOKENS = "max_tokens"
    STOP_SEQUENCE = "stop_sequence"
    TIMEOUT = "timeout"
    TOOL_CALL = "tool_call"

    @classmethod
    def _missing_(cls, value: object) -> "ChatResponseFinishReason | None":
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    def __str__(self) -> str:
        return str(self.value)

    def __reduce_ex__(
        self, protocol: object
    ) -> "tuple[type[ChatResponseFinishReason], tuple[str]]":
        return ChatResponseFinishReason, (self.value,)
