"""The game's own solution as a player: shows where the end of the scale is, and that each task can be solved."""

from __future__ import annotations

from typing import ClassVar

from kibitz.agents.agent import Ctx, Decision, Needs, Privilege, Turn
from kibitz.agents.bots.answering import ANSWERS, AnsweringBot
from kibitz.agents.bots.lookahead import LookaheadError
from kibitz.games.options import Option


class OracleBot(AnsweringBot):
    """Plays what leads to the best outcome; a reference, since it knows what a player may not."""

    kind: ClassVar[str] = "oracle"
    declared: ClassVar[tuple[Option, ...]] = (ANSWERS,)

    def _needs(self, privilege: Privilege) -> Needs:
        # Who answers from the truths knows more still.
        granted: Privilege = privilege if privilege == "truth" else "true"
        return Needs(privilege=granted, game=frozenset({"oracle"}), simulator=True)

    async def play(self, turn: Turn, ctx: Ctx) -> Decision:
        """Ask the game in its true state."""
        if ctx.simulator is None:
            raise LookaheadError(f"{self.kind} needs a simulator, and this turn does not grant one")
        return self.decide(turn, ctx, ctx.simulator().oracle(turn.seat))
