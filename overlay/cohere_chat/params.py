"""The parameters of a call: the generated options of a request, and the options of a call that are ours.

Belongs here: which class has which. A door: besides `types.py` the only module that imports generated models. Not known
here: what becomes of a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypedDict

import httpx

from cohere_chat import types
from cohere_chat_api_client.models import ChatRequestOptions, ChatRequestToolsOption

Messages: TypeAlias = Sequence[types.Message | types.MessageDict]


class Httpx2Timeout(Protocol):
    """An httpx2.Timeout: a protocol, as the two below, since httpx2 need not be installed."""

    def as_dict(self) -> dict[str, float | None]: ...  # noqa: D102  # of httpx2, here and below


class Httpx2Client(Protocol):
    """An httpx2.Client."""

    def build_request(self, method: str, url: str) -> Any: ...  # noqa: D102  # Any: of httpx2
    def close(self) -> None: ...  # noqa: D102


class Httpx2AsyncClient(Protocol):
    """An httpx2.AsyncClient."""

    def build_request(self, method: str, url: str) -> Any: ...  # noqa: D102  # Any: of httpx2
    async def aclose(self) -> None: ...  # noqa: D102


class CallOptions(TypedDict, total=False):
    """The options of one call that are not part of the request."""

    extra_headers: Mapping[str, str] | None
    """Headers to send beside, or instead of, the client's."""
    extra_body: Mapping[str, Any] | None  # Any: JSON
    """Request properties to send as they are. They win over all others; one that is `None` is not sent at all."""
    timeout: float | httpx.Timeout | Httpx2Timeout | None
    """Seconds between two bytes, or a Timeout of httpx or httpx2, instead of the client's. `None` means no limit."""
    deadline: float | None
    """Seconds for the whole call, retries and streaming included; for each one of a tool run. `None` means no limit."""
    max_retries: int | None
    """How often to try again, 0 or more, instead of the client's. `None` leaves it to the client."""


class ToolRunParams(ChatRequestOptions, CallOptions, total=False):
    """ChatParams without `tools`, which `run_tools` takes as functions."""


class ChatParams(ToolRunParams, ChatRequestToolsOption, total=False):
    """What a call takes beside `model` and `messages`: the properties of `ChatRequest` in `generated/openapi.yml`, with
    its descriptions. `None` means not set, and is not sent. The service applies the defaults and checks the limits."""


CALL_OPTIONS = frozenset(CallOptions.__annotations__)
REQUEST_PROPERTIES = frozenset(ChatParams.__annotations__) - CALL_OPTIONS  # what goes into the body of the request


class ClientOptions(TypedDict, total=False):
    """What `with_options` changes; see ChatClient for each."""

    timeout: float | httpx.Timeout | Httpx2Timeout | None
    max_retries: int
    headers: Mapping[str, str]
