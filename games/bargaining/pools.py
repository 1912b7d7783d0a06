"""Pools of items, what they are worth, and how both are drawn.

A pool holds three kinds of items. A player's values say what one item of each kind is worth to it: whole numbers from
0, and the whole pool is worth ``WORTH``. All pools, all values and all splits of a pool are enumerated once and kept:
there are 184 pools, at most 96 values for one, and at most 125 splits.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from random import Random

KINDS = ("circles", "squares", "triangles")
WORTH = 30
"""Points that the whole pool is worth, to either player."""
TOTALS = range(8, 13)
"""How many items a pool can hold."""

Triple = tuple[int, int, int]
"""One number a kind: how many items, or what an item is worth."""


@lru_cache(maxsize=8)
def pools(third: int = 1) -> tuple[Triple, ...]:
    """All pools that can be worth ``WORTH``, with one item or more of each kind, and ``third`` or more of the last."""
    found = ((i, j, total - i - j) for total in TOTALS for i in range(1, total) for j in range(1, total - i))
    return tuple(pool for pool in found if pool[2] >= third and valuations(pool))


@lru_cache(maxsize=256)
def valuations(pool: Triple) -> tuple[Triple, ...]:
    """All values under which the pool is worth ``WORTH``."""
    first, second, third = pool
    found = []
    for a in range(WORTH // first + 1):
        for b in range((WORTH - first * a) // second + 1):
            c, rest = divmod(WORTH - first * a - second * b, third)
            if not rest:
                found.append((a, b, c))
    return tuple(found)


def wanted(one: Triple, other: Triple) -> bool:
    """Whether each kind is worth something to at least one of two players with these values."""
    return all(map(max, one, other))


@lru_cache(maxsize=1024)
def partners(pool: Triple, values: Triple) -> tuple[Triple, ...]:
    """All values that the other player can have where one has ``values``; never empty."""
    return tuple(other for other in valuations(pool) if wanted(values, other))


@lru_cache(maxsize=256)
def splits(pool: Triple) -> tuple[Triple, ...]:
    """Every number of items that one player can get out of the pool, from none to all."""
    first, second, third = (range(count + 1) for count in pool)
    return tuple(product(first, second, third))


def rest(pool: Triple, share: Triple) -> Triple:
    """What is left of the pool for the other player."""
    return (pool[0] - share[0], pool[1] - share[1], pool[2] - share[2])


def worth(values: Triple, share: Triple) -> int:
    """What a share is worth."""
    return values[0] * share[0] + values[1] * share[1] + values[2] * share[2]


def draw_pool(rng: Random) -> Triple:
    """A pool, each equally likely."""
    return rng.choice(pools())


def draw_pool_by_total(rng: Random, third: int) -> Triple:
    """A pool as GAMEBoT draws it: first how many items, then one of the pools of so many, each equally likely."""
    total = rng.choice(TOTALS)
    return rng.choice([pool for pool in pools(third) if sum(pool) == total])


def draw_values(rng: Random, pool: Triple) -> tuple[Triple, Triple]:
    """Values of both players, independent and uniform, drawn again together while a kind is worth nothing to both."""
    every = valuations(pool)
    while True:
        one, other = rng.choice(every), rng.choice(every)
        if wanted(one, other):
            return one, other
