"""An httpx client over the httpx2 client of an application.

Belongs here: requests, responses and exceptions of one library -> the other's. Not known here: our client, and how an
httpx2 client sends. httpx2 is httpx under another name, but neither accepts the other's classes. This module is not
imported until the application has imported httpx2.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import httpx2

from cohere_chat.http.failures import without_key


def over_httpx2(client: Any, wanted: type) -> Any:
    """Returns an httpx client of type `wanted` that sends with `client`, if that is the httpx2 client of this type;
    otherwise returns `client` itself. Any: a client of any kind."""
    if wanted is httpx.Client and isinstance(client, httpx2.Client):
        return _Client(client)
    return _AsyncClient(client) if wanted is httpx.AsyncClient and isinstance(client, httpx2.AsyncClient) else client


class _Client(httpx.Client):
    """Adds nothing to a request: headers, cookies, hooks, proxies and redirects are those of `over`."""

    def __init__(self, over: httpx2.Client) -> None:
        super().__init__(transport=_Transport(over), timeout=httpx.Timeout(**over.timeout.as_dict()), trust_env=False)
        self.headers.clear()
        self.over = over

    @property
    def is_closed(self) -> bool:
        return self.over.is_closed


class _AsyncClient(httpx.AsyncClient):
    def __init__(self, over: httpx2.AsyncClient) -> None:
        transport = _AsyncTransport(over)
        super().__init__(transport=transport, timeout=httpx.Timeout(**over.timeout.as_dict()), trust_env=False)
        self.headers.clear()
        self.over = over

    @property
    def is_closed(self) -> bool:
        return self.over.is_closed


class _Transport(httpx.BaseTransport):
    def __init__(self, over: httpx2.Client) -> None:
        self._over = over

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with _as_httpx(request):
            answer = self._over.send(_request(self._over, request), stream=True, follow_redirects=False)
        return _answer(answer, request)


class _AsyncTransport(httpx.AsyncBaseTransport):
    def __init__(self, over: httpx2.AsyncClient) -> None:
        self._over = over

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with _as_httpx(request):
            answer = await self._over.send(_request(self._over, request), stream=True, follow_redirects=False)
        return _answer(answer, request)


def _request(over: httpx2.Client | httpx2.AsyncClient, request: httpx.Request) -> httpx2.Request:
    headers = request.headers.copy()
    headers.pop("host")  # `over` may set another one
    sent = over.build_request(request.method, str(request.url), content=request.content, headers=headers.raw)
    sent.stream = _Sent(request.stream)
    sent.extensions = dict(request.extensions)
    return sent


def _answer(answer: httpx2.Response, request: httpx.Request) -> httpx.Response:
    headers = httpx.Headers(answer.headers.raw)
    with suppress(httpx2.ResponseNotRead):  # unless a hook has read it
        read = httpx.Response(answer.status_code, content=answer.content, extensions=answer.extensions)
        read.headers = headers  # set here: the body is decoded already
        return read
    stream = _Received(answer, request)
    made = httpx.Response(answer.status_code, headers=headers, stream=stream, extensions=answer.extensions)
    made.is_stream_consumed, made.is_closed = answer.is_stream_consumed, answer.is_closed  # by a hook
    return made


class _Sent(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """The body of a request."""

    def __init__(self, stream: Any) -> None:  # Any: httpx's SyncByteStream for sync, its AsyncByteStream for async
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._stream)


class _Received(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of a response, as sent."""

    def __init__(self, answer: httpx2.Response, request: httpx.Request) -> None:
        self._answer, self._request = answer, request
        self._stream: Any = answer.stream  # Any: as above; for async, then its iterator

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx(self._request):
            yield from self._stream

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._stream = aiter(self._stream)
        return self

    async def __anext__(self) -> bytes:
        try:  # a context manager for each chunk would cost more
            chunk: bytes = await anext(self._stream)
        except httpx2.RequestError as error:
            raise _same(error, self._request) from error
        return chunk

    def close(self) -> None:
        with _as_httpx(self._request):
            self._answer.close()

    async def aclose(self) -> None:
        with _as_httpx(self._request):
            await self._answer.aclose()


def _same(error: httpx2.RequestError, request: httpx.Request) -> httpx.RequestError:
    """Returns the exception of httpx with the same name."""
    names = [cls.__name__ for cls in type(without_key(error)).__mro__ if cls.__module__ == "httpx2"]
    cls: type[httpx.RequestError] = next(getattr(httpx, name) for name in names if hasattr(httpx, name))
    return cls(str(error), request=request)


@contextmanager
def _as_httpx(request: httpx.Request) -> Generator[None]:
    """Turns the exceptions of httpx2 into those of httpx."""
    try:
        yield
    except httpx2.RequestError as error:
        raise _same(error, request) from error
    except httpx2.HTTPStatusError as error:  # a hook's
        answer = _answer(without_key(error).response, request)
        raise httpx.HTTPStatusError(str(error), request=request, response=answer) from error
