# Made from openapi/cohere-chat-api-openapi.yml by openapi-python-client 0.29.1 and ruff 0.17.6. Do not edit; remake it with: make generate
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.stream_event_delta_message import StreamEventDeltaMessage


T = TypeVar("T", bound="StreamEventDelta")


@_attrs_define
class StreamEventDelta:
    """The incremental content payload for delta events.

    Attributes:
        message (StreamEventDeltaMessage | Unset):
    """

    message: StreamEventDeltaMessage | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        message: dict[str, Any] | Unset = UNSET
        if not isinstance(self.message, Unset):
            message = self.message.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if message is not UNSET:
            field_dict["message"] = message

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.stream_event_delta_message import StreamEventDeltaMessage

        d = dict(src_dict)
        _message = d.pop("message", UNSET)
        message: StreamEventDeltaMessage | Unset
        if isinstance(_message, Unset):
            message = UNSET
        else:
            message = StreamEventDeltaMessage.from_dict(_message)

        stream_event_delta = cls(
            message=message,
        )

        stream_event_delta.additional_properties = d
        return stream_event_delta

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
