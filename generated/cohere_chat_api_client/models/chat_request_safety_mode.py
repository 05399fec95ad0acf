# Made from openapi/cohere-chat-api-openapi.yml by openapi-python-client 0.29.1 and ruff 0.17.6. Do not edit; remake it with: make generate
from enum import StrEnum


class ChatRequestSafetyMode(StrEnum):
    """Open: a value that the spec does not list becomes a member that keeps it."""

    CONTEXTUAL = "CONTEXTUAL"
    NONE = "NONE"
    STRICT = "STRICT"

    @classmethod
    def _missing_(cls, value: object) -> "ChatRequestSafetyMode | None":
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    def __str__(self) -> str:
        return str(self.value)

    def __reduce_ex__(
        self, protocol: object
    ) -> "tuple[type[ChatRequestSafetyMode], tuple[str]]":
        return ChatRequestSafetyMode, (self.value,)
