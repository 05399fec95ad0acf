"""httpx's exceptions -> our errors.

Belongs here: what a connection error says and carries. Not known here: when one is raised, what is tried again.
"""

from contextlib import suppress
from typing import Any, TypeVar

import httpx

from cohere_chat.errors import APIConnectionError, APITimeoutError
from cohere_chat.http.call import Exchange

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
    error: httpx.RequestError, exchange: Exchange[Any], headers: httpx.Headers | None = None, raw: bytes = b""
) -> APIConnectionError:
    """Our error for one of httpx. `headers` are those of the answer, if it had begun. Any: of either face."""
    if exchange.request is not None and (request := exchange.request()) is not None:
        error.request = request  # as `iter_raw()` would have done; see `transport.py`
    without_key(error)
    call, attempts = exchange.call, exchange.attempts
    host = call.url.netloc.decode()
    times = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    cls = APIConnectionError
    if exchange.connections.closed:
        line = "the client was closed before the answer was whole"
    elif type(error) in _TIMEOUTS:
        cls = APITimeoutError
        doing, limit = _TIMEOUTS[type(error)]
        line = f"{host}: timed out {doing} after {call.timeout.as_dict()[limit]} s ({times}). Raise timeout= for more"
        if call.deadline is not None and exchange.limits.left() < 0.01:
            line = f"{host}: the deadline of {call.deadline} s passed ({times}). Raise deadline= for more"
    elif headers is not None:
        line = f"{host}: the connection broke off in the answer: {_cause(error)}"
    else:
        line = f"{host}: no answer ({times}): {_cause(error)}. Check the base URL, proxies and the network"
    return cls(line, headers=headers or httpx.Headers(), attempts=attempts, raw=raw)


def _cause(error: BaseException) -> str:
    """What an exception says, else what its cause says, else its name: the messages of trio's are often empty."""
    below = error.__cause__ or error.__context__
    return str(error).rstrip(".") or (_cause(below) if below is not None else type(error).__name__)
