"""`cohere.core.request_options`.

Belongs here: the options of one call, for type checkers. Not known here: how they are applied (`client.py`).
"""

from __future__ import annotations

from typing import Any, TypedDict


class RequestOptions(TypedDict, total=False):
    """Options of one call.

    timeout_in_seconds, timeout: the maximum seconds to connect, and between two bytes.
    max_retries:                 the maximum number of retries, 0 or more; default: the client's.
    additional_headers:          headers to send in addition to our own, or in their place.
    additional_query_parameters: parameters to add to the URL's query string.
    additional_body_parameters:  keys to add to the request body.

    The others have no effect here. Bytes are read as they arrive (`chunk_size`). A stream is never requested again once
    a byte of it has arrived (`stream_reconnection_enabled`, `max_stream_reconnection_attempts`). If a connection fails
    before that, the request is retried with or without `retry_remote_protocol_errors`.
    """

    timeout_in_seconds: float
    timeout: float
    max_retries: int
    additional_headers: dict[str, Any]  # Any: what can be written as a header
    additional_query_parameters: dict[str, Any]  # Any: what httpx takes
    additional_body_parameters: dict[str, Any]  # Any: JSON
    chunk_size: int
    retry_remote_protocol_errors: bool
    stream_reconnection_enabled: bool
    max_stream_reconnection_attempts: int
