"""From rows of a table to results: one row is one trial.

Where no column numbers the trials, rows of the same task are its trials, in the order of the file. Nothing else can be
meant by them, and no figure depends on their order, since all trials of a task are one cluster.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from kibitz.results.comparing.trials import OUTCOME, Results, Trial
from kibitz.results.outside import cells
from kibitz.results.outside.cells import Cell, CellError
from kibitz.results.outside.columns import CONDITION, METRIC
from kibitz.results.outside.form import OutsideError

T = TypeVar("T")

NOT_SCORED = "not_scored"
"""The cause of a trial without a score where none is given."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, its cells by our names of the columns; ``line`` is where it ends in the file."""

    line: int
    cells: Mapping[str, Cell]


def results_of(source: str, stem: str, rows: Iterable[Row]) -> tuple[Results, ...]:
    """What the rows say, one ``Results`` a subject, in the order of the file.

    Args:
        source: The file, as the user named it.
        stem: Who was measured where no column says it.
        rows: In the order of the file.

    Raises:
        OutsideError: A cell cannot be read, two rows are the same trial, or there is no row.
    """
    table = _Table(source, stem)
    for row in rows:
        table.add(row)
    if not table.trials:
        raise OutsideError(f"{source}: has a header and no row")
    return tuple(
        Results(
            source=source,
            subject=subject,
            trials=tuple(trials),
            scheduled=len(trials),
            conditions=table.conditions.get(subject, {}),
        )
        for subject, trials in table.trials.items()
    )


class _Table:
    def __init__(self, source: str, stem: str) -> None:
        self.source, self.stem = source, stem
        self.trials: defaultdict[str, list[Trial]] = defaultdict(list)
        self.conditions: dict[str, dict[str, str]] = {}
        self._count: Counter[tuple[str, str, str]] = Counter()
        self._lines: dict[tuple[str, str, str, int], int] = {}

    def add(self, row: Row) -> None:
        subject = self._needed(row, "subject", cells.name) if "subject" in row.cells else self.stem
        task, group = self._needed(row, "task", cells.name), self._read(row, "group", cells.name) or ""
        place = (subject, group, task)
        if group == "*":
            raise self._wrong(row, "group", "is '*', which stands for all groups; give it another name")
        number = self._needed(row, "trial", cells.whole) if "trial" in row.cells else self._count[place]
        self._count[place] += 1
        first = self._lines.setdefault((*place, number), row.line)
        if first != row.line:
            raise OutsideError(
                f"{self.source}, line {row.line}: task {task!r} has trial {number} already in line {first}; "
                "number the trials of a task, or leave the column out"
            )
        self.trials[subject].append(self._trial(row, task, number, group))
        self._condition(row, subject)

    def _trial(self, row: Row, task: str, number: int, group: str) -> Trial:
        failed, scores = self._read(row, "failed", cells.name) or "", self._scores(row)
        if failed and scores:
            raise self._wrong(row, "failed", f"is {failed!r}, but the row has a score; leave one of them empty")
        if OUTCOME not in scores:
            failed, scores = failed or NOT_SCORED, {}
        fault = self._read(row, "fault", cells.fault) or "harness"
        return Trial(
            task=task,
            trial=number,
            group=group,
            cluster=self._read(row, "cluster", cells.name) or "",
            scores=scores,
            failed=failed,
            fault=fault if failed else "",
            usd=self._read(row, "usd", cells.amount),
            tokens=self._read(row, "tokens", cells.whole),
            seconds=self._read(row, "seconds", cells.amount),
        )

    def _scores(self, row: Row) -> dict[str, float]:
        found: dict[str, float] = {}
        for column in row.cells:
            metric = OUTCOME if column == "score" else column.removeprefix(METRIC)
            if metric != column and (value := self._read(row, column, cells.score)) is not None:
                found[metric] = value
        return found

    def _condition(self, row: Row, subject: str) -> None:
        found = {
            column.removeprefix(CONDITION): str(cell).strip()
            for column, cell in row.cells.items()
            if column.startswith(CONDITION)
        }
        known = self.conditions.setdefault(subject, found)
        if known != found:
            differing = sorted(name for name in {*known, *found} if known.get(name) != found.get(name))
            raise OutsideError(
                f"{self.source}, line {row.line}: {CONDITION}{differing[0]} is not the same in all rows of {subject}; "
                "a condition holds for a whole run"
            )

    def _needed(self, row: Row, column: str, read: Callable[[Cell], T]) -> T:
        try:
            return read(row.cells.get(column))
        except CellError as error:
            raise self._wrong(row, column, str(error)) from None

    def _read(self, row: Row, column: str, read: Callable[[Cell], T]) -> T | None:
        return None if cells.empty(row.cells.get(column)) else self._needed(row, column, read)

    def _wrong(self, row: Row, column: str, problem: str) -> OutsideError:
        return OutsideError(f"{self.source}, line {row.line}: {column} {problem}")
