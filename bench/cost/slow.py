"""A model that takes its time, and counts the calls that wait for it; a module of its own, since models go by name."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from cost.players import at_once
from kibitz.agents.models.model import Completion, Request

LATENCY = 0.2
"""Seconds a call."""


@dataclass
class UnderWay:
    """Calls that wait, and the most that ever did at once."""

    now: int = 0
    most: int = 0


under_way = UnderWay()


async def after_a_while(request: Request) -> Completion:
    """The reply, some time later."""
    under_way.now += 1
    under_way.most = max(under_way.most, under_way.now)
    await asyncio.sleep(LATENCY)
    under_way.now -= 1
    return await at_once(request)
