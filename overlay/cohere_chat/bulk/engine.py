"""A run over all rows: workers send requests, retry, and write each result when it arrives.

Belongs here: what happens to a row, and what ends a run. Not known here: files and their lines, rates, figures.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from tqdm import tqdm

from cohere_chat import (
    APIConnectionError,
    APIStatusError,
    AsyncChatClient,
    AuthenticationError,
    ChatResponse,
    CohereChatError,
    InternalServerError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
)

from .journal import DiskFullError, Journal, made_with
from .pace import Pace
from .rows import BulkError, Prepare, Row, rows
from .summary import BulkSummary

_ACCOUNT = (AuthenticationError, PaymentRequiredError, PermissionDeniedError, NotFoundError)
_PER_CLIENT = 8  # workers: httpx's pool looks through all its connections for each call
PATIENCE = 600.0  # seconds in which every request is refused before the run stops

STOPS = (DiskFullError, OSError, *_ACCOUNT, RateLimitError)


class BulkStopped(Exception):  # noqa: N818  # it is not an error of the program
    """The run stopped before all rows were asked. Run it again with the same arguments to go on.

    reason:  `"account"` (a refused key, no credit, an unknown model, nothing but 429) or `"disk"`.
    summary: what was done.
    """

    def __init__(self, reason: str, cause: BaseException, summary: BulkSummary) -> None:
        super().__init__(f"stopped ({reason}): {cause}")
        self.reason, self.summary = reason, summary


def run(input: str | Path | Iterable[Any], output: str | Path, **options: Any) -> BulkSummary:  # noqa: A002  # as in arun
    """`arun` for sync code, with the same arguments. Ctrl-C waits for the requests under way; a second one does not."""
    return asyncio.run(arun(input, output, **options))


async def arun(
    input: str | Path | Iterable[Any],  # noqa: A002  # the usual name
    output: str | Path,
    *,
    model: str,
    client: AsyncChatClient | None = None,
    prepare: Prepare | None = None,
    id_field: str = "id",
    concurrency: int = 32,
    rpm: float | None = None,
    tpm: float | None = None,
    max_attempts: int = 5,
    retry_failed: bool = False,
    prices: Sequence[float] | None = None,
    progress: bool = True,
    ordered: bool = False,
    **params: Any,  # Any: as ChatParams
) -> BulkSummary:
    """Sends a request for each row, and writes each answer to the output when it arrives. Run it again to resume.

    input:        a .jsonl or .parquet file, or a list. A row is an object with `messages` and any parameter of `chat`.
    output:       a .jsonl file, which is also the journal, or a .parquet file, which is written from the journal at
                  the end. Failed rows go to OUT.failed.jsonl.
    client:       your own client; its retries are not used. `None` creates clients.
    prepare:      makes the parameters of `chat` from a row of any shape.
    id_field:     the key of the row's id. Rows without one get a hash of their content; equal rows share one answer.
    concurrency:  how many requests are under way at once, 1 or more.
    rpm, tpm:     the account's limits of requests and tokens per minute. `None` means no limit.
    max_attempts: how often a row is asked after server errors and lost connections, 1 or more.
    retry_failed: ask again the rows that failed before.
    prices:       the price of a million input and of a million output tokens.
    progress:     show a progress bar on stderr.
    ordered:      sort the output by the order of the input at the end.
    params:       parameters of `chat` for all rows; a row's own parameters take precedence.

    Raises BulkError if the run cannot begin, and BulkStopped if it cannot go on. If it is cancelled, it waits
    for the requests under way, shows its figures below the progress bar, and raises `asyncio.CancelledError`. A second
    cancellation does not wait.
    """
    if concurrency < 1 or max_attempts < 1:
        raise BulkError("concurrency and max_attempts are 1 or more")
    async with contextlib.AsyncExitStack() as stack:
        clients = await _clients(stack, client, concurrency)  # first: there may be no key
        journal = stack.enter_context(
            Journal(Path(output), made_with(model, params, prepare), retry_failed=retry_failed)
        )
        summary = BulkSummary(maybe_paid_twice=journal.unfinished)
        with journal.noting():
            for number, row in enumerate(rows(input, prepare, id_field)):
                summary.rows += journal.note(row)
                if number % 1000 == 0:
                    await asyncio.sleep(0)
        summary.resumed = journal.answered + journal.failed_before
        summary.rows += summary.resumed
        engine = Engine(journal, Pace(rpm, tpm), summary, {"model": model, **params}, max_attempts, prices)
        todo = (row for row in rows(input, prepare, id_field) if journal.take(row))
        journal.mark(min(concurrency, summary.rows - summary.resumed))
        try:
            with tqdm(total=summary.rows, initial=summary.resumed, disable=not progress, unit=" rows") as bar:
                await engine.work(todo, clients, concurrency, bar)
        finally:
            summary.end()
            if engine.draining and progress:
                print(summary.told(), file=sys.stderr)
        if engine.stopped is not None:
            reason = "disk" if isinstance(engine.stopped, DiskFullError | OSError) else "account"
            raise BulkStopped(reason, engine.stopped, summary) from engine.stopped
        journal.finish(Path(output), rows(input, prepare, id_field) if ordered else None)
        return summary


@attrs.define
class Engine:
    """What workers share."""

    journal: Journal
    pace: Pace
    summary: BulkSummary
    params: Mapping[str, Any]  # Any: as ChatParams
    max_attempts: int
    prices: Sequence[float] | None
    stopped: BaseException | None = None  # why no more rows are taken
    draining: bool = False
    refused_since: float | None = None
    _idle: set[asyncio.Task[Any]] = attrs.field(factory=set, init=False)  # Any: workers

    async def work(
        self, todo: Iterator[Row], clients: Sequence[AsyncChatClient], concurrency: int, bar: tqdm[Any]  # Any: no items
    ) -> None:  # fmt: skip
        """Runs the workers until there are no more rows. A first cancellation lets them finish their requests."""
        turns = zip(range(concurrency), itertools.cycle(clients), strict=False)
        workers = [asyncio.create_task(self._worker(todo, client, bar)) for _, client in turns]
        syncing = asyncio.create_task(self._sync())
        try:
            await asyncio.wait(workers)
        except asyncio.CancelledError:
            self.draining = True
            self._end_waits()
            try:
                await asyncio.wait(workers)
            finally:
                for worker in workers:
                    worker.cancel()
            raise
        finally:
            syncing.cancel()
            self.journal.sync()
            if all(worker.done() for worker in workers) and not isinstance(self.stopped, OSError):
                self.journal.mark(0)
        for worker in workers:
            if not worker.cancelled():
                worker.result()

    @contextlib.contextmanager
    def _waiting(self) -> Iterator[None]:
        """Around a wait between requests. The end of the run cancels it: the row is left to the next run."""
        task = asyncio.current_task()
        if task is None or self.draining or self.stopped is not None:
            raise asyncio.CancelledError
        self._idle.add(task)
        try:
            yield
        finally:
            self._idle.discard(task)

    def _end_waits(self) -> None:
        for worker in self._idle:
            worker.cancel()

    async def _sync(self) -> None:
        while True:
            await asyncio.sleep(1)
            await asyncio.to_thread(self.journal.sync)

    async def _worker(self, todo: Iterator[Row], client: AsyncChatClient, bar: tqdm[Any]) -> None:  # Any: as above
        while self.stopped is None and not self.draining and (row := next(todo, None)) is not None:
            try:
                await self.row(row, client)
            except STOPS as error:
                self.stopped = self.stopped or error
                self._end_waits()
            bar.update(1)
            bar.set_postfix_str(self._figures(), refresh=False)

    def _figures(self) -> str:
        told, cost = self.summary, "" if self.summary.cost is None else f", cost {self.summary.cost:.2f}"
        return f"{told.input_tokens + told.output_tokens:,} tokens, {told.failed} failed{cost}"

    async def row(self, row: Row, client: AsyncChatClient) -> None:
        """Asks for one row until it has an answer or has failed, and writes that. Raises what stops the run."""
        if row.error is not None:
            self._fail(row, 0, "BadRow", row.error)
            return
        attempts = 0
        while True:
            with self._waiting():
                await self.pace.turn()
            attempts += 1
            self.summary.requests += 1
            try:
                response = await client.chat(**{**self.params, **row.parameters}, max_retries=0)
            except _ACCOUNT:
                raise
            except RateLimitError as error:
                attempts -= 1  # it says nothing about the row
                await self._wait_for_the_limit(error)
            except CohereChatError as error:
                if not _again(error) or attempts == self.max_attempts:
                    self._fail(row, attempts, type(error).__name__, str(error), **_told(error))
                    return
                self.summary.retried += 1
                self.summary.maybe_paid_twice += isinstance(error, APIConnectionError)
                with self._waiting():
                    await asyncio.sleep(min(30.0, 0.5 * 2**attempts) * (0.5 + random.random() / 2))  # noqa: S311  # jitter
            except (TypeError, ValueError) as error:  # the row has a parameter or a message that cannot be sent
                self._fail(row, 0, type(error).__name__, str(error))
                return
            else:
                self._keep(row, attempts, response)
                return

    async def _wait_for_the_limit(self, error: RateLimitError) -> None:
        now = time.monotonic()
        self.refused_since = self.refused_since or now
        if now - self.refused_since > PATIENCE:
            raise error
        self.summary.refused += 1
        wait = error.retry_after if error.retry_after is not None else 5.0
        self.pace.refused(min(wait, 60.0))
        with self._waiting():
            await asyncio.sleep(min(wait, 60.0))

    def _keep(self, row: Row, attempts: int, response: ChatResponse) -> None:
        self.refused_since = None
        self.pace.answered(self.summary.add(response, self.prices))
        self.journal.write_answer(row, attempts, response.raw)

    def _fail(self, row: Row, attempts: int, kind: str, error: str, **told: Any) -> None:  # Any: JSON
        self.summary.failed += 1
        self.summary.failures[kind] += 1
        self.journal.write_failure(row, attempts, kind, message=error, **told)


def _again(error: CohereChatError) -> bool:
    """Whether a row is asked again. An answer that has begun may be billed."""
    if isinstance(error, APIConnectionError):
        return not error.headers
    return isinstance(error, InternalServerError) or getattr(error, "status_code", None) in (408, 409)


def _told(error: CohereChatError) -> dict[str, Any]:  # Any: JSON
    body = (
        error.body if isinstance(error, APIStatusError) else getattr(error, "raw", b"").decode(errors="replace") or None
    )
    return {"status": error.status_code, "body": body, "request_id": error.request_id}


async def _clients(
    stack: contextlib.AsyncExitStack, client: AsyncChatClient | None, concurrency: int
) -> list[AsyncChatClient]:
    """The user's client, or clients of our own: one over aiohttp where it is installed, else one for some workers."""
    if client is not None:
        return [client]
    try:
        from cohere_chat.fast import fast_async_http_client

        http = await stack.enter_async_context(fast_async_http_client())
        return [await stack.enter_async_context(AsyncChatClient(http_client=http))]
    except ImportError:
        count = -(-concurrency // _PER_CLIENT)
        return [await stack.enter_async_context(AsyncChatClient()) for _ in range(count)]
