"""The figures of a run, as it goes and at its end.

Belongs here: what is counted, and how it is shown. Not known here: how rows are asked.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import attrs

from cohere_chat import ChatResponse


@attrs.define
class BulkSummary:
    """What a run did. Tokens and cost are of this run alone, as billed.

    rows:             the rows of the input; equal ones count once.
    resumed:          rows that an earlier run had finished.
    answered, failed: rows that this run finished.
    failures:         the failed rows by kind, for example `{"BadRequestError": 2}`.
    requests:         the requests that were sent; `retried` and `refused` (429) are among them.
    input_tokens, output_tokens: as billed.
    cost:             by the given prices; `None` without prices.
    maybe_paid_twice: rows that were asked again although the service may have answered: after a lost connection or a
                      timeout, and those under way when an earlier run was killed.
    seconds:          how long the run took.
    """

    rows: int = 0
    resumed: int = 0
    answered: int = 0
    failed: int = 0
    failures: Counter[str] = attrs.field(factory=Counter)
    requests: int = 0
    retried: int = 0
    refused: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    maybe_paid_twice: int = 0
    seconds: float = 0.0
    _begun: float = attrs.field(factory=time.monotonic, init=False, repr=False, eq=False)

    def add(self, response: ChatResponse, prices: Sequence[float] | None) -> float:
        """Adds an answer. Returns its billed tokens."""
        units = response.usage.billed_units if response.usage else None
        spent = [int((units.input_tokens if units else 0) or 0), int((units.output_tokens if units else 0) or 0)]
        self.answered += 1
        self.input_tokens += spent[0]
        self.output_tokens += spent[1]
        if prices is not None:
            cost = sum(count * price / 1e6 for count, price in zip(spent, prices, strict=True))
            self.cost = (self.cost or 0.0) + cost
        return sum(spent)

    def end(self) -> None:
        """Notes how long the run took."""
        self.seconds = time.monotonic() - self._begun

    def to_dict(self) -> dict[str, Any]:  # Any: JSON
        """Returns the figures as JSON."""
        told = attrs.asdict(self, filter=lambda field, _: field.name != "_begun")
        return told | {"failures": dict(self.failures)}

    def told(self) -> str:
        """Returns the figures in a few lines."""
        cost = "" if self.cost is None else f", cost {self.cost:,.4f}"
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.failures.most_common())
        return (
            f"{self.answered:,} answered, {self.failed:,} failed{f' ({kinds})' if kinds else ''}, "
            f"{self.resumed:,} finished before, of {self.rows:,} rows in {self.seconds:,.1f} s\n"
            f"{self.requests:,} requests, {self.retried:,} retried, {self.refused:,} refused with 429\n"
            f"{self.input_tokens:,} + {self.output_tokens:,} tokens billed{cost}; "
            f"at most {self.maybe_paid_twice:,} rows may have been paid twice"
        )
