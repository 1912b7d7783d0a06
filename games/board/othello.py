"""Othello: enclose the opponent's discs and turn them over, on bitboards (see ``discs``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import ClassVar

from kibitz.games.actions import Actions
from kibitz.games.board.contest import Contest, opening_plies
from kibitz.games.board.discpicture import draw_othello
from kibitz.games.board.discs import (
    BOARD,
    CORNERS,
    EDGES,
    PLACE,
    SIDE,
    flips,
    moves,
    names_of,
    near_moves,
    result,
    rows_of,
    wedges,
)
from kibitz.games.board.discsetup import LETTERS, WORDS, read_setup
from kibitz.games.board.discvalue import DEPTH, estimate, exact, values
from kibitz.games.game import STANDARD, Json, Outcome, Values
from kibitz.games.kinds import Boolean, Integer, SetOf
from kibitz.games.ladder import Rung
from kibitz.games.options import Option
from kibitz.games.subproblem import Answer, Subproblem, Unknown
from kibitz.games.zerosum import DRAWN

_STARTS = {
    STANDARD: (1 << PLACE["e4"] | 1 << PLACE["d5"], 1 << PLACE["d4"] | 1 << PLACE["e5"]),
    "gamebot": (1 << PLACE["d4"] | 1 << PLACE["e5"], 1 << PLACE["e4"] | 1 << PLACE["d5"]),
}
"""The first discs of Black and White by rules."""

_MOST_MOVES = 59
"""No more squares than these are empty after an action."""

_BOARD = "  a b c d e f g h\n" + "\n".join(f"{row} %s" for row in range(1, SIDE + 1))
_RULES = Option("rules", STANDARD, "gamebot: the mirrored start of the original release", choices=tuple(_STARTS))


class Othello(Contest):
    """Othello, with an optional random opening. A side that cannot move is passed over; it is not asked."""

    id: ClassVar = "othello"
    version: ClassVar = "1"
    title: ClassVar = "Othello"
    sides: ClassVar = ("Black (B)", "White (W)")
    abilities: ClassVar = frozenset({"snapshot", "imagine", "perfect_information", "solver", "evaluation", "heuristic"})
    declared: ClassVar = (_RULES, opening_plies(12))
    slow_values: ClassVar = True
    ladder: ClassVar = (
        Rung("easy", (28, 50), {"turned": (1.0, 2.2), "far": (0, 1)}),
        Rung("medium", (28, 50), {"turned": (2.2, 3.0), "far": (1, 3)}),
        Rung("hard", (28, 50), {"turned": (3.0, 20.0), "far": (3, 60)}),
    )

    _moves: int
    """The moves of the side to move; none once the game is over."""
    _passed: bool
    """Whether the side that is not to move had no move just now."""

    def _begin(self) -> None:
        self._discs = list(_STARTS[str(self.options["rules"])])
        self._pass_to(0)

    def _pass_to(self, turn: int) -> None:
        """Give the turn to a seat, or back where it has no move; where nobody has one, the game is over."""
        own, other = self._discs[turn], self._discs[1 - turn]
        self._turn, self._ended, self._passed = turn, None, False
        self._moves = moves(own, other)
        if not self._moves:
            self._moves = moves(other, own)
            if self._moves:
                self._turn, self._passed = 1 - turn, True
            else:
                self._ended = (DRAWN, 0, 1)[result(*self._discs)]

    # -- playing ---------------------------------------------------------------------------------------------------

    def rules(self, seat: int) -> str:
        """The rules, the same for both seats: what is equal in all prompts is paid for once."""
        return (
            "Othello on a board of 8 columns, a to h from left to right, and 8 rows, 1 to 8 from top to bottom. "
            "One player has the black discs (B), the other the white ones (W); Black moves first. "
            "The players take turns to put one disc of their colour on an empty square (.). It must enclose at least "
            "one disc of the opponent: a straight unbroken run of opposing discs, across, up, down or diagonally, that "
            "has the new disc at one end and a disc of the mover's at the other. All discs enclosed in this way, in "
            "every direction, are turned over and change colour; other discs stay as they are. "
            "A player who has no such move passes: the other one moves again. When neither can move, the game is over, "
            "and whoever has more discs on the board wins; equal numbers are a draw. "
            "An action is the square of the new disc, column then row, such as d3. Squares in answers are written in "
            "the same way."
        )

    def _legal(self) -> Actions:
        return Actions(names_of(self._moves))

    def _play(self, action: str) -> None:
        place = PLACE.get(action)
        if place is None or not self._moves >> place & 1:
            raise self.illegal(action)
        turn, discs = self._turn, self._discs
        turned = flips(place, discs[turn], discs[1 - turn])
        discs[turn] |= turned | 1 << place
        discs[1 - turn] ^= turned
        self._pass_to(1 - turn)

    def _text(self) -> str:
        return f"{_BOARD % tuple(rows_of(*self._discs))}\n{self._state()}"

    def _state(self) -> str:
        """Who is to move, and whether that follows from a pass."""
        if self._ended is not None:
            return "The game is over."
        if self._passed:
            return f"{WORDS[1 - self._turn]} had no move and passed; {WORDS[self._turn]} is to move again."
        return f"{WORDS[self._turn]} is to move."

    def outcome(self) -> Outcome | None:
        """1 for the winner, -1 for the loser, 0 each for a draw; ``raw`` is the number of discs of each."""
        ended = super().outcome()
        if ended is None:
            return None
        black, white = (float(discs.bit_count()) for discs in self._discs)
        return Outcome(ended.reward, reason=ended.reason, raw=(black, white))

    def _reason(self) -> str:
        return "board full" if self._discs[0] | self._discs[1] == BOARD else "neither side can move"

    def _decided(self) -> bool:
        token = self.snapshot()
        turn, over = self._turn, False
        for action in names_of(self._moves):
            self._play(action)
            over = over or self._ended == turn
            self.restore(token)
        return over

    # -- questions -------------------------------------------------------------------------------------------------

    def _asked(self) -> tuple[Subproblem, ...]:
        return _questions(BOARD & ~(self._discs[0] | self._discs[1]) & EDGES or EDGES, self._discs[1 - self._turn])

    def _answer(self, seat: int, id: str, action: str) -> Answer | Unknown:  # noqa: A002
        own, other = self._discs[self._turn], self._discs[1 - self._turn]
        if id == "corner":
            return bool(self._moves & CORNERS)
        if id == "wedges":
            return frozenset(names_of(wedges(self._moves, other)))
        if id == "flips":
            return frozenset(names_of(flips(PLACE[action], own, other)))
        if id == "opp_moves_after":
            turned = flips(PLACE[action], own, other)
            return moves(other ^ turned, own | turned | 1 << PLACE[action]).bit_count()
        raise KeyError(id)

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """Who says that a corner is to be had commits to taking one."""
        # A corner that is not there, stated by mistake, cannot be taken: it commits to nothing.
        corners = self._moves & CORNERS if answers.get("corner") is True else 0
        return frozenset(names_of(corners)) or None

    def suppose(self, seat: int, rng: Random) -> str | None:
        """A random legal action that is on no corner: to be asked about one would tell that there is one."""
        others = names_of(self._moves & ~CORNERS)
        return rng.choice(others) if others else None

    def measures(self, seat: int) -> Mapping[str, float]:
        """How far one must look along the lines of the board.

        ``turned`` is the mean number of discs that a legal move turns over; ``far`` is how many moves of either side
        turn no run shorter than three.
        """
        own, other = self._discs[seat], self._discs[1 - seat]
        mine, theirs = moves(own, other), moves(other, own)
        turned = [flips(PLACE[name], own, other).bit_count() for name in names_of(mine)]
        far = (mine & ~near_moves(own, other)).bit_count() + (theirs & ~near_moves(other, own)).bit_count()
        return {"turned": sum(turned) / len(turned) if turned else 0.0, "far": far}

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self) -> Json:
        """``{"board": [8 rows, row 1 first], "to_move": "B" | "W" | null}``; null once the game is over.

        Right after a pass there is also ``"passed"``, the side that could not move.
        """
        rows = [row.replace(" ", "") for row in rows_of(*self._discs)]
        to_move = None if self._ended is not None else LETTERS[self._turn]
        passed = {"passed": LETTERS[1 - self._turn]} if self._passed else {}
        return {"board": rows, "to_move": to_move, **passed}

    def at(self, position: Json) -> None:
        """Set the state; finished games are positions too."""
        discs, turn, passed = read_setup(position, _STARTS[str(self.options["rules"])])
        self._discs = list(discs)
        self._pass_to(turn or 0)
        self._passed = passed

    def draw(self, position: Json, seat: int | None = None) -> str:
        """The board with its column letters and row numbers, and who is to move below it."""
        other = type(self)(**self.options)
        other.at(position)
        return draw_othello(position["board"], other._state())

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """The discs of both sides, whose turn it is, its moves, the result, and whether the other has just passed."""
        return (self._discs[0], self._discs[1], self._turn, self._moves, self._ended, self._passed)

    def restore(self, token: object) -> None:
        """Bring the state back."""
        assert isinstance(token, tuple)
        black, white, self._turn, self._moves, self._ended, self._passed = token
        self._discs = [black, white]

    def _values(self) -> Values | Unknown:
        """Exact results in endings, else by search to a fixed depth, see ``discvalue``."""
        own, other = self._discs[self._turn], self._discs[1 - self._turn]
        method = "exact" if exact(own, other) else f"depth {DEPTH}"
        return Values(values(own, other, self._moves), method)

    def _estimate(self, seat: int) -> float:
        """Mobility, corners and discs, see ``discvalue.estimate``; in -0.9..0.9."""
        own, other = self._discs[seat], self._discs[1 - seat]
        return estimate(own, other, moves(own, other), moves(other, own))


@lru_cache(maxsize=1024)
def _squares(domain: int, *, empty: bool) -> SetOf:
    """A set of the squares ``domain``; the rest of the board is understood, too."""
    return SetOf(names_of(domain), member="square", others=names_of(BOARD & ~domain), empty=empty)


def _questions(edges: int, other: int) -> tuple[Subproblem, ...]:
    """The questions, with the squares that wedges can be on and the discs that can be turned over."""
    return (
        Subproblem("corner", "Can you put a disc on a corner square now?", Boolean()),
        Subproblem(
            "wedges",
            "Which of your legal moves are wedges? A wedge is a move to a square on an edge of the board, not a "
            "corner, where both neighbouring squares along that edge hold discs of your opponent before the move.",
            _squares(edges, empty=True),
        ),
        Subproblem(
            "flips",
            "Which discs of your opponent does your chosen action turn over?",
            _squares(other, empty=False),
            about="action",
        ),
        Subproblem(
            "opp_moves_after",
            "How many legal moves does your opponent have right after your chosen action? 0 if it must pass or the "
            "game is over.",
            Integer(0, _MOST_MOVES),
            about="action",
        ),
    )
