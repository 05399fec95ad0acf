"""Workaround: awaits that do not leak a connection if their task is cancelled.

Upstream (httpcore 1.0): a connection stays in the pool if asyncio cancels a task while it opens or closes it.

Belongs here: delaying a cancellation until `Exchange.busy` is false. Not known here: requests, what is awaited.
"""

import types
from collections.abc import Awaitable, Generator
from functools import partial
from typing import Any, TypeAlias, TypeVar

from cohere_chat.http.call import Exchange

T = TypeVar("T")
Steps: TypeAlias = Generator[Any, Any, T]  # Any: what a task and its event loop exchange


async def closing_cleanly(awaitable: Awaitable[T], exchange: Exchange[Any]) -> T:
    """Awaits. Delays asyncio cancellations that would leak a connection until they do no harm."""
    steps = awaitable.__await__()
    try:
        wanted = steps.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # what the awaitable returns
    return await going_on_cleanly(steps, wanted, exchange)


@types.coroutine
def going_on_cleanly(steps: Steps[T], wanted: Any, exchange: Exchange[Any]) -> Steps[T]:  # Any: an event loop's future
    """`closing_cleanly` for an awaitable whose first step has been taken: `wanted` is what it waits for."""
    cancelled = False
    held_back: BaseException | None = None
    while True:
        try:
            step = partial(steps.send, (yield wanted))
        except BaseException as error:  # noqa: BLE001  # it is passed on, whatever it is
            if _is_cancellation(error) and (cancelled or exchange.busy):
                held_back, step = error, partial(steps.send, None)
            else:
                cancelled, step = cancelled or _is_cancellation(error), partial(steps.throw, error)
        try:
            wanted = step()
            if held_back is not None and not cancelled and not exchange.busy:
                now, held_back, cancelled = held_back, None, True
                wanted = steps.throw(now)
        except StopIteration as stop:
            if held_back:
                _cancel_again()
            return stop.value  # type: ignore[no-any-return]  # what the awaitable returns
        except BaseException as error:
            if held_back and not _is_cancellation(error):
                _cancel_again()
            raise


def _is_cancellation(error: BaseException) -> bool:
    """Whether asyncio's `Task.cancel()` was called by anyone but anyio. anyio calls it repeatedly to end its own scopes
    (each httpx timeout is one), and marks these calls. trio cancels only once."""
    by_anyio = bool(error.args) and str(error.args[0]).startswith("Cancelled ")
    return type(error).__name__ == "CancelledError" and not by_anyio


def _cancel_again() -> None:
    import asyncio  # loaded already, since only asyncio cancels

    task = asyncio.current_task()
    if task is not None:
        task.uncancel()  # it was counted when it arrived
        task.cancel()
