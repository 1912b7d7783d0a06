"""The 52 playing cards: numbers inside, names such as ``As`` and ``Td`` outside.

A card is the number ``4 * rank + suit``: rank 0 is the deuce and 12 the ace, suits are clubs, diamonds, hearts, spades.
So cards in order of their numbers are in order of their ranks.
"""

from __future__ import annotations

from collections.abc import Iterable

RANKS = "23456789TJQKA"
SUITS = "cdhs"
NAMES = tuple(rank + suit for rank in RANKS for suit in SUITS)
"""The name of each card, by number."""

CARDS = {name: number for number, name in enumerate(NAMES)}
"""The number of each card, by name."""


def rank_of(card: int) -> int:
    """The rank, 0 (deuce) to 12 (ace)."""
    return card >> 2


def suit_of(card: int) -> int:
    """The suit, 0 to 3, as in ``SUITS``."""
    return card & 3


def named(cards: Iterable[int]) -> str:
    """The names with blanks between: ``As Kd``."""
    return " ".join([NAMES[card] for card in cards])


def unseen(cards: Iterable[int]) -> tuple[int, ...]:
    """All other cards, in order."""
    seen = set(cards)
    return tuple(card for card in range(52) if card not in seen)
