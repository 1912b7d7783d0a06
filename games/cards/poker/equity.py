"""What the board cards to come can bring: outs, and equity by enumeration or from a sample.

Equity is the chance to win against a random hand, a tie counted as half. It is counted over sets of unseen cards.
Where ``k`` board cards are to come, the opponent's hand together with them is a set of ``k + 2`` cards; which two of
these are the opponent's changes neither its best five of seven nor how often the set comes. So each set's strength is
computed once for all ways to split it: on the flop 178,365 hands instead of 1,070,190.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from random import Random

import numpy as np
from numpy.typing import NDArray

from kibitz.games.cards.deck import unseen
from kibitz.games.cards.poker.strengths import bits_of, categories, strengths

Index = NDArray[np.intp]

SAMPLE = 500
"""Sets of unseen cards that ``sampled`` looks at; the standard error is about 2 points."""


def outs(hand: tuple[int, ...], board: tuple[int, ...]) -> int:
    """How many unseen cards, put on a board of three or four, lift the best five to a higher category."""
    held = bits_of((*hand, *board))
    after = [held | bits_of((card,)) for card in unseen((*hand, *board))]
    now, *then = categories(strengths(np.array([held, *after], np.uint64)))
    return sum(int(category > now) for category in then)


@lru_cache(maxsize=8)
def _sets(of: int, size: int) -> tuple[Index, ...]:
    """All sets of ``size`` of the numbers below ``of``: one array a member, members rising, in lexicographic order."""
    members = np.array(list(combinations(range(of), size)), np.intp)
    return tuple(np.ascontiguousarray(members[:, place]) for place in range(size))


@lru_cache(maxsize=8)
def _splits(of: int, size: int) -> tuple[Index, ...]:
    """For each way to give two members of a set away: the place of what remains among the sets of that smaller size."""
    members = _sets(of, size)
    return tuple(_place(of, [members[place] for place in kept]) for kept in combinations(range(size), size - 2))


def _place(of: int, members: list[Index]) -> Index:
    """The places of sets of at most two members in the order of ``_sets``."""
    if not members:
        return np.zeros(of * (of - 1) // 2, np.intp)
    if len(members) == 1:
        return members[0]
    low, high = members
    return low * (2 * of - low - 1) // 2 + high - low - 1


def equity(hand: tuple[int, ...], board: tuple[int, ...]) -> float:
    """The exact equity of a hand on a board of three to five cards, in percent.

    The mean over all hands that the opponent can hold and all boards that can come, each pair of them equally likely.
    """
    return _equity(tuple(sorted(hand)), tuple(sorted(board)))


@lru_cache(maxsize=4096)
def _equity(hand: tuple[int, ...], board: tuple[int, ...]) -> float:
    return _share(hand, board, None)


def sampled(hand: tuple[int, ...], board: tuple[int, ...], rng: Random) -> float:
    """The same from a random sample of ``SAMPLE`` sets of unseen cards, where there are more; quick on every street."""
    sets = len(_sets(50 - len(board), 7 - len(board))[0])
    if sets <= 30 * SAMPLE:
        return equity(hand, board)
    return _share(hand, board, np.array(rng.choices(range(sets), k=SAMPLE), np.intp))


def _share(hand: tuple[int, ...], board: tuple[int, ...], chosen: Index | None) -> float:
    """Wins plus half the ties over the chosen sets of unseen cards (all by default) and every split, in percent."""
    others = unseen((*hand, *board))
    of, size = len(others), 7 - len(board)
    bits = np.array([bits_of((card,)) for card in others], np.uint64)
    members, splits = _sets(of, size), _splits(of, size)
    if chosen is not None:
        members = tuple(member[chosen] for member in members)
        splits = tuple(split[chosen] for split in splits)
    theirs = strengths(_joined(bits, members, bits_of(board)))
    left = _sets(of, size - 2) if size > 2 else ()
    mine = strengths(_joined(bits, left, bits_of((*hand, *board))))
    wins = ties = 0
    for split in splits:
        own = mine.take(split)
        wins += int(np.count_nonzero(own > theirs))
        ties += int(np.count_nonzero(own == theirs))
    return 100 * (wins + ties / 2) / (len(theirs) * len(splits))


def _joined(bits: NDArray[np.uint64], members: tuple[Index, ...], known: int) -> NDArray[np.uint64]:
    """The known cards together with each set of others."""
    joined = np.full(len(members[0]) if members else 1, known, np.uint64)
    for member in members:
        joined |= bits.take(member)
    return joined
