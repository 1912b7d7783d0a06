"""Regrade: old answers, graded with today's parsers and truths. No model is called.

Each finished episode is played again with its recorded actions, whatever today's parser would have played: the course
of an episode is history, and so is what was asked. Its answers are read and graded anew, and those grades that differ
from the latest ones are appended, all of an episode in one transaction. Grades are never overwritten: the first ones
are what the episode's digest was made with, and ``verify`` needs them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec

from kibitz.agents.agent import Ask, Reply, Turn
from kibitz.games.game import Json
from kibitz.games.subproblem import Subproblem
from kibitz.games.table import Settled, View
from kibitz.harness.decision import actions_of
from kibitz.harness.grading import grade_all
from kibitz.harness.recorded import Lessons, RecordedTable, stage_of, unfinished
from kibitz.harness.reread import Reread, Rereader
from kibitz.harness.stage import Stage
from kibitz.results.journal import Journal
from kibitz.results.records import EpisodeRecord, GradeRecord, StepRecord, UnitRecord
from kibitz.results.runfolder import JournalError


class OtherRulesError(Exception):
    """An episode does not fit the game as it is now, so that today's truths are none of its positions."""


@dataclass
class Tally:
    """What came of regrading.

    Attributes:
        skipped: Why an episode was not regraded, by key.
        changed: Answers by (game, subproblem, verdict before, verdict now).
        one_by_one: Answers that were read from what was recorded of them alone, by the reason.
        kept: Answers that keep their grade because they could not be graded again, by the reason.
    """

    episodes: int = 0
    grades: int = 0
    appended: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    changed: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    one_by_one: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """The result as the formats page describes it."""
        return {
            "episodes": self.episodes,
            "grades": self.grades,
            "appended": self.appended,
            "unchanged": self.grades - self.appended,
            "changed": [
                {"game": game, "subproblem": name, "from": before, "to": now, "count": count}
                for (game, name, before, now), count in sorted(self.changed.items())
            ],
            "one_by_one": _counted(self.one_by_one),
            "kept": _counted(self.kept),
            "skipped": [{"episode": key, "reason": reason} for key, reason in self.skipped.items()],
        }


def _counted(reasons: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"reason": reason, "count": count} for reason, count in sorted(reasons.items())]


async def regrade(folder: Path, *, dry_run: bool = False) -> dict[str, Any]:
    """Grade the answers of all finished episodes again.

    Args:
        folder: The run.
        dry_run: Only say what would be appended; the run is not locked and nothing is written.

    Returns:
        How many ``episodes`` and ``grades`` were graded again, how many were ``appended`` since they differ, and how
        many are ``unchanged``; which verdicts ``changed``; which answers were read ``one_by_one`` or ``kept`` as they
        were, and which episodes were ``skipped``, with reasons.

    Raises:
        JournalError: The run cannot be read, or cannot be written to.
        ConfigError: The run names a game, agent or option that is not here any more.
    """
    with Journal.read(folder) if dry_run else Journal.open(folder) as journal:
        regrader = _Regrader(journal)
        episodes = journal.episodes()
        for unit, learned in Lessons(journal, regrader.stage):
            appended = await regrader.episode(unit, episodes.get(unit.key), learned)
            if appended and not dry_run:
                journal.put_grades(appended)
                journal.commit()
        return regrader.tally.as_json()


class _Regrader:
    """Grades the episodes of one run."""

    def __init__(self, journal: Journal) -> None:
        self.tally = Tally()
        self._journal = journal
        self.stage = stage_of(journal.info)

    async def episode(
        self, unit: UnitRecord, record: EpisodeRecord | None, learned: Mapping[str, Json]
    ) -> list[GradeRecord]:
        """The grades to append to an episode, in the order of the answers."""
        if reason := unfinished(record):
            self.tally.skipped[unit.key] = reason
            return []
        assert record is not None
        latest = list(self._journal.grades(unit.key))
        graded = _Episode(self.stage, self._journal, unit, latest, learned)
        try:
            now = await graded.grade(record)
        except JournalError:
            raise
        except OtherRulesError as error:
            self.tally.skipped[unit.key] = f"{error}; its rules have changed since the run"
            return []
        except Exception as error:
            # A game that breaks on what it took then costs this episode its new grades, and nobody else's.
            self.tally.skipped[unit.key] = f"{unit.game} breaks on it now ({type(error).__name__}: {error})"
            return []
        appended = [new for old, new in zip(latest, now, strict=True) if new != old]
        self.tally.episodes += 1
        self.tally.grades += len(now)
        self.tally.appended += len(appended)
        self.tally.changed.update(
            (unit.game, old.subproblem, old.verdict, new.verdict)
            for old, new in zip(latest, now, strict=True)
            if old.verdict != new.verdict
        )
        self.tally.one_by_one += graded.one_by_one
        self.tally.kept += graded.kept
        return appended


class _Episode:
    """One episode, played again with its recorded actions."""

    def __init__(
        self,
        stage: Stage,
        journal: Journal,
        unit: UnitRecord,
        latest: Sequence[GradeRecord],
        learned: Mapping[str, Json],
    ) -> None:
        self.one_by_one: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        self._rules = stage.rules
        self._unit = unit
        self._steps = journal.steps(unit.key)
        self._table = RecordedTable(stage.cast.new_game(unit.game), journal.grades(unit.key, first=True))
        self._reader = Rereader(stage, unit, self._table, self._steps, journal.calls(unit.key), learned)
        self._latest: dict[tuple[int, int], list[GradeRecord]] = defaultdict(list)
        for grade in latest:
            self._latest[grade.step, grade.seat].append(grade)
        # A question that the game got since then was not asked, and did not stand in any prompt.
        self._known = {*stage.info.games[unit.game].subproblems, *(grade.subproblem for grade in latest)}

    async def grade(self, record: EpisodeRecord) -> list[GradeRecord]:
        """All grades of the episode, those that cannot be made again as they were.

        Raises:
            OtherRulesError: The recorded actions do not lead through the recorded positions any more.
        """
        await self._table.open(self._unit.seed, self._unit.task)
        grades: list[GradeRecord] = []
        try:
            for step in self._steps:
                grades += await self._step(step)
                self._reader.remember(step)
            stopped = record.forfeit is not None and self._rules.fallback == "stop"
            if not stopped and await self._table.views():
                raise OtherRulesError(f"the game goes on after step {len(self._steps) - 1}, where it ended")
        finally:
            await self._table.close()
        return grades

    async def _step(self, step: StepRecord) -> list[GradeRecord]:
        views = {view.seat: self._as_asked(view) for view in await self._table.views()}
        if sorted(views) != [seat.seat for seat in step.seats]:
            raise OtherRulesError(f"step {step.step} is not the turn of who took it")
        read = {then.seat: await self._reader.replies(step.step, views[then.seat], then) for then in step.seats}
        settled = await self._settled(step, views)
        if msgspec.json.decode(msgspec.json.encode(settled.position)) != step.position:
            raise OtherRulesError(f"step {step.step} starts from another position")
        return [
            self._graded(then, view, read[seat], settled)
            for seat, view in sorted(views.items())
            for then in self._latest[step.step, seat]
        ]

    def _as_asked(self, view: View) -> View:
        return msgspec.structs.replace(view, subproblems=tuple(p for p in view.subproblems if p.id in self._known))

    async def _settled(self, step: StepRecord, views: Mapping[int, View]) -> Settled:
        asked = {
            seat: tuple((g.subproblem, g.action) for g in self._latest[step.step, seat] if _asked_now(g, view))
            for seat, view in views.items()
        }
        try:
            return await self._table.settle(asked, actions_of(step))
        except ValueError as error:
            raise OtherRulesError(f"step {step.step} is not legal any more ({error})") from error

    def _graded(self, then: GradeRecord, view: View, read: Reread, settled: Settled) -> GradeRecord:
        problem = _asked_now(then, view)
        if problem is None:
            self.kept[f"the game does not ask {then.subproblem} any more"] += 1
            return then
        stated = read.answers.get(problem.id) if read.answers is not None else None
        if read.answers is None:
            if read.reason:
                self.one_by_one[read.reason] += 1
            try:
                stated = self._reader.raw(then, problem.kind)
            except ValueError as error:
                self.kept[str(error)] += 1
                return then
        reply = Reply("", then.action, {} if stated is None else {problem.id: stated})
        turn = Turn(self._unit.game, "", view.seat, then.step, view.observation, ask=cast("Ask", then.ask))
        truths = settled.truths[view.seat]
        (grade,) = grade_all(then.unit, then.step, then.agent, turn, reply, ((problem, then.action),), truths)
        return grade


def _asked_now(then: GradeRecord, view: View) -> Subproblem | None:
    return next((problem for problem in view.subproblems if problem.id == then.subproblem), None)
