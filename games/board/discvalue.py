"""What an Othello position is worth: a static estimate, a search to a fixed depth, and exact results near the end.

All values are those of the side called ``own``: 1 for a win, 0 for a draw, -1 for a loss, and what is only estimated
strictly between -0.9 and 0.9, so that no estimate outbids a result. Nothing is kept between two positions and nothing
depends on time: the same position has the same values everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from kibitz.games.board.discs import BOARD, CORNERS, NAMES, PLACE, beside, flips, moves, result

DEPTH = 4
"""Plies that values look ahead before the end is near."""

EXACT_FROM = 10
"""Empty squares from which on values are exact results."""

_CORNER_AREAS = tuple(
    (1 << PLACE[corner], 1 << PLACE[across], sum(1 << PLACE[name] for name in along))
    for corner, across, along in (
        ("a1", "b2", ("b1", "a2")),
        ("h1", "g2", ("g1", "h2")),
        ("a8", "b7", ("b8", "a7")),
        ("h8", "g7", ("g8", "h7")),
    )
)
"""Each corner, the square diagonally before it, and the two beside it on the edges."""

_BESIDE_CORNERS = sum(across | along for _, across, along in _CORNER_AREAS)
_INNER = 0x003C_7E7E_7E7E_3C00
_PREFERENCE = (CORNERS, BOARD & ~(CORNERS | _BESIDE_CORNERS | _INNER), _INNER, _BESIDE_CORNERS)
"""In which order moves are tried: corners, edges, the inside, and last what may give a corner away."""

Child = tuple[int, int, int, int]
"""What a move leads to: discs of the side that is next to move, of the other, the former's moves, and the move."""


def estimate(own: int, other: int, mine: int, theirs: int) -> float:
    """A static estimate, in -0.9..0.9.

    The score counts moves more than the opponent has, empty squares beside the discs of each (moves to come), corners,
    and discs on the squares next to an empty corner; towards the end also discs. After the usual advice on evaluating
    Othello: mobility and corners early, discs late (Rosenbloom 1982, "A World-Championship-Level Othello Program").

    Args:
        own: Discs of the side whose value it is.
        other: Discs of its opponent.
        mine: Moves that ``own`` has or would have.
        theirs: Moves that ``other`` has or would have.
    """
    empty = BOARD & ~(own | other)
    score = 2.0 * (mine.bit_count() - theirs.bit_count())
    score += (beside(other) & empty).bit_count() - (beside(own) & empty).bit_count()
    score += 16.0 * ((own & CORNERS).bit_count() - (other & CORNERS).bit_count())
    for corner, across, along in _CORNER_AREAS if (own | other) & _BESIDE_CORNERS else ():
        if corner & empty:
            score -= 8.0 * (bool(own & across) - bool(other & across))
            score -= 3.0 * ((own & along).bit_count() - (other & along).bit_count())
    left = empty.bit_count()
    if left < 20:
        score += (own.bit_count() - other.bit_count()) * (20 - left) / 10
    return 0.9 * score / (abs(score) + 40)


def children(own: int, other: int, legal: int) -> Iterator[Child]:
    """What each move of ``own`` leads to, in the order of preference; the next side may have no moves there."""
    for preferred in _PREFERENCE:
        left = legal & preferred
        while left:
            bit = left & -left
            left ^= bit
            turned = flips(bit.bit_length() - 1, own, other)
            mine, theirs = own | turned | bit, other ^ turned
            yield theirs, mine, moves(theirs, mine), bit


def _fewest_replies(child: Child) -> int:
    return child[2].bit_count()


def search(own: int, other: int, legal: int, depth: int, low: float, high: float) -> float:
    """The value for ``own``, which is to move, by alpha-beta to ``depth`` plies; a pass is no ply.

    Args:
        own: Discs of the side to move.
        other: Discs of its opponent.
        legal: Its moves; none where it must pass.
        depth: Plies to look ahead.
        low: Values up to this one need not be told apart,
        high: nor those from this one on.
    """
    if not legal or not depth:
        replies = moves(other, own)
        if not legal:
            return -search(other, own, replies, depth, -high, -low) if replies else float(result(own, other))
        return estimate(own, other, legal, replies)
    best = -1.0
    found = children(own, other, legal)
    for theirs, mine, replies, _ in sorted(found, key=_fewest_replies) if depth > 1 else found:
        value = -search(theirs, mine, replies, depth - 1, -high, -low)
        if value > best:
            best = value
            if best >= high:
                break
            low = max(low, best)
    return best


class Ending:
    """Exact results of one position's ending; what was found for one move serves the others."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[int, int]] = {}
        """The lowest and highest result that a position can still have, by the discs of the side to move."""

    def solve(self, own: int, other: int, legal: int, low: int = -1, high: int = 1) -> int:
        """The result for ``own``, which is to move, under best play: 1, 0 or -1.

        Args:
            own: Discs of the side to move.
            other: Discs of its opponent.
            legal: Its moves; none where it must pass.
            low: Results up to this one need not be told apart,
            high: nor those from this one on.
        """
        if not legal:
            replies = moves(other, own)
            return -self.solve(other, own, replies, -high, -low) if replies else result(own, other)
        worst, best = self._known.get((own, other), (-1, 1))
        if worst >= high or worst == best:
            return worst
        if best <= low:
            return best
        value = self._search(own, other, legal, max(low, worst), min(high, best))
        # Within the window the value is exact; at its ends it is a bound.
        self._known[own, other] = (value if value > low else worst, value if value < high else best)
        return value

    def _search(self, own: int, other: int, legal: int, low: int, high: int) -> int:
        best = -1
        for theirs, mine, replies, _ in sorted(children(own, other, legal), key=_fewest_replies):
            best = max(best, -self.solve(theirs, mine, replies, -high, -max(low, best)))
            if best >= high:
                break
        return best


def values(own: int, other: int, legal: int) -> dict[str, float]:
    """The value of each move of ``own``, which is to move, by the name of its square, row by row.

    Exact results where at most ``EXACT_FROM`` squares are empty, else by search to ``DEPTH`` plies.
    """
    found: dict[int, float] = {}
    ending = Ending() if exact(own, other) else None
    for theirs, mine, replies, bit in children(own, other, legal):
        if ending is not None:
            value = float(-ending.solve(theirs, mine, replies))
        else:
            value = -search(theirs, mine, replies, DEPTH - 1, -1.0, 1.0)
        found[bit.bit_length() - 1] = value
    return {NAMES[place]: value + 0.0 for place, value in sorted(found.items())}


def exact(own: int, other: int) -> bool:
    """Whether the position is so near the end that its values are exact."""
    return 64 - (own | other).bit_count() <= EXACT_FROM
