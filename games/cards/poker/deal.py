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
        first, second = (hand or tuple(sorted((rest.pop(), rest.pop()), reverse=True)) for hand in self.hands)
        missing = 5 - len(self.board)
        return Deal((first, second), (*self.board, *rest[:missing]))


def dealt(rng: Random) -> Deal:
    """A random deal."""
    cards = rng.sample(range(52), 9)
    hands = [tuple(sorted(cards[at : at + 2], reverse=True)) for at in (0, 2)]
    return Deal((hands[0], hands[1]), tuple(cards[4:]))
