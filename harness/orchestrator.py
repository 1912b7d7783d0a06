"""The orchestrator: opens what a run needs, plays it within limits and budgets, leaves a journal that can be resumed.

One asyncio process, structured concurrency only. A first Ctrl-C or SIGTERM drains: nothing new is sent, calls in flight
are awaited and journaled. A second one stops at once. After both, and after a kill, the run goes on where it was.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kibitz.harness.budget import RunBudget, Spent
from kibitz.harness.calls import Sending
from kibitz.harness.cast import describe, differences, make_cast, misfits, write_run_file
from kibitz.harness.clock import Clock, SystemClock
from kibitz.harness.collector import seldom
from kibitz.harness.config import Suite
from kibitz.harness.delivery import Courier
from kibitz.harness.errors import ConfigError, UsageError
from kibitz.harness.executors.placement import misplaced
from kibitz.harness.executors.processes import Processes
from kibitz.harness.limits import RetryPolicy
from kibitz.harness.lines import Lines, open_lines
from kibitz.harness.prices import Prices, prices_of
from kibitz.harness.progress import Progress
from kibitz.harness.runner import Crew, Runner
from kibitz.harness.schedule import units as scheduled
from kibitz.harness.secrets import secrets_of
from kibitz.harness.signals import stopping
from kibitz.harness.stage import set_stage
from kibitz.harness.stopping import Gate
from kibitz.harness.watch import Watch
from kibitz.results.journal import Journal
from kibitz.results.records import RunInfo
from kibitz.results.runfolder import require_free

DEFAULT_CONCURRENCY = 8


@dataclass(frozen=True)
class RunResult:
    """How a run ended.

    Attributes:
        folder: The run folder.
        units: Episodes of the schedule.
        done: Those that are done.
        failures: Failed episodes by cause.
        messages: One example message for each cause.
        stopped: Why the run ended before all was tried, as a clause; empty if it did not.
    """

    folder: Path
    units: int
    done: int
    failures: dict[str, int]
    messages: dict[str, str]
    stopped: str = ""

    @property
    def complete(self) -> bool:
        """Whether every episode is done."""
        return self.done == self.units

    @classmethod
    def of(cls, journal: Journal, stopped: str = "") -> RunResult:
        """What the journal holds."""
        episodes = journal.episodes().values()
        failed = [record for record in episodes if record.status == "failed"]
        return cls(
            folder=journal.folder,
            units=len(journal.units()),
            done=sum(record.status == "done" for record in episodes),
            failures=dict(Counter(record.cause for record in failed)),
            messages={record.cause: record.message for record in reversed(failed)},
            stopped=stopped,
        )


def check(suite: Suite) -> list[str]:
    """What keeps the suite from being run, all of it; empty when it can start. Nothing is opened."""
    cast = make_cast(suite)
    return misfits(suite, cast) + misplaced(cast, suite.execution.isolate)


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
        policy: Retries and deadlines of all model calls; by default those of the suite's limits.

    Raises:
        ConfigError: Agents and games do not fit, or the suite is not the one of the run to be resumed.
        JournalError: The run folder cannot be used.
        ModelError: A model cannot be used.
        CancelledError: The run was stopped at once; what was committed is kept, and the run can be resumed.
    """
    clock = clock or SystemClock()
    cast = make_cast(suite)
    if misses := misfits(suite, cast) + misplaced(cast, suite.execution.isolate):
        raise ConfigError("; ".join(misses))
    if not resume:
        require_free(out)
    gate = Gate(clock)
    watch = Watch()
    secrets = secrets_of(suite.agents)
    courier = Courier(clock, gate, watch, secrets)

    def drain() -> None:
        gate.close("stopped")
        progress.stopping(courier.in_flight)

    async with AsyncExitStack() as stack:
        stack.enter_context(stopping(drain))
        journal = stack.enter_context(Journal.open(out, sync=suite.journal.sync)) if resume else None
        models = cast.models()
        prices = prices_of(models, suite.prices)
        if journal is not None:
            prices = Prices.from_data(journal.info.prices).before(prices)
        opening = open_lines(models, suite.limits, clock, prices=prices, policy=policy)
        lines = await stack.enter_async_context(opening)
        gate.when_closed(partial(_send_away, lines, gate))
        info = describe(suite, cast, command)
        if journal is not None:
            _refuse_changes(out, journal.info, info)
            info = journal.info
        executor = await stack.enter_async_context(Processes.of(suite, cast))
        stage = set_stage(suite, cast, info, clock, await executor.examples())
        if journal is None:
            journal = stack.enter_context(Journal.create(out, info, scheduled(suite), sync=suite.journal.sync))
        # Also after a kill between the two files: what is written follows from the journal.
        write_run_file(out, journal.info)
        sending = Sending(
            lines, courier, called=progress.call_ended, budget=_budget(suite, journal), prices=stage.prices
        )
        crew = Crew(stage, executor, journal, progress, gate, watch, secrets.hide)
        runner = Runner(suite, crew, sending)
        with seldom():
            await runner.run(concurrency or DEFAULT_CONCURRENCY)
        return RunResult.of(journal, "; ".join(filter(None, (gate.reason, *runner.spent.values()))))


def _send_away(lines: Lines, gate: Gate) -> None:
    """Nobody waits for a place any more when the gate has closed."""
    for line in lines.values():
        line.limit.window.refuse(gate.stopping)


def _budget(suite: Suite, journal: Journal) -> RunBudget | None:
    """The budgets of the run and of its agents, with what was spent before; None without any."""
    budget = suite.budget
    if not budget.run and not budget.agent:
        return None
    spent = {name: Spent(one.tokens, one.usd) for name, one in journal.spent().items()}
    return RunBudget(budget.run, budget.agent, spent)


def _refuse_changes(out: Path, recorded: RunInfo, now: RunInfo) -> None:
    if found := differences(recorded, now):
        text = f"{out}: cannot go on, the run was made with another configuration: {'; '.join(found)}"
        if recorded.config_hash != now.config_hash:
            text += f"; to go on as it was begun: kibitz run --resume --out {shlex.quote(str(out))}"
        raise UsageError(text)
