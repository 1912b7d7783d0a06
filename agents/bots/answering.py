"""What bots say to questions: nothing, a guess, or the truth. Their rows are the reference of every heat map."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Literal

from kibitz.agents.agent import Bot, Candidate, Ctx, Decision, Needs, Privilege, Reply, Stated, Turn
from kibitz.agents.asking import asked
from kibitz.agents.writing import reply_text
from kibitz.games.options import Option
from kibitz.games.subproblem import Answer, Subproblem, Unknown

ANSWERS = Option(
    "answers",
    "none",
    "what it says to questions: nothing, a guess from the answer's domain, or the truth",
    choices=("none", "random", "truth"),
)


class AnsweringBot(Bot):
    """A bot with the option ``answers``. Questions are answered after the action is chosen and never change it."""

    def __init__(self, **options: object) -> None:
        """Make the bot.

        Raises:
            OptionError: An option is unknown or its value is not allowed.
        """
        super().__init__(**options)
        self.answers = self.options["answers"] != "none"
        self.needs = self._needs("truth" if self.options["answers"] == "truth" else "none")

    def _needs(self, privilege: Privilege) -> Needs:
        """What the bot needs, given what its answers need."""
        return Needs(privilege=privilege)

    async def act(self, turn: Turn, ctx: Ctx) -> Decision:
        """Play, or only answer where no action is wanted."""
        return await self.play(turn, ctx) if "action" in turn.wants else self.answer(turn, ctx)

    @abstractmethod
    async def play(self, turn: Turn, ctx: Ctx) -> Decision:
        """Choose an action."""

    def answer(self, turn: Turn, ctx: Ctx) -> Decision:
        """The decision of a turn in which only answers are wanted."""
        stated = self._stated(turn, turn.given, ctx)
        text = reply_text("free", turn.asks, {name: said.raw for name, said in stated.items()}, None)
        return Decision(None, Reply(text, None, stated))

    def decide(self, turn: Turn, ctx: Ctx, action: str, scores: Mapping[str, float] | None = None) -> Decision:
        """The decision to play ``action``, with answers if the bot gives any."""
        stated = self._stated(turn, action, ctx)
        text = reply_text("free", turn.asks, {name: said.raw for name, said in stated.items()}, action)
        reply = Reply(text, action, stated)
        return Decision(action, reply, (Candidate(action, (reply,), scores or {}),), greedy=action)

    def _stated(self, turn: Turn, action: str | None, ctx: Ctx) -> dict[str, Stated]:
        stated: dict[str, Stated] = {}
        for question in asked(turn) if self.answers else ():
            answer = self._answer(question, action, ctx)
            if not isinstance(answer, Unknown):
                stated[question.id] = Stated(question.kind.show(answer), answer)
        return stated

    def _answer(self, question: Subproblem, action: str | None, ctx: Ctx) -> Answer | Unknown:
        how: Literal["random", "truth"] = "truth" if self.options["answers"] == "truth" else "random"
        if how == "random":
            return question.kind.guess(ctx.rng)
        if ctx.truth is None:
            raise ValueError("answers = truth needs the privilege to know truths, and this turn does not grant it")
        return ctx.truth(question.id, action if question.about == "action" else None)
