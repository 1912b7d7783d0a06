"""Ending a run when a gate is certain: ``kibitz run SUITE --until-decided gate.toml --baseline RUN``.

The gate reads whole deals in the order of the schedule, as far as all their episodes are over
(``results.gate.blocks``), and never the order in which episodes happen to end: that would prefer quick ones, and one
worker would decide after other episodes than eight. When the verdict is certain the run's gate closes: calls in flight
are awaited, and episodes that end later are kept in the journal, where the decision does not read them. The decision
stands in ``decision.json``; going on with the run plays the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from kibitz.harness.errors import UsageError
from kibitz.harness.progress import Progress
from kibitz.harness.stopping import Gate
from kibitz.results.abridged import Answer, Moves
from kibitz.results.comparing.ofrun import NoAgentError, of_run
from kibitz.results.comparing.reading import read_results
from kibitz.results.comparing.sides import both_names
from kibitz.results.comparing.trials import Results, Trial
from kibitz.results.decision import Decision, write_decision
from kibitz.results.gate.gate import Result, gate
from kibitz.results.gate.policy import Policy
from kibitz.results.journal import Journal
from kibitz.results.records import EpisodeRecord, RunInfo, UnitRecord
from kibitz.results.rundata import RunData

LOOKS = 50
"""A look costs as much as there is to see, so one is taken when there is a fiftieth more; later ones find the same."""

UNPLAYED = "unplayed"


class Deciding:
    """Looks at a run while it goes on.

    Args:
        policy: The policy; its mode is ``anytime``.
        baseline: Where the baseline is.

    Raises:
        UsageError: The policy is one that may be looked at only once, or the baseline does not have its agent.
        JournalError: The baseline cannot be read.
    """

    def __init__(self, policy: Policy, baseline: Path) -> None:
        if policy.mode != "anytime":
            raise UsageError(
                '--until-decided needs a policy with mode = "anytime": a fixed-size gate that is looked at after every '
                "episode fails far more often than it says"
            )
        self._policy = policy
        self._names = [both_names(agent) for agent in policy.agents or (None,)]
        try:
            self._baselines = [read_results(baseline, old) for old, _ in self._names]
        except NoAgentError as error:
            raise UsageError(_in_policy(error)) from error
        self._info: RunInfo | None = None
        self._planned: list[Results] = []
        self._trials: list[dict[tuple[str, str, int], Trial]] = [{} for _ in self._names]
        self._seen = 0
        self.result: Result | None = None
        """The gate, once it was certain."""

    def prepare(self, info: RunInfo, units: Sequence[UnitRecord], source: str) -> None:
        """Check, before anything is made or spent, that what is going to be played can be held to the baseline.

        Raises:
            GateError: Too little of the baseline could be graded.
            UsageError: The run has no such agent, or it must be named.
            NotComparableError: The conditions differ, or no task is common.
            UnknownMetricError: The baseline has no metric of the policy.
        """
        self._info = info
        unplayed = {unit.key: EpisodeRecord(unit=unit.key, status="failed", cause=UNPLAYED) for unit in units}
        try:
            self._planned = [of_run(_run(info, units, unplayed), source, new) for _, new in self._names]
        except NoAgentError as error:
            raise UsageError(_in_policy(error)) from error
        gate(list(zip(self._baselines, self._planned, strict=True)), self._policy)

    def begin(self, journal: Journal, stop: Gate, progress: Progress) -> None:
        """Take in what a run that is gone on with has played already, and watch it from here."""
        self._journal, self._stop, self._progress = journal, stop, progress
        self._units = {unit.key: unit for unit in journal.units()}
        for record in journal.episodes().values():
            self._take(self._units[record.unit], record)
        self._look()

    def ended(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        """An episode has ended and is in the journal."""
        self._take(unit, record)
        if self.result is None and self._played >= self._seen + max(1, self._seen // LOOKS):
            self._look()

    def finish(self) -> Result:
        """What the gate says of all that was played."""
        return self.result or gate(self._sides(), self._policy)

    @property
    def _played(self) -> int:
        return sum(map(len, self._trials))

    def _take(self, unit: UnitRecord, record: EpisodeRecord) -> None:
        assert self._info is not None
        played = _run(self._info, (unit,), {unit.key: record}, self._journal)
        for planned, trials in zip(self._planned, self._trials, strict=True):
            trials |= {trial.key: trial for trial in of_run(played, planned.source, planned.subject).trials}

    def _sides(self) -> list[tuple[Results, Results]]:
        return [
            (baseline, replace(planned, trials=tuple(trials[key] for key in planned.planned if key in trials)))
            for baseline, planned, trials in zip(self._baselines, self._planned, self._trials, strict=True)
        ]

    def _look(self) -> None:
        self._seen = self._played
        sides = self._sides()
        if not all(candidate.trials for _, candidate in sides):
            return
        result = gate(sides, self._policy)
        if result.decided is None or result.verdict == "INCONCLUSIVE":
            return
        self.result = result
        episodes = sum(len(match.paired.pairs) for match in result.matches)
        # How much was played beyond depends on how many workers there are, and is no part of the decision.
        alone = replace(result, unread=0)
        write_decision(
            self._journal.folder,
            Decision(verdict=result.verdict, deals=result.decided, episodes=episodes, gate=alone.as_json()),
        )
        said = f"stopped by decision: the gate is certain ({result.verdict}) after {result.decided} deals"
        self._progress.note(f"{said}, {episodes} paired episodes")
        self._stop.close(said)


def _in_policy(error: NoAgentError) -> str:
    """Where an agent is named here: ``--agent`` of a run adds one."""
    return str(error).replace("with --agent", 'in the policy (agents = ["NAME"])')


def _run(
    info: RunInfo, units: Sequence[UnitRecord], episodes: Mapping[str, EpisodeRecord], journal: Journal | None = None
) -> RunData:
    """Some units of a run as data."""

    def moves() -> Iterable[tuple[int, Moves]]:
        for unit in units if journal else ():
            for step in journal.steps(unit.key) if journal else ():
                yield unit.index, msgspec.convert(step, Moves, from_attributes=True)

    def answers() -> Iterable[tuple[int, Answer]]:
        for unit in units if journal else ():
            for grade in journal.grades(unit.key) if journal else ():
                yield unit.index, msgspec.convert(grade, Answer, from_attributes=True)

    return RunData(
        info=info,
        units=tuple(units),
        episodes=episodes,
        steps=lambda unit: (),
        grades=lambda unit: (),
        moves=moves,
        answers=answers,
    )
