"""The faults of an answer: it breaks off, stalls, or has an event that cannot be read.

Belongs here: the faults, and how a connection gets them. Not known here: which answer has one.
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
    """A fault of a stream after a number of events, or of a plain answer in its middle."""

    kind: Literal["cut", "stall", "insert", "garble", "error"]
    after_events: int
    how: str = "close"
    seconds: float = 0.0
    event: JSON = attrs.field(factory=dict)
    error: str = ""
    error_type: str = ""


def befall(http: Request, fault: Fault) -> None:
    """Pauses, or breaks off the connection."""
    if fault.kind == "stall":
        time.sleep(fault.seconds)
        return
    peer: socket.socket = http.environ["werkzeug.socket"]
    if fault.how == "reset":
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        ours, theirs = socket.socketpair()  # werkzeug continues with a socket, so it gets another one
        os.dup2(ours.fileno(), peer.fileno())
        ours.close()
        theirs.close()
    else:
        peer.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("the emulator was told to")  # werkzeug ignores it


def break_off(http: Request, response: Response, fault: Fault) -> Response:
    """A plain answer with a fault in its middle."""
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
