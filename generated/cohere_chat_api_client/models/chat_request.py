# Made from openapi/cohere-chat-api-openapi.yml by openapi-python-client 0.29.1 and ruff 0.17.6. Do not edit; remake it with: make generate
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.chat_request_safety_mode import ChatRequestSafetyMode
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chat_request_response_format import ChatRequestResponseFormat
    from ..models.message import Message
    from ..models.tool import Tool


T = TypeVar("T", bound="ChatRequest")


@_attrs_define
class ChatRequest:
    """
    Attributes:
        model (str): The name of a compatible Cohere model to use for generation. Example: command-r-plus.
        messages (list[Message]): A list of chat messages in chronological order representing a conversation between the
            user and the model. Messages can be from User, Assistant, Tool, and System roles.
        tools (list[Tool] | Unset): A list of tools (functions) available to the model. The model may choose to call
            these tools during generation. Each tool is defined with a name, description, and JSON schema for parameters.
        max_tokens (int | Unset): The maximum number of output tokens the model will generate in the response. If not
            set, defaults to the model's maximum output token limit.
        stop_sequences (list[str] | Unset): A list of up to 5 strings that the model will use to stop generation. If the
            model generates a string matching any entry, it will stop generating tokens.
        temperature (float | Unset): A non-negative float that tunes the degree of randomness in generation. Lower
            temperatures mean less random generations and higher temperatures mean more random generations. Defaults to 0.3.
            Default: 0.3.
        response_format (ChatRequestResponseFormat | Unset): Controls the format of the model's output. Set type to
            json_object to force JSON output. Optionally provide a JSON Schema to ensure a specific structure.
        safety_mode (ChatRequestSafetyMode | Unset): Used to select the safety instruction inserted into the prompt.
            Defaults to CONTEXTUAL. Default: ChatRequestSafetyMode.CONTEXTUAL.
    """

    model: str
    messages: list[Message]
    tools: list[Tool] | Unset = UNSET
    max_tokens: int | Unset = UNSET
    stop_sequences: list[str] | Unset = UNSET
    temperature: float | Unset = 0.3
    response_format: ChatRequestResponseFormat | Unset = UNSET
    safety_mode: ChatRequestSafetyMode | Unset = ChatRequestSafetyMode.CONTEXTUAL
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        model = self.model

        messages = []
        for messages_item_data in self.messages:
            messages_item = messages_item_data.to_dict()
            messages.append(messages_item)

        tools: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.tools, Unset):
            tools = []
            for tools_item_data in self.tools:
                tools_item = tools_item_data.to_dict()
                tools.append(tools_item)

        max_tokens = self.max_tokens

        stop_sequences: list[str] | Unset = UNSET
        if not isinstance(self.stop_sequences, Unset):
            stop_sequences = self.stop_sequences

        temperature = self.temperature

        response_format: dict[str, Any] | Unset = UNSET
        if not isinstance(self.response_format, Unset):
            response_format = self.response_format.to_dict()

        safety_mode: str | Unset = UNSET
        if not isinstance(self.safety_mode, Unset):
            safety_mode = self.safety_mode.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "model": model,
                "messages": messages,
            }
        )
        if tools is not UNSET:
            field_dict["tools"] = tools
        if max_tokens is not UNSET:
            field_dict["max_tokens"] = max_tokens
        if stop_sequences is not UNSET:
            field_dict["stop_sequences"] = stop_sequences
        if temperature is not UNSET:
            field_dict["temperature"] = temperature
        if response_format is not UNSET:
            field_dict["response_format"] = response_format
        if safety_mode is not UNSET:
            field_dict["safety_mode"] = safety_mode

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.chat_request_response_format import ChatRequestResponseFormat
        from ..models.message import Message
        from ..models.tool import Tool

        d = dict(src_dict)
        model = d.pop("model")

        messages = []
        _messages = d.pop("messages")
        for messages_item_data in _messages:
            messages_item = Message.from_dict(messages_item_data)

            messages.append(messages_item)

        _tools = d.pop("tools", UNSET)
        tools: list[Tool] | Unset = UNSET
        if _tools is not UNSET:
            tools = []
            for tools_item_data in _tools:
                tools_item = Tool.from_dict(tools_item_data)

                tools.append(tools_item)

        max_tokens = d.pop("max_tokens", UNSET)

        stop_sequences = cast(list[str], d.pop("stop_sequences", UNSET))

        temperature = d.pop("temperature", UNSET)

        _response_format = d.pop("response_format", UNSET)
        response_format: ChatRequestResponseFormat | Unset
        if isinstance(_response_format, Unset):
            response_format = UNSET
        else:
            response_format = ChatRequestResponseFormat.from_dict(_response_format)

        _safety_mode = d.pop("safety_mode", UNSET)
        safety_mode: ChatRequestSafetyMode | Unset
        if isinstance(_safety_mode, Unset):
            safety_mode = UNSET
        else:
            safety_mode = ChatRequestSafetyMode(_safety_mode)

        chat_request = cls(
            model=model,
            messages=messages,
            tools=tools,
            max_tokens=max_tokens,
            stop_sequences=stop_sequences,
            temperature=temperature,
            response_format=response_format,
            safety_mode=safety_mode,
        )

        chat_request.additional_properties = d
        return chat_request

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
