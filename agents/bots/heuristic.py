"""The game's own rules of thumb as a player: tight-aggressive in Hold'em, a reservation value in Negotiation, ..."""

from __future__ import annotations

from typing import ClassVar

from kibitz.agents.agent import Ctx, Decision, Needs, Privilege, Turn
from kibitz.agents.bots.answering import ANSWERS, AnsweringBot
from kibitz.agents.bots.lookahead import LookaheadError
from kibitz.games.options import Option


class HeuristicBot(AnsweringBot):
    """Plays what the game's own heuristic says, which knows no more than the seat does."""

    kind: ClassVar[str] = "heuristic"
    declared: ClassVar[tuple[Option, ...]] = (ANSWERS,)

    def _needs(self, privilege: Privilege) -> Needs:
        return Needs(privilege=privilege, game=frozenset({"heuristic"}), simulator=True)

    async def play(self, turn: Turn, ctx: Ctx) -> Decision:
        """Ask the heuristic, in an imagined state: what the seat cannot know is not there to be used."""
        if ctx.simulator is None:
            raise LookaheadError(f"{self.kind} needs a simulator, and this turn does not grant one")
        return self.decide(turn, ctx, ctx.simulator().heuristic(turn.seat, ctx.rng))
