"""httpx's exceptions -> our errors.

Belongs here: what a connection error says and carries. Not known here: when one is raised, what is retried.
"""

from contextlib import suppress
from typing import Any, TypeVar

import httpx

from cohere_chat.errors import APIConnectionError, APITimeoutError
from cohere_chat.http.call import Exchange

E = TypeVar("E", bound=Exception)

# For each httpx exception, what was being done, and the name of the limit in httpx.Timeout.
_TIMEOUTS: dict[type[httpx.RequestError], tuple[str, str]] = {
    httpx.ConnectTimeout: ("connecting", "connect"),
    httpx.WriteTimeout: ("sending the request", "write"),
    httpx.ReadTimeout: ("waiting for the next bytes", "read"),
    httpx.PoolTimeout: ("waiting for a free connection in the pool", "pool"),
}


def without_key(error: E) -> E:
    """Removes the key from an httpx exception that becomes a cause: its request has the key in a header."""
    with suppress(RuntimeError):  # it has no request
        request: httpx.Request | None = getattr(error, "request", None)
        if request is not None:
            request.headers.pop("authorization", None)
    return error


def connection_error(
    error: httpx.RequestError, exchange: Exchange[Any], headers: httpx.Headers | None = None, raw: bytes = b""
) -> APIConnectionError:
    """Returns our error for one of httpx. `headers` are the response's, if it had begun. Any: sync or async."""
    if exchange.request is not None and (request := exchange.request()) is not None:
        error.request = request  # as `iter_raw()` would have done; see `transport.py`
    without_key(error)
    call, attempts = exchange.call, exchange.attempts
    host = call.url.netloc.decode()
    times = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    cls = APIConnectionError
    if exchange.connections.closed:
        line = "the client was closed before the response was complete"
    elif type(error) in _TIMEOUTS:
        cls = APITimeoutError
        doing, limit = _TIMEOUTS[type(error)]
        line = f"{host}: timed out {doing} after {call.timeout.as_dict()[limit]} s ({times}). Try a larger timeout="
        if call.deadline is not None and exchange.limits.left() < 0.01:
            line = f"{host}: the deadline of {call.deadline} s passed ({times}). Try a larger deadline="
    elif headers is not None:
        line = f"{host}: the connection was lost during the response: {_cause(error)}"
    else:
        line = f"{host}: no response ({times}): {_cause(error)}. Check the base URL, proxies and the network"
    return cls(line, headers=headers or httpx.Headers(), attempts=attempts, raw=raw)


def _cause(error: BaseException) -> str:
    """Returns the message of an exception, else of its cause, else its name. The messages of trio are often empty."""
    below = error.__cause__ or error.__context__
    return str(error).rstrip(".") or (_cause(below) if below is not None else type(error).__name__)
