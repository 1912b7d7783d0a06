"""The anchor at the bottom: a legal action drawn uniformly."""

from __future__ import annotations

from typing import ClassVar

from kibitz.agents.agent import Ctx, Decision, Turn
from kibitz.agents.bots.answering import ANSWERS, AnsweringBot
from kibitz.agents.listed import listed_actions
from kibitz.games.options import Option


class RandomBot(AnsweringBot):
    """Plays a uniformly random legal action."""

    kind: ClassVar[str] = "random"
    declared: ClassVar[tuple[Option, ...]] = (ANSWERS,)

    async def act(self, turn: Turn, ctx: Ctx) -> Decision:
        """Draw an action."""
        return self.decide(turn, ctx, ctx.rng.choice(listed_actions(turn, "random")))
