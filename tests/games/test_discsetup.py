import pytest

from kibitz.games.board.othello import Othello
from kibitz.games.game import PositionError

NONE = "........"
START = [NONE, NONE, NONE, "...WB...", "...BW...", NONE, NONE, NONE]
AFTER_D3 = [NONE, NONE, "...B....", "...BB...", "...BW...", NONE, NONE, NONE]
PASSED = ["B.W.....", ".W......", "WWBB....", "...BB...", "...BBB..", NONE, NONE, NONE]
"""White has moved last, Black has no move, and White is to move again."""

ALL_BLACK = [NONE, NONE, "...BB...", "...BB...", "...BB...", NONE, NONE, NONE]


def refusal(position, **options):
    with pytest.raises(PositionError) as error:
        Othello(**options).at(position)
    return str(error.value)


@pytest.mark.parametrize(
    ("board", "to_move", "reason"),
    [
        ([*START[:3], "....B...", *START[4:]], "W", "d4 is empty: games start with discs on d4, e4, d5 and e5"),
        (["B.......", *AFTER_D3[1:]], "B", "the disc on a1 is not connected to the centre"),
        ([row[::-1] for row in START], "B", "four discs are the start of a game, with Black on e4 and d5"),
        ([*START[:3], "...BB...", "...WW...", *START[5:]], "B", "four discs are the start of a game"),
        (START, "W", "to_move is W, but with 4 discs it is Black's turn: nobody can have passed yet"),
        (AFTER_D3, "B", "to_move is B, but with 5 discs it is White's turn: nobody can have passed yet"),
        (START, None, "to_move is null but the game is not over: Black and White can move"),
        (PASSED, None, "to_move is null but the game is not over: White can move"),
        (PASSED, "B", "to_move is B, but Black has no move and passes: White is to move"),
        (ALL_BLACK, "W", "to_move is W, but neither side can move: the game is over, and to_move is null"),
        ([NONE, NONE, "...WB...", *START[3:5], NONE, NONE, NONE], "B", "White moved last, but no disc of that colour"),
        ([NONE, NONE, "..B.....", *START[3:5], NONE, NONE, NONE], "W", "Black moved last, but no disc of that colour"),
        (START[:7], "B", "expected a list of 8 strings"),
        ([*START[:7], "......."], "B", "board row 7: '.......' has 7 cells, not 8"),
        ([*START[:7], "_......."], "B", "'_' is not one of . B W"),
        (START, "X", 'to_move: \'X\' is not "B", "W" or null'),
    ],
)
def test_impossible_positions_are_refused_with_the_reason(board, to_move, reason):
    assert reason in refusal({"board": board, "to_move": to_move})


def test_the_start_of_other_rules_is_refused():
    mirrored = {"board": [row[::-1] for row in START], "to_move": "B"}
    Othello(rules="gamebot").at(mirrored)
    assert "with Black on d4 and e5" in refusal({"board": START, "to_move": "B"}, rules="gamebot")


@pytest.mark.parametrize(
    ("board", "to_move", "passed", "reason"),
    [
        (PASSED, "W", "W", "passed: 'W' is not B, the side that is not to move"),
        (PASSED, "W", True, "passed: 'True' is not B"),
        (PASSED, "W", None, "passed: 'None' is not B"),
        (AFTER_D3, "W", "B", "passed is B, but Black has a move: f5"),
        (ALL_BLACK, None, "W", "passed is said of a game that is over"),
    ],
)
def test_a_pass_that_cannot_have_been_is_refused(board, to_move, passed, reason):
    assert reason in refusal({"board": board, "to_move": to_move, "passed": passed})


def test_after_a_pass_the_side_to_move_has_moved_last():
    # White has no move here, and only White has discs outside the centre that end a line of three.
    board = [NONE, "..W..W..", "..WWWW..", "..WBWW..", "..WWWWW.", "....WWW.", NONE, NONE]
    position = {"board": board, "to_move": "B"}
    Othello().at(position)
    assert "Black moved last, but no disc of that colour" in refusal({**position, "passed": "W"})


@pytest.mark.parametrize("position", [None, [], "B", {"board": START}, {"board": START, "to_move": "B", "seat": 0}])
def test_other_shapes_are_no_position(position):
    assert "a position is" in refusal(position)


def test_finished_games_are_positions():
    game = Othello()
    game.at({"board": ALL_BLACK, "to_move": None})
    assert game.outcome().reward == (1.0, -1.0)
    assert game.subproblems(0) == game.subproblems(1) == ()
