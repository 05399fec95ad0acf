"""The rows of an input, and the request that each becomes.

Belongs here: reading JSONL, Parquet and sequences lazily; ids; duplicates. Not known here: sending,
what was answered before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import msgspec

Prepare: TypeAlias = Callable[[Any], Mapping[str, Any]]  # Any: a row, and parameters of `chat`


class BulkError(ValueError):
    """The run cannot begin: the input, the output or an argument is wrong. Nothing was sent."""


@attrs.frozen
class Row:
    """One row: its id, its parameters of `chat`, or why it cannot be sent."""

    number: int  # from 1: the line of a file
    id: Any  # JSON, usually a string or a number
    parameters: Mapping[str, Any]  # Any: parameters of `chat`
    error: str | None = None

    @property
    def key(self) -> str:
        """The id as text. 7 and "7" are one id."""
        return key_of(self.id)

    def content(self) -> bytes:
        """A hash of what is sent."""
        return _hash(self.parameters)


def key_of(id_: Any) -> str:  # Any: JSON
    """Returns an id as text."""
    return id_ if isinstance(id_, str) else json.dumps(id_)


def _hash(value: object) -> bytes:
    told = msgspec.json.encode(value, order="deterministic", enc_hook=repr)
    return hashlib.blake2b(told, digest_size=16).digest()


def rows(source: str | Path | Iterable[Any], prepare: Prepare | None, id_field: str) -> Iterator[Row]:
    """Yields the rows. A row that is not JSON or cannot be prepared has an `error`. Raises BulkError for the source."""
    for number, data in enumerate(_read(source), start=1):
        if isinstance(data, Exception):
            yield Row(number, f"line {number}", {}, f"this is not JSON: {data}")
            continue
        named = data.get(id_field) if isinstance(data, Mapping) else None
        try:
            if not isinstance(data, Mapping) and prepare is None:
                raise TypeError(f"the row is of type {type(data).__name__}: use an object, or prepare=")
            told = prepare(data) if prepare is not None else {key: data[key] for key in data if key != id_field}
            parameters = dict(told)
            made = Row(number, _hash(parameters).hex() if named is None else named, parameters)
        except Exception as error:  # noqa: BLE001  # whatever `prepare` raises is about this row
            named = f"line {number}" if named is None else named
            made = Row(number, named, {}, f"{type(error).__name__}: {error}")
        yield made


def _read(source: str | Path | Iterable[Any]) -> Iterator[Any]:  # Any: JSON, or the exception for a line
    if isinstance(source, str | Path):
        path = Path(source)
        yield from _parquet(path) if path.suffix == ".parquet" else _jsonl(path)
    elif isinstance(source, Iterator):
        raise BulkError("the input is an iterator, which can be read once only: pass a file or a list")
    else:
        yield from source


def _jsonl(path: Path) -> Iterator[Any]:  # Any: as above
    try:
        with path.open("rb") as file:
            for line in file:
                try:
                    yield json.loads(line) if line.strip() else ValueError("the line is empty")
                except ValueError as error:  # also bytes that are not UTF-8
                    yield error
    except OSError as error:
        raise BulkError(f"{path}: {error.strerror}") from None


def _parquet(path: Path) -> Iterator[Any]:  # Any: as above
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise BulkError("Parquet needs pyarrow: pip install 'cohere-chat[bulk-parquet]'") from None
    try:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=1000):
            for data in batch.to_pylist():
                yield {key: value for key, value in data.items() if value is not None}
    except OSError as error:  # also what is not Parquet
        raise BulkError(f"{path}: {error}") from None
