"""What httpcore's trace tells of an answer, and awaits that mind it where a task is cancelled.

Belongs here: when a cancellation would leave a connection in the pool for ever, and holding it back until then. Not
known here: requests, errors of ours, what is awaited.
"""

from __future__ import annotations

import types
from collections.abc import Awaitable, Generator, Mapping
from functools import partial
from typing import Any, TypeAlias, TypeVar

import attrs
import httpx

T = TypeVar("T")
Steps: TypeAlias = Generator[Any, Any, T]  # Any: what a task and its event loop tell each other

_BUSY_AFTER = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete", "response_closed.started")


@attrs.define(eq=False, repr=False)
class Head:
    """What httpcore's trace tells of an answer.

    Its status and headers as soon as they come: httpx may fail between them and giving the answer, be it on a Location
    that is no URL or in a hook that reads the body. The status counts all the same, and a success is not asked for
    again. And whether its connection is just being put to use or closed, which no cancellation may cut short.
    """

    status_code: int | None = None
    headers: httpx.Headers = attrs.field(factory=httpx.Headers)
    busy: bool = False
    _of_a_proxy: bool = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:  # Any: httpcore's
        """httpcore calls this at each of its steps."""
        self.busy = event.endswith(_BUSY_AFTER)
        if event.endswith("send_request_headers.started"):  # once more, where there is a proxy or an httpx.Auth
            self.status_code = None
            self._of_a_proxy = info["request"].method == b"CONNECT"
        elif event.endswith("receive_response_headers.complete") and not self._of_a_proxy:
            for value in info["return_value"]:  # HTTP/1.1 and HTTP/2 have them at other places
                if isinstance(value, int):
                    self.status_code = value
                elif isinstance(value, list):
                    self.headers = httpx.Headers(value)

    async def trace_async(self, event: str, info: Mapping[str, Any]) -> None:  # Any: as above
        """The same for async."""
        self.trace(event, info)


async def closing_cleanly(awaitable: Awaitable[T], head: Head) -> T:
    """Awaits, and holds cancellations by asyncio back where they would leave a connection in the pool for ever.

    That is while httpx closes it, in the task that reads, at the end or when that is cancelled; and when it is open but
    not in use yet. What is held back comes as soon as it can do no harm, or is asked for again at the end.
    """
    steps = awaitable.__await__()
    try:
        wanted = steps.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # what the awaitable gives
    return await going_on_cleanly(steps, wanted, head)


@types.coroutine
def going_on_cleanly(steps: Steps[T], wanted: Any, head: Head) -> Steps[T]:  # Any: a future of the event loop's
    """`closing_cleanly` for an awaitable whose first step has been taken: `wanted` is what it waits for."""
    cancelled = False
    held_back: BaseException | None = None
    while True:
        try:
            step = partial(steps.send, (yield wanted))
        except BaseException as error:  # noqa: BLE001  # whatever it is, it goes on to where it belongs
            if _is_cancellation(error) and (cancelled or head.busy):
                held_back, step = error, partial(steps.send, None)
            else:
                cancelled, step = cancelled or _is_cancellation(error), partial(steps.throw, error)
        try:
            wanted = step()
            if held_back is not None and not cancelled and not head.busy:
                now, held_back, cancelled = held_back, None, True
                wanted = steps.throw(now)
        except StopIteration as stop:
            if held_back:
                _cancel_again()
            return stop.value  # type: ignore[no-any-return]  # what the awaitable gives
        except BaseException as error:
            if held_back and not _is_cancellation(error):
                _cancel_again()
            raise


def _is_cancellation(error: BaseException) -> bool:
    """Whether asyncio's `Task.cancel()` was called by someone. anyio calls it too, over and over, to end its own scopes
    (every time limit of httpx is one), and marks these; trio's cancellations come once."""
    by_anyio = bool(error.args) and str(error.args[0]).startswith("Cancelled ")
    return type(error).__name__ == "CancelledError" and not by_anyio


def _cancel_again() -> None:
    import asyncio  # it is loaded: nothing else cancels twice

    task = asyncio.current_task()
    if task is not None:
        task.uncancel()  # it was counted when it came
        task.cancel()
