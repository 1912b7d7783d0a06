"""Rules of thumb for Surround: whose part of the field is larger, by who is nearer to each cell."""

from __future__ import annotations

from collections.abc import Sequence

from kibitz.games.arcade.regions import BIT, COLUMNS, NEXT, ROWS, STEPS, filled, spread


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
    """The places in ``STEPS`` of the steps by which ``head`` keeps most of the field; all are dead ends if one is.

    Each open step is rated by three numbers, the first that differ decide:

    1. cells that would be mine less those of the other, by who is nearer after the step. Where the two can no longer
       meet, only what can be reached counts. A cell that the other head could enter in the same step counts as lost.
    2. how many cells beside the new cell are closed: who follows walls leaves no holes.
    """
    ratings = {}
    for place, step in enumerate(STEPS):
        cell = head + step
        if free & BIT[cell]:
            ratings[place] = _rating(cell, other, free)
    if not ratings:
        return range(len(STEPS))
    best = max(ratings.values())
    return [place for place, rating in ratings.items() if rating == best]


def _rating(cell: int, other: int, free: int) -> tuple[int, int]:
    beside = (NEXT[cell] & free).bit_count()
    left = free & ~BIT[cell]
    entered = NEXT[other] & free
    if entered & BIT[cell]:
        # The other may step here too: that is a draw at best, and it loses nothing by trying.
        return -ROWS * COLUMNS, -beside
    room = filled(BIT[cell], free)
    if not room & entered:
        return room.bit_count(), -beside
    own, theirs = territories(BIT[cell], entered, left)
    return own.bit_count() - theirs.bit_count(), -beside
