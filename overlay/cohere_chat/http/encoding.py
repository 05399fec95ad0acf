"""Workaround: the content-encoding of an answer is undone here, so that bytes that cannot be unpacked are not lost.

Upstream (httpx 0.28): httpx unpacks inside its iterator. If that fails, the bytes that had come are gone, and an
encoding that nobody asked for passes as text.

Belongs here: gzip, at once or chunk by chunk, and the error for a success that cannot be used. Not known here: how the
bytes are read, what they mean.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import suppress

import httpx

from cohere_chat.errors import APIResponseError


def _coding(response: httpx.Response) -> str:
    """The content-encoding of the body; `""` if there is none, or if a hook has read the body and so undone it."""
    if read_already(response) is not None:
        return ""
    coding: str = response.headers.get("content-encoding", "").strip().lower()
    return {"identity": "", "x-gzip": "gzip"}.get(coding, coding)  # RFC 9110, 8.4.1


def read_already(response: httpx.Response) -> bytes | None:
    """The unpacked body, if a hook or a mock transport has read it; `None` if it is still to come."""
    try:
        return response.content
    except httpx.ResponseNotRead:
        return None


def decode_body(response: httpx.Response, raw: bytes) -> bytes:
    """The whole body, unpacked. Raises APIResponseError, with the bytes in `raw`, if that is not possible."""
    coding = _coding(response)
    if not coding:
        return raw
    if coding == "gzip":
        import gzip  # a body that is not compressed does without

        with suppress(OSError, EOFError, zlib.error):
            return gzip.decompress(raw)
    raise unreadable(response, f"the content-encoding {coding!r} of the answer cannot be undone", raw)


def stream_decoder(response: httpx.Response) -> tuple[bool, Callable[[bytes], bytes] | None]:
    """Whether the content-encoding of a stream is one that was offered (`wire.prepare`), and what undoes it by chunks.

    That raises BrokenEncodingError; it is `None` if there is nothing to undo.
    """
    coding = _coding(response)
    return coding in ("", "gzip"), _Gunzip().undo if coding == "gzip" else None


class BrokenEncodingError(Exception):
    """A chunk that can be unpacked in part; `decoded` is that part."""

    def __init__(self, reason: str, decoded: bytes) -> None:
        super().__init__(reason)
        self.decoded = decoded


class _Gunzip:
    """gzip, chunk by chunk, of one member or several."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def undo(self, chunk: bytes) -> bytes:
        before = self._member.copy()
        try:
            return self._undo(chunk)
        except zlib.error as error:  # zlib returns nothing of what it could unpack: again, as far as it goes
            self._member = before
            decoded = bytearray()
            with suppress(zlib.error):
                for at in range(len(chunk)):
                    decoded += self._undo(chunk[at : at + 1])
            raise BrokenEncodingError(str(error), bytes(decoded)) from error

    def _undo(self, chunk: bytes) -> bytes:
        data = self._member.decompress(chunk)
        while self._member.eof and (rest := self._member.unused_data.lstrip(b"\0")):  # zeros may pad a member
            self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            data += self._member.decompress(rest)
        return data


def unreadable(response: httpx.Response, why: str, raw: bytes) -> APIResponseError:
    """The error for a success that cannot be used."""
    return APIResponseError(
        f"status {response.status_code}, but {why}. The answer's {len(raw):,} bytes are in .raw; check the base URL",
        headers=response.headers,
        raw=raw,
        status_code=response.status_code,
    )
