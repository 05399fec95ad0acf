"""When to try again, and how long to wait: a pure function of the error.

Belongs here: the decision and its numbers. Not known here: clocks, the network, how a request is sent. `stamina` runs
the loop, and waits as long as the function says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cohere_chat.errors import APIConnectionError, APIStatusError

if TYPE_CHECKING:
    from stamina._core import _RetryContextIterator  # it has no public name

RETRY_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504})
MAX_RETRY_AFTER = 60.0  # seconds; if the service asks for more, the error is raised at once


def retry_wait(error: Exception) -> bool | float:
    """`False`: give up. `True`: back off and try again. A number: try again after that many seconds."""
    if isinstance(error, APIStatusError):
        if error.status_code not in RETRY_STATUSES:
            return False
        if error.retry_after is None:
            return True
        return error.retry_after if error.retry_after <= MAX_RETRY_AFTER else False
    # An answer that has begun is paid for: another request would be paid for again.
    return isinstance(error, APIConnectionError) and not error.headers


def retrying(*, attempts: int) -> _RetryContextIterator:
    """stamina's attempts: 0.5 s apart, doubling to 8 s, each with up to 0.25 s more, or as `retry_wait` says."""
    import stamina  # only a call that has failed once needs it

    return stamina.retry_context(
        retry_wait, attempts=attempts, timeout=None, wait_initial=0.5, wait_max=8.0, wait_jitter=0.25, wait_exp_base=2
    )
