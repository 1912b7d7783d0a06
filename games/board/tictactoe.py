"""TicTacToe: three in a row on 3 x 3, solved exactly.

The two players' marks are 9-bit numbers (bit 3r+c is the cell ``r,c``), so that wins, legal actions and threats are
table look-ups over the 512 subsets of the board.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import ClassVar

from kibitz.games.actions import Actions
from kibitz.games.board.contest import Contest, opening_plies
from kibitz.games.board.grid import MARKS, check_turn, check_winner, implied_names, read_grid, unseen
from kibitz.games.board.pictures import draw_tictactoe
from kibitz.games.game import Json, PositionError, Values
from kibitz.games.kinds import SetOf
from kibitz.games.ladder import Rung
from kibitz.games.subproblem import Answer, Subproblem, Unknown
from kibitz.games.zerosum import DRAWN

CELLS = tuple(f"{row},{column}" for row in range(3) for column in range(3))
BIT = {cell: 1 << place for place, cell in enumerate(CELLS)}
FULL = 0b111_111_111
LINES = (0o7, 0o70, 0o700, 0o111, 0o222, 0o444, 0o421, 0o124)
"""The eight lines as bits: rows, columns, diagonals."""

_WON = tuple(any(marks & line == line for line in LINES) for marks in range(512))
_NAMES = tuple(tuple(cell for cell in CELLS if bits & BIT[cell]) for bits in range(512))
_BITS = tuple(tuple(BIT[cell] for cell in names) for names in _NAMES)
_ACTIONS = tuple(Actions(_NAMES[FULL & ~taken]) for taken in range(512))


def _completions(marks: int) -> int:
    """The cells outside ``marks`` that would each complete a line of them."""
    bits = 0
    for line in LINES:
        rest = line & ~marks
        if rest and not rest & (rest - 1):
            bits |= rest
    return bits


_THREATS = tuple(_completions(marks) for marks in range(512))


@cache
def solve(own: int, other: int) -> int:
    """The value in -1, 0, 1 for the side to move that holds ``own``, under best play of both."""
    if _WON[other]:
        return -1
    if own | other == FULL:
        return 0
    return max(-solve(other, own | BIT[cell]) for cell in _NAMES[FULL & ~(own | other)])


class TicTacToe(Contest):
    """TicTacToe, with an optional random opening."""

    id: ClassVar = "tictactoe"
    version: ClassVar = "2"
    title: ClassVar = "TicTacToe"
    sides: ClassVar = ("X", "O")
    abilities: ClassVar = frozenset({"snapshot", "imagine", "perfect_information", "solver", "evaluation", "heuristic"})
    declared: ClassVar = (opening_plies(4),)
    ladder: ClassVar = (
        Rung("easy", (2, 4), {"unseen": (0, 1.15)}),
        Rung("medium", (4, 6), {"unseen": (0.2, 1.3)}),
        Rung("hard", (5, 8), {"unseen": (1, 2), "members": (2, 9)}),
    )

    def _begin(self) -> None:
        self._set(0, 0)

    def _set(self, crosses: int, rings: int) -> None:
        self._marks = [crosses, rings]
        self._turn = crosses.bit_count() - rings.bit_count()
        self._ended = self._judge()

    def _judge(self) -> int | None:
        """Who has won (0, 1), 2 for a draw, None while the game runs; only the last to move can have won."""
        last = 1 - self._turn
        if _WON[self._marks[last]]:
            return last
        return DRAWN if self._marks[0] | self._marks[1] == FULL else None

    # -- playing ---------------------------------------------------------------------------------------------------

    def rules(self, seat: int) -> str:
        """The rules, the same for both seats: what is equal in all prompts is paid for once."""
        return (
            "TicTacToe on a board of 3 rows and 3 columns. One player is X, the other O; X starts. "
            "The players take turns to mark one empty cell (_). Who first has three marks in a row, across, "
            "down or diagonally, wins; a full board without that is a draw. "
            "An action is the cell to mark, written row,column; rows and columns count from 0 and 0,0 is top left. "
            "Cells in answers are written in the same way."
        )

    def _legal(self) -> Actions:
        return _ACTIONS[self._marks[0] | self._marks[1]]

    def _play(self, action: str) -> None:
        turn, marks = self._turn, self._marks
        bit = BIT.get(action, 0)
        if not bit & ~(marks[0] | marks[1]):
            raise self.illegal(action)
        marks[turn] |= bit
        self._turn = 1 - turn
        self._ended = self._judge()

    def _text(self) -> str:
        crosses, rings = self._marks
        cells = f"{int(f'{crosses:b}') + 2 * int(f'{rings:b}'):09d}".translate(_LETTERS)[::-1]
        return f"{cells[:3]}\n{cells[3:6]}\n{cells[6:]}"

    def _reason(self) -> str:
        return "board full" if self._ended == DRAWN else "three in a row"

    def _decided(self) -> bool:
        return bool(self._wins(self._turn))

    # -- questions -------------------------------------------------------------------------------------------------

    def _asked(self) -> tuple[Subproblem, ...]:
        return _questions(_NAMES[FULL & ~(self._marks[0] | self._marks[1])])

    def _answer(self, seat: int, id: str, action: str) -> Answer | Unknown:  # noqa: A002
        if id == "wins":
            return frozenset(_NAMES[self._wins(self._turn)])
        if id == "opp_wins":
            return frozenset(_NAMES[self._wins(1 - self._turn)])
        if id == "forces":
            return frozenset(_NAMES[self._forcing()])
        if id == "opp_wins_after":
            return frozenset(_NAMES[self._after(BIT[action])])
        raise KeyError(id)

    def _wins(self, seat: int) -> int:
        """The empty cells with which ``seat`` would complete a line if it moved now."""
        return _THREATS[self._marks[seat]] & ~(self._marks[0] | self._marks[1])

    def _forcing(self) -> int:
        """The empty cells that do not win at once, but win with the next mark whatever the opponent answers."""
        own, other = self._marks[self._turn], self._marks[1 - self._turn]
        empty = FULL & ~(own | other)
        found = 0
        for bit in _BITS[empty & ~_THREATS[own]]:
            rest = empty ^ bit
            # One answer blocks one threat; two are left only to an opponent who does not win first.
            if (_THREATS[own | bit] & rest).bit_count() > 1 and not _THREATS[other] & rest:
                found |= bit
        return found

    def _after(self, bit: int) -> int:
        """The cells with which the opponent wins at once after a mark on ``bit``."""
        own, other = self._marks[self._turn] | bit, self._marks[1 - self._turn]
        return 0 if _WON[own] else _THREATS[other] & ~(own | other)

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """Who names own wins commits to one of them, see ``implied_names`` for the rest."""
        named = implied_names(answers)
        # An occupied cell, named by mistake, cannot be marked: it commits to nothing.
        taken = self._marks[0] | self._marks[1]
        return frozenset(cell for cell in named if BIT.get(cell, 0) & ~taken) or None

    def measures(self, seat: int) -> Mapping[str, float]:
        """Marks on the board, members of the truths about the view, and what one ply does not show (``unseen``)."""
        wins, threats, forces = self._wins(self._turn), self._wins(1 - self._turn), self._forcing()
        taken = self._marks[0] | self._marks[1]
        return {
            "marks": taken.bit_count(),
            "members": wins.bit_count() + threats.bit_count() + forces.bit_count(),
            "unseen": unseen(forces, threats, [self._after(bit) for bit in _BITS[FULL & ~taken]]),
        }

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self) -> Json:
        """``{"board": [3 rows], "to_move": "X" | "O" | null}``; null once the game is over."""
        cells = "".join("X" if self._marks[0] & b else "O" if self._marks[1] & b else "_" for b in BIT.values())
        to_move = None if self._ended is not None else MARKS[self._turn]
        return {"board": [cells[:3], cells[3:6], cells[6:]], "to_move": to_move}

    def at(self, position: Json) -> None:
        """Set the state; finished games are positions too."""
        rows, to_move = read_grid(position, 3, 3)
        cells = "".join(rows)
        marks = [sum(1 << place for place, cell in enumerate(cells) if cell == mark) for mark in MARKS]
        winners = [mark for mark, own in zip(MARKS, marks, strict=True) if _WON[own]]
        turn = check_turn(rows, to_move, over=bool(winners) or "_" not in cells)
        check_winner(winners, turn)
        last = marks[1 - turn]
        if winners and all(_WON[last ^ bit] for bit in BIT.values() if last & bit):
            raise PositionError(f"{winners[0]} has two wins that no single mark can have completed")
        self._set(*marks)

    def draw(self, position: Json, seat: int | None = None) -> str:
        """The board with its row and column numbers; a finished line is struck through."""
        other = TicTacToe()
        other.at(position)
        winner = other._ended
        line = (
            next((_NAMES[line] for line in LINES if other._marks[winner] & line == line), ())
            if winner in (0, 1)
            else ()
        )
        return draw_tictactoe(position["board"], line)

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """The marks of both sides; the rest follows."""
        return (self._marks[0], self._marks[1])

    def restore(self, token: object) -> None:
        """Bring the state back."""
        assert isinstance(token, tuple)
        self._set(*token)

    def _values(self) -> Values | Unknown:
        """The exact result (1 win, 0 draw, -1 loss) of each legal action under best play."""
        own, other = self._marks[self._turn], self._marks[1 - self._turn]
        return Values({cell: -float(solve(other, own | BIT[cell])) for cell in _NAMES[FULL & ~(own | other)]})

    def _estimate(self, seat: int) -> float:
        """Lines still open for ``seat`` less those open for the opponent, in tenths."""
        own, other = self._marks[seat], self._marks[1 - seat]
        return sum((not line & other) - (not line & own) for line in LINES) / 10


_LETTERS = str.maketrans("012", "_XO")


@lru_cache(maxsize=512)
def _questions(cells: tuple[str, ...]) -> tuple[Subproblem, ...]:
    kind = SetOf(cells, others=tuple(cell for cell in CELLS if cell not in cells))
    return (
        Subproblem("wins", "Which empty cells would win at once for you if you marked them now?", kind),
        Subproblem("opp_wins", "Which empty cells would win at once for your opponent if it were its turn now?", kind),
        Subproblem(
            "forces",
            "Which empty cells would not win at once, but win with your next mark whatever your opponent answers?",
            kind,
        ),
        Subproblem(
            "opp_wins_after",
            "After your chosen action, which empty cells would win at once for your opponent? "
            "None if your action ends the game.",
            kind,
            about="action",
        ),
    )
