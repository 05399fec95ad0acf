# Made from openapi/cohere-chat-api-openapi.yml by openapi-python-client 0.29.1 and ruff 0.17.6. Do not edit; remake it with: make generate
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.stream_event_delta_message_content import (
        StreamEventDeltaMessageContent,
    )


T = TypeVar("T", bound="StreamEventDeltaMessage")


@_attrs_define
class StreamEventDeltaMessage:
    """
    Attributes:
        content (StreamEventDeltaMessageContent | Unset):
    """

    content: StreamEventDeltaMessageContent | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        content: dict[str, Any] | Unset = UNSET
        if not isinstance(self.content, Unset):
            content = self.content.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if content is not UNSET:
            field_dict["content"] = content

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.stream_event_delta_message_content import (
            StreamEventDeltaMessageContent,
        )

        d = dict(src_dict)
        _content = d.pop("content", UNSET)
        content: StreamEventDeltaMessageContent | Unset
        if isinstance(_content, Unset):
            content = UNSET
        else:
            content = StreamEventDeltaMessageContent.from_dict(_content)

        stream_event_delta_message = cls(
            content=content,
        )

        stream_event_delta_message.additional_properties = d
        return stream_event_delta_message

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
