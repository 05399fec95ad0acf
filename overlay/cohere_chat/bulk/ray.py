"""Chat over a Ray Dataset, with the same journal.

    from cohere_chat.bulk.ray import chat
    answers = chat(ray.data.read_parquet("rows/"), model="command-a-03-2025", journal="/shared/run1", rpm=500)

Ray schedules, retries and moves the data. Each of its actors has a client and a journal of its own, in the shared
folder. All journals are read before a batch. So if Ray runs a batch again, only the rows that were under way in the
killed actor are asked again.

Belongs here: what an actor does with a batch, and one rate for all of them. Not known here: what happens to a single
row, files and their lines, scheduling.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import uuid
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa
import ray  # pyright: ignore[reportMissingImports]  # an extra that the checks do without: it is large
from ray.data import ActorPoolStrategy, Dataset  # pyright: ignore[reportMissingImports]  # as above

from cohere_chat import AsyncChatClient

from .engine import STOPS, Engine
from .journal import Journal, check_made_with, lines_from, made_with
from .pace import Pace
from .rows import Prepare, key_of, rows
from .summary import BulkSummary

MARGIN = 0.95  # of the limit: at exactly the limit, the service refuses some requests


def chat(
    dataset: Dataset,
    *,
    model: str,
    journal: str | Path,
    rpm: float | None = None,
    tpm: float | None = None,
    actors: int = 2,
    concurrency: int = 16,
    batch_size: int = 64,
    prepare: Prepare | None = None,
    id_field: str = "id",
    max_attempts: int = 5,
    retry_failed: bool = False,
    **params: Any,  # Any: as ChatParams
) -> Dataset:
    """Adds the columns `response` (JSON text), `attempts` and `error` to a dataset. Lazy, like all of Ray Data.

    journal:     a folder that all machines see. A run with the same folder continues the earlier one.
    rpm, tpm:    the account's limits, for all actors together; a twentieth is left as a margin.
    actors:      processes; each has `concurrency` requests under way.
    batch_size:  rows that Ray hands to an actor at once.

    The other arguments are those of `cohere_chat.bulk.arun`. Raises BulkError if the folder was made with other
    settings. Set CO_API_KEY where the actors run.
    """
    check_made_with(Path(journal), made_with(model, params, prepare))
    limiter = ray.remote(_Limiter).options(num_cpus=0).remote(rpm and MARGIN * rpm, tpm and MARGIN * tpm)
    told = _Told(str(journal), {"model": model, **params}, concurrency, max_attempts, prepare, id_field, retry_failed)
    return dataset.map_batches(
        _Actor,
        fn_constructor_args=(told, limiter),
        compute=ActorPoolStrategy(size=actors),
        batch_size=batch_size,
        batch_format="pyarrow",
    )


@attrs.frozen
class _Told:
    """The settings of each actor."""

    folder: str
    params: dict[str, Any]  # Any: as ChatParams
    concurrency: int
    max_attempts: int
    prepare: Prepare | None
    id_field: str
    retry_failed: bool


class _Limiter:
    """One pace for all actors."""

    def __init__(self, rpm: float | None, tpm: float | None) -> None:
        self._pace = Pace(rpm, tpm)

    async def turn(self) -> None:
        await self._pace.turn()

    async def refused(self, wait: float) -> None:
        self._pace.refused(wait)

    async def answered(self, tokens: float) -> None:
        self._pace.answered(tokens)


class _SharedPace:
    """The limiter, as an Engine uses a Pace."""

    def __init__(self, limiter: Any) -> None:  # Any: an actor handle
        self._limiter = limiter

    async def turn(self) -> None:
        await self._limiter.turn.remote()

    def refused(self, wait: float) -> None:
        self._limiter.refused.remote(wait)

    def answered(self, tokens: float) -> None:
        self._limiter.answered.remote(tokens)


class _Actor:
    """A process that answers batches."""

    def __init__(self, told: _Told, limiter: Any) -> None:  # Any: as above
        self._told, self._found = told, _Found(Path(told.folder), failures=not told.retry_failed)
        self._loop = asyncio.new_event_loop()
        self._client = AsyncChatClient()
        own = Path(told.folder) / f"{uuid.uuid4().hex}.jsonl"
        self._journal = Journal(own, {}, retry_failed=False).__enter__()
        pace: Any = _SharedPace(limiter)
        self._engine = Engine(self._journal, pace, BulkSummary(), told.params, told.max_attempts, None)

    def __call__(self, batch: pa.Table) -> pa.Table:
        made = list(rows(batch.to_pylist(), self._told.prepare, self._told.id_field))
        self._found.read()
        asked = {row.key: row for row in made if self._found.get(row.key) is None}
        self._loop.run_until_complete(self._ask(list(asked.values())))
        self._found.read()
        found = [self._found.get(row.key) or {} for row in made]
        texts = [json.dumps(line["response"]) if "response" in line else None for line in found]
        table = batch.append_column("response", pa.array(texts, pa.string()))
        table = table.append_column("attempts", pa.array([line.get("attempts") for line in found], pa.int32()))
        return table.append_column("error", pa.array([line.get("message") for line in found], pa.string()))

    async def _ask(self, todo: list[Any]) -> None:  # Any: Rows
        left = iter(todo)

        async def worker() -> None:
            for row in left:
                await self._engine.row(row, self._client)

        done = await asyncio.gather(*(worker() for _ in range(self._told.concurrency)), return_exceptions=True)
        self._journal.sync()
        for error in filter(None, done):
            # Ray does not run a batch again after an exception of ours, and pickles it.
            raise RuntimeError(f"stopped: {error}") if isinstance(error, STOPS) else error


class _Found:
    """The lines of all journals in a folder, by the key of their row. Each `read` reads what was added."""

    def __init__(self, folder: Path, *, failures: bool) -> None:
        self._folder, self._failures = folder, failures
        self._ends: dict[Path, int] = {}
        self._index = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._index.execute("CREATE TABLE lines (id TEXT PRIMARY KEY, path TEXT, at INTEGER) WITHOUT ROWID")

    def read(self) -> None:
        """Reads the lines that were added."""
        for path in sorted(self._folder.glob("*.jsonl")):
            if path.name.endswith(".failed.jsonl") and not self._failures:
                continue
            for line, start, end in lines_from(path, self._ends.get(path, 0)):
                replaced = "REPLACE" if "response" in line else "IGNORE"  # an answer wins over a failure
                self._index.execute(
                    f"INSERT OR {replaced} INTO lines VALUES (?, ?, ?)",  # noqa: S608  # one of two words
                    (key_of(line["id"]), str(path), start),
                )
                self._ends[path] = end

    def get(self, key: str) -> dict[str, Any] | None:  # Any: JSON
        """Returns the line of a row; `None` if it is not finished."""
        found = self._index.execute("SELECT path, at FROM lines WHERE id = ?", (key,)).fetchone()
        return next(lines_from(Path(found[0]), found[1]))[0] if found else None
