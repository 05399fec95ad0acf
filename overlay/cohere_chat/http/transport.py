"""Sends a call until the body of an answer begins, and reads plain answers; once for sync and once for async.

A call is open once the first chunk of the body has arrived. From then on, it is never retried.

Belongs here: the I/O edge, and retries. Not known here: what the bytes mean.
"""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Any
from weakref import ref

import httpx
from anyio.lowlevel import checkpoint

from cohere_chat.errors import APIResponseError, CohereChatError, ConfigurationError, status_error
from cohere_chat.http.call import Answer, AsyncAnswer, Exchange, SyncAnswer
from cohere_chat.http.cancelling import closing_cleanly
from cohere_chat.http.closing import Body, close_async, next_chunk
from cohere_chat.http.connections import H
from cohere_chat.http.encoding import Received, read_already
from cohere_chat.http.failures import connection_error, without_key
from cohere_chat.http.hooks import counting_the_status
from cohere_chat.http.limits import Pulled
from cohere_chat.http.retry import retrying

MAX_ERROR_BYTES = 2**20  # of an error's body; the rest is not read


def _request(exchange: Exchange[Any], http: H, trace: Callable[..., Any]) -> httpx.Request:
    """Builds httpx's request. Any: sync or async; `trace` is a function for sync, a coroutine function for async."""
    call = exchange.call
    request: httpx.Request = http.build_request(call.method, call.url, content=call.content, headers=call.headers)
    exchange.request = ref(request)
    request.extensions.update(trace=trace, timeout=exchange.limits)
    request.stream = Body(call.content)
    return request


@contextmanager
def _connection_errors(exchange: Exchange[Any]) -> Generator[None]:  # Any: as above
    try:
        yield
    except httpx.RequestError as error:
        if exchange.connections.closed:
            raise ConfigurationError("the client was closed before a response arrived") from without_key(error)
        raise connection_error(error, exchange) from error
    finally:
        exchange.log()


def _refusal(response: httpx.Response, told: Received, exchange: Exchange[Any]) -> CohereChatError:  # Any: as above
    body, url = bytes(told.unpacked[:MAX_ERROR_BYTES]), exchange.call.url
    error = status_error(response.status_code, response.headers, body, attempts=exchange.attempts, url=url)
    error.raw = body or bytes(told.raw[:MAX_ERROR_BYTES])  # as sent, if nothing can be unpacked
    return error


def _body(response: httpx.Response) -> Any:  # Any: an iterable of bytes for sync, an async one for async
    """Returns the body as sent. Raises, like `iter_raw()`, if a hook consumed it: its connection may be reused."""
    if (content := read_already(response)) is not None:
        return Body(content)
    if response.is_stream_consumed or response.is_closed:
        raise httpx.StreamConsumed if response.is_stream_consumed else httpx.StreamClosed
    return response.stream


def open_answer(exchange: Exchange[httpx.Client]) -> SyncAnswer:
    """Sends the call, and retries it if `retry_wait` says so. Raises APIConnectionError and APIStatusError."""
    try:
        return _attempt(exchange)
    except CohereChatError as error:
        exchange.pending.append(error)
    for attempt in retrying(exchange):
        with attempt:
            return _attempt(exchange)
    raise AssertionError("unreachable: the last attempt returns or raises")


def _attempt(exchange: Exchange[httpx.Client]) -> SyncAnswer:
    with _connection_errors(exchange):
        exchange.begin()
        http = exchange.connections.http
        request = _request(exchange, http, exchange.trace)
        with counting_the_status(exchange):
            response = http.send(request, stream=True, follow_redirects=False)
        exchange.received(response.status_code, response.headers)
        try:
            rest: Iterator[bytes] = iter(_body(response))
            rest = rest if exchange.call.deadline is None else exchange.limits.timed(rest)
            if response.is_success:
                answer = Answer(response, next(filter(None, rest), b""), rest, exchange)
                exchange.check_open()
                return answer
            told = Received(response, MAX_ERROR_BYTES)
            with suppress(httpx.RequestError, APIResponseError):  # the status counts, whatever happens to the body
                for chunk in rest:
                    list(told.add(chunk))
            raise _refusal(response, told, exchange)
        except BaseException:
            response.close()
            raise


async def open_answer_async(exchange: Exchange[httpx.AsyncClient]) -> AsyncAnswer:
    """The same for async."""
    try:
        return await _attempt_async(exchange)
    except CohereChatError as error:
        exchange.pending.append(error)
    async for attempt in retrying(exchange):
        with attempt:
            return await _attempt_async(exchange)
    raise AssertionError("unreachable: the last attempt returns or raises")


async def _attempt_async(exchange: Exchange[httpx.AsyncClient]) -> AsyncAnswer:
    with _connection_errors(exchange):
        exchange.begin()
        http = exchange.connections.http
        request = _request(exchange, http, exchange.trace_async)
        with counting_the_status(exchange), exchange.connections.in_loop():
            sent = http.send(request, stream=True, follow_redirects=False)
            response = await closing_cleanly(exchange.limits.in_time(sent), exchange)
        exchange.received(response.status_code, response.headers)
        answer = Answer(response, b"", aiter(Body(b"")), exchange)
        try:
            rest: AsyncIterator[bytes] = aiter(_body(response))
            in_time = Pulled(lambda: exchange.limits.in_time(anext(rest)))
            answer = answer._replace(rest=rest if exchange.call.deadline is None else in_time)
            if response.is_success:
                while (first := await next_chunk(answer)) == b"":
                    pass  # nothing has arrived yet
                exchange.check_open()
                return answer._replace(first=first or b"")
            told = Received(response, MAX_ERROR_BYTES)
            with suppress(httpx.RequestError, APIResponseError):
                while (chunk := await next_chunk(answer)) is not None:
                    list(told.add(chunk))
            raise _refusal(response, told, exchange)
        except BaseException:
            await close_async(answer)
            raise


def read_body(answer: SyncAnswer) -> bytes:
    """Reads a plain answer to its end, unpacks it and closes it. Raises APIConnectionError if it is cut off,
    APIResponseError if it is too large or cannot be unpacked; the bytes received are in `raw`."""
    received = Received(answer.response, answer.exchange.call.max_response_bytes)
    try:
        for chunk in chain((answer.first,), answer.rest):
            list(received.add(chunk))
        answer.exchange.check_open()  # a body without a length looks complete
    except httpx.RequestError as error:
        raise connection_error(error, answer.exchange, answer.response.headers, bytes(received.raw)) from error
    finally:
        answer.response.close()
    return received.whole()


async def read_body_async(answer: AsyncAnswer) -> bytes:
    """The same for async. Other tasks run between two unpacked pieces."""
    received = Received(answer.response, answer.exchange.call.max_response_bytes)
    chunk: bytes | None = answer.first
    try:
        while chunk is not None:
            for _ in received.add(chunk):
                await checkpoint()  # other tasks run
            chunk = await next_chunk(answer)
        answer.exchange.check_open()
    except httpx.RequestError as error:
        raise connection_error(error, answer.exchange, answer.response.headers, bytes(received.raw)) from error
    finally:
        await close_async(answer)
    return received.whole()
