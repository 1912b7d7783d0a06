"""The rungs of TicTacToe and Connect4 get harder for a player that reads carelessly and looks one ply ahead."""

from random import Random

import pytest

from kibitz.games import registry
from kibitz.games.ladder import RUNGS
from kibitz.games.positions import items

MISREADS = {"tictactoe": 0.05, "connect4": 0.03}
"""Chance that a cell is misread: about half a cell a board, and one and a quarter."""
READINGS = 3
"""How often each position is read."""
QUESTIONS = ("wins", "opp_wins", "forces", "opp_wins_after")


def misread(rows, chance, rng):
    return [
        "".join(rng.choice("_XO".replace(cell, "")) if rng.random() < chance else cell for cell in row) for row in rows
    ]


def winning_cells(rows, mark, in_line, falls):
    """The (row, column) of cells, top left (0, 0), on which one more mark makes a line, counted cell by cell."""
    height, width, found = len(rows), len(rows[0]), set()
    for y in range(height):
        for x in range(width):
            below = rows[y + 1][x] if y + 1 < height else "bottom"
            if rows[y][x] == "_" and not (falls and below == "_") and makes_line(rows, y, x, mark, in_line):
                found.add((y, x))
    return found


def makes_line(rows, y, x, mark, in_line):
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        run = 1
        for sign in (1, -1):
            i, j = y + sign * dy, x + sign * dx
            while 0 <= i < len(rows) and 0 <= j < len(rows[0]) and rows[i][j] == mark:
                run, i, j = run + 1, i + sign * dy, j + sign * dx
        if run >= in_line:
            return True
    return False


def careless(name, text, rng):
    """Answers of one who sees what either side could win with now, and nothing beyond: no forced win, no change."""
    first, *rows = text.splitlines()
    mark = first[len("You are ")]
    rows = misread(rows, MISREADS[name], rng)
    if name == "tictactoe":
        wins, threats = ({f"{y},{x}" for y, x in winning_cells(rows, m, 3, False)} for m in (mark, "XO"[mark == "X"]))
    else:
        wins, threats = (
            {f"{x + 1},{6 - y}" for y, x in winning_cells(rows, m, 4, True)} for m in (mark, "XO"[mark == "X"])
        )
    return {"wins": wins, "opp_wins": threats, "forces": set(), "opp_wins_after": threats}


def accuracy(name, rung):
    """Share of right answers of the careless one, over all questions."""
    game, right, asked = registry.make(name), 0, 0
    for number, item in enumerate(items(game, rung)):
        game.at(item.position)
        text = game.observe(item.seat).text
        questions = game.subproblems(item.seat)
        assert tuple(question.id for question in questions) == QUESTIONS
        truths = [game.truth(item.seat, q.id, item.given if q.about == "action" else None) for q in questions]
        for reading in range(READINGS):
            answers = careless(name, text, Random(f"careless/{number}/{reading}"))
            for question, truth in zip(questions, truths, strict=True):
                grade = question.kind.grade(frozenset(answers[question.id]), truth)
                right, asked = right + (grade.verdict == "right"), asked + 1
    return right / asked


@pytest.mark.parametrize("name", ["tictactoe", "connect4"])
def test_a_careless_player_that_looks_one_ply_ahead_falls_from_rung_to_rung(name):
    easy, medium, hard = (accuracy(name, rung) for rung in RUNGS)
    assert easy - hard >= 0.10
    assert easy - medium >= 0.03
    assert medium - hard >= 0.03
    assert hard > 0.5


def test_what_one_ply_does_not_show_is_measured():
    game = registry.make("tictactoe")
    game.at({"board": ["X__", "_O_", "__X"], "to_move": "O"})
    assert game.measures(1) == {"marks": 3, "members": 0, "unseen": 0}
    game.at({"board": ["XO_", "_X_", "___"], "to_move": "O"})
    # X threatens 2,2: one of six actions blocks it.
    assert game.measures(1) == {"marks": 3, "members": 1, "unseen": pytest.approx(1 / 6)}
    game.at({"board": ["X__", "_O_", "O_X"], "to_move": "X"})
    # The only answer to 0,2 forces too: two lines at once. It is one of five, and changes what O threatens.
    assert game.measures(0) == {"marks": 4, "members": 2, "unseen": pytest.approx(1 + 1 / 5)}


def test_the_measures_of_connect4():
    game = registry.make("connect4")
    game.at({"board": [*["_______"] * 4, "_X_____", "XX_OO__"], "to_move": "O"})
    assert game.measures(1) == {"discs": 5, "members": 1, "unseen": 1.0}
    game.at({"board": [*["_______"] * 3, "X______", "X_O____", "X_O____"], "to_move": "O"})
    assert game.measures(1) == {"discs": 5, "members": 1, "unseen": pytest.approx(1 / 7)}
