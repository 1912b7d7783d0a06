"""Surround: two trails grow on a walled field; who runs into something loses. On bitboards, see ``regions``."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import ClassVar

from kibitz.games.actions import Actions, shown
from kibitz.games.arcade.duel import Duel
from kibitz.games.arcade.pictures import draw_field
from kibitz.games.arcade.regions import (
    BIT,
    COLUMNS,
    DOWN,
    FIELD,
    LEFT,
    NEXT,
    RIGHT,
    ROWS,
    UP,
    cell_of,
    distance,
    filled,
    place_of,
    steps_to_fill,
    steps_to_meet,
    way,
)
from kibitz.games.arcade.territory import best_step
from kibitz.games.game import Json, PositionError
from kibitz.games.kinds import Boolean, Integer, SetOf
from kibitz.games.ladder import Rung
from kibitz.games.options import Option
from kibitz.games.subproblem import Answer, Subproblem
from kibitz.games.zerosum import DRAWN

NAMES = ("up", "right", "left", "down")
STEP = dict(zip(NAMES, (UP, RIGHT, LEFT, DOWN), strict=True))
SIDES = "AB"
STARTS = (cell_of(10, 30), cell_of(10, 10))
SAFE = 10
"""A region of so many cells is safe to enter."""
MOST = 50
"""Where so many cells can be reached, they are no longer counted."""

_LETTERS = {name[0]: name for name in NAMES}
_EDGE, _ROW = "#" * COLUMNS, f"#{'.' * (COLUMNS - 2)}#"
_FIELD = "\n".join([_EDGE, *[_ROW] * (ROWS - 2), _EDGE]).encode()
_FREE = FIELD & ~(BIT[STARTS[0]] | BIT[STARTS[1]])
_TRAILS, _HEADS, _CRASH = b"ab", b"AB", ord("X")

_STRAIGHT, _DRAWN = (0.0, 0.5, 0.8, 0.9), (0.0, 0.2, 0.4)
"""How straight players stroll who look for positions of a ladder, and how much they are drawn to each other."""
_BACK = 12
"""How many steps they go back at most when stuck."""

_ALL = frozenset(NAMES)
_DIRECTIONS = SetOf(NAMES, member="direction", each=True)
_QUESTIONS = (
    Subproblem("open", "In which directions is the cell next to your head empty?", _DIRECTIONS),
    Subproblem(
        "safe",
        "Which of these directions lead into a region of 10 or more empty cells? A region is all empty cells that are "
        "connected by steps up, right, left and down, the cell next to your head included.",
        _DIRECTIONS,
    ),
    Subproblem(
        "longest_way",
        "Count the empty cells straight ahead of your head, up to the first cell that is not empty, in each direction: "
        "how many are there in the direction that has most? 0 if no direction is open.",
        Integer(0, COLUMNS - 3),
    ),
    Subproblem(
        "joined",
        "Is there any empty cell that both you and your opponent could still reach by moving through empty cells?",
        Boolean(),
    ),
    Subproblem(
        "room",
        "After your chosen action, how many empty cells could you still reach if your opponent stood still? The cell "
        f"that you enter does not count. 0 if your action is a crash; {MOST} stands for {MOST} or more.",
        Integer(0, MOST),
        about="action",
    ),
)


class Surround(Duel):
    """Surround, with an optional random opening."""

    id: ClassVar = "surround"
    version: ClassVar = "1"
    title: ClassVar = "Surround"
    actions: ClassVar = Actions(NAMES)
    asked: ClassVar = _QUESTIONS
    declared: ClassVar = (
        Option(
            "opening_steps",
            0,
            "random steps of both players without a crash before the first turn, drawn from the seed; "
            "0: the seed changes nothing",
            low=0,
            high=30,
        ),
    )
    ladder: ClassVar = (
        Rung("easy", (4, 200), {"depth": (0, 6)}),
        Rung("medium", (4, 200), {"depth": (7, 12)}),
        Rung("hard", (4, 200), {"depth": (13, 999)}),
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._begin()

    def _begin(self) -> None:
        self._heads = STARTS
        self._free = _FREE
        self._moves: tuple[list[str], list[str]] = ([], [])
        self._ended: int | None = None
        self._cells = bytearray(_FIELD)
        self._cells[STARTS[0]], self._cells[STARTS[1]] = _HEADS

    # -- playing ---------------------------------------------------------------------------------------------------

    def rules(self, seat: int) -> str:
        """The rules, the same for both seats: what is equal in all prompts is paid for once."""
        return (
            f"Surround on a field of {ROWS} rows (0 at the top to {ROWS - 1}) and {COLUMNS} columns (0 at the left to "
            f"{COLUMNS - 1}); the border is a wall. Two players, A and B, move at the same time, one cell a step, and "
            "leave a trail that stays. Who moves into a wall, a trail or the cell of a head crashes and loses. If both "
            "crash in the same step, or both enter the same cell, it is a draw. An action is up, right, left or down. "
            "All four can be played at any time, but to turn back is to run into your own trail. In the drawing # is "
            "a wall, . an empty cell, A and B are the heads, a and b their trails."
        )

    def reset(self, seed: int, task: str | None = None) -> None:
        """Start an episode; ``seed`` draws the opening, and again until both players can still move."""
        self._begin()
        if steps := int(self.options["opening_steps"]):
            rng = Random(f"kibitz/{self.id}/opening/{seed}")
            while not (self._stroll(rng, steps, 0.5, 0.0) and all(NEXT[head] & self._free for head in self._heads)):
                self._begin()

    def _play(self, first: str, second: str) -> None:
        old0, old1 = self._heads
        new0, new1 = old0 + STEP[first], old1 + STEP[second]
        free, cells = self._free, self._cells
        self._heads = (new0, new1)
        self._moves[0].append(first)
        self._moves[1].append(second)
        cells[old0], cells[old1] = _TRAILS
        cells[new0], cells[new1] = _HEADS
        lost0, lost1 = not free & BIT[new0], not free & BIT[new1]
        self._free = free & ~(BIT[new0] | BIT[new1])
        if lost0 or lost1 or new0 == new1:
            self._crash(lost0 or new0 == new1, lost1 or new0 == new1)

    def _crash(self, first: bool, second: bool) -> None:
        self._ended = DRAWN if first and second else 1 if first else 0
        for head, lost in zip(self._heads, (first, second), strict=True):
            if lost:
                self._cells[head] = _CRASH

    def _text(self, seat: int) -> str:
        row, column = place_of(self._heads[seat])
        other_row, other_column = place_of(self._heads[1 - seat])
        moves = self._moves[seat]
        return (
            f"You are {SIDES[seat]}, at row {row}, column {column}. "
            f"Your opponent {SIDES[1 - seat]} is at row {other_row}, column {other_column}.\n"
            f"Steps so far: {len(moves)}. Your last moves: {', '.join(moves[-4:]) or 'none'}.\n{self._cells.decode()}"
        )

    def _reason(self) -> str:
        heads, crashed = self._heads, self._cells.count(_CRASH)
        if heads[0] == heads[1]:
            return "both entered the same cell"
        return "both crashed" if crashed == 2 else f"{SIDES[1 - (self._ended or 0)]} crashed"

    # -- questions -------------------------------------------------------------------------------------------------

    def _answer(self, seat: int, id: str, action: str) -> Answer:  # noqa: A002
        head, free = self._heads[seat], self._free
        if id == "open":
            return frozenset(name for name in NAMES if free & BIT[head + STEP[name]])
        if id == "safe":
            return frozenset(name for name in NAMES if self._region(head + STEP[name]).bit_count() >= SAFE)
        if id == "longest_way":
            return max(way(head, step, free) for step in STEP.values())
        if id == "joined":
            return bool(filled(NEXT[head] & free, free) & NEXT[self._heads[1 - seat]])
        if id == "room":
            return min(max(self._region(head + STEP[action]).bit_count() - 1, 0), MOST)
        raise KeyError(id)

    def _region(self, cell: int) -> int:
        """The empty cells that can be reached from an empty cell, itself included; nothing from any other cell."""
        return filled(BIT[cell] & self._free, self._free)

    def implied(self, seat: int, answers: Mapping[str, Answer]) -> frozenset[str] | None:
        """Who names safe directions commits to one of them; who names none but open ones, to one of those."""
        safe, wide = answers.get("safe"), answers.get("open")
        if not isinstance(safe, frozenset):
            return None
        chosen = safe or (wide if isinstance(wide, frozenset) else safe)
        return chosen & _ALL or None

    # -- ladder ----------------------------------------------------------------------------------------------------

    def wander(self, rng: Random, plies: int) -> None:
        """Both stroll without a crash, in ways drawn for the episode; who gets stuck goes some steps back."""
        if not self._stroll(rng, plies, rng.choice(_STRAIGHT), rng.choice(_DRAWN)):
            moves = self.position()["moves"]
            kept = max(0, len(moves[0]) - rng.randint(0, _BACK))
            self.at({"moves": [row[:kept] for row in moves]})

    def _stroll(self, rng: Random, steps: int, straight: float, drawn: float) -> bool:
        """Play random steps without a crash; False where somebody is stuck before the last one.

        Args:
            rng: Draws the steps.
            steps: How many.
            straight: How likely it is to go on as before where that is open; else any open direction is as likely.
            drawn: How likely it is to step towards the other head instead.
        """
        chosen = ["", ""]
        for _ in range(steps):
            free = self._free
            for seat, head in enumerate(self._heads):
                ways = [name for name, step in STEP.items() if free & BIT[head + step]]
                if not ways:
                    return False
                if rng.random() < drawn:
                    gaps = [distance(head + STEP[name], self._heads[1 - seat]) for name in ways]
                    chosen[seat] = ways[gaps.index(min(gaps))]
                elif chosen[seat] not in ways or rng.random() >= straight:
                    chosen[seat] = rng.choice(ways)
                free &= ~BIT[head + STEP[chosen[seat]]]
            self._play(*chosen)
        return True

    def measures(self, seat: int) -> Mapping[str, float]:
        """``depth``: how many steps a flood fill must go from the heads until all questions about regions are settled.

        A region is settled when ``MOST`` cells of it have been found, or all; whether the heads are joined, when the
        fills from both meet, or one of them cannot go on.
        """
        heads, free = self._heads, self._free
        rooms = (steps_to_fill(BIT[heads[seat] + step] & free, free, MOST) for step in STEP.values())
        return {"depth": max(*rooms, steps_to_meet(NEXT[heads[0]] & free, NEXT[heads[1]] & free, free))}

    # -- positions -------------------------------------------------------------------------------------------------

    def position(self) -> Json:
        """``{"moves": ["urd", "lld"]}``: the moves of seat 0 and of seat 1 from the start, by their first letters."""
        return {"moves": ["".join(name[0] for name in moves) for moves in self._moves]}

    def at(self, position: Json) -> None:
        """Set the state: play the moves. Finished games are positions too."""
        other = _played(position)
        self.restore(other.snapshot())

    def draw(self, position: Json, seat: int | None = None) -> str:
        """The field with both trails; a crash is crossed."""
        other = _played(position)
        return draw_field(other._cells.decode().split("\n"))

    # -- abilities -------------------------------------------------------------------------------------------------

    def snapshot(self) -> object:
        """Heads, empty cells, moves, the result and the drawing."""
        return (self._heads, self._free, tuple(map(tuple, self._moves)), self._ended, bytes(self._cells))

    def restore(self, token: object) -> None:
        """Bring the state back."""
        assert isinstance(token, tuple)
        self._heads, self._free, (first, second), self._ended, cells = token
        self._moves = (list(first), list(second))
        self._cells = bytearray(cells)

    def heuristic(self, seat: int, rng: Random) -> str:
        """The step that leaves most of the field nearer to this head than to the other; equal ones by lot."""
        heads = self._heads
        return NAMES[rng.choice(best_step(heads[seat], heads[1 - seat], self._free))]


def _played(position: Json) -> Surround:
    """A game in the position.

    Raises:
        PositionError: The position is malformed, or its moves go on after the end.
    """
    moves = position.get("moves") if isinstance(position, dict) and len(position) == 1 else None
    if not isinstance(moves, list) or len(moves) != 2 or not all(isinstance(row, str) for row in moves):
        raise PositionError('a position is {"moves": ["uur", "ldd"]}, the moves of A and of B by their first letters')
    if len(moves[0]) != len(moves[1]):
        raise PositionError(f"A has {len(moves[0])} moves and B {len(moves[1])}: both move at the same time")
    game = Surround()
    for number, letters in enumerate(zip(*moves, strict=True), 1):
        if strange := [letter for letter in letters if letter not in _LETTERS]:
            raise PositionError(f"step {number}: {shown(strange[0])} is not one of {' '.join(_LETTERS)}")
        if game._ended is not None:
            raise PositionError(f"step {number}: the game was over after step {number - 1} ({game._reason()})")
        game._play(*(_LETTERS[letter] for letter in letters))
    return game
