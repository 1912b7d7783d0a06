"""One episode outside a run: what ``kibitz prompt`` and ``kibitz play`` set up, with the parts a run is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kibitz.agents import registry as agent_registry
from kibitz.agents.agent import Agent, Ask
from kibitz.agents.models.model import identity_digest
from kibitz.games.game import Game
from kibitz.games.positions import POSITIONS, Posed
from kibitz.harness.calls import CallDesk, Sending
from kibitz.harness.cast import Cast, describe, misfits
from kibitz.harness.clock import Clock, SystemClock
from kibitz.harness.config import AgentConfig, MatchConfig, Protocol, Suite
from kibitz.harness.delivery import Courier
from kibitz.harness.episode import StepSink
from kibitz.harness.errors import ConfigError
from kibitz.harness.lines import open_lines
from kibitz.harness.seeds import derive
from kibitz.harness.stage import Stage, set_stage
from kibitz.harness.stopping import Gate
from kibitz.harness.suitefile import Schedule
from kibitz.results.records import EpisodeRecord, UnitRecord


@dataclass(frozen=True)
class Scene:
    """A game and who sits at it."""

    stage: Stage
    unit: UnitRecord

    async def play(self, desk: CallDesk, sink: StepSink) -> EpisodeRecord:
        """Play the episode; each step is given to ``sink`` with its grades."""
        return await self.stage.episode(self.unit, desk, sink).play()


def set_scene(
    game: Game,
    agents: Mapping[str, tuple[AgentConfig, Agent]],
    seats: Sequence[str],
    *,
    seed: int,
    ask: Ask,
    retries: int = 0,
) -> Scene:
    """Set up episode ``seed`` of a run with run seed 0.

    Args:
        game: The game, as configured.
        agents: Those who take part, by name.
        seats: Name by seat.
        seed: Which episode: the k of its seeds; of posed positions, which position.
        ask: When questions are asked.
        retries: How often an unusable reply may be replaced.

    Raises:
        ConfigError: Somebody cannot play this game in this way, or a rung has no such position.
    """
    label = game.spec.id
    schedule: Schedule = "single" if game.seats == 1 else "round-robin"
    match = MatchConfig(label, label, dict(game.options), schedule, tuple(agents))
    if isinstance(game, Posed) and seed >= POSITIONS:
        raise ConfigError(f"--seed {seed}: a rung has {POSITIONS} positions, counted from 0")
    tasks = game.tasks()
    if tasks is not None and seed >= len(tasks):
        raise ConfigError(f"--seed {seed}: {label} has {len(tasks)} tasks, counted from 0")
    configs = tuple(config for config, _ in agents.values())
    suite = Suite("scene", 0, Protocol(ask=ask, retries=retries), configs, (match,))
    cast = Cast({name: agent for name, (_, agent) in agents.items()}, {label: match}, {label: game})
    if misses := misfits(suite, cast):
        raise ConfigError("; ".join(misses))
    unit = UnitRecord(
        index=0,
        key=f"{label}/{seed}/{','.join(seats)}",
        game=label,
        task=None if tasks is None else tasks[seed],
        k=seed,
        agents=tuple(seats),
        pair=f"{label}/{seed}",
        seed=derive(0, "env", game.id, None, seed),
    )
    return Scene(set_stage(suite, cast, describe(suite, cast, ()), SystemClock()), unit)


def made(config: AgentConfig) -> tuple[AgentConfig, Agent]:
    """A configuration together with the agent that it describes."""
    return config, agent_registry.make(config.kind, config.options, config.name)


@asynccontextmanager
async def open_desk(scene: Scene, clock: Clock | None = None) -> AsyncIterator[CallDesk]:
    """Open the models of all who take part, and close them at the end.

    Raises:
        ModelError: A model cannot be used.
    """
    clock = clock or SystemClock()
    models = scene.stage.cast.models()
    async with open_lines(models, {}, clock) as lines:
        identities = {key: identity_digest(model.identity) for key, model in models.items()}
        yield CallDesk(None, (), identities, Sending(lines, Courier(clock, Gate(clock))))
