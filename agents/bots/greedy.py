"""A player with one step of foresight: takes what it can get at once, and does not hand the opponent a win."""

from __future__ import annotations

from threading import Event
from typing import ClassVar

from kibitz.agents.agent import Ctx, Decision, Simulator, Turn
from kibitz.agents.bots.answering import ANSWERS
from kibitz.agents.bots.lookahead import LookaheadBot, after, moves, off_the_loop
from kibitz.agents.listed import listed_actions
from kibitz.games.options import Option

Value = tuple[float, float]
"""What an action gives at once, and the worst that the next player can then do at once."""


class GreedyBot(LookaheadBot):
    """One-step look-ahead; equal actions are drawn by lot."""

    kind: ClassVar[str] = "greedy"
    declared: ClassVar[tuple[Option, ...]] = (ANSWERS,)

    async def play(self, turn: Turn, ctx: Ctx) -> Decision:
        """Choose an action of the highest value."""
        listed = listed_actions(turn, self.kind)
        simulator = self.simulator(ctx, turn.seat)

        def search(stop: Event) -> dict[str, Value]:
            return {action: value(simulator, turn.seat, action) for action in listed if not stop.is_set()}

        values = await off_the_loop(search)
        best = max(values.values())
        action = ctx.rng.choice([action for action in listed if values[action] == best])
        return self.decide(turn, ctx, action, {"now": best[0], "next": best[1]})


def value(simulator: Simulator, seat: int, action: str) -> Value:
    """What ``action`` is worth to ``seat`` one step ahead, threats of the next player second."""
    fork, rewards = after(simulator, seat, action)
    now = rewards.get(seat, 0.0) + _final(fork, seat)
    movers = fork.movers()
    if len(movers) != 1 or movers[0] == seat:
        return now, 0.0
    replies = (after(fork, movers[0], reply) for reply in moves(fork, movers[0]))
    return now, min((gained.get(seat, 0.0) + _final(last, seat) for last, gained in replies), default=0.0)


def _final(simulator: Simulator, seat: int) -> float:
    outcome = simulator.outcome()
    return 0.0 if outcome is None else outcome.reward[seat]
