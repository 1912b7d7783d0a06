"""The rungs grade how far one must look along the lines of the board; positions are those of the suites."""

from random import Random

from kibitz.games.board.discs import CORNERS, PLACE, SIDE, names_of, near_moves, wedges
from kibitz.games.board.othello import Othello
from kibitz.games.ladder import RUNGS
from kibitz.games.positions import items

MISREAD = 0.02
"""The chance that a noisy solver takes a square for something else."""

LOOKS = 2
"""Over so many discs of a line it looks, and no further: as ``near_moves`` does."""


def misread(cells, rng):
    return [rng.choice(".BW".replace(cell, "")) if rng.random() < MISREAD else cell for cell in cells]


def near_flips(place, own, other):
    """The discs that a disc of ``own`` turns in runs of at most ``LOOKS``."""
    turned = 0
    for down, right in ((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if x or y):
        run = 0
        for away in range(1, LOOKS + 2):
            row, column = place // SIDE + away * down, place % SIDE + away * right
            bit = 1 << SIDE * row + column if 0 <= row < SIDE and 0 <= column < SIDE else 0
            if bit & own:
                turned |= run
            if not bit & other:
                break
            run |= bit
    return turned


def shallow(cells, mark, action):
    """The answers of a solver that follows no line far."""
    own = sum(1 << place for place, cell in enumerate(cells) if cell == mark)
    other = sum(1 << place for place, cell in enumerate(cells) if cell not in (".", mark))
    place = PLACE[action]
    legal, free = near_moves(own, other), ~(1 << place)
    turned = near_flips(place, own & free, other & free)
    return {
        "corner": bool(legal & CORNERS),
        "wedges": frozenset(names_of(wedges(legal, other))),
        "flips": frozenset(names_of(turned)),
        "opp_moves_after": near_moves(other & free ^ turned, own | turned | 1 << place).bit_count(),
    }


def accuracy(rung):
    game, right, rng = Othello(), [], Random(f"shallow/{rung}")
    for item in items(game, rung):
        game.at(item.position)
        said = shallow(misread("".join(item.position["board"]), rng), "BW"[item.seat], item.given)
        for question in game.subproblems(item.seat):
            truth = game.truth(item.seat, question.id, item.given)
            right.append(question.kind.grade(said[question.id], truth).verdict == "right")
    return sum(right) / len(right)


def test_a_shallow_noisy_solver_falls_from_rung_to_rung():
    easy, medium, hard = map(accuracy, RUNGS)
    assert easy > medium + 0.04
    assert medium > hard + 0.08
    assert easy - hard > 0.15


def test_measures_tell_how_far_one_must_look():
    # Black turns one disc on b2, c2 and d2, and three on e3. White's moves f5, d6 and f6 turn one or two.
    rows = ["........", "........", "BWWW....", "...BB...", "...BB...", *["........"] * 3]
    game = Othello()
    game.at({"board": rows, "to_move": "B"})
    assert game.measures(0) == {"turned": 1.5, "far": 1}


def test_the_moves_of_both_sides_count_as_far():
    # White's e1 turns three discs down its column, Black's h5 three along its row; all others turn a shorter run.
    rows = ["........", "....B...", "....B...", "...WB...", "...BWWW.", *["........"] * 3]
    game = Othello()
    game.at({"board": rows, "to_move": "B"})
    assert game.measures(0)["far"] == 2


def test_the_given_action_tells_of_no_corner():
    for rung in RUNGS:
        assert not {item.given for item in items(Othello(), rung)} & {"a1", "h1", "a8", "h8"}
