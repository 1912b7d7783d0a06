"""The picture of a Hold'em table."""

from __future__ import annotations

from collections.abc import Sequence

from kibitz.games.cards.deck import RANKS, named, rank_of, suit_of
from kibitz.games.cards.poker.betting import DEALER, STREETS, Betting
from kibitz.games.cards.poker.deal import Hand
from kibitz.games.draw import X_COLOUR, box, disc, label, line, picture, tag

_WIDTH, _HEIGHT = 480.0, 330.0
_CARD, _TALL = 46.0, 64.0
_FELT, _RAIL = "#1f7a4d", "#5b3a21"
_RED, _BLACK = "#c62828", "#1b1b1b"
_CHIP = "#f2c14e"
_PALE = "#f4f1e8"

# One path a suit (clubs, diamonds, hearts, spades) in a square of 20, since not every machine has letters for them.
_STEM = "q-.3 2.8-2.6 4h7.2q-2.3-1.2-2.6-4"
_SUITS = (
    f"M10 1a4.4 4.4 0 0 0-4 6.3a4.4 4.4 0 1 0 3 7.7{_STEM}a4.4 4.4 0 1 0 3-7.7a4.4 4.4 0 0 0-4-6.3z",
    "M10 1L17 10L10 19L3 10z",
    "M10 18.5C4 13.5 1.5 10.5 1.5 6.8A4.3 4.3 0 0 1 10 5.3A4.3 4.3 0 0 1 18.5 6.8C18.5 10.5 16 13.5 10 18.5z",
    f"M10 1C7 5 2 7.5 2 11.7A3.9 3.9 0 0 0 9 14.5{_STEM}A3.9 3.9 0 0 0 18 11.7C18 7.5 13 5 10 1z",
)


def draw_table(betting: Betting, hands: Sequence[Hand | None], board: Hand, seat: int | None) -> str:
    """Cards, chips and the dealer's button; the seat that looks, or seat 0, sits below.

    Args:
        betting: Chips and whose turn it is.
        hands: The hand of each seat; None lies face down.
        board: The open board cards.
        seat: Who looks.
    """
    near = 0 if seat is None else seat
    shapes = [
        box(6, 6, _WIDTH - 12, _HEIGHT - 12, 150, fill=_FELT, stroke=_RAIL, stroke_width=10),
        box(26, 26, _WIDTH - 52, _HEIGHT - 52, 130, fill="none", stroke="#fff", stroke_opacity=0.25),
    ]
    for who, y in ((1 - near, 22.0), (near, _HEIGHT - 22 - _TALL)):
        shapes += _player(betting, who, hands[who], y, "you" if who == seat else f"seat {who}")
    left = (_WIDTH - 5 * _CARD - 4 * 7) / 2
    for place in range(5):
        x, y = left + place * (_CARD + 7), (_HEIGHT - _TALL) / 2
        shapes.append(_face(x, y, board[place]) if place < len(board) else _empty(x, y))
    shapes.append(_white(_WIDTH - 62, _HEIGHT / 2 - 9, "pot", 12))
    shapes.append(_white(_WIDTH - 62, _HEIGHT / 2 + 9, str(betting.pot), 20))
    shapes.append(_white(58, _HEIGHT / 2, betting.ended or STREETS[betting.street], 14))
    return picture(_WIDTH, _HEIGHT, _title(betting, hands, board), *shapes)


def _title(betting: Betting, hands: Sequence[Hand | None], board: Hand) -> str:
    held = [f"seat {seat} {named(hand) if hand else 'hidden'}" for seat, hand in enumerate(hands)]
    where = betting.ended or STREETS[betting.street]
    return f"Hold'em table, {where}: board {named(board) or 'none'}, {', '.join(held)}, pot {betting.pot}"


def _player(betting: Betting, who: int, hand: Hand | None, y: float, name: str) -> list[str]:
    """Cards, name, chips left, chips bet, and the button of one seat."""
    middle, centre = _WIDTH / 2, y + _TALL / 2
    acts = betting.ended is None and betting.turn == who
    shapes = [
        _back(middle - _CARD - 3 + at, y) if hand is None else _face(middle - _CARD - 3 + at, y, hand[at > 0])
        for at in (0.0, _CARD + 6)
    ]
    if acts:
        shapes.append(
            box(middle - _CARD - 9, y - 6, 2 * _CARD + 18, _TALL + 12, 9, fill="none", stroke=_CHIP, stroke_width=3)
        )
    folded = betting.ended == "fold" and betting.turn == who
    left = betting.stack(who)
    shapes.append(_white(middle + 108, centre - 9, f"{name}{' folded' if folded else ''}", 14))
    shapes.append(_white(middle + 108, centre + 10, f"{left} chips" if left else "all-in", 14))
    if betting.bets[who]:
        inward = y + _TALL + 15 if y < _HEIGHT / 2 else y - 15
        shapes += [disc(middle - 14, inward, 8, fill=_CHIP, stroke="#fff", stroke_width=2, stroke_dasharray="3 3")]
        shapes.append(_white(middle + 10, inward, str(betting.bets[who]), 14))
    if who == DEALER:
        shapes.append(disc(middle - 92, centre, 15, fill=_PALE, stroke="#777", stroke_width=2))
        shapes.append(label(middle - 92, centre, "D", 16, fill=_BLACK, font_weight="bold"))
    return shapes


def _white(x: float, y: float, text: str, size: float) -> str:
    return label(x, y, text, size, fill="#fff")


def _face(x: float, y: float, card: int) -> str:
    """A card face up: rank above, suit below."""
    suit = suit_of(card)
    colour = _RED if suit in (1, 2) else _BLACK
    rank = RANKS[rank_of(card)].replace("T", "10")
    return (
        box(x, y, _CARD, _TALL, 6, fill="#fff", stroke="#888")
        + label(x + _CARD / 2, y + 19, rank, 24, fill=colour, font_weight="bold")
        + tag("path", d=_SUITS[suit], fill=colour, transform=f"translate({x + _CARD / 2 - 13:g} {y + 34:g}) scale(1.3)")
    )


def _back(x: float, y: float) -> str:
    """A card face down."""
    shapes = [box(x, y, _CARD, _TALL, 6, fill="#fff", stroke="#888")]
    shapes.append(box(x + 4, y + 4, _CARD - 8, _TALL - 8, 4, fill=X_COLOUR))
    for place in range(1, 4):
        dx, dy = place * (_CARD - 8) / 4, place * (_TALL - 8) / 4
        shapes.append(line(x + 4 + dx, y + 5, x + 5, y + 4 + dy, stroke="#fff", stroke_opacity=0.6))
        shapes.append(line(x + _CARD - 5, y + 4 + dy, x + 4 + dx, y + _TALL - 5, stroke="#fff", stroke_opacity=0.6))
    return "".join(shapes)


def _empty(x: float, y: float) -> str:
    """The place of a board card that is still to come."""
    return box(x, y, _CARD, _TALL, 6, fill="#000", fill_opacity=0.12, stroke="#fff", stroke_opacity=0.35)
