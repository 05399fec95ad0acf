"""Sends a call until the body of an answer begins, and reads plain answers; once for sync and once for async.

Belongs here: the I/O edge, and trying again. Not known here: what the bytes mean.

Plain calls and streams are opened alike: with the status and the first chunk in hand. So nothing is requested again
once a byte of the body has come.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Any

import httpx

from cohere_chat.errors import APIResponseError, CohereChatError, ConfigurationError, status_error

from .call import Answer, AsyncAnswer, Call, Head, SyncAnswer
from .cancelling import closing_cleanly
from .closing import Body, close_async, next_chunk
from .connections import Connections
from .encoding import Received, read_already
from .failures import broken_off, connection_error, name_request, without_key
from .hooks import counting_the_status
from .retry import retrying

MAX_ERROR_BYTES = 2**20  # of the body of an error; the rest is not read


def _request(http: httpx.Client | httpx.AsyncClient, call: Call, trace: Callable[..., Any]) -> httpx.Request:
    """Any: a function's result for sync, a coroutine's for async."""
    if http.is_closed:
        raise ConfigurationError("the client is closed: make a new one")
    request = http.build_request(
        call.method, call.url, content=call.content, headers=call.headers, timeout=call.timeout
    )
    request.extensions["trace"] = trace
    request.stream = Body(call.content)
    return request


@contextmanager
def _connection_errors(connections: Connections[Any], call: Call, attempts: int) -> Generator[None]:
    """Any: of either face."""
    try:
        yield
    except httpx.RequestError as error:
        if connections.closed:
            raise ConfigurationError("the client was closed before the answer came") from without_key(error)
        raise connection_error(error, call, attempts) from error


def _refusal(response: httpx.Response, told: Received, call: Call, attempts: int) -> CohereChatError:
    body = bytes(told.unpacked[:MAX_ERROR_BYTES])
    error = status_error(response.status_code, response.headers, body, attempts=attempts, url=call.url)
    error.raw = body or bytes(told.raw[:MAX_ERROR_BYTES])  # as sent, if nothing of it can be unpacked
    return error


def _body(response: httpx.Response) -> httpx.SyncByteStream | httpx.AsyncByteStream:
    """The body as sent. Raises as `iter_raw()` does if a hook has consumed it: its connection may be in use again."""
    content = read_already(response)
    if content is not None:
        return Body(content)
    if response.is_stream_consumed:
        raise httpx.StreamConsumed
    if response.is_closed:
        raise httpx.StreamClosed
    return response.stream


def open_answer(connections: Connections[httpx.Client], call: Call) -> SyncAnswer:
    """Sends the call, and again if `retry_wait` says so. Raises APIConnectionError and APIStatusError."""
    try:
        return _attempt(connections, call, 1)
    except CohereChatError as error:
        first = error
    try:
        for attempt in retrying(attempts=call.max_retries + 1):
            with attempt:
                if attempt.num == 1:
                    raise first
                return _attempt(connections, call, attempt.num)
    finally:
        del first  # its traceback holds this frame
    raise AssertionError("unreachable: the last attempt returns or raises")


def _attempt(connections: Connections[httpx.Client], call: Call, number: int) -> SyncAnswer:
    head = Head(connections.opened)
    with _connection_errors(connections, call, number):
        request = _request(connections.http, call, head.trace)
        with counting_the_status(head, call, number):
            response = connections.http.send(request, stream=True, follow_redirects=False)
        try:
            body = _body(response)
            assert isinstance(body, Iterable)  # noqa: S101  # a sync client's is
            rest = iter(body)
            if response.is_success:
                return Answer(response, next(filter(None, rest), b""), rest, head, call, number, connections)
            told = Received(response, MAX_ERROR_BYTES)
            with suppress(httpx.RequestError, APIResponseError):  # the status counts, whatever happens to the body
                for chunk in rest:
                    list(told.add(chunk))
        except BaseException as error:
            response.close()
            name_request(error, response)
            raise
        response.close()
        raise _refusal(response, told, call, number)


async def open_answer_async(connections: Connections[httpx.AsyncClient], call: Call) -> AsyncAnswer:
    """The same for async."""
    try:
        return await _attempt_async(connections, call, 1)
    except CohereChatError as error:
        first = error
    try:
        async for attempt in retrying(attempts=call.max_retries + 1):
            with attempt:
                if attempt.num == 1:
                    raise first
                return await _attempt_async(connections, call, attempt.num)
    finally:
        del first
    raise AssertionError("unreachable: the last attempt returns or raises")


async def _attempt_async(connections: Connections[httpx.AsyncClient], call: Call, number: int) -> AsyncAnswer:
    head = Head(connections.opened)
    with _connection_errors(connections, call, number):
        request = _request(connections.http, call, head.trace_async)
        with counting_the_status(head, call, number), connections.in_loop():
            sent = connections.http.send(request, stream=True, follow_redirects=False)
            response = await closing_cleanly(sent, head)
        try:
            body = _body(response)
            assert isinstance(body, AsyncIterable)  # noqa: S101  # an async client's is
            rest = aiter(body)
            if response.is_success:
                while (first := await next_chunk(rest, head)) == b"":
                    pass  # nothing has come yet
                return Answer(response, first or b"", rest, head, call, number, connections)
            told = Received(response, MAX_ERROR_BYTES)
            with suppress(httpx.RequestError, APIResponseError):
                while (chunk := await next_chunk(rest, head)) is not None:
                    list(told.add(chunk))
        except BaseException as error:
            await closing_cleanly(response.aclose(), head)
            name_request(error, response)
            raise
        await close_async(response, rest, head)
        raise _refusal(response, told, call, number)


def read_body(answer: SyncAnswer) -> bytes:
    """Reads a plain answer to its end, unpacks and closes it.

    Raises APIConnectionError if it breaks off, APIResponseError if it is larger than the bound of the client or cannot
    be unpacked; what had come is in `raw`.
    """
    received = Received(answer.response, answer.call.max_response_bytes)
    try:
        for chunk in chain((answer.first,), answer.rest):
            list(received.add(chunk))
    except httpx.RequestError as error:
        raise broken_off(error, answer, raw=bytes(received.raw)) from error
    finally:
        answer.response.close()
    return received.whole()


async def read_body_async(answer: AsyncAnswer) -> bytes:
    """The same for async. Other tasks run between two pieces that are unpacked."""
    received = Received(answer.response, answer.call.max_response_bytes)
    chunk: bytes | None = answer.first
    try:
        while chunk is not None:
            for _ in received.add(chunk):
                await pause()
            chunk = await next_chunk(answer.rest, answer.head)
    except httpx.RequestError as error:
        raise broken_off(error, answer, raw=bytes(received.raw)) from error
    finally:
        if chunk:  # the body is not over
            await close_async(answer.response, answer.rest, answer.head)
        await closing_cleanly(answer.response.aclose(), answer.head)
    return received.whole()


async def pause() -> None:
    """Lets other tasks run."""
    import anyio.lowlevel  # httpx has loaded it for async; sync never needs it

    await anyio.lowlevel.checkpoint()
