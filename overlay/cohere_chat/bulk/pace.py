"""How fast requests are sent: the account's limits, lowered while the service refuses requests in numbers.

Belongs here: waiting for a turn. Not known here: rows, requests, what a refusal costs a row.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

from aiolimiter import AsyncLimiter

RECENT = 50  # requests that are looked back at
IN_NUMBERS = 3  # refusals among them that are more than stray ones
CALM = 10.0  # seconds between two changes of the rate
CUT, RAISED = 0.7, 1.05


class Pace:
    """Limits requests and tokens per minute. `None` means no limit, until the service refuses requests in numbers."""

    def __init__(self, rpm: float | None, tpm: float | None) -> None:
        self._rpm, self._tpm = rpm, tpm
        self._tokens = AsyncLimiter(tpm, 60) if tpm else None
        self._each = 0.0  # the average tokens of a request
        self._recent: deque[bool] = deque(maxlen=RECENT)
        self._sent: deque[float] = deque(maxlen=200)  # times of the last requests
        self._paused_until = self._changed = 0.0
        self.rate = rpm
        self._set(rpm)

    def _set(self, rate: float | None) -> None:
        self.rate = rate
        # One request each 60 / rate seconds. A limiter of `rate` per 60 would let all of them go at once.
        self._requests = AsyncLimiter(1, 60 / rate) if rate else None

    async def turn(self) -> None:
        """Waits until the next request may be sent."""
        while (wait := self._paused_until - time.monotonic()) > 0:  # noqa: ASYNC110  # others may prolong it
            await asyncio.sleep(wait)
        if self._requests is not None:
            await self._requests.acquire()
        if self._tokens is not None and self._tpm is not None and self._each:
            await self._tokens.acquire(min(self._each, self._tpm))
        self._sent.append(time.monotonic())

    def refused(self, wait: float) -> None:
        """Notes a 429. If they come in numbers, all requests pause for `wait` seconds, and the rate is cut."""
        now = time.monotonic()
        self._recent.append(True)
        if sum(self._recent) >= IN_NUMBERS and now - self._changed > min(wait, CALM):
            self._paused_until, self._changed = now + wait, now
            measured = 60 * len(self._sent) / max(now - self._sent[0], 1) if self._sent else 60.0
            self._set(max(1.0, CUT * min(self.rate or measured, measured)))
            self._recent.clear()

    def answered(self, tokens: float) -> None:
        """Notes an answer and its tokens. After a while without refusals, the rate goes up again."""
        self._recent.append(False)
        self._each = tokens if not self._each else 0.95 * self._each + 0.05 * tokens
        now = time.monotonic()
        if self.rate != self._rpm and self.rate and now - self._changed > CALM and not any(self._recent):
            self._changed = now
            raised = RAISED * self.rate
            self._set(min(raised, self._rpm) if self._rpm else raised)
