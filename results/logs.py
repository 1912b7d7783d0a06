"""Episode logs: everything that happened in one episode, for all episodes of a run in the order of its schedule.

One query an episode and kind of record is most of the work of reading a run of many short episodes. So a journal is
read once from end to end, and its records fall into their episodes as they come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from kibitz.results.records import CallRecord, EpisodeRecord, GradeRecord, StepRecord, UnitRecord


@dataclass(frozen=True, slots=True)
class EpisodeLog:
    """One scheduled episode; ``ended`` is None while it has not, and lists are empty where nothing was played."""

    unit: UnitRecord
    ended: EpisodeRecord | None
    steps: Sequence[StepRecord]
    grades: Sequence[GradeRecord]
    calls: Sequence[CallRecord]


class _OfUnit(Protocol):
    @property
    def unit(self) -> str:
        """Key of the unit."""


_R = TypeVar("_R", bound=_OfUnit)


def episode_logs(
    units: Sequence[UnitRecord],
    episodes: Mapping[str, EpisodeRecord],
    steps: Iterable[StepRecord],
    grades: Iterable[GradeRecord],
    calls: Iterable[CallRecord],
) -> Iterator[EpisodeLog]:
    """Put records together by episode.

    Args:
        units: The schedule.
        episodes: How episodes ended, by unit key.
        steps: Records of all episodes in the order of the schedule.
        grades: Likewise.
        calls: Likewise.
    """
    of_steps, of_grades, of_calls = _Split(steps), _Split(grades), _Split(calls)
    for unit in units:
        key = unit.key
        yield EpisodeLog(unit, episodes.get(key), of_steps.of(key), of_grades.of(key), of_calls.of(key))


class _Split(Generic[_R]):
    """Records in the order of the schedule, taken off unit by unit."""

    def __init__(self, records: Iterable[_R]) -> None:
        self._records = iter(records)
        self._next = next(self._records, None)

    def of(self, unit: str) -> list[_R]:
        """The records of the unit, if it is the next one that has any."""
        found: list[_R] = []
        while self._next is not None and self._next.unit == unit:
            found.append(self._next)
            self._next = next(self._records, None)
        return found
