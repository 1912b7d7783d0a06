"""The stage: all that the episodes of one run share, whether they are played for the first time or verified."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from kibitz.agents.agent import Example
from kibitz.harness.calls import CallDesk
from kibitz.harness.cast import Cast
from kibitz.harness.clock import Clock
from kibitz.harness.config import Suite
from kibitz.harness.decision import Player, Rules
from kibitz.harness.episode import NOTHING_FINISHED, Episode, Finished, StepSink
from kibitz.harness.executors.executor import Executor, Local
from kibitz.results.records import RunInfo, UnitRecord


@dataclass(frozen=True)
class Stage:
    """Makes the episodes of a run.

    Attributes:
        identities: What each model was when the run began, by agent and role; part of every request hash.
    """

    cast: Cast
    info: RunInfo
    rules: Rules
    players: Mapping[str, Player]
    examples: Mapping[str, tuple[Example, ...]]
    identities: Mapping[tuple[str, str], Mapping[str, Any]]
    clock: Clock
    executor: Executor

    @asynccontextmanager
    async def episode(
        self, unit: UnitRecord, desk: CallDesk, sink: StepSink, finished: Finished = NOTHING_FINISHED
    ) -> AsyncIterator[Episode]:
        """One episode, ready to be played in the block.

        Raises:
            ChildError: Its place, or what is played there, broke.
        """
        async with self.executor.seat(unit, [self.players[name] for name in unit.agents]) as (table, players):
            yield Episode(
                unit,
                table,
                players,
                self.rules,
                setting=self.info.games[unit.game].setting,
                desk=desk,
                sink=sink,
                clock=self.clock,
                finished=finished,
                examples=self.examples[unit.game],
            )


def set_stage(
    suite: Suite,
    cast: Cast,
    info: RunInfo,
    clock: Clock,
    executor: Executor | None = None,
    examples: Mapping[str, tuple[Example, ...]] | None = None,
) -> Stage:
    """Make the stage of a run from its suite and its record, played by ``executor``: in this process by default.

    Agents' hashes and models' identities are those of the record, so that a re-run draws the same numbers and asks with
    the same hashes.
    """
    protocol = suite.protocol
    return Stage(
        cast=cast,
        info=info,
        rules=Rules(suite.seed, protocol.ask, protocol.retries, protocol.fallback),
        players={name: Player(name, agent, info.agents[name].hash) for name, agent in cast.agents.items()},
        examples=cast.examples() if examples is None else examples,
        identities={
            (name, role): identity
            for name, agent in info.agents.items()
            for role, identity in agent.identity.get("models", {}).items()
        },
        clock=clock,
        executor=executor or Local(cast),
    )
