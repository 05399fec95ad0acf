"""Workaround: what breaks between the head of an answer and its body is an error with the status that has come.

Upstream (httpx 0.28): `send()` raises without its response if a redirect's Location cannot be parsed, or if a response
hook of the user reads a body that breaks or raises for its status. A connection error would then hide the status, and a
success that has been paid for would be requested again.

Belongs here: turning such an exception into the error for that status. Not known here: sending, retrying.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import httpx

from cohere_chat.errors import APIResponseError, status_error

from .call import Call, Head
from .encoding import read_already
from .failures import connection_error, without_key


@contextmanager
def counting_the_status(head: Head, call: Call, attempts: int) -> Generator[None]:
    """Around `send()`."""
    try:
        yield
    except httpx.HTTPStatusError as error:  # a hook's
        response = without_key(error).response
        body = read_already(response) or b""
        raise status_error(response.status_code, response.headers, body, attempts=attempts, url=call.url) from error
    except httpx.RequestError as error:
        without_key(error)
        if head.status_code is None:
            raise
        if not httpx.codes.is_success(head.status_code):
            raise status_error(head.status_code, head.headers, b"", attempts=attempts, url=call.url) from error
        if isinstance(error, httpx.DecodingError):
            line = f"the content-encoding of the answer cannot be undone: {error}"
            raise APIResponseError(line, raw=b"", status_code=head.status_code, headers=head.headers) from error
        raise connection_error(error, call, attempts, headers=head.headers) from error
