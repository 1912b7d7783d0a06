"""A negotiator by rules of thumb: it aims high, concedes with time, and gives what it needs least.

The scheme is the time-dependent one of Faratin, Sierra and Jennings (Robotics and Autonomous Systems 24, 1998): an
aspiration that falls with each action; an offer that meets it is taken, and what is proposed meets it. Of such
proposals the one is made that seems best for the other: a kind of which the other keeps much must be dear to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from kibitz.games.bargaining.pools import Triple, rest, splits, worth
from kibitz.games.bargaining.talks import FIRST_RISK

FIRST_AIM = 25
"""Points aimed at before the first action."""
SLOPE = 1
"""Points conceded with each action while the game is safe."""
STEEP = 2
"""And with each from the first that may not count."""
LEAST = 1
"""No aim is lower, but in the last action anything is better than nothing."""
_DOUBT = 0.25
"""Share of a kind that is added to what the other kept of it: one proposal does not tell everything."""


def aim(played: int) -> int:
    """What a share must be worth to be proposed or accepted after so many actions."""
    safe = min(played, FIRST_RISK - 1)
    return max(FIRST_AIM - SLOPE * safe - STEEP * (played - safe), LEAST)


def seeming_values(pool: Triple, proposals: Sequence[Triple]) -> tuple[float, float, float]:
    """What an item of each kind seems to be worth to the other, up to a factor, from what it kept."""
    shares = [sum(kept[kind] for kept in proposals) / (len(proposals) or 1) / pool[kind] for kind in range(3)]
    return (shares[0] + _DOUBT, shares[1] + _DOUBT, shares[2] + _DOUBT)


def proposal(pool: Triple, values: Triple, proposals: Sequence[Triple], aspired: int, rng: Random) -> Triple:
    """What to keep: worth at least ``aspired``, and what is left as good for the other as it can be."""
    theirs = seeming_values(pool, proposals)

    def rank(share: Triple) -> tuple[float, int]:
        left = rest(pool, share)
        return round(sum(value * count for value, count in zip(theirs, left, strict=True)), 6), worth(values, share)

    ranks = {share: rank(share) for share in splits(pool) if worth(values, share) >= aspired}
    best = max(ranks.values())
    return rng.choice([share for share, rank in ranks.items() if rank == best])
