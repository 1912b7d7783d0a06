"""A recorded run, set up again with today's games and agents: for ``verify`` and ``regrade``, which send nothing.

What came from outside is history: what models replied, and the truths that a reference with the privilege ``truth`` was
told. Everything else is computed anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kibitz.agents.parsing import PARSER_VERSION
from kibitz.games.game import Game, Json
from kibitz.games.subproblem import GRADER_VERSION, Answer, Malformed, Unknown
from kibitz.games.table import Asked, Settled
from kibitz.harness.cast import make_cast, versions
from kibitz.harness.clock import SystemClock
from kibitz.harness.config import from_resolved
from kibitz.harness.learning import Learning, LearningDivergedError, learners_of, waves_of
from kibitz.harness.stage import Stage, set_stage
from kibitz.harness.table import GameTable
from kibitz.results.journal import Journal
from kibitz.results.records import EpisodeRecord, GradeRecord, RunInfo, UnitRecord


def stage_of(info: RunInfo) -> Stage:
    """The stage of a recorded run.

    Raises:
        ConfigError: It names a game, agent or option that is not here (any more).
    """
    suite = from_resolved(info.config)
    return set_stage(suite, make_cast(suite), info, SystemClock())


def unfinished(record: EpisodeRecord | None) -> str:
    """Why an episode has no end that could be looked at; empty if it has one."""
    if record is None:
        return "not finished"
    return f"failed ({record.cause})" if record.status == "failed" else ""


def changes_since(stage: Stage, graders: Iterable[str]) -> list[str]:
    """Which versions are other ones than those of the run, one line each: what may explain that it comes out otherwise.

    Args:
        stage: The run, set up again.
        graders: The versions of the grader that its grades name.
    """
    then, here = stage.info, versions().get("kibitz", "")
    parsers = {str(agent.identity["parser"]) for agent in then.agents.values() if "parser" in agent.identity}
    found = [
        f"{label}: version {game.version} is now {stage.cast.games[label].spec.version}"
        for label, game in then.games.items()
        if game.version != stage.cast.games[label].spec.version
    ]
    for name, was, now in (
        ("grader", set(graders), GRADER_VERSION),
        ("parser", parsers, PARSER_VERSION),
        ("kibitz", {then.versions.get("kibitz", here)}, here),
    ):
        found += [f"{name}: {version} is now {now}" for version in sorted(was - {now})]
    return sorted(found)


class Lessons:
    """The units of a run in the order of the schedule, each with what its learners knew when it was played.

    Attributes:
        diverged: What comes out otherwise when it is learned again, one line each.
    """

    def __init__(self, journal: Journal, stage: Stage) -> None:
        self.diverged: list[str] = []
        self._journal = journal
        self._wave: int = stage.info.protocol["wave"]
        self._learning = Learning(learners_of(stage.cast.agents))

    def __iter__(self) -> Iterator[tuple[UnitRecord, Mapping[str, Json]]]:
        """Each unit with the states of the learners, by agent."""
        states = self._learning.states
        done = {key for key, record in self._journal.episodes().items() if not unfinished(record)}
        whole = bool(states)
        for wave in waves_of(self._journal.units(), self._wave, learning=bool(states)):
            for unit in wave:
                yield unit, states
            # Behind a wave that is not whole nothing was played.
            whole = whole and all(unit.key in done for unit in wave) and self._fold(wave)

    def _fold(self, wave: Sequence[UnitRecord]) -> bool:
        number = self._learning.wave
        try:
            records = self._learning.fold(wave, self._journal)
            self._learning.check(records, self._journal.waves())
        except LearningDivergedError as error:
            self.diverged.append(str(error))
        except Exception as error:  # a learner's code that broke
            self.diverged.append(f"what is learned from wave {number} ({type(error).__name__}: {error})")
            return False
        return True


class RecordedTable(GameTable):
    """A table at which those who may know the truths are told what they were told then.

    The truths that are graded against are today's.
    """

    def __init__(self, game: Game, first: Iterable[GradeRecord]) -> None:
        super().__init__(game)
        self._then: Mapping[tuple[int, int, str], GradeRecord] = {(g.step, g.seat, g.subproblem): g for g in first}
        self._step = 0

    def truth(self, seat: int, name: str, action: str | None) -> Answer | Unknown:
        """The truth of one question as it was recorded; today's where it was not asked then."""
        then = self._then.get((self._step, seat, name))
        if then is None or then.action != action:
            return super().truth(seat, name, action)
        if then.truth is None:
            return Unknown(then.note)
        kind = next(problem.kind for problem in self.game.subproblems(seat) if problem.id == name)
        told = kind.read(then.truth)
        return super().truth(seat, name, action) if isinstance(told, Malformed) else told

    async def settle(self, asked: Asked, actions: Mapping[int, str]) -> Settled:
        """Truths of what was asked, from the state that was seen; then the step."""
        settled = await super().settle(asked, actions)
        self._step += 1
        return settled
