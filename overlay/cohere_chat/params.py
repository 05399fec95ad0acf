"""The parameters of a call: the generated request options, and our own call options.

Belongs here: which class has which parameter. A door: only this module and `types.py` import generated models. Not
known here: how a parameter is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypedDict

import httpx

from cohere_chat import types
from cohere_chat_api_client.models import ChatRequestOptions, ChatRequestToolsOption

Messages: TypeAlias = Sequence[types.Message | types.MessageDict]


class Httpx2Timeout(Protocol):
    """An httpx2.Timeout. This and the next two are protocols because httpx2 need not be installed."""

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
    """The options of a single call that are not parameters of the API."""

    extra_headers: Mapping[str, str] | None
    """Additional headers for this call. They override the client's headers of the same name."""
    extra_body: Mapping[str, Any] | None  # Any: JSON
    """Request properties to send as they are. They override all parameters; a property that is `None` is not sent."""
    timeout: float | httpx.Timeout | Httpx2Timeout | None
    """Seconds for each wait, or an httpx or httpx2 Timeout; overrides the client's. `None` means no limit."""
    deadline: float | None
    """Seconds for the whole call, with retries and streaming; per request in a tool run. `None` means no limit."""
    max_retries: int | None
    """The maximum number of retries, 0 or more; overrides the client's. `None` uses the client's."""


class ToolRunParams(ChatRequestOptions, CallOptions, total=False):
    """ChatParams without `tools`, which is an argument of `run_tools`."""


class ChatParams(ToolRunParams, ChatRequestToolsOption, total=False):
    """Parameters besides `model` and `messages`: CallOptions, and the properties of `ChatRequest` as documented in
    `generated/openapi.yml`. A property that is `None` is not sent. The service applies defaults and checks limits."""


CALL_OPTIONS = frozenset(CallOptions.__annotations__)
REQUEST_PROPERTIES = frozenset(ChatParams.__annotations__) - CALL_OPTIONS  # what goes into the body of the request


class ClientOptions(TypedDict, total=False):
    """The options that `with_options` changes; see ChatClient. `headers` are added to those of the client."""

    timeout: float | httpx.Timeout | Httpx2Timeout | None
    max_retries: int
    headers: Mapping[str, str]
