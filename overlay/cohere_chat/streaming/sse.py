"""Bytes -> server-sent events, by the rules of the WHATWG event stream.

Belongs here: the framing of https://html.spec.whatwg.org/multipage/server-sent-events.html, and nothing else.
Not known here: HTTP, JSON, Cohere. No I/O: bytes go in, events come out, and it makes no difference where a chunk ends.
"""

from typing import NamedTuple, TypeAlias

_BOM = b"\xef\xbb\xbf"
_LF, _CR = b"\n\r"


class ServerSentEvent(NamedTuple):
    """One event of a stream.

    event: the `event` field; `"message"` if it is absent or empty.
    data:  the `data` lines joined by line feeds; bytes that are not UTF-8 are read as U+FFFD.
    id:    the last event id that the stream has set so far; `""` if it has set none.
    retry: the reconnection time in milliseconds that this event sets; `None` if it sets none.
    """

    event: str
    data: str
    id: str = ""
    retry: int | None = None


# The same as a tuple, with the data as bytes: (event, data, id, retry).
Frame: TypeAlias = tuple[str, bytes, str, int | None]


def _event(frame: Frame) -> ServerSentEvent:
    name, data, last_id, retry = frame
    return ServerSentEvent(name, data.decode("utf-8", "replace"), last_id, retry)


class SSEBufferError(ValueError):
    """One event, or one line, is larger than the decoder's bound.

    events: the complete events before it in the same chunk.
    frames: the same, as SSEDecoder.frames returns them.
    raw:    the bytes of the event so far.
    """

    def __init__(self, limit: int, frames: list[Frame], raw: bytes) -> None:
        super().__init__(f"one server-sent event is larger than {limit:,} bytes")
        self.events = [_event(frame) for frame in frames]
        self.frames, self.raw = frames, raw


class SSEDecoder:
    """Decodes one event stream. Pass the chunks to `feed` as they arrive, cut anywhere.

    An event that does not end with a blank line is never returned, as the standard says. Decoding takes linear time.

    max_event_bytes: the maximum size of the `data` lines of one event, and of any single line; default 64 MiB. If it is
        exceeded, SSEBufferError is raised.
    """

    def __init__(self, *, max_event_bytes: int = 64 * 1024 * 1024) -> None:
        self._limit = max_event_bytes
        self._partial = bytearray()  # a line whose end has not arrived
        self._data: list[bytes] = []
        self._data_size = 0
        self._event, self._id = b"", ""
        self._retry: int | None = None
        self._name = "message"  # of the last complete frame, and what such a frame begins with
        self._head = b"event: message\ndata: "
        self._at_start, self._after_cr = True, False
        self._idle = True  # between two events, with nothing held

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Returns the events that `chunk` completes, in order.

        Raises SSEBufferError if an event is larger than the bound. The decoder cannot be used after that.
        """
        return [_event(frame) for frame in self.frames(chunk)]

    def frames(self, chunk: bytes) -> list[Frame]:
        """Like `feed`, but returns tuples with the data as bytes, at a third of the cost. Use it to decode JSON."""
        if self._idle and chunk.endswith(b"\n\n") and len(chunk) <= self._limit:
            if chunk.startswith(self._head):  # one frame with the same name as the last one: nearly every chunk
                data = chunk[len(self._head) : -2]
                if _LF not in data and _CR not in data:
                    self._at_start = False
                    return [(self._name, data, self._id, None)]
            if whole := self._whole_frames(chunk):
                return whole
        if not chunk:
            return []
        if self._after_cr:
            self._after_cr = False
            return self.frames(chunk.removeprefix(b"\n"))  # the LF of a CRLF that was cut in two
        lines = chunk.splitlines()  # of bytes: LF, CR and CRLF only. U+2028, U+2029 and U+0085 are text
        last = chunk[-1]
        self._after_cr = last == _CR
        unfinished = b"" if last in (_LF, _CR) else lines.pop()
        if self._partial and lines:
            lines[0] = bytes(self._partial) + lines[0]
            self._partial.clear()
        if self._at_start and lines:
            self._at_start = False
            lines[0] = lines[0].removeprefix(_BOM)
        frames: list[Frame] = []
        for line in lines:
            self._bound(line, frames)
            if line:
                self._field(line)
                continue
            if self._data:
                name = self._event.decode("utf-8", "replace") or "message"
                frames.append((name, b"\n".join(self._data), self._id, self._retry))
            self._data, self._data_size, self._event, self._retry = [], 0, b"", None
        self._partial += unfinished
        self._bound(self._partial, frames)
        self._idle = not (self._after_cr or self._partial or self._data or self._event or self._retry is not None)
        return frames

    def _whole_frames(self, chunk: bytes) -> list[Frame]:
        """What the service sends: complete frames of an `event` and a `data` line, all of one name. Otherwise none."""
        if not chunk.startswith(self._head):
            name, found, _ = chunk.partition(b"\ndata: ")
            if not found or not name.startswith(b"event: ") or _LF in name or _CR in name:
                return []
            self._head, self._name = name + found, name[7:].decode("utf-8", "replace") or "message"
        all_data = chunk[len(self._head) : -2].split(b"\n\n" + self._head)
        if _CR in chunk or chunk.count(b"\n") != 3 * len(all_data):
            return []
        self._at_start = False
        return [(self._name, data, self._id, None) for data in all_data]

    def _bound(self, line: bytes | bytearray, frames: list[Frame]) -> None:
        if self._data_size + len(line) > self._limit:
            raise SSEBufferError(self._limit, frames, b"\n".join([*self._data, bytes(line)]))

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._data_size += len(line)
        elif name == b"event":
            self._event = value
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit() and len(value) < 16:  # longer is not a time, and int() has a limit
            self._retry = int(value)
