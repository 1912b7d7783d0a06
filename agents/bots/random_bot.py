"""The anchor at the bottom: a legal action drawn uniformly."""

from __future__ import annotations

from typing import ClassVar

from kibitz.agents.agent import Ctx, Decision, Needs, Privilege, Turn
from kibitz.agents.bots.answering import ANSWERS, AnsweringBot
from kibitz.agents.listed import OpenActionsError
from kibitz.games.options import Option


class RandomBot(AnsweringBot):
    """Plays a uniformly random legal action."""

    kind: ClassVar[str] = "random"
    declared: ClassVar[tuple[Option, ...]] = (ANSWERS,)

    def _needs(self, privilege: Privilege) -> Needs:
        return Needs(privilege=privilege, known=True)

    async def play(self, turn: Turn, ctx: Ctx) -> Decision:
        """Draw an action: a listed one, or a sample of an open one."""
        actions = turn.observation.actions
        drawn = None if actions is None else actions.draw(ctx.rng)
        if drawn is None:
            raise OpenActionsError(f"{self.kind} plays a known action, and none of {turn.game} is known here")
        return self.decide(turn, ctx, drawn)
