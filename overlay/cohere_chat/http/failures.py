"""httpx's exceptions -> our errors.

Belongs here: what a connection error says and carries. Not known here: when one is raised, what is tried again.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TypeVar

import httpx

from cohere_chat.errors import APIConnectionError, APITimeoutError
from cohere_chat.types import ChatResponse

from .call import Answer, Call

E = TypeVar("E", bound=Exception)

# What was being done, by httpx's exception, and the name of the limit in httpx.Timeout.
_TIMEOUTS: dict[type[httpx.RequestError], tuple[str, str]] = {
    httpx.ConnectTimeout: ("connecting", "connect"),
    httpx.WriteTimeout: ("sending the request", "write"),
    httpx.ReadTimeout: ("waiting for the next bytes", "read"),
    httpx.PoolTimeout: ("waiting for a free connection of the pool", "pool"),
}


def without_key(error: E) -> E:
    """An exception of httpx that becomes a cause: it holds the request, whose headers have the key."""
    with suppress(RuntimeError):  # it has none
        request: httpx.Request | None = getattr(error, "request", None)
        if request is not None:
            request.headers.pop("authorization", None)
    return error


def connection_error(
    error: httpx.RequestError,
    call: Call,
    attempts: int,
    *,
    headers: httpx.Headers | None = None,
    raw: bytes = b"",
    partial: ChatResponse | None = None,
) -> APIConnectionError:
    """Our error for one of httpx. `headers` are those of the answer, if it had begun."""
    without_key(error)
    host = call.url.netloc.decode()
    times = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    cls = APIConnectionError
    if type(error) in _TIMEOUTS:
        cls = APITimeoutError
        doing, limit = _TIMEOUTS[type(error)]
        line = f"{host}: timed out {doing} after {call.timeout.as_dict()[limit]} s ({times}). Raise timeout= for more"
    elif headers is not None:
        line = f"{host}: the connection broke off in the answer: {_cause(error)}"
    else:
        line = f"{host}: no answer ({times}): {_cause(error)}. Check the base URL, proxies and the network"
    return cls(line, headers=headers or httpx.Headers(), attempts=attempts, raw=raw, partial=partial)


def broken_off(
    error: httpx.RequestError, answer: Answer[Any], *, raw: bytes = b"", partial: ChatResponse | None = None
) -> APIConnectionError:
    """Our error for a body that breaks off. Any: of either face."""
    name_request(error, answer.response)
    headers = answer.response.headers
    ours = connection_error(error, answer.call, answer.attempts, headers=headers, raw=raw, partial=partial)
    if answer.connections.closed:
        ours.message = "the client was closed before the answer was whole"
    return ours


def name_request(error: BaseException, response: httpx.Response) -> None:
    """Gives an exception its request, as `iter_raw()` would have done (see `transport.py`)."""
    if isinstance(error, httpx.RequestError):
        error.request = response.request


def _cause(error: BaseException) -> str:
    """What an exception says, else what its cause says, else its name: the messages of trio's are often empty."""
    below = error.__cause__ or error.__context__
    return str(error).rstrip(".") or (_cause(below) if below is not None else type(error).__name__)
