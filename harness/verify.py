"""Verify: play every finished episode again from the journal, sending nothing, and compare.

Equal means that the episode comes out as recorded: every action, answer, truth, grade, request and reply, and the same
records as those that board and report read; measured fields (time, provider ids) are apart. Against another run, the
two runs' records of how each episode ended, digests included, are compared unit by unit.

A run that was regraded has two grades of some answers. The latest ones are compared with those that are made now. The
first ones are history, as the episode's digest is, which was made with them: that digest is computed again from the
steps as they come out now and the first grades. So an edited record of either kind is found.

Another version of a game, the parser or the grader can let an episode come out otherwise although nothing is wrong with
the journal; the result names the versions that differ (``since``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kibitz.games.game import Json
from kibitz.harness.calls import CallDesk, CallNotRecordedError
from kibitz.harness.episode import NOTHING_FINISHED, Finished
from kibitz.harness.errors import UsageError
from kibitz.harness.recorded import Lessons, RecordedTable, changes_since, stage_of, unfinished
from kibitz.results.journal import Journal
from kibitz.results.records import EpisodeMeasured, EpisodeRecord, GradeRecord, StepMeasured, StepRecord, UnitRecord


async def verify(folder: Path, against: Path | None = None) -> dict[str, Any]:
    """Compare a run with itself played again, or with another run.

    Returns:
        ``episodes`` compared, how many are ``equal``, which are ``differing``, which were ``skipped`` and why, and
        which asked for a call that the journal does not hold (``resent``; nothing is really sent). Played again, also
        how many of them were ``regraded``, and which versions changed ``since`` the run.

    Raises:
        JournalError: A folder cannot be read.
        UsageError: The two runs have no episode in common.
    """
    if against is not None:
        return _compare(folder, against)
    with Journal.read(folder) as journal:
        return await _Verifier(journal).verify()


def _compare(folder: Path, against: Path) -> dict[str, Any]:
    with Journal.read(folder) as one, Journal.read(against) as two:
        units = [unit.key for unit in one.units()]
        known = {unit.key for unit in two.units()}
        if not known.intersection(units):
            raise UsageError(f"{folder} and {against}: have no episode in common, there is nothing to compare")
        mine, theirs = one.episodes(), two.episodes()
        extra = [unit.key for unit in two.units() if unit.key not in units]
    skipped = [{"episode": key, "reason": f"only in {against}"} for key in extra]
    equal, differing = 0, []
    for key in units:
        reason = _unfinished(mine.get(key), folder)
        if key not in known:
            reason = f"only in {folder}"
        reason = reason or _unfinished(theirs.get(key), against)
        if reason:
            skipped.append({"episode": key, "reason": reason})
        elif _unbilled(mine[key]) == _unbilled(theirs[key]):
            equal += 1
        else:
            differing.append(key)
    return _verdict(equal, differing, skipped, [])


def _unfinished(record: EpisodeRecord | None, folder: Path) -> str:
    reason = unfinished(record)
    return reason and f"{reason} in {folder}"


def _told(record: EpisodeRecord) -> EpisodeRecord:
    return replace(record, measured=EpisodeMeasured())


def _unbilled(record: EpisodeRecord) -> EpisodeRecord:
    """What two runs can have in common: the bill depends on what a provider had cached, and on known prices."""
    return replace(_told(record), spent=tuple(spent.unbilled for spent in record.spent))


def _steps_told(steps: Iterable[StepRecord]) -> list[StepRecord]:
    return [replace(step, measured=StepMeasured()) for step in steps]


def _grades_told(grades: Iterable[GradeRecord]) -> list[GradeRecord]:
    """Grades without who made them: another grader that comes to the same is no difference."""
    return [replace(grade, grader="") for grade in grades]


def _verdict(equal: int, differing: list[str], skipped: list[dict[str, str]], resent: list[str]) -> dict[str, Any]:
    return {
        "episodes": equal + len(differing),
        "equal": equal,
        "differing": differing,
        "skipped": skipped,
        "resent": resent,
    }


class _Verifier:
    """Plays the episodes of one run again."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._stage = stage_of(journal.info)
        self._graders: set[str] = set()
        self._regraded = 0

    async def verify(self) -> dict[str, Any]:
        equal = 0
        differing: list[str] = []
        resent: list[str] = []
        skipped: list[dict[str, str]] = []
        episodes = self._journal.episodes()
        lessons = Lessons(self._journal, self._stage)
        for unit, learned in lessons:
            reason = _unfinished(episodes.get(unit.key), self._journal.folder)
            if reason:
                skipped.append({"episode": unit.key, "reason": reason})
                continue
            same = await self._repeats(unit, episodes[unit.key], learned)
            if same is None:
                resent.append(unit.key)
            if same:
                equal += 1
            else:
                differing.append(unit.key)
        since = changes_since(self._stage, self._graders)
        found = _verdict(equal, differing, skipped, resent)
        # Not among the episodes that are counted: what an agent has learned is none.
        return {**found, "differing": differing + lessons.diverged, "regraded": self._regraded, "since": since}

    async def _repeats(self, unit: UnitRecord, recorded: EpisodeRecord, learned: Mapping[str, Json]) -> bool | None:
        """Whether the episode comes out as recorded; None if it asks for a call that the journal does not hold."""
        then = _Recorded(self._journal, unit)
        self._graders |= {grade.grader for grade in then.latest}
        self._regraded += then.regraded
        desk = CallDesk(None, self._journal.calls(unit.key), self._stage.identities)
        try:
            again, steps, grades = await self._play(unit, desk, then, learned)
            if grades != then.first:
                steps = then.as_read_then(steps)
                again, _, _ = await self._play(unit, desk, then, learned, Finished(steps, then.first))
        except CallNotRecordedError:
            return None
        except Exception:
            # What broke now and did not then is a difference, whatever it is.
            return False
        return (
            _told(again) == _told(recorded)
            and _steps_told(steps) == _steps_told(then.steps)
            and _grades_told(grades) == _grades_told(then.latest)
        )

    async def _play(
        self,
        unit: UnitRecord,
        desk: CallDesk,
        then: _Recorded,
        learned: Mapping[str, Json],
        finished: Finished = NOTHING_FINISHED,
    ) -> tuple[EpisodeRecord, list[StepRecord], list[GradeRecord]]:
        steps, grades = list[StepRecord](), list[GradeRecord]()

        def keep(step: StepRecord, graded: Sequence[GradeRecord]) -> None:
            steps.append(step)
            grades.extend(graded)

        table = RecordedTable(self._stage.cast.new_game(unit.game), then.first)
        episode = self._stage.episode(unit, desk, keep, finished, learned=learned, table=table)
        return await episode.play(), steps, grades


class _Recorded:
    """What the journal holds of one episode."""

    def __init__(self, journal: Journal, unit: UnitRecord) -> None:
        self.steps = journal.steps(unit.key)
        self.first = list(journal.grades(unit.key, first=True))
        self.latest = list(journal.grades(unit.key))

    @property
    def regraded(self) -> bool:
        """Whether some answer was graded again."""
        return self.first != self.latest

    def as_read_then(self, steps: Sequence[StepRecord]) -> list[StepRecord]:
        """The steps as they come out now, but for what follows from answers that are read in another way today.

        That is whether an action fits the agent's answers: it belongs to the step, and regrading leaves it alone.
        """
        pairs = zip(self.first, self.latest, strict=True)
        places = {(one.step, one.seat) for one, other in pairs if one.parsed != other.parsed}
        kept = {(step.step, seat.seat): seat.consistent for step in self.steps for seat in step.seats}
        return [
            replace(
                step,
                seats=tuple(
                    replace(seat, consistent=kept.get((step.step, seat.seat)))
                    if (step.step, seat.seat) in places
                    else seat
                    for seat in step.seats
                ),
            )
            for step in steps
        ]
