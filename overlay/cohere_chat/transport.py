"""Sends a call until an answer's body begins; the I/O edge, once for sync and once for async.

Belongs here: sending, trying again, and httpx's exceptions turned into ours. Not known here: what the bytes mean.

Plain calls and streams are opened alike: with the status and the first chunk in hand, so that nothing is ever asked for
again once a byte of the body has come.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import attrs
import httpx

from .cancelling import Head, closing_cleanly
from .encoding import decode_body, read_already
from .errors import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    CohereChatError,
    ConfigurationError,
    status_error,
)
from .response import ChatResponse
from .retry import retrying
from .wire import Call

E = TypeVar("E", httpx.RequestError, httpx.HTTPStatusError)

# What was being done, by httpx's exception and by the limit's name in httpx.Timeout.
_TIMEOUTS: dict[type[httpx.RequestError], tuple[str, str]] = {
    httpx.ConnectTimeout: ("connecting", "connect"),
    httpx.WriteTimeout: ("sending the request", "write"),
    httpx.ReadTimeout: ("waiting for the next bytes", "read"),
    httpx.PoolTimeout: ("waiting for a free connection of the pool", "pool"),
}


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


def without_key(error: E) -> E:
    """An exception of httpx's, kept as a cause: it holds the request, and that the key."""
    with suppress(RuntimeError, KeyError):
        del error.request.headers["authorization"]
    return error


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
    without_key(error)
    host = call.url.netloc.decode()
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


def broken_off(
    error: httpx.RequestError, answer: Answer | AsyncAnswer, *, raw: bytes = b"", partial: ChatResponse | None = None
) -> APIConnectionError:
    """Our error for a body that breaks off."""
    _name_request(error, answer.response)
    headers = answer.response.headers
    return connection_error(error, answer.call, answer.attempts, headers=headers, raw=raw, partial=partial)


def _cause(error: BaseException) -> str:
    """What an exception says, else what the one that caused it says, else its name: trio's often say nothing."""
    below = error.__cause__ or error.__context__
    return str(error).rstrip(".") or (_cause(below) if below is not None else type(error).__name__)


@contextmanager
def _counting(head: Head, call: Call, attempts: int) -> Generator[None]:
    """Around the sending: what breaks after the head has come is an error with that status."""
    try:
        yield
    except httpx.HTTPStatusError as error:  # a hook's
        response = without_key(error).response
        body = read_already(response) or b""
        raise status_error(response.status_code, response.headers, body, attempts=attempts) from error
    except httpx.RequestError as error:
        without_key(error)
        if head.status_code is None:
            raise
        if not httpx.codes.is_success(head.status_code):
            raise status_error(head.status_code, head.headers, b"", attempts=attempts) from error
        if isinstance(error, httpx.DecodingError):
            line = f"the content-encoding of the answer cannot be undone: {error}"
            raise APIResponseError(line, raw=b"", status_code=head.status_code, headers=head.headers) from error
        raise connection_error(error, call, attempts, headers=head.headers) from error


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A request's body, at once. httpx's is a generator, of which trio warns when the sending is broken off."""

    def __init__(self, content: bytes) -> None:
        self._content = self._left = content

    def __iter__(self) -> Iterator[bytes]:
        return iter((self._content,))

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _Body(self._content)

    async def __anext__(self) -> bytes:
        left, self._left = self._left, b""
        if not left:
            raise StopAsyncIteration
        return left


def _request(http: httpx.Client | httpx.AsyncClient, call: Call, trace: Callable[..., Any]) -> httpx.Request:
    """Any: a function's result for sync, a coroutine's for async."""
    if http.is_closed:
        raise ConfigurationError("the client is closed: make a new one")
    request = http.build_request(
        call.method,
        call.url,
        content=call.content,
        headers=call.headers,
        timeout=call.timeout,
        extensions={"trace": trace},
    )
    request.stream = _Body(call.content)
    return request


def _send(http: httpx.Client, call: Call, attempts: int) -> httpx.Response:
    head = Head()
    request = _request(http, call, head.trace)
    with _counting(head, call, attempts):
        return http.send(request, stream=True, follow_redirects=False)


async def _send_async(http: httpx.AsyncClient, call: Call, attempts: int, head: Head) -> httpx.Response:
    request = _request(http, call, head.trace_async)
    with _counting(head, call, attempts):
        return await closing_cleanly(http.send(request, stream=True, follow_redirects=False), head)


@contextmanager
def _connection_errors(call: Call, attempts: int) -> Generator[None]:
    try:
        yield
    except httpx.RequestError as error:
        raise connection_error(error, call, attempts) from error
    except RuntimeError as error:
        raise_if_of_another_loop(error)
        raise


def raise_if_of_another_loop(error: RuntimeError) -> None:
    """asyncio's own sentences, for a connection of an event loop that has ended, or of another one."""
    if "loop" in str(error):
        raise ConfigurationError(
            f"{error}: an AsyncChatClient lives in one event loop. Make one inside each asyncio.run()"
        ) from error


def _refusal(response: httpx.Response, raw: bytes, attempts: int) -> APIStatusError:
    body = b""
    with suppress(APIResponseError):  # the status counts, whatever became of the body
        body = decode_body(response, raw)
    return status_error(response.status_code, response.headers, body, attempts=attempts)


def _untouched(response: httpx.Response) -> httpx.SyncByteStream | httpx.AsyncByteStream:
    """The body's stream. Raises as `iter_raw()` where a hook has been through it: its connection may be another's."""
    if response.is_stream_consumed:
        raise httpx.StreamConsumed
    if response.is_closed:
        raise httpx.StreamClosed
    return response.stream


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    """The body as sent. Not by `iter_raw()`: that is two more calls a chunk, to count it and to name the request."""
    content = read_already(response)
    chunks = _untouched(response) if content is None else (content,)
    assert isinstance(chunks, Iterable)  # noqa: S101  # a sync client's is
    return iter(chunks)


def _chunks_async(response: httpx.Response) -> AsyncIterator[bytes]:
    content = read_already(response)
    chunks = _untouched(response) if content is None else _Body(content)
    assert isinstance(chunks, AsyncIterable)  # noqa: S101  # an async client's is
    return aiter(chunks)


def next_chunk(chunks: AsyncIterator[bytes], head: Head) -> Awaitable[bytes | None]:
    """`None` at the end."""
    return closing_cleanly(anext(chunks, None), head)


def _name_request(error: BaseException, response: httpx.Response) -> None:
    """`iter_raw()` would have."""
    if isinstance(error, httpx.RequestError):
        error.request = response.request


def open_answer(http: httpx.Client, call: Call) -> Answer:
    """Sends the call, again where `retry_wait` says so. Raises APIConnectionError and APIStatusError."""
    try:
        return _attempt(http, call, 1)
    except CohereChatError as error:
        first = error
    try:
        for attempt in retrying(attempts=call.max_retries + 1):
            with attempt:
                if attempt.num == 1:
                    raise first
                return _attempt(http, call, attempt.num)
    finally:
        del first  # its traceback holds this frame
    raise AssertionError("unreachable: the last attempt returns or raises")


def _attempt(http: httpx.Client, call: Call, number: int) -> Answer:
    with _connection_errors(call, number):
        response = _send(http, call, number)
        try:
            chunks = _chunks(response)
            if response.is_success:
                return Answer(response, next(filter(None, chunks), b""), chunks, call, number)
            raw = bytearray()
            with suppress(httpx.RequestError):  # the status counts, however the body ends
                for chunk in chunks:
                    raw += chunk
        except BaseException as error:
            response.close()
            _name_request(error, response)
            raise
        response.close()
        raise _refusal(response, bytes(raw), number)


async def open_answer_async(http: httpx.AsyncClient, call: Call) -> AsyncAnswer:
    """The same for async."""
    try:
        return await _attempt_async(http, call, 1)
    except CohereChatError as error:
        first = error
    try:
        async for attempt in retrying(attempts=call.max_retries + 1):
            with attempt:
                if attempt.num == 1:
                    raise first
                return await _attempt_async(http, call, attempt.num)
    finally:
        del first
    raise AssertionError("unreachable: the last attempt returns or raises")


async def _attempt_async(http: httpx.AsyncClient, call: Call, number: int) -> AsyncAnswer:
    with _connection_errors(call, number):
        head = Head()
        response = await _send_async(http, call, number, head)
        try:
            chunks = _chunks_async(response)
            if response.is_success:
                while (first := await next_chunk(chunks, head)) == b"":
                    pass  # nothing has come yet
                return AsyncAnswer(response, first or b"", chunks, head, call, number)
            raw = bytearray()
            with suppress(httpx.RequestError):
                while (chunk := await next_chunk(chunks, head)) is not None:
                    raw += chunk
        except BaseException as error:
            await closing_cleanly(response.aclose(), head)
            _name_request(error, response)
            raise
        await closing_cleanly(response.aclose(), head)
        raise _refusal(response, bytes(raw), number)


@contextmanager
def _reading(answer: Answer | AsyncAnswer, raw: bytearray) -> Generator[None]:
    try:
        yield
    except httpx.RequestError as error:
        raise broken_off(error, answer, raw=bytes(raw)) from error


def read_body(answer: Answer) -> bytes:
    """All of a plain answer, decoded; then it is closed. Raises APIConnectionError with what had come in `raw`."""
    raw = bytearray(answer.first)
    try:
        with _reading(answer, raw):
            for chunk in answer.rest:
                raw += chunk
    finally:
        answer.response.close()
    return decode_body(answer.response, bytes(raw))


async def read_body_async(answer: AsyncAnswer) -> bytes:
    """The same for async."""
    raw = bytearray(answer.first)
    try:
        with _reading(answer, raw):
            while (chunk := await next_chunk(answer.rest, answer.head)) is not None:
                raw += chunk
    finally:
        await closing_cleanly(answer.response.aclose(), answer.head)
    return decode_body(answer.response, bytes(raw))


DRAIN_SECONDS = 1.0  # how long to wait, after message-end, for the end of the body that makes a connection reusable


def drain(answer: Answer) -> None:
    """Reads the rest of a stream that has told its end, but does not wait long for a peer that keeps it open.

    httpx fixes the time limit of a read when the body begins. The limit of the connection's own reads is lowered
    instead, and for this thread alone: by the time this is undone, the connection may be in another's hands.
    """
    network, me = answer.response.extensions.get("network_stream"), threading.get_ident()
    read: Callable[..., bytes] | None = getattr(network, "read", None)

    def read_briefly(max_bytes: int, timeout: float | None = None) -> bytes:
        assert read is not None  # noqa: S101  # else this is in no one's hands
        brief = DRAIN_SECONDS if timeout is None else min(timeout, DRAIN_SECONDS)
        return read(max_bytes, timeout=brief if threading.get_ident() == me else timeout)

    if read is not None:
        vars(network)["read"] = read_briefly
    try:
        with suppress(httpx.RequestError):
            for _ in answer.rest:
                pass
    finally:
        if read is not None:
            vars(network).pop("read", None)


async def drain_async(answer: AsyncAnswer) -> None:
    """The same for async, where a scope can end the wait."""
    import anyio  # httpx has it loaded once it does async, and a sync user never needs it

    with suppress(httpx.RequestError), anyio.move_on_after(DRAIN_SECONDS):
        while await next_chunk(answer.rest, answer.head) is not None:
            pass


async def close_async(answer: AsyncAnswer) -> None:
    """Closes the connection, and ends the nested generators of httpx and httpcore, of which trio would warn. Once."""
    if answer.response.is_closed:
        return
    import anyio

    await closing_cleanly(answer.response.aclose(), answer.head)
    if "network_stream" in answer.response.extensions:  # httpcore's; another transport's stream is not read on
        with anyio.CancelScope() as scope, suppress(Exception):
            scope.cancel()  # what is still there is taken; then there is no waiting
            async for _ in answer.rest:
                pass


def cut(response: httpx.Response) -> None:
    """Ends the waiting of a thread that reads, with an error; closing the socket alone would not."""
    network = response.extensions.get("network_stream")
    if network is not None:
        with suppress(OSError):
            network.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
