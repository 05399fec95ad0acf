"""The faults of an answer: it is cut off, stalls, or has an event that cannot be read.

Belongs here: the faults, and how to apply them to a connection. Not known here: which answers have one.
"""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Iterator
from typing import Literal

import attrs
from werkzeug import Request, Response

from .answers import JSON


@attrs.frozen
class Fault:
    """A fault in a stream after a number of events, or in the middle of a plain answer."""

    kind: Literal["cut", "stall", "insert", "garble", "error"]
    after_events: int
    how: str = "close"
    seconds: float = 0.0
    event: JSON = attrs.field(factory=dict)
    error: str = ""
    error_type: str = ""


def befall(http: Request, fault: Fault) -> None:
    """Pauses, or breaks the connection."""
    if fault.kind == "stall":
        time.sleep(fault.seconds)
        return
    peer: socket.socket = http.environ["werkzeug.socket"]
    if fault.how == "reset":
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        ours, theirs = socket.socketpair()  # werkzeug still uses the socket, so give it another one
        os.dup2(ours.fileno(), peer.fileno())
        ours.close()
        theirs.close()
    else:
        peer.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("the emulator was told to break the connection")  # werkzeug ignores it


def break_off(http: Request, response: Response, fault: Fault) -> Response:
    """Returns a plain answer with a fault in the middle."""
    data = response.get_data()
    half = data[: len(data) // 2]

    def body() -> Iterator[bytes]:
        yield half
        befall(http, fault)
        yield data[len(half) :]

    if fault.kind == "garble" or fault.how == "end":
        response.set_data(half)
    else:
        response.response = body()
        response.headers["content-length"] = str(len(data))
    return response
