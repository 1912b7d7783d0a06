"""Pictures of a negotiation: two piles of coloured shapes, and what each kind is worth to whom."""

from __future__ import annotations

from kibitz.games.bargaining.pools import KINDS, Triple, worth
from kibitz.games.bargaining.talks import Talks, Terms
from kibitz.games.draw import GOOD_COLOUR, O_COLOUR, X_COLOUR, box, disc, label, picture, tag

_COLOURS = (X_COLOUR, O_COLOUR, GOOD_COLOUR)
_STEP = 22.0
_ROW = 34.0
_PILE = 232.0
_WORTH = 58.0
"""Width of the column that tells what an item is worth."""
_HALF = _PILE + _WORTH
_GAP = 16.0
_EDGE = 12.0
_TOP = 40.0
_WIDTH = 2 * (_EDGE + _HALF) + _GAP


def draw_talks(talks: Talks, terms: Terms, seat: int | None) -> str:
    """The state as ``seat`` sees it; with everything where it is None."""
    shapes = [_side(talks, place, seat) for place in (0, 1)]
    if not talks.offers:
        shapes += [_frame(_EDGE, _WIDTH - 2 * _EDGE), _pile(_WIDTH / 2, talks.pool)]
    status = _status(talks, terms, seat)
    height = _TOP + 3 * _ROW + 58
    shapes.append(label(_WIDTH / 2, height - 20, status, 14))
    told = "; ".join(f"{kind} {count}" for kind, count in zip(KINDS, talks.pool, strict=True))
    return picture(_WIDTH, height, f"Negotiation about {told}. {status}", *shapes)


def _status(talks: Talks, terms: Terms, seat: int | None) -> str:
    played = len(talks.offers)
    if talks.end == "agreed":
        points = talks.points(terms)
        return "agreed: " + ", ".join(f"{points[n]} points to player {n + 1}" for n in (0, 1) if seat in (None, n))
    if talks.end is not None:
        return f"over after {played} proposals, no agreement: 0 points each"
    if not played:
        return "no proposal yet: player 1 begins"
    return f"proposal {played}, by player {2 - played % 2}; action {played + 1} of {terms.limit} is next"


def _side(talks: Talks, place: int, seat: int | None) -> str:
    """One player's half: its name, what an item is worth to it (at the outer edge), and its pile after a proposal."""
    values = None if place in talks.absent or seat == 1 - place else talks.values[place]
    share = talks.on_the_table(place) if talks.offers else None
    left = _EDGE + place * (_HALF + _GAP)
    name = f"Player {place + 1}" + (" (you)" if place == seat else "")
    # While the game runs a player is asked what its share is worth: its picture does not tell.
    secret = seat is not None and talks.end is None
    total = "" if share is None or values is None or secret else f": {worth(values, share)} points"
    column = left + (_HALF - _WORTH / 2 if place else _WORTH / 2)
    shapes = [label(left + _HALF / 2, _TOP - 20, name + total, 15, font_weight="bold")]
    for kind in range(3):
        each = "?" if values is None else f"{values[kind]} each"
        shapes.append(label(column, _middle(kind), each, 13, opacity=0.75))
    if share is not None:
        shapes += [_frame(left, _HALF), _pile(left + _PILE / 2 + (0 if place else _WORTH), share)]
    return "".join(shapes)


def _frame(left: float, width: float) -> str:
    height = 3 * _ROW + 12
    return box(
        left, _TOP, width, height, fill="currentColor", fill_opacity=0.06, stroke="currentColor", stroke_opacity=0.3
    )


def _middle(kind: int) -> float:
    return _TOP + 6 + (kind + 0.5) * _ROW


def _pile(middle: float, counts: Triple) -> str:
    """The items in three rows, one a kind, each centred."""
    shapes = []
    for kind, count in enumerate(counts):
        start = middle - (count - 1) * _STEP / 2
        shapes += [_item(kind, start + number * _STEP, _middle(kind)) for number in range(count)]
    return "".join(shapes)


def _item(kind: int, x: float, y: float) -> str:
    colour = _COLOURS[kind]
    if kind == 0:
        return disc(x, y, 8.5, fill=colour)
    if kind == 1:
        return box(x - 8, y - 8, 16, 16, 2, fill=colour)
    return tag("path", d=f"M{x:.1f} {y - 9:.1f} l9.5 17 h-19 z", fill=colour)
