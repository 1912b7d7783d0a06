"""What look-ahead bots share: one imagined step for one seat, and equal best actions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from threading import Event
from typing import TypeVar

from kibitz.agents.agent import Ctx, Needs, Privilege, Simulator
from kibitz.agents.bots.answering import AnsweringBot

T = TypeVar("T")


class LookaheadError(ValueError):
    """The bot cannot look ahead here; the message says why."""


class LookaheadBot(AnsweringBot):
    """A bot that thinks in a simulator of what its seat may know."""

    def _needs(self, privilege: Privilege) -> Needs:
        # No privilege of its own: states are imagined, which tells nothing where nothing is hidden.
        return Needs(privilege=privilege, game=frozenset({"snapshot"}), simulator=True, listed=True, turns=True)

    def simulator(self, ctx: Ctx, seat: int) -> Simulator:
        """A simulator of the present state, in which ``seat`` is to act alone.

        Raises:
            LookaheadError: There is none, or several seats act simultaneously.
        """
        if ctx.simulator is None:
            raise LookaheadError(f"{self.kind} needs a simulator, and this turn does not grant one")
        simulator = ctx.simulator()
        if simulator.movers() != (seat,):
            raise LookaheadError(f"{self.kind} looks ahead only where one seat acts at a time")
        return simulator


def moves(simulator: Simulator, seat: int) -> tuple[str, ...]:
    """The listed actions of ``seat`` in the simulated state."""
    actions = simulator.observe(seat).actions
    return actions.listed if actions is not None else ()


def after(simulator: Simulator, seat: int, action: str) -> tuple[Simulator, Mapping[int, float]]:
    """A fork in which ``seat`` has played ``action``, and the rewards of that step."""
    fork = simulator.fork()
    return fork, fork.step({seat: action})


async def off_the_loop(search: Callable[[Event], T]) -> T:
    """Run a search in a thread, so that the event loop is not stalled; cancelling sets the event it should look at."""
    stop = Event()
    try:
        return await asyncio.to_thread(search, stop)
    finally:
        stop.set()
