"""The ladder climbs: who misreads a cell now and then and looks one jump ahead is right less and less often."""

from random import Random

import pytest

from kibitz.games.board.checkers import Checkers
from kibitz.games.board.draughts import (
    CELLS,
    after,
    hops,
    jumpers,
    legal,
    numbers,
    path,
    seen_by,
    turned,
)
from kibitz.games.board.shots import crownings, most_taken
from kibitz.games.ladder import RUNGS
from kibitz.games.positions import items

MISREAD = 0.02
"""The chance that a cell is read as something else."""


def misread(rows, rng):
    """The board as the solver sees it: both sides' pieces and the kings, as bits."""
    sets = dict.fromkeys("bwBW", 0)
    for (row, column), bit in CELLS.items():
        cell = rows[row][column]
        if rng.random() < MISREAD:
            cell = rng.choice([other for other in ".bwBW" if other != cell])
        if cell != ".":
            sets[cell] |= bit
    return sets["b"] | sets["B"], sets["w"] | sets["W"], sets["B"] | sets["W"]


def single(board, side):
    """The captures of the side to move, no further than their first jump."""
    return hops(board, side, jumpers(board, side))


def shallow(board, side, given):
    """The answers of one who sees the first jump of each reply, and of all replies to a shot the first."""
    moves = legal(board, side)
    worthless, shots = set(), set()
    for move in moves:
        left = turned(after(board, side, move))
        replies = single(left, 1 - side)
        for reply in replies:
            answers = single(turned(after(left, 1 - side, reply)), side)
            regained = any(path(answer)[2] & path(reply)[1] for answer in answers)
            if "-" in move and path(reply)[2] & path(move)[1] and not regained:
                worthless.add(move)
        if "-" in move and replies and most_taken(turned(after(left, 1 - side, replies[0])), side) > 1:
            shots.add(move)
    danger = 0
    for reply in single(turned(after(board, side, given)), 1 - side):
        danger |= path(reply)[2]
    return {
        "new_kings": crownings(board, side, moves),
        "worthless_dies": frozenset(worthless),
        "two_for_one": frozenset(shots),
        "opp_captures_after": numbers(danger),
    }


def accuracy(rung):
    game, right, asked = Checkers(), 0, 0
    for number, item in enumerate(items(game, rung)):
        game.at(item.position)
        board = seen_by(item.seat, misread(item.position["board"], Random(f"misread/{number}")))
        answers = shallow(board, item.seat, item.given)
        for question in game.subproblems(item.seat):
            truth = game.truth(item.seat, question.id, item.given if question.about == "action" else None)
            right += question.kind.grade(answers[question.id], truth).verdict == "right"
            asked += 1
    return right / asked


@pytest.fixture(scope="module")
def climbed():
    return [accuracy(rung) for rung in RUNGS]


def test_accuracy_falls_from_rung_to_rung(climbed):
    easy, medium, hard = climbed
    assert easy > medium + 0.02
    assert medium > hard + 0.02
    assert easy > hard + 0.1


def test_the_easy_rung_is_mostly_solved_and_the_hard_one_not(climbed):
    assert climbed[0] > 0.85
    assert climbed[2] < 0.8
