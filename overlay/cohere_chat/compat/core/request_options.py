"""`cohere.core.request_options`.

Belongs here: the options of one call, for type checkers. Not known here: what becomes of them (`client.py`).
"""

from __future__ import annotations

from typing import Any, TypedDict


class RequestOptions(TypedDict, total=False):
    """Options of one call.

    timeout_in_seconds, timeout: seconds between two bytes.
    max_retries:                 how often to try again, 0 or more; default that of the client.
    additional_headers:          headers to send, beside or instead of our own.
    additional_query_parameters: parameters for the query of the URL.
    additional_body_parameters:  keys for the body of the request.

    The others change nothing here: bytes are read as they come (`chunk_size`), a stream is never requested again once
    a byte of it has come (`stream_reconnection_enabled`, `max_stream_reconnection_attempts`), and a connection that
    fails before that is tried again in any case (`retry_remote_protocol_errors`).
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
