"""The errors of cohere-chat. docs/errors.md has a table of them.

Belongs here: the classes, and which status has which class. Not known here: httpx's exceptions, when to retry.
Bad arguments raise TypeError or ValueError before anything is sent.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, ClassVar

import attrs
import httpx

from cohere_chat.types import ChatResponse, FromHeaders, shown


@attrs.define(slots=False, eq=False, repr=False)
class CohereChatError(FromHeaders, Exception):
    """The base class of all errors in this package. `str()` is one line: what happened, what to do, the request id.

    message:     what happened.
    headers:     the headers of the HTTP response; empty if there was none.
    status_code: the HTTP status; `None` if there was no response.
    """

    message: str
    headers: httpx.Headers = attrs.field(factory=httpx.Headers, kw_only=True)
    status_code: int | None = attrs.field(
        default=attrs.Factory(lambda error: getattr(error.headers, "status_code", None), takes_self=True), kw_only=True
    )

    def _line(self) -> str:
        return self.message

    def __str__(self) -> str:
        line = shown(" ".join(self._line().split()))
        line = f"{line[:1000]}..." if len(line) > 1000 else line
        return f"{line} (request id {self.request_id})" if self.request_id else line

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Callable[..., CohereChatError], tuple[Any, ...]]:  # Any: whatever an error carries
        return _restore, (type(self), self.__dict__, _portable(self.__cause__))

    def __copy__(self) -> CohereChatError:
        return _restore(type(self), self.__dict__, self.__cause__)


def _portable(cause: BaseException | None) -> BaseException | None:
    """Returns a cause that can be pickled. An httpx exception cannot, and its request's headers contain the key."""
    if cause is None or isinstance(cause, CohereChatError):
        return cause
    return Exception(f"{type(cause).__module__}.{type(cause).__qualname__}: {cause}")


def _restore(cls: type[CohereChatError], state: dict[str, Any], cause: BaseException | None) -> CohereChatError:
    error = cls.__new__(cls)
    error.__dict__.update(state)
    error.__cause__ = cause
    return error


class ConfigurationError(CohereChatError):
    """The client cannot be set up, or can no longer be used: it is closed, or of another event loop or process."""


@attrs.define(slots=False, eq=False, repr=False)
class APIConnectionError(CohereChatError):
    """There was no response, or it was cut off. `__cause__` is the httpx exception.

    attempts: how many times the request was sent, 1 or more.
    raw:      the bytes received of a non-streaming response; empty if there are none.
    partial:  the response so far, if a stream was cut off; else `None`.
    """

    attempts: int = attrs.field(default=1, kw_only=True)
    raw: bytes = attrs.field(default=b"", kw_only=True)
    partial: ChatResponse | None = attrs.field(default=None, kw_only=True)


class APITimeoutError(APIConnectionError):
    """A time limit was exceeded. The message says which: connect, write, read (between two bytes), pool or deadline."""


@attrs.define(slots=False, eq=False, repr=False)
class APIStatusError(CohereChatError):
    """The service returned a status that is not a success.

    message:     the service's message, else the text of the body, shortened, else the name of the status.
    status_code: the HTTP status.
    body:        the body as JSON, else as text; `None` if it is empty.
    raw:         the bytes of the body, decompressed as far as possible; at most the first 1 MiB.
    url:         the requested URL.
    attempts:    how many times the request was sent, 1 or more.
    retry_after: seconds to wait before retrying, from `retry-after-ms` or `retry-after`; `None` if neither was sent.
    """

    hint: ClassVar[str] = ""

    status_code: int = attrs.field(kw_only=True)  # pyright: ignore[reportIncompatibleVariableOverride]  # narrower
    body: Any = attrs.field(default=None, kw_only=True)  # Any: JSON
    raw: bytes = attrs.field(default=b"", kw_only=True)
    url: str = attrs.field(default="", kw_only=True)
    attempts: int = attrs.field(default=1, kw_only=True)
    retry_after: float | None = attrs.field(
        init=False, default=attrs.Factory(lambda error: _retry_after(error.headers), takes_self=True)
    )

    def _line(self) -> str:
        return ". ".join(filter(None, (f"{self.status_code} {self.message.rstrip('.')}", self.hint)))


# fmt: off
class BadRequestError(APIStatusError):
    """400: the service rejects a value or a combination of values."""
class AuthenticationError(APIStatusError):
    """401: the API key is missing or not valid."""
    hint = "Check the API key (api_key= or CO_API_KEY)"
class PaymentRequiredError(APIStatusError):
    """402: the account has reached its billing limit, or has no payment method."""
    hint = "Check the account's billing"
class PermissionDeniedError(APIStatusError):
    """403: the API key does not permit this."""
class NotFoundError(APIStatusError):
    """404: the model does not exist or is retired, or the base URL is wrong."""

    def _line(self) -> str:
        twice = ", which must not end with /v2" if "/v2/v2/" in self.url else ""
        return f"{super()._line()}. The URL was {self.url}. Check model= and the base URL{twice}"
class UnprocessableEntityError(APIStatusError):
    """422: the request has a field that the service does not know."""
class RateLimitError(APIStatusError):
    """429: too many requests, or a trial key is over its monthly limit, in which case retrying does not help."""
class BlockedTokenError(APIStatusError):
    """498: the text contains a blocked token. This is unrelated to the API key."""
class ClientClosedRequestError(APIStatusError):
    """499: the request was cancelled."""
class InternalServerError(APIStatusError):
    """500 and above: the service failed, or a proxy or gateway in front of it."""
# fmt: on


@attrs.define(slots=False, eq=False, repr=False)
class GenerationError(APIStatusError):
    """The model failed: a 422 with an `error_type`, or a stream that ends with the `finish_reason` ERROR.

    error_type: for example `INVALID_TOOL_GENERATION` (WIRE.md sections 5 and 6); `None` if the service did not send it.
    partial:    the response so far, for a stream; `None` for a non-streaming call.
    """

    error_type: str | None = attrs.field(default=None, kw_only=True)
    partial: ChatResponse | None = attrs.field(default=None, kw_only=True)

    def _line(self) -> str:
        line = f"the model failed ({self.error_type or self.status_code}): {self.message.rstrip('.')}"
        return f"{line}. The answer so far is in .partial" if self.partial is not None else line


@attrs.define(slots=False, eq=False, repr=False)
class APIResponseError(CohereChatError):
    """A success that cannot be read: HTML, not JSON, of another structure, or too large. `raw` has its bytes."""

    raw: bytes = attrs.field(kw_only=True)


@attrs.define(slots=False, eq=False, repr=False)
class ToolCallError(APIResponseError):
    """The tool calls of a response cannot be made: it was cut off, or a call has no id. None of them was made.

    raw:      the response as JSON.
    tool_run: the ToolRun so far, with this response in its last step.
    """

    tool_run: Any = attrs.field(default=None, kw_only=True)  # Any: ToolRun, which is a layer above


@attrs.define(slots=False, eq=False, repr=False)
class StreamError(CohereChatError):
    """A stream did not deliver its complete response. `partial` is the response so far."""

    partial: ChatResponse = attrs.field(kw_only=True)


class StreamTruncatedError(StreamError):
    """The bytes ended before `message-end`."""


@attrs.define(slots=False, eq=False, repr=False)
class StreamDecodeError(StreamError):
    """An event cannot be read: it is not JSON, lacks a required part, or is too large.

    raw: the data of the event, as received.
    """

    raw: bytes = attrs.field(kw_only=True)


STATUS_ERRORS: dict[int, type[APIStatusError]] = {
    400: BadRequestError, 401: AuthenticationError, 402: PaymentRequiredError, 403: PermissionDeniedError,
    404: NotFoundError, 422: UnprocessableEntityError, 429: RateLimitError, 498: BlockedTokenError,
    499: ClientClosedRequestError,
}  # fmt: skip


def status_error(
    status_code: int, headers: httpx.Headers, body: bytes, *, attempts: int, url: httpx.URL | str = ""
) -> APIStatusError:
    """Returns the error for a response that is not a success. Any part may be missing or broken (WIRE.md section 6)."""
    text = body.decode("utf-8", "replace").strip()
    try:
        parsed: Any = json.loads(body)  # Any: JSON
    except (ValueError, RecursionError):
        parsed = text or None
    told: dict[str, Any] = parsed if isinstance(parsed, dict) else {}
    message = str(told.get("message") or "") or (text if len(text) <= 200 else f"{text[:200]}...")
    if 300 <= status_code < 400:
        message = f"redirect to {headers.get('location', 'nowhere')}, not followed. Set base_url to the service itself"
    message = message or httpx.codes.get_reason_phrase(status_code) or "with an empty body"
    cls: Callable[..., APIStatusError]
    cls = STATUS_ERRORS.get(status_code, InternalServerError if status_code >= 500 else APIStatusError)
    if status_code == 422 and told.get("error_type"):
        cls = partial(GenerationError, error_type=str(told["error_type"]))
    carried: dict[str, Any] = {"body": parsed, "raw": body, "headers": headers, "url": str(url), "attempts": attempts}
    return cls(message, status_code=status_code, **carried)


def _retry_after(headers: httpx.Headers) -> float | None:
    """Returns seconds, 0 or more: `retry-after-ms`, else `retry-after` as a number or as a date relative to `date`."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "")
        try:
            seconds = float(value) * unit
        except ValueError:
            now = _time_of(headers.get("date", ""))
            seconds = _time_of(value) - (time.time() if math.isnan(now) else now)
            seconds = 0.0 if seconds < 0 else seconds  # a date in the past; NaN stays
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    return None


def _time_of(date: str) -> float:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return math.nan
