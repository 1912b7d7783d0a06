"""Hand ranks of single hands, from the library treys (an implementation of Cactus Kev's evaluator).

It decides who wins and what a hand is called; ``strengths`` is for very many hands at once and orders them the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from treys import Card, Evaluator

from kibitz.games.cards.deck import NAMES

CATEGORIES = (
    "high card",
    "pair",
    "two pair",
    "three of a kind",
    "straight",
    "flush",
    "full house",
    "four of a kind",
    "straight flush",
    "royal flush",
)
"""What five cards can be, from the weakest up."""

_CARDS = tuple(Card.new(name) for name in NAMES)
_EVALUATOR = Evaluator()
_CLASSES = 7462
"""How many hands of five cards differ in strength."""


def strength(cards: Iterable[int]) -> int:
    """The strength of the best five of five to seven cards: 1 (7-5-4-3-2) to 7462 (a royal flush)."""
    return _CLASSES + 1 - _rank(cards)


def category(cards: Iterable[int]) -> int:
    """The place in ``CATEGORIES`` of the best five of five to seven cards."""
    return 9 - int(_EVALUATOR.get_rank_class(_rank(cards)))


def _rank(cards: Iterable[int]) -> int:
    return int(_EVALUATOR.evaluate([_CARDS[card] for card in cards], []))
