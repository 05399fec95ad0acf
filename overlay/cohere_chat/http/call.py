"""A prepared call: one request, ready to be sent as often as it takes.

Belongs here: what `wire.py` makes and `transport.py` sends. Not known here: how it is made, how it is sent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import attrs
import httpx

from .head import Head


@attrs.frozen(eq=False, repr=False)  # no repr: the headers have the key
class Call:
    """One request."""

    method: str
    url: httpx.URL
    headers: httpx.Headers
    content: bytes
    timeout: httpx.Timeout
    max_retries: int


@attrs.frozen(eq=False, repr=False)
class Answer:
    """A success whose body has begun: its first chunk and the rest, as sent. Whoever holds it closes `response`."""

    response: httpx.Response
    first: bytes
    rest: Iterator[bytes]
    call: Call
    attempts: int


@attrs.frozen(eq=False, repr=False)
class AsyncAnswer:
    """The same for async."""

    response: httpx.Response
    first: bytes
    rest: AsyncIterator[bytes]
    head: Head
    call: Call
    attempts: int
