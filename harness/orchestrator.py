"""The orchestrator: opens the models, plays all units at once within limits, and leaves a journal that can be resumed.

One asyncio process, structured concurrency only. Units start in schedule order; their results do not depend on how many
run at once or on who ends first, because every seed and key is derived from what it is for.
"""

from __future__ import annotations

import asyncio
import shlex
import signal
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kibitz.agents.models.model import CallFailed
from kibitz.harness.calls import CallDesk, CallNotRecordedError, RetryPolicy
from kibitz.harness.cast import describe, differences, make_cast, misfits, write_run_file
from kibitz.harness.clock import Clock, SystemClock
from kibitz.harness.config import Suite
from kibitz.harness.episode import Episode, EpisodeDivergedError, Finished
from kibitz.harness.errors import ConfigError, UsageError, first_cause
from kibitz.harness.executors.failures import ChildError
from kibitz.harness.executors.placement import Mode, misplaced
from kibitz.harness.executors.processes import Processes
from kibitz.harness.lines import Lines, open_lines
from kibitz.harness.progress import Progress
from kibitz.harness.schedule import units as scheduled
from kibitz.harness.stage import Stage, set_stage
from kibitz.results.journal import Journal
from kibitz.results.records import EpisodeRecord, RunInfo, UnitRecord
from kibitz.results.runfolder import JournalError, require_free

DEFAULT_CONCURRENCY = 8
EPISODE_DEADLINE = 24 * 3600.0
"""Seconds; nothing waits for ever, not even for a provider that is down the whole night."""


@dataclass(frozen=True)
class RunResult:
    """How a run ended.

    Attributes:
        folder: The run folder.
        complete: Every unit is done.
        failures: Failed episodes by cause.
        messages: One example message for each cause.
        units: Episodes of the schedule.
        done: Those that are done.
    """

    folder: Path
    complete: bool
    failures: dict[str, int]
    messages: dict[str, str]
    units: int
    done: int


def check(suite: Suite) -> list[str]:
    """What keeps the suite from being run, all of it; empty when it can start. Nothing is opened."""
    cast = make_cast(suite)
    return misfits(suite, cast) + misplaced(cast, "auto")


async def run(
    suite: Suite,
    out: Path,
    *,
    resume: bool,
    concurrency: int | None,
    progress: Progress,
    command: Sequence[str],
    clock: Clock | None = None,
    policy: RetryPolicy | None = None,
    isolate: Mode = "auto",
    processes: int | None = None,
) -> RunResult:
    """Play a suite, or what is left of it, into the run folder ``out``.

    Args:
        suite: What to play.
        out: The run folder; made, or with ``resume`` gone on with.
        resume: Go on with a run that is there.
        concurrency: Episodes at once; None for the default.
        progress: Told what happens.
        command: The command line, for the record.
        clock: Time; the real one by default.
        policy: Retries and deadlines of model calls.
        isolate: Which games and bots run in child processes.
        processes: Child processes at a time; None for one a processor.

    Raises:
        ConfigError: Agents and games do not fit, or the suite is not the one of the run to be resumed.
        JournalError: The run folder cannot be used.
        ModelError: A model cannot be used.
        CancelledError: The run was stopped; what was committed is kept, and the run can be resumed.
    """
    clock = clock or SystemClock()
    cast = make_cast(suite)
    if misses := misfits(suite, cast) + misplaced(cast, isolate):
        raise ConfigError("; ".join(misses))
    if not resume:
        require_free(out)
    async with AsyncExitStack() as stack:
        stack.enter_context(_stopping_on_sigterm())
        journal = stack.enter_context(Journal.open(out)) if resume else None
        lines = await stack.enter_async_context(open_lines(cast.models(), suite.limits, clock))
        executor = await stack.enter_async_context(Processes(cast, mode=isolate, slots=processes))
        stage = set_stage(suite, cast, describe(suite, cast, command), clock, executor, await executor.examples())
        if journal is None:
            journal = stack.enter_context(Journal.create(out, stage.info, scheduled(suite)))
        else:
            _refuse_changes(out, journal.info, stage.info)
        # Also after a kill between the two files: what is written follows from the journal.
        write_run_file(out, journal.info)
        runner = _Runner(stage, journal, lines, progress, policy or RetryPolicy())
        return await runner.run(concurrency or DEFAULT_CONCURRENCY)


def _refuse_changes(out: Path, recorded: RunInfo, now: RunInfo) -> None:
    if found := differences(recorded, now):
        text = f"{out}: cannot go on, the run was made with another configuration: {'; '.join(found)}"
        if recorded.config_hash != now.config_hash:
            text += f"; to go on as it was begun: kibitz run --resume --out {shlex.quote(str(out))}"
        raise UsageError(text)


@contextmanager
def _stopping_on_sigterm() -> Iterator[None]:
    """SIGTERM stops the run as Ctrl-C does: resumable."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    if task is None or not hasattr(signal, "SIGTERM"):
        yield
        return
    try:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not in the main thread
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


class _Runner:
    """Plays the units of one run."""

    def __init__(
        self,
        stage: Stage,
        journal: Journal,
        lines: Lines,
        progress: Progress,
        policy: RetryPolicy,
    ) -> None:
        self._stage = stage
        self._journal = journal
        self._lines = lines
        self._progress = progress
        self._policy = policy
        self._calls: asyncio.TaskGroup | None = None

    async def run(self, concurrency: int) -> RunResult:
        units = self._journal.units()
        finished = {key for key, record in self._journal.episodes().items() if record.status == "done"}
        self._progress.planned(len(units), len(finished))
        waiting = iter([unit for unit in units if unit.key not in finished])
        try:
            # The calls' nursery is the outer one: it waits for replies that are paid, whoever still wants them.
            async with asyncio.TaskGroup() as self._calls, asyncio.TaskGroup() as group:
                for _ in range(concurrency):
                    group.create_task(self._work(waiting))
        except ExceptionGroup as failures:
            raise first_cause(failures) from failures
        return self._result(len(units))

    async def _work(self, waiting: Iterator[UnitRecord]) -> None:
        for unit in waiting:
            self._progress.unit_started(unit)
            record = await self._play(unit)
            self._journal.put_episode(record)
            await self._journal.committed()
            self._progress.unit_ended(unit, record)

    async def _play(self, unit: UnitRecord) -> EpisodeRecord:
        deadline = asyncio.timeout(EPISODE_DEADLINE)
        try:
            async with deadline, self._episode(unit) as episode:
                return await episode.play()
        except (CallFailed, ChildError) as failure:
            return EpisodeRecord(unit=unit.key, status="failed", cause=failure.cause, message=str(failure))
        except (EpisodeDivergedError, CallNotRecordedError) as error:
            return EpisodeRecord(unit=unit.key, status="failed", cause="diverged", message=str(error))
        except JournalError:
            raise
        except Exception as error:
            if deadline.expired():
                message = "the episode's deadline passed"
                return EpisodeRecord(unit=unit.key, status="failed", cause="timeout", message=message)
            # One broken agent or game costs its own episodes, and nobody else's.
            with (self._journal.folder / "errors.log").open("a", encoding="utf-8") as log:
                log.write(f"{unit.key}\n{traceback.format_exc()}\n")
            message = f"{type(error).__name__}: {error} (see errors.log in the run folder)"
            return EpisodeRecord(unit=unit.key, status="failed", cause="harness_error", message=message)

    def _episode(self, unit: UnitRecord) -> AbstractAsyncContextManager[Episode]:
        journal, stage = self._journal, self._stage
        recorded = journal.calls(unit.key)
        ended = self._progress.call_ended
        lines, identities = self._lines, stage.identities
        desk = CallDesk(journal, recorded, lines, identities, self._policy, stage.clock, ended, self._calls)
        finished = Finished(journal.steps(unit.key), list(journal.grades(unit.key)))
        return stage.episode(unit, desk, journal.put_step, finished)

    def _result(self, units: int) -> RunResult:
        episodes = self._journal.episodes().values()
        failed = [record for record in episodes if record.status == "failed"]
        done = sum(record.status == "done" for record in episodes)
        return RunResult(
            folder=self._journal.folder,
            complete=done == units,
            failures=dict(Counter(record.cause for record in failed)),
            messages={record.cause: record.message for record in reversed(failed)},
            units=units,
            done=done,
        )
