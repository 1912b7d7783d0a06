"""The course of a game of draughts: whose turn it is, what is legal, what a move leads to, and what ends the game."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from kibitz.games.actions import Actions
from kibitz.games.board.draughts import (
    FAR,
    HOME,
    Board,
    Clock,
    Placement,
    after,
    hops,
    jumpers,
    legal,
    path,
    seen_by,
    steps,
)
from kibitz.games.game import STANDARD
from kibitz.games.zerosum import DRAWN


@dataclass(frozen=True, slots=True)
class Rules:
    """In what the rules differ that can be chosen.

    Attributes:
        letters: The letter of each side; side 0 starts at the top and moves first.
        clock: When a game without progress is drawn.
        progress: What sets the clock back, in words.
        whole: Whether a capture is one action; else each jump is one, and a turn of its own.
        repeats: Whether a board that comes up for the third time draws the game.
    """

    letters: str
    clock: Clock
    progress: str
    whole: bool
    repeats: bool


RULES = {
    STANDARD: Rules("bw", Clock(80, men=True), "capture or man move", whole=True, repeats=True),
    "gamebot": Rules("wb", Clock(20, men=False), "capture", whole=False, repeats=False),
}


class State(NamedTuple):
    """A moment of a game; what follows from the rest stands here, too, so that it is found once.

    Attributes:
        now: The pieces of side 0, those of side 1, and the kings of both.
        turn: The side to move; once the game is over, whoever would have been.
        quiet: What the clock shows.
        earlier: The boards since the clock was set back, oldest first; empty where repetition does not matter.
        jumping: The piece that must go on, as a bit, or 0.
        actions: The legal actions; without a meaning once the game is over.
        ended: The side that has won, ``DRAWN``, or None while the game runs.
    """

    now: Placement
    turn: int
    quiet: int
    earlier: tuple[Placement, ...]
    jumping: int
    actions: Actions
    ended: int | None

    @property
    def board(self) -> Board:
        """The board as the side to move sees it."""
        return seen_by(self.turn, self.now)

    @property
    def question(self) -> tuple[Board, int, tuple[str, ...]]:
        """What truths are computed from: the board, the side to move and its legal actions."""
        return seen_by(self.turn, self.now), self.turn, self.actions.listed


def reached(
    rules: Rules, now: Placement, turn: int, quiet: int = 0, earlier: tuple[Placement, ...] = (), jumping: int = 0
) -> State:
    """The state with these parts: finds what is legal, and whether the game is over.

    Who has no legal move has lost, also where the game would be drawn otherwise.
    """
    board = seen_by(turn, now)
    if rules.whole:
        names = legal(board, turn)
    else:
        can = jumping or jumpers(board, turn)
        names = hops(board, turn, can) if can else steps(board, turn)
    ended = None
    if not names:
        ended = 1 - turn
    elif quiet >= rules.clock.limit or (len(earlier) > 3 and earlier.count(now) > 1):
        ended = DRAWN
    return State(now, turn, quiet, earlier, jumping, Actions(tuple(names)), ended)


def start(rules: Rules) -> State:
    """The start of the game."""
    return reached(rules, (HOME[0], HOME[1], 0), 0)


def played(rules: Rules, state: State, action: str) -> State:
    """The state after a legal action."""
    now, turn, quiet, earlier, _, _, _ = state
    board = seen_by(turn, now)
    left = after(board, turn, action)
    quiet = rules.clock.after(board, action, quiet)
    earlier = (*earlier, now) if quiet and rules.repeats else ()
    jumping = 0 if rules.whole else goes_on(board, left, turn, action)
    return reached(rules, seen_by(turn, left), turn if jumping else 1 - turn, quiet, earlier, jumping)


def goes_on(board: Board, left: Board, side: int, jump: str) -> int:
    """The piece that has jumped, if it can jump again: not where the jump made a king of it; else 0."""
    begin, end, taken = path(jump)
    crowned = end & FAR[side] and not begin & board[2]
    return jumpers(left, side) & end if taken and not crowned else 0
