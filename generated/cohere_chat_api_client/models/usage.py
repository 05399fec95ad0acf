# Made from openapi/cohere-chat-api-openapi.yml by openapi-python-client 0.29.1 and ruff 0.17.6. Do not edit; remake it with: make generate
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.usage_billed_units import UsageBilledUnits
    from ..models.usage_tokens import UsageTokens


T = TypeVar("T", bound="Usage")


@_attrs_define
class Usage:
    """
    Attributes:
        billed_units (UsageBilledUnits | Unset):
        tokens (UsageTokens | Unset):
    """

    billed_units: UsageBilledUnits | Unset = UNSET
    tokens: UsageTokens | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        billed_units: dict[str, Any] | Unset = UNSET
        if not isinstance(self.billed_units, Unset):
            billed_units = self.billed_units.to_dict()

        tokens: dict[str, Any] | Unset = UNSET
        if not isinstance(self.tokens, Unset):
            tokens = self.tokens.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if billed_units is not UNSET:
            field_dict["billed_units"] = billed_units
        if tokens is not UNSET:
            field_dict["tokens"] = tokens

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.usage_billed_units import UsageBilledUnits
        from ..models.usage_tokens import UsageTokens

        d = dict(src_dict)
        _billed_units = d.pop("billed_units", UNSET)
        billed_units: UsageBilledUnits | Unset
        if isinstance(_billed_units, Unset):
            billed_units = UNSET
        else:
            billed_units = UsageBilledUnits.from_dict(_billed_units)

        _tokens = d.pop("tokens", UNSET)
        tokens: UsageTokens | Unset
        if isinstance(_tokens, Unset):
            tokens = UNSET
        else:
            tokens = UsageTokens.from_dict(_tokens)

        usage = cls(
            billed_units=billed_units,
            tokens=tokens,
        )

        usage.additional_properties = d
        return usage

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
