"""Every error a user of cohere-chat can get.

    CohereChatError
      ConfigurationError            no key, a key that cannot be a header, a base URL that is none, a closed client
      APIConnectionError            no answer, or one that broke off: refused, reset, TLS, DNS
        APITimeoutError             connecting, sending, between two bytes, or waiting for a free connection
      APIStatusError                the service refused; one class for each status it documents:
        BadRequestError 400  AuthenticationError 401  PaymentRequiredError 402  PermissionDeniedError 403
        NotFoundError 404  UnprocessableEntityError 422  RateLimitError 429  BlockedTokenError 498
        ClientClosedRequestError 499  InternalServerError >= 500
        GenerationError             the model failed: 422 with error_type, or a stream that ends in ERROR
      APIResponseError              a 200 that is not what it should be
      StreamError                   a stream that cannot be finished
        StreamTruncatedError        its bytes ended before message-end
        StreamDecodeError           an event that is not JSON, or larger than the bound

Belongs here: the classes, and which status is which. Not known here: httpx's exceptions, when to retry.
Bad arguments are Python's own TypeError and ValueError, raised before anything is sent.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from .response import ChatResponse


def request_id(headers: httpx.Headers) -> str | None:
    """The service's id of a request: `x-debug-trace-id` (WIRE.md section 1)."""
    value: str | None = headers.get("x-debug-trace-id")
    return value


class CohereChatError(Exception):
    """The base of all errors of this package.

    request_id: the service's id of the request (`x-debug-trace-id`, WIRE.md section 1), to quote to its support;
        `None` when no answer came.
    """

    request_id: str | None = None

    def __str__(self) -> str:
        text = " ".join(super().__str__().split())
        return f"{text} (request id {self.request_id})" if self.request_id else text

    def __reduce__(self) -> tuple[Callable[..., CohereChatError], tuple[Any, ...]]:  # Any: an exception's own args
        return _restore, (type(self), self.args, self.__dict__)


def _restore(cls: type[CohereChatError], args: tuple[Any, ...], state: dict[str, Any]) -> CohereChatError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error


class ConfigurationError(CohereChatError):
    """The client cannot be set up, or cannot be used any more; nothing was sent."""


class APIConnectionError(CohereChatError):
    """No answer came, or it broke off. The cause is httpx's exception (`__cause__`).

    attempts: how many times the request was sent, 1 or more.
    raw:      the bytes of the answer's body that had come; empty when none had.
    partial:  for a stream that broke, the answer so far; else `None`.
    """

    def __init__(
        self,
        message: str,
        *,
        attempts: int = 1,
        raw: bytes = b"",
        partial: ChatResponse | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.attempts = attempts
        self.raw = raw
        self.partial = partial
        self.request_id = request_id


class APITimeoutError(APIConnectionError):
    """A time limit passed; the message says which: connect, write, read (between two bytes) or pool."""


class APIStatusError(CohereChatError):
    """The service answered with a status that is no success.

    status_code: the HTTP status.
    message:     the service's own sentence, else the body's text, shortened, else the status's name.
    body:        the body as JSON, else as text; `None` when empty.
    headers:     the answer's headers.
    retry_after: seconds to wait before trying again, from `retry-after-ms` or `retry-after`; `None` when not told.
    attempts:    how many times the request was sent, 1 or more.
    """

    hint: str = ""

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        body: Any = None,  # Any: JSON
        headers: httpx.Headers | None = None,
        attempts: int = 1,
    ) -> None:
        super().__init__(f"{status_code} {message.rstrip('.')}{'. ' if self.hint else ''}{self.hint}")
        self.status_code = status_code
        self.message = message
        self.body = body
        self.headers = headers if headers is not None else httpx.Headers()
        self.attempts = attempts
        self.retry_after = _retry_after(self.headers)
        self.request_id = request_id(self.headers)


class BadRequestError(APIStatusError):
    """400: a value, or a combination of values, that the service refuses."""


class AuthenticationError(APIStatusError):
    """401: no API key, or one that is not valid."""

    hint = "Check the API key (api_key= or CO_API_KEY)"


class PaymentRequiredError(APIStatusError):
    """402: the account's billing limit is reached or it has no payment method."""

    hint = "Check the account's billing"


class PermissionDeniedError(APIStatusError):
    """403: the key may not do this."""


class NotFoundError(APIStatusError):
    """404: a model that does not exist or is retired, or a base URL that leads elsewhere."""

    hint = "Check model= and the base URL"


class UnprocessableEntityError(APIStatusError):
    """422: a field that the service does not know."""


class RateLimitError(APIStatusError):
    """429: too many requests, or the trial key's monthly limit (then trying again does not help)."""


class BlockedTokenError(APIStatusError):
    """498: the text holds a token that is blocked. Not about the API key."""


class ClientClosedRequestError(APIStatusError):
    """499: the request was cancelled."""


class InternalServerError(APIStatusError):
    """500 and above: the service, or something in front of it, failed."""


class GenerationError(APIStatusError):
    """The model failed: a 422 that has an `error_type`, or a stream that ends in `finish_reason` ERROR.

    error_type: e.g. `INVALID_TOOL_GENERATION` (WIRE.md sections 5 and 6); `None` when not told.
    partial:    the answer so far, for a stream; `None` for a plain call.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        body: Any = None,  # Any: JSON
        headers: httpx.Headers | None = None,
        attempts: int = 1,
        error_type: str | None = None,
        partial: ChatResponse | None = None,
    ) -> None:
        super().__init__(message, status_code=status_code, body=body, headers=headers, attempts=attempts)
        self.error_type = error_type
        self.partial = partial


class APIResponseError(CohereChatError):
    """A success that cannot be read: HTML, no JSON, another shape. The answer is in `raw`.

    raw:         the bytes that cannot be read, whole.
    status_code: the HTTP status; `None` when the bytes are a part of an answer (a tool call's arguments).
    headers:     the answer's headers.
    """

    def __init__(
        self, message: str, *, raw: bytes, status_code: int | None = None, headers: httpx.Headers | None = None
    ) -> None:
        super().__init__(message)
        self.raw = raw
        self.status_code = status_code
        self.headers = headers if headers is not None else httpx.Headers()
        self.request_id = request_id(self.headers)


class StreamError(CohereChatError):
    """A stream did not give its whole answer.

    partial: the answer so far.
    """

    def __init__(self, message: str, *, partial: ChatResponse) -> None:
        super().__init__(message)
        self.partial = partial
        self.request_id = partial.request_id


class StreamTruncatedError(StreamError):
    """The bytes ended before `message-end`."""


class StreamDecodeError(StreamError):
    """An event cannot be read.

    raw: its data, UTF-8.
    """

    def __init__(self, message: str, *, partial: ChatResponse, raw: bytes) -> None:
        super().__init__(message, partial=partial)
        self.raw = raw


STATUS_ERRORS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: PaymentRequiredError,
    403: PermissionDeniedError,
    404: NotFoundError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    498: BlockedTokenError,
    499: ClientClosedRequestError,
}


def status_error(status_code: int, headers: httpx.Headers, body: bytes, *, attempts: int) -> APIStatusError:
    """The error for an answer that is no success. Every part of it may be missing or broken (WIRE.md section 6)."""
    text = body.decode("utf-8", "replace").strip()
    try:
        parsed: Any = json.loads(body)  # Any: JSON
    except (ValueError, RecursionError):
        parsed = text or None
    told: dict[str, Any] = parsed if isinstance(parsed, dict) else {}
    message = str(told.get("message") or "") or (text if len(text) <= 200 else f"{text[:200]}...")
    if 300 <= status_code < 400:
        message = f"redirect to {headers.get('location', 'nowhere')}, not followed. Set base_url to the service itself"
    message = message or _status_name(status_code)
    if status_code == 422 and told.get("error_type"):
        return GenerationError(
            message,
            status_code=status_code,
            body=parsed,
            headers=headers,
            attempts=attempts,
            error_type=str(told["error_type"]),
        )
    cls = STATUS_ERRORS.get(status_code, InternalServerError if status_code >= 500 else APIStatusError)
    return cls(message, status_code=status_code, body=parsed, headers=headers, attempts=attempts)


def _status_name(status_code: int) -> str:
    try:
        return HTTPStatus(status_code).phrase
    except ValueError:
        return "with an empty body"


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds, 0 or more: `retry-after-ms`, else `retry-after` as a number or as a date, seen from the answer's own."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "")
        try:
            seconds = float(value) * unit
        except ValueError:
            seconds = _seconds_until(value, headers.get("date", ""))
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def _seconds_until(date: str, now: str) -> float:
    try:
        then = parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return math.nan
    try:
        return then - parsedate_to_datetime(now).timestamp()
    except (ValueError, OverflowError):
        return then - time.time()
