# Made from openapi/cohere-chat-api-openapi.yml by openapi-python-client 0.29.1 and ruff 0.17.6. Do not edit; remake it with: make generate
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.chat_request_response_format_type import ChatRequestResponseFormatType
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chat_request_response_format_json_schema import (
        ChatRequestResponseFormatJsonSchema,
    )


T = TypeVar("T", bound="ChatRequestResponseFormat")


@_attrs_define
class ChatRequestResponseFormat:
    """Controls the format of the model's output. Set type to json_object to force JSON output. Optionally provide a JSON
    Schema to ensure a specific structure.

        Attributes:
            type_ (ChatRequestResponseFormatType | Unset): The format type for the response output.
            json_schema (ChatRequestResponseFormatJsonSchema | Unset): An optional JSON Schema that the output must conform
                to when type is json_object.
    """

    type_: ChatRequestResponseFormatType | Unset = UNSET
    json_schema: ChatRequestResponseFormatJsonSchema | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_: str | Unset = UNSET
        if not isinstance(self.type_, Unset):
            type_ = self.type_.value

        json_schema: dict[str, Any] | Unset = UNSET
        if not isinstance(self.json_schema, Unset):
            json_schema = self.json_schema.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if type_ is not UNSET:
            field_dict["type"] = type_
        if json_schema is not UNSET:
            field_dict["json_schema"] = json_schema

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.chat_request_response_format_json_schema import (
            ChatRequestResponseFormatJsonSchema,
        )

        d = dict(src_dict)
        _type_ = d.pop("type", UNSET)
        type_: ChatRequestResponseFormatType | Unset
        if isinstance(_type_, Unset):
            type_ = UNSET
        else:
            type_ = ChatRequestResponseFormatType(_type_)

        _json_schema = d.pop("json_schema", UNSET)
        json_schema: ChatRequestResponseFormatJsonSchema | Unset
        if isinstance(_json_schema, Unset):
            json_schema = UNSET
        else:
            json_schema = ChatRequestResponseFormatJsonSchema.from_dict(_json_schema)

        chat_request_response_format = cls(
            type_=type_,
            json_schema=json_schema,
        )

        chat_request_response_format.additional_properties = d
        return chat_request_response_format

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
