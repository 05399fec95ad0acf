"""httpx clients whose transports use less CPU: `pip install 'cohere-chat[fast]'`."""

from .clients import fast_async_http_client as fast_async_http_client
from .clients import fast_http_client as fast_http_client

__all__ = ["fast_async_http_client", "fast_http_client"]
