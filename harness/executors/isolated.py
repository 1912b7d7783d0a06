"""Tables and bots whose code runs in a child process, with the faces of those that run in this one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from kibitz.agents.agent import Chance, Ctx, Decision, Turn
from kibitz.games.game import Game, GameSpec, Json
from kibitz.games.subproblem import Answer
from kibitz.games.table import Asked, Settled, View
from kibitz.harness.executors.acting import Thought
from kibitz.harness.executors.serving import Start
from kibitz.harness.executors.slot import Slot
from kibitz.harness.imagination import Imagination
from kibitz.harness.table import GameTable, Solve

Think = Callable[[str, Turn, Chance, Thought | None], Awaitable[tuple[Decision, int]]]
"""Lets the bot of that name decide in a child process; returns its decision and the steps that it simulated."""


class IsolatedTable:
    """One episode of a game that is played in the child process of ``slot``.

    Args:
        slot: Where; it belongs to this episode until the episode ends.
        label: What to call the game in messages.
        game: The game as configured; asked for its spec only, and never played.
    """

    def __init__(self, slot: Slot, label: str, game: Game) -> None:
        self._slot = slot
        self._label = label
        self._game = type(game)
        self._spec = game.spec
        self._rules: tuple[str, ...] = ()

    @property
    def spec(self) -> GameSpec:
        """The game as data."""
        return self._spec

    def rules(self, seat: int) -> str:
        """The rules for the player of ``seat``, as they were with the last views."""
        return self._rules[seat]

    async def open(self, seed: int, task: str | None) -> None:
        """Start the episode."""
        start = Start(self._game, dict(self._spec.options), seed, task)
        self._rules = await self._slot.request(self._label, "began an episode", "open", start)

    async def views(self) -> tuple[View, ...]:
        """One view per mover."""
        views, rules = await self._slot.request(self._label, "gave its views", "views")
        self._rules = self._rules if rules is None else rules
        found: tuple[View, ...] = views
        return found

    async def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """The actions to which stated answers commit the player of ``seat``."""
        doing = "compared answers with actions"
        found: frozenset[str] | None = await self._slot.request(self._label, doing, "implied", seat, dict(answers))
        return found

    async def settle(self, asked: Asked, actions: Mapping[int, str]) -> Settled:
        """Truths of what was asked, from the state that was seen; then the step."""
        settled: Settled = await self._slot.request(self._label, "played a step", "settle", dict(asked), dict(actions))
        return settled

    async def position(self) -> Json:
        """The present position."""
        return await self._slot.request(self._label, "gave its position", "position")

    async def close(self) -> None:
        """The next episode of the slot begins with a new game; nothing is to be given back."""

    async def act(self, name: str, turn: Turn, chance: Chance, thought: Thought | None) -> tuple[Decision, int]:
        """Let a bot decide beside the game."""
        decided: tuple[Decision, int] = await self._slot.request(name, "decided", "act", name, turn, chance, thought)
        return decided


class FollowedTable(GameTable):
    """A table in this process that can be followed in another: it keeps from what, and how, its state came to be."""

    def __init__(self, game: Game, solve: Solve | None = None) -> None:
        super().__init__(game, solve)
        self.start: Start | None = None
        self.actions: tuple[Mapping[int, str], ...] = ()

    async def open(self, seed: int, task: str | None) -> None:
        """Start the episode."""
        self.start, self.actions = Start(type(self.game), dict(self.game.options), seed, task), ()
        await super().open(seed, task)

    async def settle(self, asked: Asked, actions: Mapping[int, str]) -> Settled:
        """Truths, then the step."""
        settled = await super().settle(asked, actions)
        self.actions = (*self.actions, dict(actions))
        return settled


async def decide_apart(name: str, think: Think, turn: Turn, ctx: Ctx) -> Decision:
    """Let the bot called ``name`` decide in a child process just as it would in this one.

    Turn and randomness go over, the decision comes back; simulators and truths are those of the child's own game.

    Raises:
        ChildError: Its process crashed or hung.
        Exception: What the bot raised.
    """
    thought = None
    if isinstance(ctx.simulator, Imagination):
        thought = Thought(ctx.simulator.seed, ctx.simulator.true_state)
    decision, simulated = await think(name, turn, ctx.chance, thought)
    ctx.meter.spending.simulated_steps += simulated
    return decision
