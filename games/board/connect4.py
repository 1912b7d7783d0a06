"""Connect4: four in a row on 7 columns of 6 rows, on bitboards (see ``bitboard``), solved from twenty discs on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from typing import ClassVar

from kibitz.games.actions import Actions
from kibitz.games.board.bitboard import (
    BOARD,
    BOTTOM,
    COLUMN,
    FLOOR,
    HEIGHT,
    TOP,
    WIDTH,
    bits,
    cell_name,
    completions,
    forcing,
    has_four,
    last_discs,
    line_ends,
    open_lines,
    refuse_floating,
    stones_of,
    text_of,
)
from kibitz.games.board.connect4_solver import SOLVED_FROM, shared
from kibitz.games.board.contest import Contest, opening_plies
from kibitz.games.board.grid import MARKS, check_turn, check_winner, implied_names, read_grid, unseen
from kibitz.games.board.pictures import draw_connect4
from kibitz.games.game import Json, PositionError, Values
from kibitz.games.kinds import SetOf
from kibitz.games.ladder import Rung
from kibitz.games.subproblem import Answer, Subproblem, Unknown
from kibitz.games.zerosum import DRAWN

NAMES = tuple(str(column + 1) for column in range(WIDTH))
_CELLS = tuple(cell_name(bit) for bit in bits(BOARD))
_PLACE = {name: place for place, name in enumerate(NAMES)}
_TOPS = sum(TOP)


def _actions() -> dict[int, Actions]:
    """The legal actions by the set of occupied top cells."""
    table = {}
    for count in range(WIDTH + 1):
        for full in combinations(range(WIDTH), count):
            names = tuple(name for place, name in enumerate(NAMES) if place not in full)
            table[sum(TOP[place] for place in full)] = Actions(names)
    return table


_ACTIONS = _actions()


class Connect4(Contest):
    """Connect4, with an optional random opening."""

    id: ClassVar = "connect4"
    version: ClassVar = "2"
    title: ClassVar = "Connect4"
    sides: ClassVar = ("X", "O")
    abilities: ClassVar = frozenset({"snapshot", "imagine", "perfect_information", "solver", "evaluation", "heuristic"})
    slow_values: ClassVar = True
    declared: ClassVar = (opening_plies(12),)
    ladder: ClassVar = (
        Rung("easy", (6, 14), {"unseen": (0, 1.15), "members": (0, 3)}),
        Rung("medium", (14, 24), {"unseen": (0, 1.3)}),
        Rung("hard", (24, 38), {"unseen": (0.5, 2)}),
    )

    def _begin(self) -> None:
        self._stones = [0, 0]
        self._turn = 0
        self._ended = None

    # -- playing ---------------------------------------------------------------------------------------------------

    def rules(self, seat: int) -> str:
        """The rules, the same for both seats: what is equal in all prompts is paid for once."""
        return (
            "Connect4 on an upright board of 7 columns and 6 rows. "
            "One player is X, the other O; X starts. The players take turns to drop one disc into a column that is "
            "not full; it falls to the lowest empty cell (_). Who first has four discs in a line, across, up or "
            "diagonally, wins; a full board without that is a draw. "
            "An action is the number of a column, 1 (left) to 7 (right). "
            "Cells in answers are written column,row; row 1 is the bottom row."
        )

    def _legal(self) -> Actions:
        return _ACTIONS[(self._stones[0] | self._stones[1]) & _TOPS]

    def _play(self, action: str) -> None:
        turn, stones = self._turn, self._stones
        taken = stones[0] | stones[1]
        place = _PLACE.get(action)
        if place is None or taken & TOP[place]:
            raise self.illegal(action)
        own = stones[turn] | (taken + BOTTOM[place] & COLUMN[place])
        stones[turn] = own
        self._turn = 1 - turn
        if has_four(own):
            self._ended = turn
        elif stones[0] | stones[1] == BOARD:
            self._ended = DRAWN

    def _text(self) -> str:
        return text_of(*self._stones)

    def _reason(self) -> str:
        return "board full" if self._ended == DRAWN else "four in a row"

    def _decided(self) -> bool:
        return bool(self._wins(self._turn))

    # -- questions -------------------------------------------------------------------------------------------------

    def _asked(self) -> tuple[Subproblem, ...]:
        return _questions(self._landing())

    def _answer(self, seat: int, id: str, action: str) -> Answer | Unknown:  # noqa: A002
        if id == "wins":
            return _names(self._wins(self._turn))
        if id == "opp_wins":
            return _names(self._wins(1 - self._turn))
        if id == "forces":
            drops = self._forcing()
            return frozenset(name for place, name in enumerate(NAMES) if drops & COLUMN[place])
        if id == "opp_wins_after":
            return _names(self._after(self._landing() & COLUMN[_PLACE[action]]))
        raise KeyError(id)

    def _landing(self) -> int:
        """The cells on which a disc would come to rest now."""
        return (self._stones[0] | self._stones[1]) + FLOOR & BOARD

    def _wins(self, seat: int) -> int:
        """The cells on which a disc of ``seat`` would win if it were dropped now."""
        return completions(self._stones[seat], self._landing())

    def _forcing(self) -> int:
        return forcing(self._stones[self._turn], self._stones[1 - self._turn])

    def _after(self, drop: int) -> int:
        """The cells with which the opponent wins at once after ``drop``."""
        if has_four(self._stones[self._turn] | drop):
            return 0
        taken = self._stones[0] | self._stones[1] | drop
        return completions(self._stones[1 - self._turn], taken + FLOOR & BOARD)

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """Who names own wins commits to one of their columns, see ``implied_names`` for the rest."""
        columns = {name.partition(",")[0] for name in implied_names(answers)}
        # A full column, named by mistake, takes no disc: it commits to nothing.
        landing = self._landing()
        return frozenset(name for name in columns if name in _PLACE and landing & COLUMN[_PLACE[name]]) or None

    def measures(self, seat: int) -> Mapping[str, float]:
        """Discs on the board, members of the truths about the view, and what one ply does not show (``unseen``)."""
        wins, threats, forces = self._wins(self._turn), self._wins(1 - self._turn), self._forcing()
        after = [self._after(drop) for drop in bits(self._landing())]
        return {
            "discs": (self._stones[0] | self._stones[1]).bit_count(),
            "members": wins.bit_count() + threats.bit_count() + forces.bit_count(),
            "unseen": unseen(forces, threats, after),
        }

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self) -> Json:
        """``{"board": [6 rows, top row first], "to_move": "X" | "O" | null}``; null once the game is over."""
        to_move = None if self._ended is not None else MARKS[self._turn]
        return {"board": text_of(*self._stones).split("\n"), "to_move": to_move}

    def at(self, position: Json) -> None:
        """Set the state; finished games are positions too."""
        rows, to_move = read_grid(position, HEIGHT, WIDTH)
        stones = [stones_of(rows, mark) for mark in MARKS]
        taken = stones[0] | stones[1]
        refuse_floating(rows)
        winners = [mark for mark, own in zip(MARKS, stones, strict=True) if has_four(own)]
        turn = check_turn(rows, to_move, over=bool(winners) or taken == BOARD)
        check_winner(winners, turn)
        last = stones[1 - turn]
        if winners and all(has_four(last ^ disc) for disc in last_discs(last, taken)):
            raise PositionError(f"{winners[0]} has two wins that no single disc can have completed")
        ended = MARKS.index(winners[0]) if winners else DRAWN if taken == BOARD else None
        self.restore((*stones, turn, ended))

    def draw(self, position: Json, seat: int | None = None) -> str:
        """The board with its column and row numbers; a finished line is struck through."""
        other = Connect4()
        other.at(position)
        return draw_connect4(position["board"], line_ends(other._stones[0]) or line_ends(other._stones[1]))

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """The discs of both sides, whose turn it is, and the result."""
        return (self._stones[0], self._stones[1], self._turn, self._ended)

    def restore(self, token: object) -> None:
        """Bring the state back."""
        assert isinstance(token, tuple)
        crosses, rings, self._turn, self._ended = token
        self._stones = [crosses, rings]

    def _values(self) -> Values | Unknown:
        """The exact result (1 win, 0 draw, -1 loss) of each legal action, from ``SOLVED_FROM`` discs on."""
        own, other = self._stones[self._turn], self._stones[1 - self._turn]
        if (own | other).bit_count() < SOLVED_FROM:
            return Unknown("unsolved")
        return Values({NAMES[place]: float(value) for place, value in shared().action_values(own, other).items()})

    def _estimate(self, seat: int) -> float:
        """Open lines for ``seat`` less those of the opponent, weighted by their discs; in (-0.9, 0.9)."""
        own, other = self._stones[seat], self._stones[1 - seat]
        score = open_lines(own, other) - open_lines(other, own)
        return 0.9 * score / (abs(score) + 40)


def _names(cells: int) -> frozenset[str]:
    return frozenset(map(cell_name, bits(cells)))


@lru_cache(maxsize=4096)
def _questions(landing: int) -> tuple[Subproblem, ...]:
    cells = tuple(cell_name(bit) for bit in bits(landing))
    # After a move the next cell of its column opens too; naming each next cell keeps the domain free of the move.
    reachable = tuple(cell_name(bit) for bit in bits((landing | landing << 1) & BOARD))
    kind = SetOf(cells, others=tuple(cell for cell in _CELLS if cell not in cells))
    columns = tuple(cell[0] for cell in cells)
    return (
        Subproblem("wins", "Where would a disc of yours win at once if you dropped it now?", kind),
        Subproblem("opp_wins", "Where would a disc of your opponent win at once if it were its turn now?", kind),
        Subproblem(
            "forces",
            "Which columns would not win at once, but win with your next disc whatever your opponent answers?",
            SetOf(columns, "column", others=tuple(name for name in NAMES if name not in columns)),
        ),
        Subproblem(
            "opp_wins_after",
            "After your chosen action, where would a disc of your opponent win at once? "
            "None if your action ends the game.",
            SetOf(reachable, others=tuple(cell for cell in _CELLS if cell not in reachable)),
            about="action",
        ),
    )
