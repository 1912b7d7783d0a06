"""The runner: plays the units of a run side by side, wave by wave, and writes how each one ended.

Units start in schedule order; their results do not depend on how many run at once or on who ends first, because every
seed and key is derived from what it is for. One broken agent, game or process costs its own episodes and nobody else's;
what may succeed when it is tried again is tried once more, from its recorded steps, when the others are done.
"""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from kibitz.agents.models.model import CallFailed, Unauthorized
from kibitz.harness.calls import CallDesk, CallNotRecordedError, Sending
from kibitz.harness.config import Suite
from kibitz.harness.decision import AgentBrokeError
from kibitz.harness.episode import EpisodeDivergedError, Finished, GameBrokeError
from kibitz.harness.errors import BudgetSpentError, UsageError, first_cause
from kibitz.harness.executors.executor import Executor
from kibitz.harness.executors.failures import ChildError
from kibitz.harness.learning import LearnerBrokeError, Learning, LearningDivergedError, learners_of, waves_of
from kibitz.harness.progress import Progress
from kibitz.harness.stage import Stage
from kibitz.harness.stopping import Gate, RunStopping, was_cancelled
from kibitz.harness.watch import Guard, Watch
from kibitz.results.failures import failure
from kibitz.results.journal import Journal
from kibitz.results.records import EpisodeRecord, UnitRecord
from kibitz.results.runfolder import JournalError

MOST_REFUSALS = 5
"""Episodes in a row whose calls are refused for want of rights, before their agent is left out of the session."""

EPISODE_TRIES = 2
"""How often an episode is begun in one run, if its failure may pass."""


@dataclass(frozen=True)
class Crew:
    """Whom a runner works with.

    Attributes:
        executor: Gives episodes their places.
        gate: Closed when the run is to stop.
        watch: Keeps the deadlines.
        scrub: Takes secrets out of a text.
        ended: Told of every episode that has ended and is in the journal; may close the gate.
    """

    stage: Stage
    executor: Executor
    journal: Journal
    progress: Progress
    gate: Gate
    watch: Watch
    scrub: Callable[[str], str] = str
    ended: Callable[[UnitRecord, EpisodeRecord], None] = lambda unit, record: None


class Runner:
    """Plays the units of one run.

    Args:
        suite: The suite.
        crew: Whom to work with.
        sending: How calls are sent; its nursery is made here.
    """

    def __init__(self, suite: Suite, crew: Crew, sending: Sending) -> None:
        self._suite = suite
        self._crew = crew
        self._stage = crew.stage
        self._journal = crew.journal
        self._sending = sending
        self._begun = crew.journal.begun()
        self._folded = {(record.wave, record.agent): record for record in crew.journal.waves()}
        self._learning = Learning(learners_of(crew.stage.cast.agents))
        self._tries: dict[str, int] = {}
        self.left_out: dict[str, str] = {}
        """Agents that can do nothing more in this session, and why: no money is left, or their calls are refused."""
        self._refused: Counter[str] = Counter()

    async def run(self, concurrency: int) -> None:
        """Play what is not done yet; returns when all is done, has failed, or the gate has closed."""
        units = self._journal.units()
        done = {key for key, record in self._journal.episodes().items() if record.status == "done"}
        self._crew.progress.planned(len(units), len(done))
        try:
            # The calls' nursery is the outer one: it waits for replies that are paid, whoever still wants them.
            async with asyncio.TaskGroup() as nursery:
                self._sending = replace(self._sending, nursery=nursery)
                learning = bool(self._learning.states)
                for wave in waves_of(units, self._suite.protocol.wave, learning=learning):
                    await self._wave(wave, done, concurrency)
                    if self._crew.gate.reason or not (learning and self._fold(wave)):
                        break
        except ExceptionGroup as failures:
            raise first_cause(failures) from failures

    async def _wave(self, wave: Sequence[UnitRecord], done: set[str], concurrency: int) -> None:
        waiting = [unit for unit in wave if unit.key not in done]
        while waiting and not self._crew.gate.reason:
            again: list[UnitRecord] = []
            units = iter(waiting)
            async with asyncio.TaskGroup() as group:
                for _ in range(min(concurrency, len(waiting))):
                    group.create_task(self._work(units, again))
            waiting = sorted(again, key=lambda unit: unit.index)

    def _fold(self, wave: Sequence[UnitRecord]) -> bool:
        """Fold a wave in; False where it is not whole: what comes after depends on it."""
        # Of this wave only: all waves together then cost what there is, and not its square.
        missing = [unit.key for unit in wave if not _is_done(self._journal.episode(unit.key))]
        if missing:
            names = ", ".join(self._learning.states)
            self._crew.gate.close(
                f"wave {self._learning.wave} is not whole ({len(missing)} of its episodes are not done, such as "
                f"{missing[0]}), and what {names} learns depends on all of it"
            )
            return False
        try:
            records = self._learning.fold(wave, self._journal)
        except LearnerBrokeError as error:
            self._note(f"wave {self._learning.wave}", error)
            self._crew.gate.close(f"{error} (see errors.log in the run folder)")
            return False
        recorded = [self._folded[at] for record in records if (at := (record.wave, record.agent)) in self._folded]
        try:
            self._learning.check(records, recorded)
        except LearningDivergedError as error:
            raise UsageError(f"{self._journal.folder}: cannot go on: {error}") from error
        for record in records:
            if (record.wave, record.agent) not in self._folded:
                self._journal.put_wave(record)
        self._journal.commit()
        return True

    async def _work(self, units: Iterator[UnitRecord], again: list[UnitRecord]) -> None:
        for unit in units:
            if self._crew.gate.reason:
                return
            if not self.left_out.keys().isdisjoint(unit.agents):
                continue
            self._crew.progress.unit_started(unit)
            self._tries[unit.key] = tries = self._tries.get(unit.key, 0) + 1
            try:
                record = await self._play(unit)
            except (RunStopping, BudgetSpentError) as stop:
                # Unfinished, not failed: it is there to be resumed.
                self._crew.progress.unit_left(unit)
                if isinstance(stop, BudgetSpentError):
                    self._give_up(stop)
                continue
            self._journal.put_episode(record)
            await self._journal.committed()
            self._begun.add(unit.key)
            self._crew.ended(unit, record)
            if record.status == "failed" and failure(record.cause).retry and tries < EPISODE_TRIES:
                again.append(unit)
                self._crew.progress.unit_left(unit)
            else:
                self._tries.pop(unit.key)
                self._crew.progress.unit_ended(unit, record)
            if record.status == "done":
                for agent in unit.agents:
                    self._refused.pop(agent, None)

    def _give_up(self, stop: BudgetSpentError) -> None:
        """Without money the run stops; an agent without money only leaves its own episodes."""
        if stop.agent:
            self.left_out.setdefault(stop.agent, str(stop))
        else:
            self._crew.gate.close(str(stop))

    def _count_refusal(self, error: Unauthorized) -> None:
        """A key that is wrong is wrong for ten thousand episodes: a few are enough to see it."""
        self._refused[error.agent] += 1
        if self._refused[error.agent] == MOST_REFUSALS:
            said = f"agent {error.agent}: its calls are refused ({self._shown(str(error))}); no more were made"
            self.left_out.setdefault(error.agent, said)

    async def _play(self, unit: UnitRecord) -> EpisodeRecord:
        deadlines, watch = self._suite.deadlines, self._crew.watch
        latest = watch.due(deadlines.episode)
        guard = Guard(watch, latest)

        def going() -> None:
            self._crew.gate.check()
            # One guard for the whole episode: a step only moves it.
            guard.due = min(latest, watch.due(deadlines.step))

        try:
            with guard:
                return await self._episode(unit, going)
        except (JournalError, RunStopping, BudgetSpentError):
            raise
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if was_cancelled(error):
                raise
            if guard.expired:
                what, limit = ("episode", deadlines.episode) if guard.due >= latest else ("step", deadlines.step)
                return self._failed(unit, f"{what}_timeout", f"the {what} took longer than {limit:g} s")
            cause, text = self._judge(error)
            if isinstance(error, Unauthorized):
                self._count_refusal(error)
            if not isinstance(error, CallFailed) and cause.endswith("_error"):
                self._note(unit.key, error)
                text += " (see errors.log in the run folder)"
            return self._failed(unit, cause, text, error.agent if isinstance(error, AgentBrokeError) else "")

    @staticmethod
    def _judge(error: BaseException) -> tuple[str, str]:
        """The cause of a failed episode, and what to say of it."""
        if isinstance(error, CallFailed | ChildError):
            return error.cause, str(error)
        for kind, cause in CAUSES.items():
            if isinstance(error, kind):
                return cause, str(error)
        return "harness_error", f"{type(error).__name__}: {error}"

    def _failed(self, unit: UnitRecord, cause: str, text: str, blamed: str = "") -> EpisodeRecord:
        return EpisodeRecord(
            unit=unit.key,
            status="failed",
            cause=cause,
            fault=failure(cause).fault,
            blamed=blamed,
            message=self._shown(text),
        )

    def _note(self, what: str, error: BaseException) -> None:
        text = self._shown("".join(traceback.format_exception(error)))
        # A disk without room for it must not cost the run more than this text.
        with suppress(OSError), (self._journal.folder / "errors.log").open("a", encoding="utf-8") as log:
            log.write(f"{what}\n{text}\n")

    def _shown(self, text: str) -> str:
        """What broken code said, as it may be written: without secrets, and without half a surrogate pair."""
        return self._crew.scrub(text).encode("utf-8", "backslashreplace").decode("utf-8")

    async def _episode(self, unit: UnitRecord, going: Callable[[], None]) -> EpisodeRecord:
        journal, stage = self._journal, self._stage
        finished, recorded = Finished(), []
        await self._sending.replied(unit.key)
        if unit.key in self._begun:
            finished = Finished(journal.steps(unit.key), list(journal.grades(unit.key)))
            recorded = list(journal.calls(unit.key))
        desk = CallDesk(journal, recorded, stage.identities, self._sending)
        seated = stage.seated(unit, self._learning.states)
        async with self._crew.executor.seat(unit, seated) as (table, players):
            return await stage.episode(
                unit, desk, journal.put_step, finished, going=going, table=table, players=players
            ).play()


def _is_done(record: EpisodeRecord | None) -> bool:
    return record is not None and record.status == "done"


CAUSES: Mapping[type[Exception], str] = {
    EpisodeDivergedError: "diverged",
    CallNotRecordedError: "diverged",
    AgentBrokeError: "agent_error",
    GameBrokeError: "game_error",
}
"""The cause of a failed episode by what was raised."""
