"""The faults as data: what the server does, and what a user gets. `README.md` in this directory is generated from it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any

import cohere_chat as c

from ..server import CLOSE, DONE, RESET, Script, answer, chunk, chunked, frame, frames, head, text_answer, text_events

EVENTS = text_events("It ", "is ", "42.")
BEGUN = frames(EVENTS[:4], done=False)  # "It is "
ANSWER = json.dumps(text_answer("It is 42.")).encode()
GZIP_BREAKS = gzip.compress(b"".join(BEGUN))[:-8] + b"no checksum"
WAIT = 5.0  # seconds; longer than any time limit in the tests


@dataclass(frozen=True)
class Plain:
    """A fault of a plain call. `error` is `None` if the call still returns the answer."""

    gets: str
    script: Script
    error: type[Exception] | None = None
    raw: bytes | None = None
    says: str = ""
    attempts: int = 1


@dataclass(frozen=True)
class Stream(Plain):
    """A fault of a stream. Of the answer `It is 42.`, `partial` was received before the fault, in `events` events."""

    partial: str = "It is "
    events: int = 4


WHOLE = "the whole answer"
LOST = "an error with the bytes in `.raw`"
CUT = "an error with `It is ` in `.partial`"


def cut(*pieces: bytes, then: Any = CLOSE) -> Script:
    return [*chunked([*BEGUN, *pieces], end=False), *([] if then is None else [then])]


STREAMS: dict[str, Stream] = {
    # the bytes end early
    "eof-with-last-chunk": Stream(CUT, chunked(BEGUN), c.StreamTruncatedError),
    "eof-without-last-chunk": Stream(CUT, cut(), c.APIConnectionError, says="connection was lost"),
    "eof-of-no-told-length": Stream(CUT, [head(content_type="text/event-stream"), *BEGUN, CLOSE], c.StreamTruncatedError),
    "eof-in-an-event": Stream(CUT, chunked([*BEGUN, frame(EVENTS[4])[:-20]]), c.StreamTruncatedError),
    "eof-before-the-blank-line": Stream(CUT, chunked([*BEGUN, frame(EVENTS[4])[:-1]]), c.StreamTruncatedError),
    "eof-before-any-event": Stream(CUT, chunked([]), c.StreamTruncatedError, partial="", events=0),
    "reset": Stream(CUT, [*cut(then=0.05), RESET], c.APIConnectionError, says="connection was lost"),
    "stall": Stream(CUT, cut(then=WAIT), c.APITimeoutError, says="waiting for the next bytes"),
    "bad-http-chunk": Stream(CUT, [*cut(then=None), b"zz\r\n"], c.APIConnectionError, says="connection was lost"),
    "done-without-message-end": Stream(CUT, chunked([*BEGUN, DONE]), c.StreamTruncatedError),
    # the end was received
    "no-done": Stream(WHOLE, chunked(frames(EVENTS, done=False))),
    "no-last-chunk-after-the-end": Stream(WHOLE, [*chunked(frames(EVENTS), end=False), CLOSE]),
    "reset-after-the-end": Stream(WHOLE, [*chunked(frames(EVENTS), end=False), 0.05, RESET]),
    "stall-after-the-end": Stream("the whole answer, at most a second later", [*chunked(frames(EVENTS), end=False), WAIT]),
    "garbage-after-the-end": Stream(WHOLE, chunked([*frames(EVENTS), b"data: {no json\n\n", b"\xff\xff"])),
    # the bytes are wrong
    "not-json": Stream(CUT, chunked([*BEGUN, frame("{no json", "content-delta"), *frames(EVENTS[4:])]), c.StreamDecodeError, b"{no json"),
    "not-json-in-the-same-chunk": Stream(
        CUT, chunked([b"".join([*BEGUN, frame("{", "content-delta"), *frames(EVENTS[4:])])]), c.StreamDecodeError, b"{"
    ),
    "json-of-another-shape": Stream(
        "an `UnknownEvent`, and the whole answer", chunked([*BEGUN, frame("[1]", "content-delta"), *frames(EVENTS[4:])])
    ),
    "a-wrong-type-deep-inside": Stream(
        "an `UnknownEvent`; then an error with the rest in `.partial`",
        chunked([*BEGUN, frame({"type": "content-delta", "delta": {"message": {"content": {"text": 5}}}}), *frames(EVENTS[4:])]),
        c.StreamDecodeError,
        says="'content-delta' cannot be read. It",
        partial="It is 42.",
        events=len(EVENTS) + 1,
    ),
    "unknown-event": Stream("an `UnknownEvent`, and the whole answer", chunked([*BEGUN, frame({"type": "new"}), *frames(EVENTS[4:])])),
    "bad-utf-8-in-text": Stream(
        "U+FFFD, and the whole answer", chunked([b"".join(frames(EVENTS)).replace(b"is ", b"i\xff ")]), partial="It i\ufffd 42."
    ),
    "html-instead-of-a-stream": Stream(LOST, answer(b"<html>", content_type="text/html"), c.APIResponseError, b"<html>", "text/html was received", events=0),
    "json-instead-of-a-stream": Stream(LOST, answer(ANSWER), c.APIResponseError, ANSWER, "application/json was received", events=0),
    "wrong-content-type": Stream(LOST, answer(b"data: x\n\n", content_type="text/plain"), c.APIResponseError, b"data: x\n\n", events=0),
    "no-content-type": Stream(WHOLE, [head(), *frames(EVENTS), CLOSE]),
    "gzip": Stream(WHOLE, chunked([gzip.compress(b"".join(frames(EVENTS)))], content_encoding="gzip")),
    "x-gzip": Stream(WHOLE, chunked([gzip.compress(b"".join(frames(EVENTS)))], content_encoding="X-GZIP")),
    "gzip-padded": Stream(
        WHOLE, chunked([gzip.compress(piece) + b"\0" * 3 for piece in frames(EVENTS)], content_encoding="gzip")
    ),
    "gzip-in-pieces": Stream(
        WHOLE, chunked([bytes([byte]) for byte in gzip.compress(b"".join(frames(EVENTS)))], content_encoding="GZip")
    ),
    "gzip-broken": Stream(CUT, chunked([b"no gzip at all"], content_encoding="gzip"), c.StreamDecodeError, b"no gzip at all", partial="", events=0),
    "gzip-that-breaks-in-a-chunk": Stream(CUT, chunked([GZIP_BREAKS], content_encoding="gzip"), c.StreamDecodeError, GZIP_BREAKS),
    "an-encoding-nobody-offered": Stream(LOST, chunked([b"\x28\xb5\x2f\xfd"], content_encoding="zstd"), c.APIResponseError, b"\x28\xb5\x2f\xfd", "'zstd'", events=0),
    "an-event-over-the-bound": Stream(CUT, cut(b"data: ", *[b"x" * (1 << 20)] * 65, then=WAIT), c.StreamDecodeError, says="larger than 67,108,864"),
    # the model failed
    "error-end": Stream(
        "the `message-end` event, then an error with `.partial` and `.error_type`",
        chunked([*BEGUN, frame({"type": "message-end", "delta": {"finish_reason": "ERROR", "usage": {}, "error": "no", "error_type": "X"}}), DONE]),
        c.GenerationError,
        events=5,
    ),
}  # fmt: skip

PLAINS: dict[str, Plain] = {
    # the bytes end early
    "eof-in-the-body": Plain(LOST, [head(content_length="99") + b'{"id":', CLOSE], c.APIConnectionError, b'{"id":', "connection was lost"),
    "eof-in-the-chunks": Plain(LOST, [head(transfer_encoding="chunked") + chunk(b'{"id":'), CLOSE], c.APIConnectionError, b'{"id":', "connection was lost"),
    "eof-of-no-told-length": Plain(LOST, [head() + ANSWER[:20], CLOSE], c.APIResponseError, ANSWER[:20], "not a chat response"),
    "reset-in-the-body": Plain(LOST, [head(content_length="99") + b"{", 0.05, RESET], c.APIConnectionError, b"{", "connection was lost"),
    "stall-in-the-body": Plain(LOST, [head(content_length="99") + b"{", WAIT], c.APITimeoutError, b"{", "waiting for the next bytes"),
    # the bytes are wrong
    "html": Plain(LOST, answer(b"<html>", content_type="text/html"), c.APIResponseError, b"<html>", "text/html"),
    "cut-json": Plain(LOST, answer(ANSWER[:-3]), c.APIResponseError, ANSWER[:-3]),
    "no-object": Plain(LOST, answer(b"[1]"), c.APIResponseError, b"[1]", "expected an object, got an array"),
    "another-object": Plain(LOST, answer(b'{"ok":true}'), c.APIResponseError, b'{"ok":true}', "message: missing"),
    "a-wrong-type-deep-inside": Plain(
        LOST,
        answer(b'{"id":"x","message":{"role":"assistant","tool_calls":[{"id":5}]}}'),
        c.APIResponseError,
        b'{"id":"x","message":{"role":"assistant","tool_calls":[{"id":5}]}}',
        r"\$\.message\.tool_calls\[0\]\.id: expected a string",
    ),
    "too-deep": Plain(LOST, answer(b"[" * 100_000), c.APIResponseError, b"[" * 100_000),
    "bad-utf-8": Plain(LOST, answer(b'{"id":"\xff"}'), c.APIResponseError, b'{"id":"\xff"}'),
    "empty": Plain(LOST, answer(b""), c.APIResponseError, b""),
    "no-content": Plain(LOST, answer(b"", status=204), c.APIResponseError, b"", "status 204"),
    "gzip": Plain(WHOLE, answer(gzip.compress(ANSWER), content_encoding="gzip")),
    "x-gzip": Plain(WHOLE, answer(gzip.compress(ANSWER), content_encoding="x-gzip")),
    "gzip-padded": Plain(WHOLE, answer(gzip.compress(ANSWER) + b"\0" * 10, content_encoding="gzip")),
    "gzip-broken": Plain(LOST, answer(b"no gzip", content_encoding="gzip"), c.APIResponseError, b"no gzip", "'gzip' of the response cannot be decoded"),
    "gzip-cut": Plain(LOST, answer(gzip.compress(ANSWER)[:40], content_encoding="gzip"), c.APIResponseError, gzip.compress(ANSWER)[:40], "'gzip' of the response"),
    "an-encoding-nobody-offered": Plain(LOST, answer(b"\x28\xb5", content_encoding="zstd"), c.APIResponseError, b"\x28\xb5", "'zstd' of the response cannot be decoded"),
    "wrong-content-type": Plain(WHOLE, answer(ANSWER, content_type="text/plain")),
    # the model failed
    "generation-failed": Plain("an error with `.error_type`", answer({"error_type": "X", "message": "no"}, status=422), c.GenerationError),
    # the server refuses
    "redirect": Plain("an error that names the redirect target; the key is not sent there", answer(b"", status=308, location="https://x.invalid/"), c.APIStatusError, says="redirect to https://x.invalid/"),
    "redirect-to-no-url": Plain("the same", answer(b"", status=302, location="http://[x/"), c.APIStatusError, says=r"302 redirect to http://\[x/"),
}  # fmt: skip

# Failures before the first byte of the answer's body are retried, for plain calls and streams.
OPENINGS: dict[str, Script] = {
    "closed-before-the-answer": [CLOSE],
    "reset-before-the-answer": [RESET],
    "closed-in-the-headers": [b"HTTP/1.1 200 OK\r\nContent-", CLOSE],
    "closed-before-the-body": [head(content_length="9"), CLOSE],
    "reset-before-the-body": [head(transfer_encoding="chunked"), 0.05, RESET],
    "no-http": [b"garbage\r\n\r\n", CLOSE],
    "stall-before-the-answer": [WAIT],
    "stall-before-the-body": [head(content_length="9"), WAIT],
    **{
        f"status-{status}": answer({"message": "again"}, status=status)
        for status in (408, 409, 429, 500, 502, 503, 504)
    },
}

STATUSES: dict[int, type[c.APIStatusError]] = {
    400: c.BadRequestError,
    401: c.AuthenticationError,
    402: c.PaymentRequiredError,
    403: c.PermissionDeniedError,
    404: c.NotFoundError,
    409: c.APIStatusError,
    418: c.APIStatusError,
    422: c.UnprocessableEntityError,
    429: c.RateLimitError,
    498: c.BlockedTokenError,
    499: c.ClientClosedRequestError,
    **dict.fromkeys((500, 501, 502, 503, 504, 520, 524, 529), c.InternalServerError),
}

BODIES: dict[str, tuple[bytes, dict[str, str], str, Any]] = {
    "json": (b'{"message":"no"}', {}, "no", {"message": "no"}),
    "html": (b"<h1>no</h1>", {"content_type": "text/html"}, "<h1>no</h1>", "<h1>no</h1>"),
    "empty": (b"", {}, "", None),
    "broken-gzip": (b"no gzip", {"content_encoding": "gzip"}, "", None),
}
