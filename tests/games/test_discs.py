from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.board.discs import (
    BOARD,
    CENTRE,
    CORNERS,
    EDGES,
    NAMES,
    PLACE,
    beside,
    ends_of_threes,
    flips,
    joined,
    mirrored,
    moves,
    names_of,
    near_moves,
    result,
    rows_of,
)

SETS = st.integers(0, BOARD)
BOARDS = st.tuples(SETS, SETS).map(lambda pair: (pair[0], pair[1] & ~pair[0]))


def squares(text):
    return sum(1 << PLACE[name] for name in text.split())


def test_squares_are_counted_row_by_row():
    assert (NAMES[0], NAMES[7], NAMES[8], NAMES[63]) == ("a1", "h1", "a2", "h8")
    assert names_of(CORNERS) == ("a1", "h1", "a8", "h8")
    assert names_of(CENTRE) == ("d4", "e4", "d5", "e5")
    assert names_of(EDGES)[:8] == ("b1", "c1", "d1", "e1", "f1", "g1", "a2", "h2")
    assert (EDGES.bit_count(), EDGES & CORNERS) == (24, 0)


@given(SETS)
def test_names_are_those_of_the_bits(some):
    assert names_of(some) == tuple(name for place, name in enumerate(NAMES) if some >> place & 1)


@given(SETS)
def test_half_a_turn_twice_is_none(some):
    assert mirrored(mirrored(some)) == some
    assert names_of(mirrored(squares("b1 c7"))) == ("f2", "g8")


@given(BOARDS)
def test_moves_are_the_empty_squares_that_turn_something_on_any_board(board):
    own, other = board
    turning = {place for place in range(64) if not (own | other) >> place & 1 and flips(place, own, other)}
    assert moves(own, other) == sum(1 << place for place in turning)


@given(BOARDS)
def test_what_is_turned_are_discs_of_the_other_side_and_half_a_turn_changes_nothing(board):
    own, other = board
    for place in range(64):
        if not (own | other) >> place & 1:
            turned = flips(place, own, other)
            assert turned & ~other == 0
            assert flips(63 - place, mirrored(own), mirrored(other)) == mirrored(turned)


def test_runs_do_not_go_round_the_edges():
    assert moves(squares("f1"), squares("g1 h1")) == 0
    assert moves(squares("c2"), squares("b2 a2")) == 0
    assert moves(squares("f3"), squares("g2 h1")) == 0
    assert moves(squares("g1"), squares("h2")) == 0
    assert flips(PLACE["a2"], squares("f1"), squares("g1 h1")) == 0


def test_near_moves_turn_a_run_of_at_most_two():
    assert names_of(near_moves(squares("a1"), squares("b1 c1"))) == ("d1",)
    assert near_moves(squares("a1"), squares("b1 c1 d1")) == 0
    assert names_of(near_moves(squares("a1 e2"), squares("b1 c1 d1 e3 e4"))) == ("e5",)
    assert names_of(near_moves(squares("h8"), squares("g7 f6 h7"))) == ("e5", "h6")


@given(BOARDS)
def test_near_moves_are_moves(board):
    assert near_moves(*board) & ~moves(*board) == 0


def test_neighbours_stay_on_the_board():
    assert names_of(beside(squares("a1"))) == ("a1", "b1", "a2", "b2")
    assert names_of(beside(squares("h4"))) == ("g3", "h3", "g4", "h4", "g5", "h5")


def test_what_is_joined_is_found_along_any_way():
    snake = squares("d4 c3 b2 a1 a2")
    assert joined(snake | squares("h8 g8"), CENTRE) == snake
    assert joined(squares("h4 a5"), squares("h4")) == squares("h4")


def test_ends_of_three_in_a_line():
    assert names_of(ends_of_threes(squares("a1 b1 c1"))) == ("a1", "c1")
    assert names_of(ends_of_threes(squares("f6 g7 h8"))) == ("f6", "h8")
    assert names_of(ends_of_threes(squares("c1 b2 a3"))) == ("c1", "a3")
    assert names_of(ends_of_threes(squares("e1 e2 e3 e4"))) == ("e1", "e2", "e3", "e4")
    for no_line in ("g1 h1 a2", "h1 a2 b2", "g1 h2 a4", "a1 b1 d1", "b1 a2 h2"):
        assert ends_of_threes(squares(no_line)) == 0


@given(BOARDS)
def test_a_disc_that_turns_others_ends_a_line_of_three(board):
    own, other = board
    legal = moves(own, other)
    if legal:
        place = PLACE[Random(own ^ other).choice(names_of(legal))]
        assert ends_of_threes(own | flips(place, own, other) | 1 << place) >> place & 1


@given(BOARDS)
def test_rows_show_each_disc(board):
    shown = " ".join(rows_of(*board)).split(" ")
    assert shown == ["B" if board[0] >> n & 1 else "W" if board[1] >> n & 1 else "." for n in range(64)]


def test_more_discs_win():
    assert [result(*pair) for pair in ((7, 1), (1, 7), (3, 12))] == [1, -1, 0]
