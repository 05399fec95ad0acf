"""What httpcore's `trace` extension says of an answer before httpx gives it.

Belongs here: reading the trace. Not known here: what follows from it (`hooks.py`, `cancelling.py`). A transport without
httpcore calls no trace; then nothing is known, and both do without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import httpx

_BUSY_AFTER = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete", "response_closed.started")


@attrs.define(eq=False, repr=False)
class Head:
    """The head of an answer.

    status_code, headers: as soon as they have come; `None` and empty before.
    busy:                 whether the connection is just being opened, or closed, which no cancellation may interrupt.
    """

    status_code: int | None = None
    headers: httpx.Headers = attrs.field(factory=httpx.Headers)
    busy: bool = False
    _of_a_proxy: bool = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:  # Any: httpcore's
        """httpcore calls this at each of its steps."""
        self.busy = event.endswith(_BUSY_AFTER)
        if event.endswith("send_request_headers.started"):  # again, if there is a proxy or an httpx.Auth
            self.status_code = None
            self._of_a_proxy = info["request"].method == b"CONNECT"
        elif event.endswith("receive_response_headers.complete") and not self._of_a_proxy:
            for value in info["return_value"]:  # HTTP/1.1 and HTTP/2 have them in other places
                if isinstance(value, int):
                    self.status_code = value
                elif isinstance(value, list):
                    self.headers = httpx.Headers(value)

    async def trace_async(self, event: str, info: Mapping[str, Any]) -> None:  # Any: as above
        """The same for async."""
        self.trace(event, info)
