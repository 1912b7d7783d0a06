"""The orchestrator: opens what a run needs, plays it within limits and budgets, leaves a journal that can be resumed.

One asyncio process, structured concurrency only. A first Ctrl-C or SIGTERM drains: nothing new is sent, calls in flight
are awaited and journaled. A second one stops at once. After both, and after a kill, the run goes on where it was.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from kibitz.agents.models.failures import Secrets
from kibitz.harness.budget import Paid, RunBudget
from kibitz.harness.calls import Sending
from kibitz.harness.cast import Cast, describe, differences, make_cast, misfits, write_run_file
from kibitz.harness.clock import Clock, SystemClock
from kibitz.harness.collector import seldom
from kibitz.harness.config import Suite
from kibitz.harness.deciding import Deciding
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
from kibitz.results.failures import failure
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

    @property
    def over(self) -> bool:
        """Whether every episode is done, or failed by its agent's own fault: going on would change nothing."""
        own = sum(count for cause, count in self.failures.items() if failure(cause).fault == "agent")
        return self.done + own == self.units

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
    deciding: Deciding | None = None,
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
        deciding: Ends the run when a gate is certain.

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
    if deciding:
        deciding.prepare(describe(suite, cast, command), scheduled(suite), str(out))
    order = _Order(suite, cast, out, tuple(command), clock, progress, Gate(clock), Watch())
    async with AsyncExitStack() as stack:
        playing = stack.enter_context(stopping(order.drain))
        journal = stack.enter_context(Journal.open(out, sync=suite.journal.sync)) if resume else None
        lines = await _open_models(stack, order, journal, policy)
        journal, crew = await _open_run(stack, order, journal)
        if deciding:
            deciding.begin(journal, order.gate, progress)
            crew = replace(crew, ended=deciding.ended)
        budget = _budget(suite, journal)
        sending = Sending(lines, order.courier, called=progress.call_ended, budget=budget, prices=crew.stage.prices)
        runner = Runner(suite, crew, sending)
        with playing, seldom():
            await runner.run(concurrency or DEFAULT_CONCURRENCY)
        return RunResult.of(journal, "; ".join(filter(None, (order.gate.reason, *runner.left_out.values()))))


@dataclass(frozen=True)
class _Order:
    """What is to be run, and the parts that are there from the first moment."""

    suite: Suite
    cast: Cast
    out: Path
    command: tuple[str, ...]
    clock: Clock
    progress: Progress
    gate: Gate
    watch: Watch

    @cached_property
    def secrets(self) -> Secrets:
        return secrets_of(self.suite.agents)

    @cached_property
    def courier(self) -> Courier:
        return Courier(self.clock, self.gate, self.watch, self.secrets)

    def drain(self) -> None:
        """Send nothing more, and say so."""
        self.gate.close("stopped")
        self.progress.stopping(self.courier.in_flight)


async def _open_models(
    stack: AsyncExitStack, order: _Order, journal: Journal | None, policy: RetryPolicy | None
) -> Lines:
    """Open the models; prices are those that a run that goes on began with."""
    models = order.cast.models()
    prices = prices_of(models, order.suite.prices)
    if journal is not None:
        prices = Prices.from_data(journal.info.prices).before(prices)
    opening = open_lines(models, order.suite.limits, order.clock, prices=prices, policy=policy)
    lines = await stack.enter_async_context(opening)
    order.gate.when_closed(partial(_send_away, lines, order.gate))
    return lines


async def _open_run(stack: AsyncExitStack, order: _Order, journal: Journal | None) -> tuple[Journal, Crew]:
    """Make the run folder, or check that the one that is there is of this suite; set the stage."""
    suite = order.suite
    info = describe(suite, order.cast, order.command)
    if journal is not None:
        _refuse_changes(order.out, journal.info, info)
        info = journal.info
    executor = await stack.enter_async_context(Processes.of(suite, order.cast))
    stage = set_stage(suite, order.cast, info, order.clock, await executor.examples())
    if journal is None:
        made = Journal.create(order.out, info, scheduled(suite), sync=suite.journal.sync)
        journal = stack.enter_context(made)
    # Also after a kill between the two files: what is written follows from the journal.
    write_run_file(order.out, info)
    return journal, Crew(stage, executor, journal, order.progress, order.gate, order.watch, order.secrets.hide)


def _send_away(lines: Lines, gate: Gate) -> None:
    """Nobody waits for a place any more when the gate has closed."""
    for line in lines.values():
        line.limit.window.refuse(gate.stopping)


def _budget(suite: Suite, journal: Journal) -> RunBudget | None:
    """The budgets of the run and of its agents, with what was spent before; None without any."""
    budget = suite.budget
    if not budget.run and not budget.agent:
        return None
    spent = {name: Paid(one.tokens, one.usd) for name, one in journal.spent().items()}
    return RunBudget(budget.run, budget.agent, spent)


def _refuse_changes(out: Path, recorded: RunInfo, now: RunInfo) -> None:
    if found := differences(recorded, now):
        text = f"{out}: cannot go on, the run was made with another configuration: {'; '.join(found)}"
        if recorded.config_hash != now.config_hash:
            text += f"; to go on as it was begun: kibitz run --resume --out {shlex.quote(str(out))}"
        raise UsageError(text)
