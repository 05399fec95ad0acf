"""httpx clients over other transports.

Belongs here: passing the options of httpx to our transports. Not known here: the transports, our client.
httpx creates its transports, and those for proxies, in two methods. They are overridden here, as in httpx-aiohttp,
since httpx ignores proxy environment variables if you pass a transport.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import httpx

_MISSING = "{}. Install what the fast clients need: pip install 'cohere-chat[fast]'"
_LIMITS = httpx.Limits(max_connections=1000, max_keepalive_connections=100)


def _checked(options: dict[str, Any]) -> dict[str, Any]:  # Any: of httpx
    for name in ("http2", "transport"):
        if options.get(name):
            raise TypeError(f"{name} is not an option here: use httpx.Client({name}=...) instead")
    return {"limits": _LIMITS, **options}


def fast_http_client(**options: Any) -> httpx.Client:
    """An httpx.Client over urllib3, to pass as `http_client=`. A stream event takes less than half the CPU time.

    options: those of httpx.Client: `timeout`, `limits`, `verify`, `cert`, `proxy`, `headers`, `event_hooks`, ...
             Proxy environment variables are honoured unless `trust_env=False`. Default: 1,000 connections per origin.

    `keepalive_expiry` has no effect: a connection is reused until the server closes it.
    HTTP/2, SOCKS proxies and Unix sockets are not supported. Raises ImportError if the extra is not installed:
    `pip install 'cohere-chat[fast]'`.

    >>> from cohere_chat import ChatClient
    >>> from cohere_chat.fast import fast_http_client
    >>> with fast_http_client() as http, ChatClient(http_client=http) as client:  # doctest: +SKIP
    ...     print(client.chat(model="command-a-03-2025", messages=[{"role": "user", "content": "Hi"}]).text)
    """
    try:
        from .urllib3_transport import Urllib3Transport
    except ImportError as error:
        raise ImportError(_MISSING.format(error)) from error

    class Client(httpx.Client):
        # Any: what httpx passes, and its types for it.
        def _init_transport(self, transport: Any = None, **given: Any) -> Any:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
            return transport or Urllib3Transport(_context(given), given["limits"])

        def _init_proxy_transport(self, proxy: httpx.Proxy, **given: Any) -> Any:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
            return Urllib3Transport(_context(given), given["limits"], proxy)

    return Client(**_checked(options))


def fast_async_http_client(**options: Any) -> httpx.AsyncClient:
    """An httpx.AsyncClient over aiohttp, to pass as `http_client=`; see fast_http_client. It needs asyncio.

    Connections are limited in total, not per origin, and `keepalive_expiry` is honoured. The pool timeout includes the
    time to connect.
    """
    try:
        from .aiohttp_transport import AsyncioTransport
    except ImportError as error:
        raise ImportError(_MISSING.format(error)) from error

    class AsyncClient(httpx.AsyncClient):
        # Any: what httpx passes, and its types for it.
        def _init_transport(self, transport: Any = None, **given: Any) -> Any:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
            return transport or AsyncioTransport(**given)

        def _init_proxy_transport(self, proxy: httpx.Proxy, **given: Any) -> Any:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
            told = dict(proxy.headers)
            if proxy.auth is not None:  # aiohttp turns it into Proxy-Authorization
                told["Authorization"] = f"Basic {b64encode(':'.join(proxy.auth).encode()).decode()}"
            return AsyncioTransport(proxy=httpx.Proxy(proxy.url, headers=told), **given)

    return AsyncClient(**_checked(options))


def _context(given: dict[str, Any]) -> Any:  # Any: httpx's options; an SSLContext
    told = {name: given[name] for name in ("verify", "cert", "trust_env") if name in given}
    return httpx.create_ssl_context(**told)
