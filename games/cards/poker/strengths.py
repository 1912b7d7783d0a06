"""Strengths of many poker hands at once.

A set of cards is one 64-bit number with a bit for each card: 16 bits a suit, of which the lowest 13 are its ranks from
the deuce up. The best five of any five to seven cards follow from a few operations on the four suits' ranks, on whole
arrays of hands. Where two hands are of one category, the ranks that decide are compared as bit sets with equally many
bits: the greater number is the better hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Ranks = NDArray[np.uint16]
Strengths = NDArray[np.int32]

_MAIN = 13
_CATEGORY = 26
_ROYAL = 8 << _CATEGORY | 1 << 12
"""The straight flush up to the ace."""
_WHEEL = 0b1_0000_0000_1111
"""Ace, deuce, three, four, five: the straight in which the ace is low."""


def _top(count: int) -> NDArray[np.int32]:
    """For each set of ranks, its ``count`` highest."""
    table = np.zeros(1 << 13, np.int32)
    for ranks in range(1 << 13):
        kept = ranks
        while kept.bit_count() > count:
            kept &= kept - 1
        table[ranks] = kept
    return table


def _straights() -> NDArray[np.int32]:
    """For each set of ranks, the highest rank of its best straight as a bit, or 0."""
    table = np.zeros(1 << 13, np.int32)
    for ranks in range(1 << 13):
        runs = [0b11111 << low for low in range(9) if ranks >> low & 0b11111 == 0b11111]
        if runs:
            table[ranks] = 1 << runs[-1].bit_length() - 1
        elif ranks & _WHEEL == _WHEEL:
            table[ranks] = 1 << 3
    return table


_TOP1, _TOP2, _TOP3, _TOP5 = (_top(count) for count in (1, 2, 3, 5))
_HIGH = _straights()
_STRAIGHT = np.where(_HIGH > 0, 4 << _CATEGORY | _HIGH, 0).astype(np.int32)


def _flushes() -> NDArray[np.int32]:
    """For each set of ranks of one suit, the strength of its flush or straight flush, or 0."""
    many = np.array([ranks.bit_count() >= 5 for ranks in range(1 << 13)])
    plain = np.where(many, 5 << _CATEGORY | _TOP5, 0)
    return np.where(_HIGH > 0, 8 << _CATEGORY | _HIGH, plain).astype(np.int32)


_FLUSH = _flushes()
_PAIRS = np.minimum([ranks.bit_count() for ranks in range(1 << 13)], 2)
"""For each set of ranks held twice, how many pairs count: at most two."""
_PAIRED = (_PAIRS << _CATEGORY | _TOP2 << _MAIN).astype(np.int32)
_KICKERS = np.concatenate((_TOP5, _TOP3, _TOP1))
"""The ranks that decide after none, one or two pairs, by ``pairs << 13 | other ranks``."""
_APART = (_PAIRS << _MAIN | _TOP2).astype(np.int32)
"""What turns the set of ranks held into a place in ``_KICKERS``, by the set of ranks held twice."""


def bits_of(cards: Iterable[int]) -> int:
    """The set of some cards (``kibitz.games.cards.deck``) as one number."""
    return sum(1 << (16 * (card & 3) + (card >> 2)) for card in cards)


def categories(strengths: Strengths) -> NDArray[np.int32]:
    """The category of each strength, 0 to 9 as in ``ranks.CATEGORIES``."""
    return np.asarray((strengths >> _CATEGORY) + (strengths == _ROYAL), np.int32)


def strengths(hands: Bits) -> Strengths:
    """The strength of the best five cards of each hand of five to seven cards: higher is better, equal is a tie."""
    suits: NDArray[Any] = np.ascontiguousarray(hands).view(np.uint16).reshape(-1, 4)
    a, b, c, d = (np.ascontiguousarray(suits[:, place]) for place in range(4))
    either, other = a | b, c | d
    both, pair = a & b, c & d
    ranks = either | other
    twice = both | pair | (either & other)
    thrice = (both & other) | (pair & either)
    best: Strengths = _PAIRED.take(twice) | _KICKERS.take(_APART.take(twice) ^ ranks)
    for table, held in ((_STRAIGHT, ranks), (_FLUSH, a), (_FLUSH, b), (_FLUSH, c), (_FLUSH, d)):
        np.maximum(best, table.take(held), out=best)
    where = np.flatnonzero(thrice)
    best[where] = np.maximum(best[where], _of_three(ranks[where], twice[where], thrice[where]))
    where = np.flatnonzero(both & pair)
    four = (both & pair)[where].astype(np.int32)
    best[where] = np.maximum(best[where], 7 << _CATEGORY | four << _MAIN | _TOP1.take(ranks[where] ^ four))
    return best


def _of_three(ranks: Ranks, twice: Ranks, thrice: Ranks) -> Strengths:
    """Three of a kind or full houses; the arguments are the ranks held at least once, twice, thrice."""
    three = _TOP1.take(thrice)
    rest = twice ^ three
    full = 6 << _CATEGORY | three << _MAIN | _TOP1.take(rest)
    trips = 3 << _CATEGORY | three << _MAIN | _TOP2.take(ranks ^ three)
    return np.asarray(np.where(rest > 0, full, trips), np.int32)
