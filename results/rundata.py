"""What scores, boards and reports read: one run, independent of how it is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from kibitz.results.abridged import Answer, Moves
from kibitz.results.decision import Decision, read_decision
from kibitz.results.logs import EpisodeLog
from kibitz.results.records import (
    CallRecord,
    EpisodeRecord,
    GradeRecord,
    MessageRecord,
    RunInfo,
    StepRecord,
    UnitRecord,
)
from kibitz.results.runfolder import DamagedJournalError


class Readable(Protocol):
    """The read side of a journal."""

    @property
    def folder(self) -> Path:
        """Where the run is."""

    @property
    def info(self) -> RunInfo:
        """What the run is."""

    def units(self) -> list[UnitRecord]:
        """All scheduled units, in index order."""

    def episodes(self) -> dict[str, EpisodeRecord]:
        """Ended episodes by unit key."""

    def steps(self, unit: str) -> list[StepRecord]:
        """The steps of one unit, in order."""

    def grades(self, unit: str | None = None) -> Iterator[GradeRecord]:
        """The latest grading of each question."""

    def moves(self) -> Iterator[tuple[int, Moves]]:
        """What scores read of all steps."""

    def answers(self) -> Iterator[tuple[int, Answer]]:
        """What scores read of the latest grading of all questions."""

    def calls(self, unit: str | None = None) -> Iterator[CallRecord]:
        """The calls to models."""

    def conversation(self, context: int) -> list[MessageRecord]:
        """The messages of a call."""

    def blob(self, digest: str) -> tuple[str, bytes] | None:
        """A picture by SHA-256: media type and bytes."""


@dataclass(frozen=True)
class RunData:
    """One run. Steps, grades, calls and conversations are loaded when asked for, one unit at a time.

    Moves and answers are what scores read instead of steps and grades, those of all units in one go.

    Attributes:
        units: All scheduled units in index order, played or not.
        episodes: Ended episodes by unit key.
        moves: What scores read of all steps, each with the index of its unit, in any order.
        answers: The same of the latest grades.
        blob: A picture by SHA-256: media type and bytes.
        folder: Where the run is; None if it is nowhere but in memory.
        decision: The decision that ended the run before all was played; None where there is none.
    """

    info: RunInfo
    units: tuple[UnitRecord, ...]
    episodes: Mapping[str, EpisodeRecord]
    steps: Callable[[str], Sequence[StepRecord]]
    grades: Callable[[str], Iterable[GradeRecord]]
    moves: Callable[[], Iterable[tuple[int, Moves]]]
    answers: Callable[[], Iterable[tuple[int, Answer]]]
    calls: Callable[[str], Iterable[CallRecord]] = lambda unit: ()
    conversation: Callable[[int], Sequence[MessageRecord]] = lambda context: ()
    blob: Callable[[str], tuple[str, bytes] | None] = lambda digest: None
    folder: Path | None = None
    decision: Decision | None = None

    @classmethod
    def of(cls, journal: Readable) -> RunData:
        """The run in a journal, which must stay open while the data is used."""
        return cls(
            info=journal.info,
            units=tuple(journal.units()),
            episodes=journal.episodes(),
            steps=journal.steps,
            grades=journal.grades,
            moves=journal.moves,
            answers=journal.answers,
            calls=journal.calls,
            conversation=journal.conversation,
            blob=journal.blob,
            folder=journal.folder,
            decision=read_decision(journal.folder),
        )

    def log(self, unit: UnitRecord) -> EpisodeLog:
        """Everything that happened in one episode."""
        key = unit.key
        steps, grades, calls = list(self.steps(key)), list(self.grades(key)), list(self.calls(key))
        return EpisodeLog(unit, self.episodes.get(key), steps, grades, calls)

    @cached_property
    def scored(self) -> tuple[tuple[UnitRecord, EpisodeRecord], ...]:
        """The episodes that count, in the order of the schedule: those that ended and did not fail."""
        pairs = ((unit, self.episodes.get(unit.key)) for unit in self.units)
        return tuple((unit, episode) for unit, episode in pairs if episode is not None and episode.status == "done")

    @property
    def complete(self) -> bool:
        """Whether every scheduled episode was played to its end."""
        return len(self.scored) == len(self.units)

    @property
    def replayed(self) -> bool:
        """Whether some model's replies came from another run, so that nothing was paid for them in this one."""
        agents = self.info.config.get("agents", {}).values()
        models = (str(agent.get("model", "")) for agent in agents)
        return bool(self.info.config.get("replay")) or any(model.startswith("replay:") for model in models)

    @property
    def failures(self) -> dict[str, int]:
        """Number of failed episodes by cause, causes in alphabetical order."""
        counts: dict[str, int] = {}
        for episode in self.episodes.values():
            if episode.status == "failed":
                counts[episode.cause or "unknown"] = counts.get(episode.cause or "unknown", 0) + 1
        return dict(sorted(counts.items()))

    def require_whole(self) -> None:
        """Check that units and episodes fit what the run says about itself, so that every figure has a meaning.

        Raises:
            DamagedJournalError: A unit names an unknown game or agent, or an episode's rewards are impossible.
        """
        for unit in self.units:
            if problem := self._problem(unit):
                raise DamagedJournalError(
                    f"run {self.info.name}: the journal is damaged ({unit.key}: {problem}); "
                    "nothing was changed, restore it from a copy or run again"
                )

    def _problem(self, unit: UnitRecord) -> str:
        if unit.game not in self.info.games:
            return f"the run has no game {unit.game!r}"
        if unknown := [agent for agent in unit.agents if agent not in self.info.agents]:
            return f"the run has no agent {unknown[0]!r}"
        episode = self.episodes.get(unit.key)
        if episode is None or episode.status != "done":
            return ""
        low, high = self.info.games[unit.game].reward_range
        for rewards in (episode.reward, episode.played):
            if len(rewards) != len(unit.agents):
                return f"{len(rewards)} rewards for {len(unit.agents)} seats"
            if wrong := [reward for reward in rewards if not low <= reward <= high]:
                return f"reward {wrong[0]} is outside {low}..{high}"
        return ""
