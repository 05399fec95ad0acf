"""`cohere.errors`: the errors of the official SDK, which are our own under its names.

Belongs here: the names, and which error is also an exception of httpx: the official SDK lets those through. Not known
here: what raises an error.
"""

from __future__ import annotations

from functools import cache
from types import TracebackType
from typing import Any

import httpx

from cohere_chat.errors import APIConnectionError as APIConnectionError
from cohere_chat.errors import APIStatusError as ApiError
from cohere_chat.errors import AuthenticationError as UnauthorizedError
from cohere_chat.errors import BadRequestError as BadRequestError
from cohere_chat.errors import BlockedTokenError as InvalidTokenError
from cohere_chat.errors import ClientClosedRequestError as ClientClosedRequestError
from cohere_chat.errors import InternalServerError as InternalServerError
from cohere_chat.errors import NotFoundError as NotFoundError
from cohere_chat.errors import PermissionDeniedError as ForbiddenError
from cohere_chat.errors import RateLimitError as TooManyRequestsError
from cohere_chat.errors import UnprocessableEntityError as UnprocessableEntityError

__all__ = [
    "APIConnectionError", "ApiError", "BadRequestError", "ClientClosedRequestError", "ForbiddenError",
    "GatewayTimeoutError", "InternalServerError", "InvalidTokenError", "NotFoundError", "NotImplementedError",
    "ServiceUnavailableError", "TooManyRequestsError", "UnauthorizedError", "UnprocessableEntityError",
]  # fmt: skip


class NotImplementedError(InternalServerError):  # noqa: A001  # theirs
    """501."""


class ServiceUnavailableError(InternalServerError):
    """503."""


class GatewayTimeoutError(InternalServerError):
    """504."""


_BY_STATUS = {501: NotImplementedError, 503: ServiceUnavailableError, 504: GatewayTimeoutError}


@cache
def _also(ours: Any, theirs: Any) -> Any:  # Any: classes of errors, which mypy takes for values that have no hash
    """A class of errors that are caught by both names. They have no request: that one has the key."""
    if issubclass(ours, theirs):
        return ours

    def reduce(error: APIConnectionError) -> Any:  # Any: as pickle wants it. A class made here has no address
        restore, (_, *state) = ours.__reduce__(error)
        return restore, (ours, *state)

    told = {"__doc__": ours.__doc__, "__module__": __name__, "__reduce__": reduce, "_request": None}
    return type(ours.__name__, (ours, theirs), told)


class _TheirErrors:
    """Within it, an error of the native client becomes one that code for the official SDK catches."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, traceback: TracebackType | None) -> None:
        cls: Any = type(error)  # Any: as for `_also`
        cause = None if error is None else error.__cause__
        if isinstance(error, InternalServerError):
            cls = _BY_STATUS.get(error.status_code, cls)
        elif isinstance(error, APIConnectionError) and isinstance(cause, httpx.RequestError):
            cls = _also(cls, type(cause))  # type: ignore[arg-type]  # mypy: a class is not hashable if its values are not
        if error is not None and cls is not type(error):
            made: BaseException = cls.__new__(cls)
            made.__dict__.update(vars(error))
            raise made.with_traceback(traceback) from cause


their_errors = _TheirErrors()
