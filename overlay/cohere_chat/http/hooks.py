"""Workaround: a failure between the head and the body of an answer becomes an error with the status received.

Upstream (httpx 0.28): `send()` raises without its response if a Location is not a URL, or if a response hook of the
user raises. A connection error would then hide the status, and a success that is billed would be requested again.

Belongs here: turning such an exception into the error for that status. Not known here: sending, retrying.
"""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx

from cohere_chat.errors import APIResponseError, status_error
from cohere_chat.http.call import Exchange
from cohere_chat.http.encoding import read_already
from cohere_chat.http.failures import connection_error, without_key


@contextmanager
def counting_the_status(exchange: Exchange[Any]) -> Generator[None]:  # Any: sync or async
    """Wraps `send()`."""
    refusal = partial(status_error, attempts=exchange.attempts, url=exchange.call.url)
    try:
        yield
    except httpx.HTTPStatusError as error:  # raised by a hook
        response = without_key(error).response
        exchange.received(response.status_code, response.headers)
        body = read_already(response) or b""
        raise refusal(response.status_code, response.headers, body) from error
    except httpx.RequestError as error:
        without_key(error)
        status, headers = exchange.status_code, exchange.headers
        if status is None:
            raise
        if not httpx.codes.is_success(status):
            raise refusal(status, headers, b"") from error
        if isinstance(error, httpx.DecodingError):
            line = f"the content-encoding of the response cannot be decoded: {error}"
            raise APIResponseError(line, raw=b"", status_code=status, headers=headers) from error
        raise connection_error(error, exchange, headers) from error
