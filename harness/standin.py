"""Somebody who sits in an agent's place: the harness sees the agent, and another function acts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from kibitz.agents.agent import Agent, Ask, Ctx, Decision, Learner, Needs, Turn
from kibitz.agents.models.model import Model
from kibitz.games.options import Option, Value


@dataclass(frozen=True)
class StandIn:
    """An agent in everything but what it does.

    Attributes:
        agent: Whose place it is; turns are made for it.
        acts: What happens instead.
    """

    declared: ClassVar[tuple[Option, ...]] = ()
    agent: Agent
    acts: Callable[[Turn, Ctx], Awaitable[Decision]]

    @property
    def options(self) -> Mapping[str, Value]:
        """The agent's."""
        return self.agent.options

    @property
    def identity(self) -> Mapping[str, Any]:
        """The agent's."""
        return self.agent.identity

    @property
    def needs(self) -> Needs:
        """The agent's."""
        return self.agent.needs

    @property
    def answers(self) -> bool:
        """The agent's."""
        return self.agent.answers

    @property
    def models(self) -> Mapping[str, Model]:
        """The agent's."""
        return self.agent.models

    @property
    def learner(self) -> Learner | None:
        """The agent's."""
        return self.agent.learner

    def refuses(self, ask: Ask) -> str:
        """The agent's."""
        return self.agent.refuses(ask)

    async def act(self, turn: Turn, ctx: Ctx) -> Decision:
        """Do the other thing."""
        return await self.acts(turn, ctx)
