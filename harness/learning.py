"""Learning over episodes: what agents learn is folded in between waves, in schedule order, never while they play.

All episodes of a wave read the state at its start. When the whole wave is done, each learner folds its episodes in, one
after the other as the schedule has them. So what an agent knows in an episode does not depend on who finished first:
one worker and eight learn the same. (A memory that is written when an episode ends differs even from one run with eight
workers to the next.) The states are not stored: they follow from the recorded episodes, and their hashes are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kibitz.agents.agent import Agent, Learner, Lesson, Past
from kibitz.games.game import Json
from kibitz.harness.seeds import digest
from kibitz.results.journal import Journal
from kibitz.results.records import EpisodeRecord, StepRecord, UnitRecord, WaveRecord


class LearnerBrokeError(Exception):
    """The code of a learner raised something; the cause is what it raised."""


class LearningDivergedError(Exception):
    """Folding the recorded episodes gives another state than when they were played."""


def learners_of(agents: Mapping[str, Agent]) -> dict[str, Learner]:
    """The learners among the agents, by agent name."""
    return {name: agent.learner for name, agent in agents.items() if agent.learner is not None}


def waves_of(units: Sequence[UnitRecord], size: int, *, learning: bool) -> Iterator[tuple[UnitRecord, ...]]:
    """The units in waves of ``size``; where nobody learns, one wave of all: nobody has to wait for a slow episode."""
    size = size if learning else max(1, len(units))
    for start in range(0, len(units), size):
        yield tuple(units[start : start + size])


class Learning:
    """What each learner has learned so far.

    Attributes:
        states: The states, by agent name.
        wave: Number of waves that are folded in.
    """

    def __init__(self, learners: Mapping[str, Learner]) -> None:
        self._learners = dict(sorted(learners.items()))
        self.states: dict[str, Json] = {name: learner.start() for name, learner in self._learners.items()}
        self.wave = 0

    def fold(self, units: Iterable[UnitRecord], journal: Journal) -> list[WaveRecord]:
        """Fold a wave in, all of whose episodes are done.

        Returns:
            One record an agent.

        Raises:
            LearnerBrokeError: Code of a learner broke.
        """
        learned: dict[str, list[str]] = {name: [] for name in self._learners}
        for unit in units:
            steps, episode = journal.steps(unit.key), journal.episode(unit.key)
            assert episode is not None
            for seat, name in enumerate(unit.agents):
                if name in self._learners:
                    lesson = lesson_of(unit, seat, steps, episode)
                    self.states[name] = self._learn(name, lesson)
                    if unit.key not in learned[name]:
                        learned[name].append(unit.key)
        records = [
            WaveRecord(wave=self.wave, agent=name, state=digest(self.states[name]), learned=tuple(learned[name]))
            for name in self._learners
        ]
        self.wave += 1
        return records

    def _learn(self, name: str, lesson: Lesson) -> Json:
        try:
            return self._learners[name].fold(self.states[name], lesson)
        except Exception as error:
            raise LearnerBrokeError(f"agent {name}: its learner broke ({type(error).__name__}: {error})") from error

    def check(self, records: Iterable[WaveRecord], recorded: Iterable[WaveRecord]) -> None:
        """Check what was folded again against what was recorded.

        Raises:
            LearningDivergedError: It differs.
        """
        then = {(record.wave, record.agent): record for record in recorded}
        for now in records:
            if then.get((now.wave, now.agent), now) != now:
                raise LearningDivergedError(
                    f"agent {now.agent}: what it learns from wave {now.wave} is not what it learned when it was played;"
                    " its code has changed"
                )


def lesson_of(unit: UnitRecord, seat: int, steps: Iterable[StepRecord], episode: EpisodeRecord) -> Lesson:
    """One seat's own view of an episode: what it saw, did and got, and nothing that it could not know."""
    moves = (move for step in steps for move in step.seats if move.seat == seat)
    return Lesson(
        game=unit.game,
        seat=seat,
        history=tuple(Past(m.observation, m.action, m.reply, m.fallback, m.memo) for m in moves),
        reward=episode.reward[seat],
        success=episode.success,
    )
