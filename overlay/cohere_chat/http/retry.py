"""When to retry, and how long to wait.

Belongs here: the decision and its numbers; `stamina` runs the loop. Not known here: the network, how a call is sent.
"""

import logging
import os
from functools import partial
from typing import Any

from cohere_chat.errors import APIConnectionError, APIStatusError, APITimeoutError
from cohere_chat.http.call import Exchange
from cohere_chat.http.settings import LOG

# stamina logs a bare `stamina.retry_scheduled` for each retry. Our own line replaces it.
logging.getLogger("stamina").addFilter(lambda record: vars(record).get("stamina.callable") != "cohere_chat")

RETRY_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504})
MAX_RETRY_AFTER = 60.0  # seconds; if the service asks for more, the error is raised at once


def retry_wait(error: Exception) -> bool | float:
    """Returns `False` to give up, `True` to back off and retry, or the number of seconds after which to retry."""
    if isinstance(error, APIStatusError):
        after = error.retry_after
        again = error.status_code in RETRY_STATUSES and (after is None or after <= MAX_RETRY_AFTER)
        return again and (True if after is None else after)
    # A response that has begun is billed: a retry would be billed again.
    return isinstance(error, APIConnectionError) and not error.headers


def retrying(exchange: Exchange[Any]) -> Any:  # Any: sync or async; stamina has no public name for it
    """Returns stamina's attempts, each after the wait that `_wait` returns."""
    import stamina  # only a call that has failed once needs it

    attempts = stamina.retry_context(partial(_wait, exchange), attempts=exchange.call.max_retries + 1, timeout=None)
    return attempts.with_name("cohere_chat", (), {})


def _wait(exchange: Exchange[Any], error: Exception) -> bool | float:  # Any: as above
    """`retry_wait` with the seconds of the backoff: 0.5, doubling to 8, each with up to 0.25 of jitter."""
    wait = retry_wait(error)
    if wait is False or exchange.closed:
        return False
    if wait is True:
        wait = 0.5 * 2 ** min(exchange.attempts - 1, 4) + os.urandom(1)[0] / 1024  # random would be one more import
    left = exchange.limits.left()
    if wait < left:
        if exchange.attempts <= exchange.call.max_retries:
            reason = f"{type(error).__name__} {exchange.status_code or ''}".strip()
            LOG.info("attempt %d failed (%s), the next one is in %.1f s", exchange.attempts, reason, wait)
        return wait
    if exchange.attempts > exchange.call.max_retries or (left <= 0 and isinstance(error, APITimeoutError)):
        return False
    line = f"the deadline of {exchange.call.deadline} s would pass before the next attempt, in {wait:.1f} s: {error}"
    raise APITimeoutError(line, attempts=exchange.attempts) from error
