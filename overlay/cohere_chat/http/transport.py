"""Sends a call until the body of an answer begins, and reads plain answers; once for sync and once for async.

Belongs here: the I/O edge, and trying again. Not known here: what the bytes mean.

Plain calls and streams are opened alike: with the status and the first chunk in hand. So nothing is requested again
once a byte of the body has come. Chunks come from `response.stream`, not from `iter_raw()`, which takes two more calls
for each, to count it and to name the request in an exception (`overlay/README.md`).
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from cohere_chat.errors import APIResponseError, APIStatusError, CohereChatError, ConfigurationError, status_error

from .call import Answer, AsyncAnswer, Call, Head
from .cancelling import closing_cleanly
from .closing import Body, next_chunk
from .encoding import decode_body, read_already
from .failures import broken_off, connection_error, name_request, raise_if_of_another_loop
from .hooks import counting_the_status
from .retry import retrying


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
    request.stream = Body(call.content)
    return request


def _send(http: httpx.Client, call: Call, attempts: int) -> httpx.Response:
    head = Head()
    request = _request(http, call, head.trace)
    with counting_the_status(head, call, attempts):
        return http.send(request, stream=True, follow_redirects=False)


async def _send_async(http: httpx.AsyncClient, call: Call, attempts: int, head: Head) -> httpx.Response:
    request = _request(http, call, head.trace_async)
    with counting_the_status(head, call, attempts):
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


def _refusal(response: httpx.Response, raw: bytes, attempts: int) -> APIStatusError:
    body = b""
    with suppress(APIResponseError):  # the status counts, whatever happened to the body
        body = decode_body(response, raw)
    return status_error(response.status_code, response.headers, body, attempts=attempts)


def _untouched(response: httpx.Response) -> httpx.SyncByteStream | httpx.AsyncByteStream:
    """The stream of the body. Raises as `iter_raw()` does if a hook has read it: its connection may be in use again."""
    if response.is_stream_consumed:
        raise httpx.StreamConsumed
    if response.is_closed:
        raise httpx.StreamClosed
    return response.stream


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    """The body as sent."""
    content = read_already(response)
    chunks = _untouched(response) if content is None else (content,)
    assert isinstance(chunks, Iterable)  # noqa: S101  # a sync client's is
    return iter(chunks)


def _chunks_async(response: httpx.Response) -> AsyncIterator[bytes]:
    content = read_already(response)
    chunks = _untouched(response) if content is None else Body(content)
    assert isinstance(chunks, AsyncIterable)  # noqa: S101  # an async client's is
    return aiter(chunks)


def open_answer(http: httpx.Client, call: Call) -> Answer:
    """Sends the call, and again if `retry_wait` says so. Raises APIConnectionError and APIStatusError."""
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
            name_request(error, response)
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
            name_request(error, response)
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
    """Reads a plain answer to its end, unpacks and closes it. Raises APIConnectionError with what had come in `raw`."""
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
