"""Rules of thumb for Surround: whose part of the field is larger, by who is nearer to each cell."""

from __future__ import annotations

from collections.abc import Sequence

from kibitz.games.arcade.regions import BIT, NEXT, STEPS, filled, spread


def territories(mine: int, theirs: int, free: int) -> tuple[int, int]:
    """The free cells that are nearer to ``mine`` than to ``theirs``, and the other way round.

    Cells that both reach at the same time belong to nobody, and nobody passes through them.
    """
    own, other = mine, theirs
    free &= ~(mine | theirs)
    while free and (mine or theirs):
        mine, theirs = spread(mine, free) & free, spread(theirs, free) & free
        both = mine & theirs
        free &= ~(mine | theirs)
        mine &= ~both
        theirs &= ~both
        own |= mine
        other |= theirs
    return own, other


def best_step(head: int, other: int, free: int) -> Sequence[int]:
    """The places in ``STEPS`` of the steps by which ``head`` keeps most of the field; all of them where none is open.

    Each open step is rated by two numbers, the second where the first is equal:

    1. Cells that are nearer to this head than to the other after both have moved, less those nearer to the other. Where
       the two can no longer meet, only what can be reached counts. A cell that the other can enter in the same step is
       a cell that both reach at the same time: nothing beyond it is won.
    2. How many cells beside the new one are closed: who follows walls leaves no holes.
    """
    ratings = {place: _rating(head + step, other, free) for place, step in enumerate(STEPS) if free & BIT[head + step]}
    if not ratings:
        return range(len(STEPS))
    best = max(ratings.values())
    return [place for place, rating in ratings.items() if rating == best]


def _rating(cell: int, other: int, free: int) -> tuple[int, int]:
    closed = -(NEXT[cell] & free).bit_count()
    entered = NEXT[other] & free
    room = filled(BIT[cell], free)
    if not room & entered:
        return room.bit_count(), closed
    own, theirs = territories(BIT[cell], entered, free)
    return own.bit_count() - theirs.bit_count(), closed
