"""What the other player's proposals tell about it, and what follows for one's own next one.

Two readings of a proposal, both of which a player can work out by hand:

- *By number*: the other takes any split that leaves it at least as many items as it asked for.
- *By preference*: the other kept what is worth most to it. So an item that it kept in a proposal is worth at least as
  much to it as any item that it left in the same proposal; beyond that its values can be any numbers from 0. (The
  principle is Samuelson's revealed preference, Economica 5, 1938.)

Under the second reading a share is *certainly* no worse for the other than another one if it is under all values that
fit. These values form a cone: they are the non-negative sums of the indicators of up-sets, an up-set being a set of
kinds that holds, with each kind, all that are worth at least as much. (Sort the kinds by value: each set of those above
a threshold is one.) So it suffices to count, in each up-set, the items of both shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product

from kibitz.games.bargaining.pools import WORTH, Triple, splits, worth

_SETS: tuple[Triple, ...] = tuple(product((0, 1), (0, 1), (0, 1)))[1:]
"""The non-empty sets of kinds, as indicators."""

Pair = tuple[int, int]
_PAIRS: tuple[Pair, ...] = tuple((a, b) for a, b in product(range(3), repeat=2) if a != b)


def best_reply(pool: Triple, values: Triple, kept: Triple) -> int:
    """The most that a share can be worth which leaves the other as many items as it kept: it gets the cheapest ones."""
    left, cost = sum(kept), 0
    for value, count in sorted(zip(values, pool, strict=True)):
        given = min(left, count)
        cost += given * value
        left -= given
    return WORTH - cost


def preferred(pool: Triple, proposals: Iterable[Triple]) -> frozenset[Pair]:
    """Pairs (dearer, cheaper) of kinds: in some proposal items of the one were kept and items of the other left."""
    return frozenset(
        (dearer, cheaper)
        for kept in proposals
        for dearer, cheaper in _PAIRS
        if kept[dearer] and kept[cheaper] < pool[cheaper]
    )


@lru_cache(maxsize=64)
def up_sets(pairs: frozenset[Pair]) -> tuple[Triple, ...]:
    """The non-empty sets of kinds that hold, with the cheaper kind of a pair, the dearer one."""
    return tuple(kinds for kinds in _SETS if all(kinds[dearer] >= kinds[cheaper] for dearer, cheaper in pairs))


def better_split(pool: Triple, values: Triple, proposals: Sequence[Triple]) -> bool:
    """Whether some split is worth more to me than the other's last proposal, and certainly no less to the other.

    Args:
        pool: The pool.
        values: My values.
        proposals: What the other kept in each of its proposals, at least one.
    """
    kept = proposals[-1]
    least = [(kinds, worth(kinds, kept)) for kinds in up_sets(preferred(pool, proposals))]
    cost = worth(values, kept)
    return any(
        worth(values, share) < cost and all(worth(kinds, share) >= count for kinds, count in least)
        for share in splits(pool)
    )
