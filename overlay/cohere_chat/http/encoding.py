"""Workaround: the content-encoding of an answer is decoded here, so that bytes that cannot be decoded are not lost.

Upstream (httpx 0.28): if decoding fails, all bytes received are lost; a chunk may expand to a gigabyte; an encoding
that was not requested is passed on as text.

Belongs here: gzip in pieces, the limit of a plain answer, the error for a success that cannot be used. Not known here:
how the bytes are read, what they mean.
"""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

import httpx

from cohere_chat.errors import APIResponseError

PIECE = 65_536  # bytes to process at a time


def coding_of(response: httpx.Response) -> str:
    """Returns the content-encoding of the body; `""` if it has none, or if a hook has read and so decoded the body."""
    if read_already(response) is not None:
        return ""
    coding: str = response.headers.get("content-encoding", "").strip().lower()
    return {"identity": "", "x-gzip": "gzip"}.get(coding, coding)  # RFC 9110, 8.4.1


def read_already(response: httpx.Response) -> bytes | None:
    """Returns the decoded body if a hook or a mock transport has read it; `None` if it has not been read yet."""
    try:
        return response.content
    except httpx.ResponseNotRead:
        return None


class BrokenEncodingError(Exception):
    """Only part of a chunk can be unpacked, and was yielded. The second argument is the chunk from the bad piece on."""


class Gunzip:
    """Unpacks gzip with one or more members, chunk by chunk, each chunk in pieces."""

    def __init__(self) -> None:
        self.member = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Yields what the chunk unpacks to. Raises BrokenEncodingError after all that can be unpacked."""
        for at in range(0, len(chunk), PIECE):  # zlib copies what it leaves for the next piece
            left, piece = chunk[at : at + PIECE], b""
            while left or len(piece) == PIECE:
                if self.member.eof:
                    left = left.lstrip(b"\0")  # zeros may pad a member
                    if not left:
                        break
                    self.member = zlib.decompressobj(zlib.MAX_WBITS | 16)
                before = self.member.copy()
                try:
                    piece = self.member.decompress(left, PIECE)
                except zlib.error as error:  # zlib returns nothing, so unpack the good part byte by byte
                    with suppress(zlib.error):
                        for one in range(len(left)):
                            yield before.decompress(left[one : one + 1], PIECE)
                    raise BrokenEncodingError(str(error), chunk[at:]) from error
                left = self.member.unused_data if self.member.eof else self.member.unconsumed_tail
                yield piece


class Received:
    """The body of a plain answer as it arrives: at most `limit` bytes as sent, and at most as many unpacked."""

    def __init__(self, response: httpx.Response, limit: int) -> None:
        self._response, self._limit = response, limit
        self._coding = coding_of(response)
        self._gunzip = Gunzip() if self._coding == "gzip" else None
        self.raw = bytearray()  # as sent
        self.unpacked = bytearray() if self._coding else self.raw

    def add(self, chunk: bytes) -> Iterator[None]:
        """Adds a chunk, in steps. Raises APIResponseError if the body is too large or cannot be unpacked."""
        self.raw += chunk
        try:
            for piece in chain((b"",), self._gunzip.pieces(chunk) if self._gunzip else ()):
                self.unpacked += piece
                if max(len(self.unpacked), len(self.raw)) > self._limit:
                    what = f"the response is larger than max_response_bytes, {self._limit:,} bytes"
                    raise unreadable(self._response, what, bytes(self.raw))
                if len(piece) == PIECE:
                    yield
        except BrokenEncodingError:
            raise self._not_undone() from None

    def _not_undone(self) -> APIResponseError:
        what = f"the content-encoding {self._coding!r} of the response cannot be decoded"
        return unreadable(self._response, what, bytes(self.raw))

    def whole(self) -> bytes:
        """Returns the whole body. Raises APIResponseError if its end is missing or its encoding was not requested."""
        if self._coding and self.raw and not (self._gunzip and self._gunzip.member.eof):
            raise self._not_undone()
        return bytes(self.unpacked)


def unreadable(response: httpx.Response, why: str, raw: bytes) -> APIResponseError:
    """Returns the error for a success that cannot be used."""
    line = f"status {response.status_code}, but {why}. The {len(raw):,} bytes received are in .raw; check the base URL"
    return APIResponseError(line, headers=response.headers, raw=raw)
