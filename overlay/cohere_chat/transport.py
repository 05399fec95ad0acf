"""Sends a call until an answer's body begins; the I/O edge, once for sync and once for async.

Belongs here: sending, trying again, and httpx's exceptions turned into ours. Not known here: what the bytes mean.

Plain calls and streams are opened alike: with the status and the first chunk in hand, so that nothing is ever asked for
again once a byte of the body has come.
"""

from __future__ import annotations

import gzip
import socket
import threading
import types
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import attrs
import httpx

from .errors import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    ConfigurationError,
    status_error,
)
from .response import ChatResponse
from .retry import retrying
from .wire import Call

T = TypeVar("T")

# What was being done, by httpx's exception and by the limit's name in httpx.Timeout.
_TIMEOUTS: dict[type[httpx.RequestError], tuple[str, str]] = {
    httpx.ConnectTimeout: ("connecting", "connect"),
    httpx.WriteTimeout: ("sending the request", "write"),
    httpx.ReadTimeout: ("waiting for the next bytes", "read"),
    httpx.PoolTimeout: ("waiting for a free connection of the pool", "pool"),
}


@attrs.frozen
class Answer:
    """A success whose body has begun: its first chunk and the rest, as sent. Whoever holds it closes `response`."""

    response: httpx.Response
    first: bytes
    rest: Iterator[bytes]
    call: Call
    attempts: int


@attrs.frozen
class AsyncAnswer:
    """The same for async."""

    response: httpx.Response
    first: bytes
    rest: AsyncIterator[bytes]
    call: Call
    attempts: int


def connection_error(
    error: httpx.RequestError,
    call: Call,
    attempts: int,
    *,
    headers: httpx.Headers | None = None,
    raw: bytes = b"",
    partial: ChatResponse | None = None,
) -> APIConnectionError:
    """Our error for one of httpx's. `headers` are the answer's, when it had begun."""
    host = httpx.URL(call.url).netloc.decode()
    times = "1 attempt" if attempts == 1 else f"{attempts} attempts"
    cls = APIConnectionError
    if type(error) in _TIMEOUTS:
        cls = APITimeoutError
        doing, limit = _TIMEOUTS[type(error)]
        line = f"{host}: timed out {doing} after {call.timeout.as_dict()[limit]} s ({times}). Raise timeout= for more"
    elif headers is not None:
        line = f"{host}: the connection broke off in the answer: {_cause(error)}"
    else:
        line = f"{host}: no answer ({times}): {_cause(error)}. Check the base URL, proxies and the network"
    return cls(line, headers=headers or httpx.Headers(), attempts=attempts, raw=raw, partial=partial)


def _cause(error: BaseException) -> str:
    """What an exception says, else what the one that caused it says, else its name: trio's often say nothing."""
    below = error.__cause__ or error.__context__
    return str(error) or (_cause(below) if below is not None else type(error).__name__)


@types.coroutine
def closing_cleanly(awaitable: Awaitable[T]) -> Generator[Any, Any, T]:  # Any: between a task and its event loop
    """Awaits, and lets a task cancel it once: again, and asyncio would cut off the closing of the connection."""
    steps: Any = awaitable.__await__()  # Any: as above
    cancelled: type[BaseException] | None = None
    step = partial(steps.send, None)
    while True:
        try:
            wanted = step()
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]  # what the awaitable gives
        try:
            step = partial(steps.send, (yield wanted))
        except BaseException as error:  # noqa: BLE001  # whatever it is, it goes on to where it belongs
            again, cancelled = type(error) is cancelled, type(error)
            step = partial(steps.send, None) if again else partial(steps.throw, error)


@contextmanager
def _connection_errors(call: Call, attempts: int) -> Generator[None]:
    try:
        yield
    except httpx.RequestError as error:
        raise connection_error(error, call, attempts) from error
    except RuntimeError as error:
        if "loop" not in str(error):
            raise
        raise ConfigurationError(
            f"{error}: an AsyncChatClient lives in one event loop. Make one inside each asyncio.run()"
        ) from error


def _check_open(http: httpx.Client | httpx.AsyncClient) -> None:
    if http.is_closed:
        raise ConfigurationError("the client is closed: make a new one")


def _coding(response: httpx.Response) -> str:
    """The body's content-encoding; `""` for none, also where a hook has read the body and so undone it."""
    if _read_already(response) is not None:
        return ""
    coding: str = response.headers.get("content-encoding", "").strip().lower()
    return "" if coding == "identity" else coding


def _read_already(response: httpx.Response) -> bytes | None:
    try:
        return response.content
    except httpx.ResponseNotRead:
        return None


def _decode_body(response: httpx.Response, raw: bytes) -> bytes:
    coding = _coding(response)
    if not coding:
        return raw
    try:
        if coding == "gzip":
            return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error):
        pass
    raise unreadable(response, f"the content-encoding {coding!r} of the answer cannot be undone", raw)


def stream_decoder(response: httpx.Response) -> Callable[[bytes], bytes] | None:
    """What undoes a stream's content-encoding, chunk by chunk; `None` for one that was not offered (`wire.prepare`)."""
    coding = _coding(response)
    if coding == "gzip":
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress
    return None if coding else bytes


def unreadable(response: httpx.Response, why: str, raw: bytes) -> APIResponseError:
    """The error for a success that is of no use as it came."""
    return APIResponseError(
        f"status {response.status_code}, but {why}. The answer's {len(raw):,} bytes are in .raw; check the base URL",
        headers=response.headers,
        raw=raw,
        status_code=response.status_code,
    )


def _refusal(response: httpx.Response, raw: bytes, attempts: int) -> APIStatusError:
    body = b""
    with suppress(APIResponseError):  # the status counts, whatever became of the body
        body = _decode_body(response, raw)
    return status_error(response.status_code, response.headers, body, attempts=attempts)


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    content = _read_already(response)
    return response.iter_raw() if content is None else iter((content,))


async def _one(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _chunks_async(response: httpx.Response) -> AsyncIterator[bytes]:
    content = _read_already(response)
    return response.aiter_raw() if content is None else _one(content)


def open_answer(http: httpx.Client, call: Call) -> Answer:
    """Sends the call, again where `retry_wait` says so. Raises APIConnectionError and APIStatusError."""
    for attempt in retrying(attempts=call.max_retries + 1):
        with attempt, _connection_errors(call, attempt.num):
            _check_open(http)
            request = http.build_request(
                call.method, call.url, content=call.content, headers=call.headers, timeout=call.timeout
            )
            response = http.send(request, stream=True, follow_redirects=False)
            try:
                chunks = _chunks(response)
                if response.is_success:
                    return Answer(response, next(chunks, b""), chunks, call, attempt.num)
                raw = bytearray()
                with suppress(httpx.RequestError):  # the status counts, however the body ends
                    for chunk in chunks:
                        raw += chunk
            except BaseException:
                response.close()
                raise
            response.close()
            raise _refusal(response, bytes(raw), attempt.num)
    raise AssertionError("unreachable: the last attempt returns or raises")


async def open_answer_async(http: httpx.AsyncClient, call: Call) -> AsyncAnswer:
    """The same for async."""
    async for attempt in retrying(attempts=call.max_retries + 1):
        with attempt, _connection_errors(call, attempt.num):
            _check_open(http)
            request = http.build_request(
                call.method, call.url, content=call.content, headers=call.headers, timeout=call.timeout
            )
            response = await closing_cleanly(http.send(request, stream=True, follow_redirects=False))
            try:
                chunks = _chunks_async(response)
                if response.is_success:
                    return AsyncAnswer(response, await closing_cleanly(anext(chunks, b"")), chunks, call, attempt.num)
                raw = bytearray()
                with suppress(httpx.RequestError):
                    async for chunk in chunks:
                        raw += chunk
            except BaseException:
                await closing_cleanly(response.aclose())
                raise
            await response.aclose()
            raise _refusal(response, bytes(raw), attempt.num)
    raise AssertionError("unreachable: the last attempt returns or raises")


@contextmanager
def _reading(answer: Answer | AsyncAnswer, raw: bytearray) -> Generator[None]:
    try:
        yield
    except httpx.RequestError as error:
        headers = answer.response.headers
        raise connection_error(error, answer.call, answer.attempts, headers=headers, raw=bytes(raw)) from error


def read_body(answer: Answer) -> bytes:
    """All of a plain answer, decoded; then it is closed. Raises APIConnectionError with what had come in `raw`."""
    raw = bytearray()
    chunk = answer.first
    try:
        with _reading(answer, raw):
            while chunk:
                raw += chunk
                chunk = next(answer.rest, b"")
    finally:
        answer.response.close()
    return _decode_body(answer.response, bytes(raw))


async def read_body_async(answer: AsyncAnswer) -> bytes:
    """The same for async."""
    raw = bytearray()
    chunk = answer.first
    try:
        with _reading(answer, raw):
            while chunk:
                raw += chunk
                chunk = await closing_cleanly(anext(answer.rest, b""))
    finally:
        await closing_cleanly(answer.response.aclose())
    return _decode_body(answer.response, bytes(raw))


DRAIN_SECONDS = 1.0  # how long to wait, after message-end, for the end of the body that makes a connection reusable


def drain(answer: Answer) -> None:
    """Reads the rest of a stream that has told its end, but does not wait long for a peer that keeps it open."""
    watchdog = threading.Timer(DRAIN_SECONDS, cut, (answer.response,))
    watchdog.daemon = True
    watchdog.start()
    try:
        with suppress(httpx.RequestError):
            while next(answer.rest, b""):
                pass
    finally:
        watchdog.cancel()


async def drain_async(answer: AsyncAnswer) -> None:
    """The same for async."""
    import anyio  # httpx has it loaded once it does async, and a sync user never needs it

    with suppress(httpx.RequestError), anyio.move_on_after(DRAIN_SECONDS):
        while await anext(answer.rest, b""):
            pass


def cut(response: httpx.Response) -> None:
    """Ends the waiting of a thread that reads, with an error; closing the socket alone would not."""
    network = response.extensions.get("network_stream")
    if network is not None:
        with suppress(OSError):
            network.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
