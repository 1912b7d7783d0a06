"""Checkers: English draughts on bitboards (see ``draughts``), with the rules of GAMEBoT's version as an option."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import ClassVar

from kibitz.games.actions import Actions
from kibitz.games.board.contest import Contest, opening_plies
from kibitz.games.board.course import RULES, Rules, State, goes_on, played, start
from kibitz.games.board.draughts import (
    BIT,
    JUMPS,
    NAME,
    NAMES,
    STEPS,
    Board,
    after,
    captures,
    numbers,
    path,
    routes,
    rows_of,
    seen_by,
    text_of,
    turned,
)
from kibitz.games.board.draughts_picture import draw_draughts
from kibitz.games.board.foresight import estimate, search
from kibitz.games.board.placement import read_state, written
from kibitz.games.board.shots import crownings, giveaways, takeable, two_for_one
from kibitz.games.game import STANDARD, Json, Observation, Values
from kibitz.games.kinds import SetOf
from kibitz.games.ladder import Rung
from kibitz.games.options import Option
from kibitz.games.subproblem import Answer, Subproblem, Unknown
from kibitz.games.zerosum import DRAWN

DEPTH = 5
"""Plies that ``action_values`` looks ahead, the action itself included."""
STARTS, FURTHER = 60, 60
"""How many walks ``seek`` makes at most, and how many plies each goes on, looking for something to find."""


class Checkers(Contest):
    """English draughts, with an optional random opening."""

    id: ClassVar = "checkers"
    version: ClassVar = "1"
    title: ClassVar = "Checkers"
    sides: ClassVar = ("b", "w")
    abilities: ClassVar = frozenset({"snapshot", "imagine", "perfect_information", "solver", "evaluation", "heuristic"})
    slow_values: ClassVar = True
    declared: ClassVar = (
        opening_plies(8),
        Option(
            "rules",
            STANDARD,
            "gamebot: w stands at the top and starts, each jump is a turn, drawn by 20 half-moves without capture",
            choices=tuple(RULES),
        ),
    )

    ladder: ClassVar = (
        Rung("easy", (2, 20), {"replies": (0, 3), "longest": (0, 1)}),
        Rung("medium", (2, 20), {"replies": (3, 5)}),
        Rung("hard", (2, 20), {"replies": (6, 99)}),
    )

    def _begin(self) -> None:
        self._enter(start(self._rules))

    def _enter(self, state: State) -> None:
        self._state = state
        self._turn, self._ended = state.turn, state.ended

    @property
    def _rules(self) -> Rules:
        return RULES[self.options["rules"]]  # type: ignore[index]  # the options are checked: it is a name

    # -- playing ---------------------------------------------------------------------------------------------------

    def rules(self, seat: int) -> str:
        """The rules, the same for both seats: what is equal in all prompts is paid for once."""
        return _told(self._rules)

    def observe(self, seat: int) -> Observation:
        """The side of ``seat``, where it is heading, and the board."""
        acts = self._ended is None and seat == self._turn
        told = f"You are {self._rules.letters[seat]}, moving {_HEADING[seat]}.\n{self._text()}"
        return Observation(told, self._state.actions if acts else None)

    def _legal(self) -> Actions:
        return self._state.actions

    def _play(self, action: str) -> None:
        if action not in self._state.actions.listed:
            raise self.illegal(action)
        self._enter(played(self._rules, self._state, action))

    def _text(self) -> str:
        rules, state = self._rules, self._state
        text = text_of(state.now, rules.letters)
        if state.jumping:
            text += f"\nThe piece on {NAME[state.jumping]} is jumping and must go on."
        if state.quiet:
            text += f"\nHalf-moves without {rules.progress}: {state.quiet} (draw at {rules.clock.limit})"
        if state.now in state.earlier:
            text += f"\nThis position has come up {state.earlier.count(state.now) + 1} times (draw at 3)"
        return text

    def _reason(self) -> str:
        clock = self._rules.clock
        if self._ended != DRAWN:
            return "no legal move"
        if self._state.quiet >= clock.limit:
            return f"{clock.limit} half-moves without {self._rules.progress}"
        return "threefold repetition"

    def seek(self, rng: Random, rung: Rung) -> None:
        """Wander, then go on until the position is of the rung and has something to find; what, is drawn by lot.

        In random play few positions have a shot or a new king, and crowded ones without a worthless move are rare.
        """
        sought = rng.choice(_SOUGHT)
        for _ in range(STARTS):
            self.reset(rng.getrandbits(64))
            first = rng.randint(*rung.plies)
            for ply in range(first + FURTHER):
                state = self._state
                if state.ended is not None:
                    break
                if ply >= first and sought(*state.question) and rung.holds(self.measures(state.turn)):
                    return
                self._play(rng.choice(state.actions.listed))

    # -- questions -------------------------------------------------------------------------------------------------

    def _asked(self) -> tuple[Subproblem, ...]:
        return _questions(self._state.actions.listed)

    def _answer(self, seat: int, id: str, action: str) -> Answer | Unknown:  # noqa: A002
        if id == "opp_captures_after":
            return self._capturable(action)
        return _TRUTHS[id](*self._state.question)

    def _capturable(self, action: str) -> Answer:
        board, side = self._state.board, self._turn
        left = after(board, side, action)
        if not self._rules.whole and goes_on(board, left, side, action):
            return frozenset()
        return numbers(takeable(turned(left), 1 - side))

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """Shots that are named commit to one of them; else new kings do; else who calls moves worthless avoids them.

        Each rank speaks only where those before it were answered with none.
        """
        legal = frozenset(self._state.actions.listed)
        for id_ in ("two_for_one", "new_kings"):
            named = answers.get(id_)
            if not isinstance(named, frozenset):
                return None
            if named:
                # An illegal move, named by mistake, cannot be played: it commits to nothing.
                return named & legal or None
        worthless = answers.get("worthless_dies")
        if not isinstance(worthless, frozenset) or not worthless & legal:
            return None
        return legal - worthless or None

    def measures(self, seat: int) -> Mapping[str, float]:
        """Pieces, legal actions, and all complete captures with which the opponent could answer one of them."""
        state = self._state
        side, listed = state.turn, state.actions.listed
        replies = [
            path(reply)[2].bit_count()
            for action in listed
            for reply in captures(turned(after(state.board, side, action)), 1 - side)
        ]
        return {
            "pieces": (state.now[0] | state.now[1]).bit_count(),
            "actions": len(listed),
            "replies": len(replies),
            "longest": max(replies, default=0),
        }

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self) -> Json:
        """Board, side to move, and what the future depends on; see ``placement``."""
        return written(self._rules, self._state)

    def at(self, position: Json) -> None:
        """Set the state; finished games are positions too."""
        self._enter(read_state(self._rules, position))

    def draw(self, position: Json, seat: int | None = None) -> str:
        """The board with the numbers of its squares; a piece that must go on is framed."""
        state = read_state(self._rules, position)
        return draw_draughts(rows_of(state.now, self._rules.letters), NAME.get(state.jumping, ""))

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """The state, which is never changed in place."""
        return self._state

    def restore(self, token: object) -> None:
        """Bring the state back."""
        assert isinstance(token, State)
        self._enter(token)

    def _values(self) -> Values | Unknown:
        """The value of each action by alpha-beta to ``DEPTH`` plies, captures played to their end."""
        worth = {action: max(map(self._worth, self._ways(action))) for action in self._state.actions.listed}
        return Values(worth, f"depth {DEPTH}")

    def _ways(self, action: str) -> list[str]:
        """The complete moves that begin with the action: itself, but where it is one jump of a longer capture."""
        if self._rules.whole or "-" in action:
            return [action]
        ways = routes(self._state.board, self._turn, BIT[action.partition("x")[0]])
        return [way for way in ways if way == action or way.startswith(f"{action}x")]

    def _worth(self, move: str) -> float:
        state, clock = self._state, self._rules.clock
        left = after(state.board, self._turn, move)
        quiet = clock.after(state.board, move, state.quiet)
        if quiet and state.earlier.count(seen_by(self._turn, left)) > 1:
            return 0.0
        return -search(turned(left), 1 - self._turn, DEPTH - 1, clock, quiet)

    def _estimate(self, seat: int) -> float:
        """The static evaluation; see ``foresight``."""
        value = estimate(self._state.board, self._turn)
        return value if seat == self._turn else -value


_TRUTHS = {"new_kings": crownings, "worthless_dies": giveaways, "two_for_one": two_for_one}
_SOUGHT: tuple[Callable[[Board, int, Sequence[str]], bool], ...] = (
    lambda board, side, moves: bool(crownings(board, side, moves)),
    lambda board, side, moves: bool(crownings(board, side, moves)) and not giveaways(board, side, moves),
    lambda board, side, moves: bool(two_for_one(board, side, moves)),
    lambda board, side, moves: bool(two_for_one(board, side, moves)),
)
_HEADING = ("down", "up")
_SINGLE = STEPS + JUMPS
_SQUARES = SetOf(NAMES, member="square")


@lru_cache(maxsize=8192)
def _questions(listed: tuple[str, ...]) -> tuple[Subproblem, ...]:
    legal = frozenset(listed)
    moves = SetOf(listed, member="action", others=tuple(name for name in _SINGLE if name not in legal))
    return (
        Subproblem("new_kings", "Which of your legal actions make a king of a man?", moves),
        Subproblem(
            "worthless_dies",
            "Which of your legal actions, not captures, can lose the moved piece for nothing: your opponent then has a "
            "complete capture that takes it and leaves you no capture at all?",
            moves,
        ),
        Subproblem(
            "two_for_one",
            "Which of your legal actions, not captures, are two-for-one shots: your opponent must then capture, each "
            "capture it has takes exactly one piece, and after each you have a capture that takes two or more?",
            moves,
        ),
        Subproblem(
            "opp_captures_after",
            "After your chosen action, on which squares do pieces of yours stand that your opponent could capture in "
            "its next turn? None if it is still your turn.",
            _SQUARES,
            about="action",
        ),
    )


def _told(rules: Rules) -> str:
    first, second = rules.letters[0], rules.letters[1]
    if rules.whole:
        capture = (
            "A whole capture is one action, written as all squares visited with x between, such as 12x19x28. "
            "A capture that was begun must be completed; among several captures you may choose. "
        )
    else:
        capture = (
            "Each jump is a turn of its own, written as from and to with x between, such as 12x19. If the piece can "
            "jump on, it must, in your next turn, unless this jump made a king of it. "
            "Among several jumps you may choose. "
        )
    repeated = "; so is one in which a position comes up for the third time" if rules.repeats else ""
    return (
        "Checkers (English draughts) on the 32 dark squares of a board of 8 rows and 8 columns. "
        "Squares are numbered 1 to 32 from left to right, row by row from the top: 1 to 4 are the 2nd, 4th, 6th and "
        "8th cell of the top row, 5 to 8 the 1st, 3rd, 5th and 7th of the next, and so on by turns. "
        f"A man is {first} or {second}, a king {first.upper()} or {second.upper()}, . an empty cell. "
        f"{first} starts on squares 1 to 12, moves first and downwards; {second} starts on 21 to 32 and moves upwards. "
        "A man moves one square diagonally forward to an empty square, a king one square diagonally in any direction. "
        "A piece captures by jumping over an adjacent piece of the opponent to the empty square right behind it, men "
        "forward only, kings in any direction, and goes on jumping from there while it can; jumped pieces are removed "
        "and none is jumped twice. Captures are compulsory. A man that reaches the far row becomes a king and stops "
        "there. "
        f"A move without capture is written from-to, such as 9-13. {capture}"
        "Who has no legal move loses. "
        f"The game is drawn after {rules.clock.limit} half-moves in succession without {rules.progress}{repeated}. "
        "Squares in answers are their numbers."
    )
