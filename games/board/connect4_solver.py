"""Connect4 solved from the middle game on: does the side to move win, draw or lose, with each of its actions?

Only that is asked, not how soon. So the search is one of yes and no: "does the side to move reach a win?", and where
not, "does it reach a draw?". Whoever is asked for the one asks the opponent for the other: a null-window alpha-beta
search in which both bounds are implied. What keeps it small:

* Moves that lose at once are never tried: those that leave a threat unblocked and those below a threat. So nobody who
  is searched has a win at once, and a move that makes two threats in reach, or one above another, wins without search.
* Some positions are settled by their empty cells alone, by the rules of follow-up play (claimeven, baseinverse, and the
  odd threat of the side that began) of V. Allis, "A Knowledge-based Approach of Connect-Four" (1988).
* Moves that leave the most threats behind are tried first, from the middle outwards (ordering after P. Pons' solver).
* What was found is kept in a table of facts; a reply already known to fail is as good as a search.

Mirror images are not looked up: with twenty discs on the board hardly two positions of a search are mirrored, and to
mirror a board takes as long as to search a node.
"""

from __future__ import annotations

from functools import cache
from operator import itemgetter

from kibitz.games.board.bitboard import BOARD, BOTTOM, COLUMN, EVEN_ROWS, FLOOR, ODD_ROWS, completions, has_four

SOLVED_FROM = 20
"""Discs on the board from which on positions are solved: a fraction of a second each."""

CAPACITY = 1 << 18
"""Most facts that a solver keeps, some 30 MB; all are forgotten when it is full."""

_MIDDLE_FIRST = tuple(COLUMN[place] for place in (3, 2, 4, 1, 5, 0, 6))
_threats_left = itemgetter(0)


class Solver:
    """Searches, and remembers what it has proven: results do not depend on what was searched before, only times do.

    Args:
        capacity: Most facts that are kept.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self.nodes = 0
        """Positions searched so far."""
        self._facts: dict[int, bool] = {}

    def action_values(self, own: int, other: int) -> dict[int, int]:
        """The result (1 win, 0 draw, -1 loss) of dropping a disc into each column (0..6) that is not full.

        Args:
            own: The discs of the side to move.
            other: Those of the opponent; nobody has four in a line.
        """
        taken = own | other
        drops = {place: taken + BOTTOM[place] & COLUMN[place] for place in range(len(COLUMN))}
        return {
            place: 1 if has_four(own | drop) else -self.value(other, own | drop)
            for place, drop in drops.items()
            if drop
        }

    def value(self, own: int, other: int) -> int:
        """The result for the side to move under best play of both; arguments as above."""
        taken = own | other
        empty = BOARD ^ taken
        mine, theirs = completions(own, empty), completions(other, empty)
        if mine & taken + FLOOR or self._reaches(own, other, mine, theirs, True):
            return 1
        return 0 if self._reaches(own, other, mine, theirs, False) else -1

    def _reaches(self, own: int, other: int, mine: int, theirs: int, win: bool) -> bool:
        """Whether the side to move reaches a win (``win``), or at least a draw; it has no win at once.

        Args:
            own: Its discs.
            other: The opponent's.
            mine: The empty cells, within reach or not, that would complete four of its discs; cells that were taken
                since may still be among them.
            theirs: The same for the opponent.
            win: What is to be reached.
        """
        taken = own | other
        landing = taken + FLOOR & BOARD
        forced = landing & theirs
        if forced & forced - 1:
            return False
        moves = (forced or landing) & ~(theirs >> 1)
        if not moves:
            return not landing and not win
        # A column's own discs plus its taken cells name it uniquely within its seven bits.
        key = own + taken << 1 | win
        known = self._facts.get(key)
        if known is None:
            known = _settled(own, other, theirs, win)
            if known is None:
                self.nodes += 1
                known = self._search((own, other, theirs), moves, win)
            if len(self._facts) >= self.capacity:
                self._facts.clear()
            self._facts[key] = known
        return known

    def _search(self, board: tuple[int, int, int], moves: int, win: bool) -> bool:
        own, other, theirs = board
        taken, facts = own | other, self._facts
        tries = []
        for column in _MIDDLE_FIRST:
            if move := moves & column:
                mine, filled = own | move, taken | move
                threats = completions(mine, BOARD ^ filled)
                near = threats & filled + FLOOR
                if near and (near & near - 1 or near << 1 & threats):
                    return True
                if facts.get(other + filled << 1 | (not win)) is False:
                    return True
                tries.append((threats.bit_count(), mine, threats))
        if len(tries) > 1:
            tries.sort(key=_threats_left, reverse=True)
        return any(not self._reaches(other, mine, theirs, threats, not win) for _, mine, threats in tries)


def _settled(own: int, other: int, theirs: int, win: bool) -> bool | None:
    """Whether the side to move reaches its aim, where the empty cells alone tell; None where they do not."""
    taken = own | other
    empty = BOARD ^ taken
    if not has_four((own if win else other) | empty):
        return not win
    landing = taken + FLOOR & BOARD
    if taken.bit_count() & 1:
        return False if _odd_threat_decides(own, theirs, landing, empty) else None
    # X is to move. O can answer each disc on the cell above it; where a column has an odd number of empty cells, whose
    # lowest X takes, O takes that of another such column (there is one). So X gets no cells but these:
    if has_four(own | landing | empty & ODD_ROWS):
        return None
    # X cannot win; and O gets these at least, if nobody wins before.
    return False if win or has_four(other | empty & EVEN_ROWS & ~landing) else None


def _odd_threat_decides(own: int, theirs: int, landing: int, empty: int) -> bool:
    """Whether X wins, with O to move, by waiting for O to play below a threat of X in an odd row.

    X answers each disc on the cell above it, or as ``_settled`` says, and in the threat's column up to the cell below
    the threat: from an even row on, this cell falls to O, when all the other columns are full.
    """
    threats = theirs & ODD_ROWS & ~landing
    while threats:
        threat = threats & -threats
        threats ^= threat
        column = COLUMN[(threat.bit_length() - 1) // 7]
        start = landing & column
        if start & EVEN_ROWS and start < threat:
            rest = empty & ~column
            below = column & empty & threat - 1
            if not has_four(own | rest & (ODD_ROWS | landing) | below & EVEN_ROWS):
                return True
    return False


@cache
def shared() -> Solver:
    """The solver of this process: what it proves for one game holds for all."""
    return Solver()
