"""A run over a file, from the command line.

Belongs here: prompt templates, estimates, printing figures, exit codes. Not known here: how rows are asked.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import attrs

from .asking import UsageError, fail, read_text

CODES = {"account": 3, "disk": 4}


@attrs.frozen
class Job:
    """What the command line asks for."""

    input: Path
    output: Path
    template: Path | None
    prices: tuple[float, float] | None
    dry_run: int | None
    as_json: bool
    options: dict[str, Any]  # Any: as `arun`


def do(job: Job) -> int:
    """Runs a job, prints its figures and returns the exit code."""
    try:
        from cohere_chat import bulk
    except ImportError as error:
        fail(2, error)
    prepare = Template(read_text(job.template)) if job.template is not None else None
    options = job.options | {"prepare": prepare, "prices": job.prices, "progress": not job.as_json}
    try:
        if job.dry_run is not None:
            _estimate(job, job.dry_run, options)
            return 0
        summary = bulk.run(job.input, job.output, **options)
    except bulk.BulkError as error:
        raise UsageError(error) from None
    except bulk.BulkStopped as stopped:
        _print(job, stopped.summary)
        print(f"cohere-chat: {stopped}. Run the command again to go on", file=sys.stderr)
        return CODES[stopped.reason]
    _print(job, summary)
    return 1 if summary.failed else 0


def _print(job: Job, summary: Any) -> None:  # Any: BulkSummary, of an extra
    print(json.dumps(summary.to_dict()) if job.as_json else summary.told())


def _estimate(job: Job, count: int, options: Mapping[str, Any]) -> None:  # Any: as `arun`
    """Asks the first rows, away from the output, and prints what all rows would take."""
    from cohere_chat.bulk import run
    from cohere_chat.bulk.rows import rows

    whole = sum(1 for _ in rows(job.input, options["prepare"], options["id_field"]))
    some = islice(rows(job.input, options["prepare"], options["id_field"]), count)
    first = [{"id": row.id, **row.parameters} for row in some]
    with tempfile.TemporaryDirectory() as folder:
        summary = run(first, Path(folder) / "dry.jsonl", **(dict(options) | {"prepare": None, "id_field": "id"}))
    asked = max(1, summary.answered + summary.failed)
    least = 60 * whole / options["rpm"] if options["rpm"] else 0.0
    told = {
        "rows": whole,
        "asked": asked,
        "failed": summary.failed,
        "input_tokens": round(whole * summary.input_tokens / asked),
        "output_tokens": round(whole * summary.output_tokens / asked),
        "cost": None if summary.cost is None else whole * summary.cost / asked,
        "seconds": max(least, whole * summary.seconds / asked),
    }
    if job.as_json:
        print(json.dumps(told))
        return
    cost = "" if told["cost"] is None else f", cost {told['cost']:,.2f}"
    print(f"{asked:,} of {whole:,} rows asked, {summary.failed:,} failed; nothing is written to {job.output}.")
    print(f"All rows would take about {told['seconds']:,.0f} s, {told['input_tokens']:,} input tokens,")
    print(f"{told['output_tokens']:,} output tokens{cost}.")


class Template:
    """A prompt with fields of a row in braces, as `prepare`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.__qualname__ = f"template {text!r}"  # a run remembers what it was made with

    def __call__(self, row: Mapping[str, Any]) -> dict[str, Any]:  # Any: a row, parameters of `chat`
        """Returns the parameters: one message of the user."""
        return {"messages": [{"role": "user", "content": self._text.format_map(row)}]}
