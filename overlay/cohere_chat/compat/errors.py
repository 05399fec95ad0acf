"""`cohere.errors`: our own errors under the official SDK's names.

Belongs here: the names, and which errors are also httpx exceptions, since the official SDK lets those through. Not
known here: what raises an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import TracebackType
from typing import Any, ClassVar

import httpx

from cohere_chat import errors
from cohere_chat.errors import APIConnectionError as APIConnectionError
from cohere_chat.errors import APIResponseError, APIStatusError


class ApiError(APIStatusError):
    """The base class of all HTTP status errors, with the official SDK's constructor. The details are in `body`."""

    status: ClassVar[int | None] = None

    def __init__(
        self,
        body: Any = None,  # Any: JSON
        headers: Mapping[str, str] | None = None,
        *,
        status_code: int | None = None,
    ) -> None:
        told = body.get("message") if isinstance(body, dict) else body
        code: Any = status_code or self.status  # Any: `None` is kept, as in the official SDK
        super().__init__(str(told or ""), status_code=code, body=body, headers=httpx.Headers(dict(headers or {})))


_NAMES = {
    "BadRequestError": (errors.BadRequestError, 400),
    "UnauthorizedError": (errors.AuthenticationError, 401),
    "ForbiddenError": (errors.PermissionDeniedError, 403),
    "NotFoundError": (errors.NotFoundError, 404),
    "UnprocessableEntityError": (errors.UnprocessableEntityError, 422),
    "TooManyRequestsError": (errors.RateLimitError, 429),
    "InvalidTokenError": (errors.BlockedTokenError, 498),
    "ClientClosedRequestError": (errors.ClientClosedRequestError, 499),
    "InternalServerError": (errors.InternalServerError, 500),
    "NotImplementedError": (errors.InternalServerError, 501),
    "ServiceUnavailableError": (errors.InternalServerError, 503),
    "GatewayTimeoutError": (errors.InternalServerError, 504),
}
_MADE: dict[str, type[APIStatusError]] = {
    name: type(name, (ApiError, ours), {"__doc__": f"HTTP {status}.", "__module__": __name__, "status": status})
    for name, (ours, status) in _NAMES.items()
}
globals().update(_MADE)
_BY_STATUS = {_NAMES[name][1]: cls for name, cls in _MADE.items()}
_BY_CLASS = {ours: _MADE[name] for name, (ours, _) in reversed(_NAMES.items())}

__all__ = ["APIConnectionError", "ApiError", *_MADE]  # pyright: ignore[reportUnsupportedDunderAll]  # of a table


def __getattr__(name: str) -> Any:  # Any: for type checkers, since the classes are built from a table
    """Raises AttributeError for a name that is not an error."""
    raise AttributeError(f"cohere_chat.compat.errors has no {name}", name=name)


def _both(name: str, doc: str, *bases: type) -> Any:  # Any: a class whose bases conflict for type checkers
    return type(name, bases, {"__doc__": doc, "__module__": __name__})


# Our errors that have another name in the official SDK, or none.
GenerationError = _both(
    "GenerationError", "A 422 because the model failed.", _MADE["UnprocessableEntityError"], errors.GenerationError
)
PaymentRequiredError = _both("PaymentRequiredError", "HTTP 402.", ApiError, errors.PaymentRequiredError)
UnreadableError = _both("UnreadableError", "A plain answer that cannot be read.", ApiError, APIResponseError)
_OURS: dict[Any, Any] = {errors.GenerationError: GenerationError, errors.PaymentRequiredError: PaymentRequiredError}


@cache
def _also(ours: Any, theirs: Any) -> Any:  # Any: error classes, which mypy takes for unhashable values
    """Returns an error class that both names catch. Its errors have no request, since that holds the key."""
    if issubclass(ours, theirs):
        return ours

    def reduce(error: APIConnectionError) -> Any:  # Any: as pickle requires. A class made here cannot be imported
        restore, (_, *state) = ours.__reduce__(error)
        return restore, (ours, *state)

    told = {"__doc__": ours.__doc__, "__module__": __name__, "__reduce__": reduce, "_request": None}
    return type(ours.__name__, (ours, theirs), told)


class _TheirErrors:
    """A context that turns errors of the native client into errors that code for the official SDK catches."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, traceback: TracebackType | None) -> None:
        cls: Any = type(error)  # Any: as for `_also`
        cause = None if error is None else error.__cause__
        if isinstance(error, errors.GenerationError) and error.status_code != 422:
            return  # the end of a stream, which the official SDK yields as an event
        if isinstance(error, APIStatusError) and not isinstance(error, ApiError):
            cls = _OURS.get(cls) or _BY_STATUS.get(error.status_code) or _BY_CLASS.get(cls, ApiError)
        elif cls is APIResponseError:
            cls = UnreadableError
        elif isinstance(error, APIConnectionError) and isinstance(cause, httpx.RequestError):
            cls = _also(cls, type(cause))  # type: ignore[arg-type]  # mypy: a class is unhashable if its instances are
        if error is not None and cls is not type(error):
            made: BaseException = cls.__new__(cls)
            made.__dict__.update(vars(error))
            raise made.with_traceback(traceback) from cause


their_errors = _TheirErrors()
