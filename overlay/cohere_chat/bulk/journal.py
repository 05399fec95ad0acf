"""What was answered, on disk: the output is the journal itself, so that a run can go on after any end.

Belongs here: its files, their lines, locking and resuming, an index of the ids. Not known here: requests, rates.

OUT.jsonl         one line for each answered row: id, attempts, response (as the service sent it), time
OUT.failed.jsonl  one line for each failed row: id, line, attempts, error, status, body, request_id, time
OUT.meta.json     what the run was made with
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import msgspec

from .rows import BulkError, Prepare, Row, key_of

RESERVE = 4 * 2**20  # bytes that are freed when the disk is full, for the answers that are under way
_DONE, _FAILED = 1, 2


class Journal:
    """The files of one output. Only one process can hold it. A context manager."""

    def __init__(self, output: Path, fingerprint: Mapping[str, Any], *, retry_failed: bool) -> None:  # Any: JSON
        base = output.with_suffix("") if output.suffix in (".jsonl", ".parquet") else output
        self.path, self.failed_path = Path(f"{base}.jsonl"), Path(f"{base}.failed.jsonl")
        self._meta, self._reserve = Path(f"{base}.meta.json"), Path(f"{base}.reserve")
        self._fingerprint = fingerprint
        self._retry_failed = retry_failed
        # Hashes of the ids. On disk as soon as it is large: a million rows take no memory.
        self._index = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._index.execute("CREATE TABLE rows (id TEXT PRIMARY KEY, content BLOB, state INTEGER) WITHOUT ROWID")
        self.answered = self.failed_before = 0
        self.unfinished = 0  # rows that may have been under way when an earlier run ended without notice

    def __enter__(self) -> Self:
        try:
            self._answers = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
            self._failures = os.open(self.failed_path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        except OSError as error:
            raise BulkError(f"{error.filename}: {error.strerror}") from None
        try:
            fcntl.flock(self._answers, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._answers)
            os.close(self._failures)
            raise BulkError(f"{self.path} is in use by another run") from None
        try:
            self._check_meta()
            self._resume()
            self._reserve.write_bytes(bytes(RESERVE))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_meta(self) -> None:
        if self._meta.exists():
            before = json.loads(self._meta.read_text(encoding="utf-8"))
            _compare(self.path, before["made_with"], self._fingerprint)
            self.unfinished = before.get("under_way", 0)
        elif os.fstat(self._answers).st_size:
            raise BulkError(f"{self.path} exists and has no {self._meta.name}: it is not the output of an earlier run")

    def _resume(self) -> None:
        """Reads which rows are finished, and cuts off an incomplete last line."""
        self._index.execute("BEGIN")
        for line in _whole_lines(self._answers, self.path):
            self._index.execute("INSERT OR IGNORE INTO rows VALUES (?, NULL, ?)", (key_of(line["id"]), _DONE))
            self.answered += 1
        failed = list(_whole_lines(self._failures, self.failed_path)) if not self._retry_failed else []
        for line in failed:
            known = self._index.execute("INSERT OR IGNORE INTO rows VALUES (?, NULL, ?)", (key_of(line["id"]), _FAILED))
            self.failed_before += known.rowcount
        if self._retry_failed:
            os.ftruncate(self._failures, 0)
        self._index.execute("COMMIT")

    # --- rows --------------------------------------------------------------------------------------------------------

    def note(self, row: Row) -> bool:
        """Notes a row before anything is sent. Returns whether it is new; BulkError if its id has different content."""
        content = row.content()
        found = self._index.execute("SELECT content FROM rows WHERE id = ?", (row.key,)).fetchone()
        if found is None:
            self._index.execute("INSERT INTO rows VALUES (?, ?, 0)", (row.key, content))
        elif found[0] is None:
            self._index.execute("UPDATE rows SET content = ? WHERE id = ?", (content, row.key))
        elif found[0] != content:
            raise BulkError(f"row {row.number}: the id {row.id!r} was used before, with different content")
        return found is None

    def noting(self) -> contextlib.AbstractContextManager[Any]:  # Any: the index
        """Groups many calls of `note`."""
        return _transaction(self._index)

    def take(self, row: Row) -> bool:
        """Whether the row is to be asked now: it is not finished, and was not taken before."""
        taken = self._index.execute("UPDATE rows SET state = 3 WHERE id = ? AND state = 0", (row.key,))
        return taken.rowcount > 0

    # --- lines -------------------------------------------------------------------------------------------------------

    def write_answer(self, row: Row, attempts: int, response: bytes) -> None:
        """Adds the line of an answered row. Raises OSError if the disk is full, even without the reserve."""
        start = msgspec.json.encode({"id": row.id, "attempts": attempts})[:-1]
        if b"\n" in response:
            response = msgspec.json.format(response, indent=0)
        self._write(self._answers, b'%b,"response":%b,"time":%.3f}\n' % (start, response, time.time()))

    def write_failure(self, row: Row, attempts: int, error: str, **told: Any) -> None:  # Any: JSON
        """Adds the line of a failed row."""
        line = {"id": row.id, "line": row.number, "attempts": attempts, "error": error}
        line |= {"status": None, "body": None, "request_id": None} | told | {"time": round(time.time(), 3)}
        self._write(self._failures, msgspec.json.encode(line, enc_hook=repr) + b"\n")

    def _write(self, file: int, line: bytes) -> None:
        try:
            written = os.write(file, line)
        except OSError:
            written = 0
        if written < len(line):  # the disk is full
            self._reserve.unlink(missing_ok=True)
            os.ftruncate(file, os.fstat(file).st_size - written)
            written = os.write(file, line)
            if written < len(line):
                os.ftruncate(file, os.fstat(file).st_size - written)
                raise OSError(28, "No space left on device")
            raise DiskFullError

    def sync(self) -> None:
        """Flushes the answers to the disk."""
        os.fdatasync(self._answers)

    def mark(self, under_way: int) -> None:
        """Writes the settings of the run, and how many rows are under way: 0 after an orderly end."""
        told = json.dumps({"made_with": self._fingerprint, "under_way": under_way}, indent=1)
        part = self._meta.with_suffix(".part")
        part.write_text(told + "\n", encoding="utf-8")
        part.replace(self._meta)

    def close(self) -> None:
        """Releases the output."""
        for file in (self._answers, self._failures):
            with contextlib.suppress(OSError):
                os.close(file)
        self._reserve.unlink(missing_ok=True)
        self._index.close()

    def finish(self, output: Path, order: Iterable[Row] | None) -> None:
        """Sorts the answers, if an order is given, and writes them as Parquet, if the output is one."""
        if order is not None:
            at = {key_of(line["id"]): (start, end) for line, start, end in lines_from(self.path)}
            part = self.path.with_suffix(".part")
            with self.path.open("rb") as answers, part.open("wb") as ordered:
                for row in order:
                    if (place := at.pop(row.key, None)) is not None:
                        answers.seek(place[0])
                        ordered.write(answers.read(place[1] - place[0]))
            part.replace(self.path)
        if output.suffix == ".parquet":
            import pyarrow as pa
            import pyarrow.parquet as pq

            columns = pa.schema({"id": "string", "attempts": "int32", "response": "string", "time": "float64"})
            with pq.ParquetWriter(output, columns) as writer:
                for batch in _batches(self.path):
                    writer.write_table(pa.Table.from_pylist(batch, columns))


def made_with(model: str, params: Mapping[str, Any], prepare: Prepare | None) -> dict[str, Any]:  # Any: JSON
    """Returns the settings of a run as JSON. A run with other settings is refused."""
    told = {"model": model, "params": params, "prepare": getattr(prepare, "__qualname__", None)}
    found: dict[str, Any] = json.loads(json.dumps(told, default=repr))
    return found


def check_made_with(folder: Path, fingerprint: Mapping[str, Any]) -> None:  # Any: JSON
    """Compares what a folder of journals was made with, or writes it. Raises BulkError if it differs."""
    folder.mkdir(parents=True, exist_ok=True)
    meta = folder / "meta.json"
    if meta.exists():
        _compare(folder, json.loads(meta.read_text(encoding="utf-8"))["made_with"], fingerprint)
    else:
        meta.write_text(json.dumps({"made_with": fingerprint}, indent=1) + "\n", encoding="utf-8")


def _compare(place: Path, then: Mapping[str, Any], now: Mapping[str, Any]) -> None:  # Any: JSON
    differ = sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
    if differ:
        told = "; ".join(f"{name} was {then.get(name)!r} and is {now.get(name)!r}" for name in differ)
        raise BulkError(f"{place} was made with other settings: {told}. Choose another output")


def lines_from(path: Path, start: int = 0) -> Iterator[tuple[dict[str, Any], int, int]]:  # Any: JSON
    """Yields the whole lines of a journal from a place in it, each with its start and its end."""
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            if line.endswith(b"\n"):
                yield json.loads(line), start, start + len(line)
            start += len(line)


def _batches(path: Path, size: int = 1000) -> Iterator[list[dict[str, Any]]]:  # Any: JSON
    """Yields the lines in lists. The response becomes text: its shape may differ from row to row."""
    batch: list[dict[str, Any]] = []
    for line, _, _ in lines_from(path):
        batch.append(line | {"id": key_of(line["id"]), "response": json.dumps(line["response"], ensure_ascii=False)})
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


class DiskFullError(Exception):
    """The disk is full. The line was written with what the reserve had freed; the run has to stop."""


@contextlib.contextmanager
def _transaction(index: sqlite3.Connection) -> Iterator[None]:
    index.execute("BEGIN")
    yield
    index.execute("COMMIT")


def _whole_lines(file: int, path: Path) -> Iterator[dict[str, Any]]:  # Any: JSON
    """Yields the lines of a file, and cuts off an incomplete last one. Raises BulkError for a line of no run."""
    end = 0
    with os.fdopen(os.dup(file), "rb") as lines:
        lines.seek(0)
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                break
            end += len(line)
            try:
                told = json.loads(line)
                told["id"]
            except (ValueError, TypeError, KeyError):
                raise BulkError(
                    f"{path}: line {number} was not written by a run. Remove it; its row is asked again"
                ) from None
            yield told
    os.ftruncate(file, end)
