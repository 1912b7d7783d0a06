"""The cards of a hand of Hold'em: dealt from a seed, or completed where not all are known."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from kibitz.games.cards.deck import unseen

Hand = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Deal:
    """Both hands and the five board cards, dealt or not, in the order in which they come."""

    hands: tuple[Hand, Hand]
    board: Hand


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a deal: None stands for a hand that is not; ``board`` may be less than five cards."""

    hands: tuple[Hand | None, Hand | None]
    board: Hand

    def completed(self, rng: Random) -> Deal:
        """A deal with all that is not known drawn at random."""
        rest = list(unseen([card for cards in (*self.hands, self.board) for card in cards or ()]))
        rng.shuffle(rest)
        first, second = (hand or _ordered(rest.pop(), rest.pop()) for hand in self.hands)
        missing = 5 - len(self.board)
        return Deal((first, second), (*self.board, *rest[:missing]))


def dealt(rng: Random) -> Deal:
    """A random deal."""
    deck, draw = list(range(52)), rng.random
    for place in range(9):
        # The first steps of a shuffle, three times as fast as rng.sample: a hand has but few steps beside it.
        other = place + int(draw() * (52 - place))
        deck[place], deck[other] = deck[other], deck[place]
    first, second, third, fourth, *board = deck[:9]
    return Deal((_ordered(first, second), _ordered(third, fourth)), tuple(board))


def _ordered(first: int, second: int) -> Hand:
    # The order of a hand means nothing, and the same hand shall be the same text.
    return (first, second) if first > second else (second, first)
