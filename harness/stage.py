"""The stage: all that the episodes of one run share, whether they are played for the first time or verified."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from kibitz.agents.agent import Example
from kibitz.agents.models.model import identity_digest
from kibitz.games.game import Json
from kibitz.games.table import Table
from kibitz.harness.budget import EpisodeBudget
from kibitz.harness.calls import CallDesk
from kibitz.harness.cast import Cast
from kibitz.harness.clock import Clock
from kibitz.harness.config import Suite
from kibitz.harness.decision import Player, Rules
from kibitz.harness.episode import NOTHING_FINISHED, Episode, Finished, StepSink
from kibitz.harness.prices import NO_PRICES, Prices
from kibitz.harness.table import GameTable
from kibitz.results.records import RunInfo, UnitRecord


@dataclass(frozen=True)
class Stage:
    """Makes the episodes of a run.

    Attributes:
        identities: Digest of what each model was when the run began, by agent and role; part of every request hash.
    """

    cast: Cast
    info: RunInfo
    rules: Rules
    players: Mapping[str, Player]
    examples: Mapping[str, tuple[Example, ...]]
    identities: Mapping[tuple[str, str], str]
    clock: Clock
    prices: Prices = NO_PRICES

    def episode(
        self,
        unit: UnitRecord,
        desk: CallDesk,
        sink: StepSink,
        finished: Finished = NOTHING_FINISHED,
        *,
        going: Callable[[], None] = lambda: None,
        learned: Mapping[str, Json] = {},
        table: Table | None = None,
        players: Sequence[Player] | None = None,
    ) -> Episode:
        """One episode, ready to be played.

        Args:
            unit: What is played.
            desk: Answers its calls.
            sink: Given each new step.
            finished: What the journal holds of it already.
            going: Called before each step; raises where the run is to stop.
            learned: States of the learners, by agent name.
            table: Where; a new one in this process where none is given.
            players: Who sits there, by seat; the agents themselves where nobody is given.
        """
        return Episode(
            unit,
            table or GameTable(self.cast.new_game(unit.game)),
            self.seated(unit, learned) if players is None else players,
            self.rules,
            setting=self.info.games[unit.game].setting,
            desk=desk,
            sink=sink,
            clock=self.clock,
            finished=finished,
            going=going,
            examples=self.examples[unit.game],
        )

    def seated(self, unit: UnitRecord, learned: Mapping[str, Json]) -> list[Player]:
        """Who sits at each seat, with what each has learned."""
        return [_taught(self.players[name], learned) for name in unit.agents]


def _taught(player: Player, learned: Mapping[str, Json]) -> Player:
    learner = player.agent.learner
    if learner is None:
        return player
    return replace(player, learned=learned[player.name] if player.name in learned else learner.start())


def set_stage(
    suite: Suite,
    cast: Cast,
    info: RunInfo,
    clock: Clock,
    examples: Mapping[str, tuple[Example, ...]] | None = None,
) -> Stage:
    """Make the stage of a run from its suite and its record.

    Worked examples are made in this process where none are given.

    Agents' hashes, models' identities and prices are those of the record, so that a re-run draws the same numbers, asks
    with the same hashes and is granted the same stages.
    """
    protocol, budget = suite.protocol, suite.budget
    prices = Prices.from_data(info.prices)
    return Stage(
        cast=cast,
        info=info,
        rules=Rules(
            suite.seed,
            protocol.ask,
            protocol.retries,
            protocol.fallback,
            EpisodeBudget(budget.episode, budget.step),
            prices,
            hides_legal=protocol.legal == "hidden",
        ),
        prices=prices,
        players={name: Player(name, agent, info.agents[name].hash) for name, agent in cast.agents.items()},
        examples=cast.examples() if examples is None else examples,
        identities={
            (name, role): identity_digest(identity)
            for name, agent in info.agents.items()
            for role, identity in agent.identity.get("models", {}).items()
        },
        clock=clock,
    )
