# Generated from openapi/cohere-chat-api-openapi.yml and overlay/cohere-chat-api.overlay.yaml by openapi-python-client 0.29.1, ruff 0.17.6. Do not edit; regenerate with: make generate
"""One message of a conversation."""

from typing import TypeAlias

from .assistant_message import AssistantMessage, AssistantMessageDict
from .system_message import SystemMessage, SystemMessageDict
from .tool_message import ToolMessage, ToolMessageDict
from .user_message import UserMessage, UserMessageDict

Message: TypeAlias = UserMessage | SystemMessage | AssistantMessage | ToolMessage

MessageDict: TypeAlias = UserMessageDict | SystemMessageDict | AssistantMessageDict | ToolMessageDict

MESSAGE_BY_ROLE: dict[str, type[Message]] = {
    "user": UserMessage,
    "system": SystemMessage,
    "assistant": AssistantMessage,
    "tool": ToolMessage,
}
"""The class for each value of `role`."""
