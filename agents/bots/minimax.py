"""Alpha-beta search to a fixed depth: the anchor at the top of small games.

Values are those of the root seat: rewards on the way, plus the final reward where the game ends, plus the game's own
heuristic at the horizon. Whoever else acts is taken to minimise them, which is exact for two-seat zero-sum games; with
one seat it is plain search. Sooner gains and later losses are preferred by a shade (``HASTE`` a ply), or a player that
has won could put the win off for ever.

Ties need care. A root search whose bound is the best value so far returns "no better" for an action that is equal and
for one that is worse. So each root action is searched with a bound slightly under the best (``TIE``): whatever is
within reach of a tie comes back exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from threading import Event
from typing import ClassVar

from kibitz.agents.agent import Ctx, Decision, Simulator, Turn
from kibitz.agents.bots.answering import ANSWERS
from kibitz.agents.bots.lookahead import LookaheadBot, LookaheadError, after, moves, off_the_loop
from kibitz.agents.listed import listed_actions
from kibitz.games.options import Option

HASTE = 1e-5
"""Share of a reward that is lost with each ply."""
TIE = 1e-8
"""Values closer than this are equal: far under ``HASTE``, far over rounding."""


LONG_FROM = 4
"""The depth from which a decision takes milliseconds, several times what it costs to make it in another process."""


class MinimaxBot(LookaheadBot):
    """Looks ``depth`` plies ahead; equal best actions are drawn by lot."""

    kind: ClassVar[str] = "minimax"
    declared: ClassVar[tuple[Option, ...]] = (Option("depth", 4, "plies to look ahead", low=1, high=64), ANSWERS)

    def __init__(self, **options: object) -> None:
        """Make the bot.

        Raises:
            OptionError: An option is unknown or its value is not allowed.
        """
        super().__init__(**options)
        self.isolate = int(self.options["depth"]) >= LONG_FROM

    async def play(self, turn: Turn, ctx: Ctx) -> Decision:
        """Choose an action of the highest value."""
        listed = listed_actions(turn, self.kind)
        simulator = self.simulator(ctx, turn.seat)
        depth = int(self.options["depth"])
        values = await off_the_loop(lambda stop: Search(turn.seat, stop).root(simulator, listed, depth))
        best = max(values.values())
        action = ctx.rng.choice([action for action in listed if action in values and values[action] > best - TIE / 2])
        return self.decide(turn, ctx, action, {"value": best})


class Stopped(Exception):  # noqa: N818
    """The decision that wanted the search was cancelled."""


@dataclass
class Search:
    """One search for one seat.

    Attributes:
        seat: Whose values are computed.
        stop: When set, the search ends at its next node.
        cutoffs: How much each (seat, action) has cut off so far: what refuted one line is tried first in the next.
    """

    seat: int
    stop: Event = field(default_factory=Event)
    cutoffs: dict[tuple[int, str], int] = field(default_factory=dict)

    def root(self, simulator: Simulator, listed: tuple[str, ...], depth: int) -> dict[str, float]:
        """The values of the root actions: exact for the best and all that equal it, upper bounds for the others."""
        values: dict[str, float] = {}
        best = -math.inf
        for action in listed:
            values[action] = self._play(simulator, self.seat, action, (depth, 1), best - TIE, math.inf)
            best = max(best, values[action])
        return values

    def _play(
        self, simulator: Simulator, mover: int, action: str, place: tuple[int, int], low: float, high: float
    ) -> float:
        """Value after ``mover`` plays ``action``; ``place`` is (plies left, ply number)."""
        if self.stop.is_set():
            raise Stopped
        depth, ply = place
        fork, rewards = after(simulator, mover, action)
        gained = rewards.get(self.seat, 0.0) * (1 - HASTE * ply)
        outcome = fork.outcome()
        if outcome is not None:
            return gained + outcome.reward[self.seat] * (1 - HASTE * ply)
        if depth <= 1:
            return gained + fork.evaluate(self.seat)
        return gained + self._value(fork, (depth - 1, ply + 1), low - gained, high - gained)

    def _value(self, simulator: Simulator, place: tuple[int, int], low: float, high: float) -> float:
        movers = simulator.movers()
        if len(movers) != 1:
            raise LookaheadError("minimax looks ahead only where one seat acts at a time")
        (mover,) = movers
        ours = mover == self.seat
        best = -math.inf if ours else math.inf
        for action in self._ordered(mover, moves(simulator, mover)):
            value = self._play(simulator, mover, action, place, low, high)
            if ours:
                best = max(best, value)
                low = max(low, best)
            else:
                best = min(best, value)
                high = min(high, best)
            if low >= high:
                self.cutoffs[mover, action] = self.cutoffs.get((mover, action), 0) + (1 << min(place[0], 20))
                break
        return best if math.isfinite(best) else simulator.evaluate(self.seat)

    def _ordered(self, mover: int, listed: tuple[str, ...]) -> list[str]:
        return sorted(listed, key=lambda action: -self.cutoffs.get((mover, action), 0))
