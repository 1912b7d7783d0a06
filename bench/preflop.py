"""The exact pre-flop equities of ``kibitz.games.cards.poker.preflop``, computed anew: prints the table of that module.

Usage: python bench/preflop.py [--boards N]

All 2,598,960 boards, as the 134,459 that differ by more than the names of suits, each with all 1,081 hands against the
990 that the opponent can then hold. Takes a minute or two. With ``--boards N``, only every N-th kind of board is looked
at, for a quick estimate.
"""

from __future__ import annotations

import argparse
import sys
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kibitz.games.cards.poker.preflop import CLASSES, class_of
from kibitz.games.cards.poker.strengths import bits_of, strengths

ONE = np.array([bits_of((card,)) for card in range(52)], np.uint64)
PLACE = {name: place for place, name in enumerate(CLASSES)}
KIND = np.zeros((52, 52), np.intp)
for first, second in combinations(range(52), 2):
    KIND[first, second] = KIND[second, first] = PLACE[class_of((first, second))]
LOW, HIGH = np.triu_indices(47, 1)
NOBODY = np.int32(2**31 - 1)
"""Stands where a hand would hold the same card twice: no strength is above it."""


def kinds_of_boards() -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """One board of each kind, as bit sets, and how many there are of its kind."""
    cards = np.array(list(combinations(range(52), 5)), np.intp)
    suits = np.bitwise_or.reduce(ONE[cards], axis=1).view(np.uint16).reshape(-1, 4)
    boards, counts = np.unique(np.ascontiguousarray(np.sort(suits, axis=1)).view(np.uint64), return_counts=True)
    return boards.ravel(), counts


def scores(board: np.uint64) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The class of each hand on a board, and twice its wins plus its ties against all 990 hands."""
    cards = np.flatnonzero(ONE & board == 0)
    found = strengths(ONE[cards[LOW]] | ONE[cards[HIGH]] | board)
    square = np.full((47, 47), NOBODY, np.int32)
    square[LOW, HIGH] = square[HIGH, LOW] = found
    # Of all that are weaker, those that share a card with the hand cannot be held by the opponent. No hand is weaker
    # than itself; as strong as itself it is once in all, and once with each of its cards.
    ordered = np.sort(found)
    weaker = np.searchsorted(ordered, found)
    equal = np.searchsorted(ordered, found, "right") - weaker
    beside = (square[:, :, None] > square[:, None, :]).sum(axis=2)
    level = (square[:, :, None] == square[:, None, :]).sum(axis=2)
    wins = weaker - beside[LOW, HIGH] - beside[HIGH, LOW]
    ties = equal + 1 - level[LOW, HIGH] - level[HIGH, LOW]
    return KIND[cards[LOW], cards[HIGH]], 2 * wins + ties


def table(every: int = 1) -> dict[str, float]:
    """The equity of each class in percent."""
    won, played = np.zeros(len(CLASSES)), np.zeros(len(CLASSES))
    boards, counts = kinds_of_boards()
    for board, count in zip(boards[::every], counts[::every], strict=True):
        kinds, twice = scores(board)
        won += count * np.bincount(kinds, twice, len(CLASSES))
        played += count * np.bincount(kinds, minlength=len(CLASSES))
    return {name: float(100 * won[place] / (2 * 990 * played[place])) for name, place in PLACE.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boards", type=int, default=1, metavar="N", help="look at every N-th kind of board")
    for name, value in table(parser.parse_args().boards).items():
        sys.stdout.write(f'    "{name}": {value:.3f},\n')
    return 0


if __name__ == "__main__":
    sys.exit(main())
