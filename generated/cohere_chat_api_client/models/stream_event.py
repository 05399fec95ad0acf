# Made from openapi/cohere-chat-api-openapi.yml by openapi-python-client 0.29.1 and ruff 0.17.6. Do not edit; remake it with: make generate
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.stream_event_event_type import StreamEventEventType
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.stream_event_delta import StreamEventDelta


T = TypeVar("T", bound="StreamEvent")


@_attrs_define
class StreamEvent:
    """A server-sent event emitted during streaming chat generation. Event types include stream-start, content-delta,
    citation-start, citation-end, tool-call-start, tool-call-delta, tool-call-end, and stream-end.

        Attributes:
            event_type (StreamEventEventType | Unset): The type of streaming event.
            delta (StreamEventDelta | Unset): The incremental content payload for delta events.
    """

    event_type: StreamEventEventType | Unset = UNSET
    delta: StreamEventDelta | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        event_type: str | Unset = UNSET
        if not isinstance(self.event_type, Unset):
            event_type = self.event_type.value

        delta: dict[str, Any] | Unset = UNSET
        if not isinstance(self.delta, Unset):
            delta = self.delta.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if event_type is not UNSET:
            field_dict["event_type"] = event_type
        if delta is not UNSET:
            field_dict["delta"] = delta

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.stream_event_delta import StreamEventDelta

        d = dict(src_dict)
        _event_type = d.pop("event_type", UNSET)
        event_type: StreamEventEventType | Unset
        if isinstance(_event_type, Unset):
            event_type = UNSET
        else:
            event_type = StreamEventEventType(_event_type)

        _delta = d.pop("delta", UNSET)
        delta: StreamEventDelta | Unset
        if isinstance(_delta, Unset):
            delta = UNSET
        else:
            delta = StreamEventDelta.from_dict(_delta)

        stream_event = cls(
            event_type=event_type,
            delta=delta,
        )

        stream_event.additional_properties = d
        return stream_event

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
