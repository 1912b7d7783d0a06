"""The moves of draughts: counted, compared with OpenSpiel, and the cases that are easily got wrong."""

from random import Random

import pytest

from kibitz.games.board.checkers import Checkers
from kibitz.games.board.draughts import BIT, CELLS, HOME, JUMPS, NAME, STEPS, after, legal, path, turned

START = (HOME[0], HOME[1], 0)


def perft(board, side, depth):
    """How many sequences of ``depth`` plies there are; the last ply is counted, not made."""
    moves = legal(board, side)
    if depth == 1:
        return len(moves)
    return sum(perft(turned(after(board, side, move)), 1 - side, depth - 1) for move in moves)


@pytest.mark.parametrize(
    ("depth", "count"),
    [(1, 7), (2, 49), (3, 302), (4, 1469), (5, 7361), (6, 36768), (7, 179740), (8, 845931)],
)
def test_perft(depth, count):
    assert perft(START, 0, depth) == count


def test_squares_are_numbered_row_by_row():
    assert [NAME[CELLS[cell]] for cell in ((0, 1), (0, 7), (1, 0), (1, 6), (2, 1), (6, 7), (7, 0), (7, 6))] == [
        *("1", "4", "5", "8", "9", "28", "29", "32")
    ]


def test_every_step_and_jump_has_a_name():
    assert len(set(STEPS)) == len(STEPS) == 98
    assert len(set(JUMPS)) == len(JUMPS) == 72
    assert {"1-5", "5-1", "28-32", "12-16"} <= set(STEPS)
    assert {"1x10", "9x2", "12x19"} <= set(JUMPS)


def test_a_name_tells_where_it_leads_and_what_it_takes():
    assert path("12x19x28") == (BIT["12"], BIT["28"], BIT["16"] | BIT["24"])
    assert path("9-13") == (BIT["9"], BIT["13"], 0)


def moves(placed, *args, **more):
    game = Checkers()
    game.at(placed(*args, **more))
    (seat,) = game.movers()
    return game.observe(seat).actions.listed


@pytest.mark.parametrize(
    ("black", "white", "to_move", "listed"),
    [
        ("1", "32", "b", ("1-5", "1-6")),
        ("1", "32", "w", ("32-27", "32-28")),
        ("K14", "32", "b", ("14-9", "14-10", "14-17", "14-18")),
        # Captures are compulsory, and the longer one is not.
        ("10 3", "15 8 16", "b", ("3x12x19", "10x19")),
        # Men capture forward only, kings backward, too.
        ("18", "14 32", "b", ("18-22", "18-23")),
        ("K18", "14 32", "b", ("18x9",)),
        # A piece that has come to the far row stops there, though a king could go on.
        ("22", "26 27", "b", ("22x31",)),
        ("K22", "26 27", "b", ("22x31x24",)),
        # Two ways of one piece, told apart by the squares on the way.
        ("2", "6 7 14 15", "b", ("2x9x18", "2x11x18")),
        # A begun capture is completed, though it could stop before.
        ("1", "6 14 15", "b", ("1x10x17", "1x10x19")),
        # A king goes round and ends where it began; nothing is jumped twice.
        ("K18", "14 6 7 15", "b", ("18x9x2x11x18", "18x11x2x9x18")),
        ("K18", "14 6 7 15 22", "b", ("18x9x2x11x18x25", "18x11x2x9x18x25", "18x25")),
        # Nothing is jumped where there is no room behind, or over the edge.
        ("10", "15 19 16", "b", ("10-14",)),
        ("12", "16 17", "b", ("12x19",)),
    ],
)
def test_legal_moves(placed, black, white, to_move, listed):
    assert moves(placed, black, white, to_move) == listed


def test_a_round_trip_takes_all_and_leaves_the_king_where_it_was(placed):
    game = Checkers()
    game.at(placed("K18", "14 6 7 15 32"))
    game.step({0: "18x9x2x11x18"})
    assert game.position() == placed("K18", "32", "w")


def test_a_man_that_jumps_to_the_far_row_is_crowned(placed):
    game = Checkers()
    game.at(placed("22", "26 12"))
    game.step({0: "22x31"})
    assert game.position() == placed("K31", "12", "w")


def composed(state, square):
    """The legal moves of an OpenSpiel state, which jumps once an action, as names of whole moves."""
    seat, names = state.current_player(), []

    def follow(state, name, last):
        for action in state.legal_actions():
            text = state.action_to_string(action)
            start, end = square(text[:2]), square(text[2:])
            if last not in (None, start):
                continue
            jump = abs(int(text[1]) - int(text[3])) == 2
            grown = f"{name or start}{'x' if jump else '-'}{end}"
            child = state.child(action)
            goes_on = jump and not child.is_terminal() and child.current_player() == seat
            follow(child, grown, end) if goes_on else names.append((grown, child))

    follow(state, "", None)
    return dict(names)


def test_legal_moves_and_boards_agree_with_openspiel():
    pyspiel = pytest.importorskip("pyspiel")
    theirs = pyspiel.load_game("checkers")
    letters = str.maketrans("o8+*", "bBwW")

    def square(text):
        # Their first player starts at the bottom: their board is ours turned by half.
        return NAME[CELLS[int(text[1]) - 1, 7 - "abcdefgh".index(text[0])]]

    seen = kings = long = 0
    for seed in range(60):
        rng, game, state = Random(f"spiel/{seed}"), Checkers(), theirs.new_initial_state()
        game.reset(0)
        while game.movers() and not state.is_terminal():
            (seat,) = game.movers()
            board = [row[1:][::-1].translate(letters) for row in str(state).split("\n")[7::-1]]
            assert (board, seat) == (game.position()["board"], state.current_player())
            found = composed(state, square)
            listed = game.observe(seat).actions.listed
            assert set(found) == set(listed)
            seen, kings = seen + 1, kings + any("B" in row or "W" in row for row in board)
            long += any(name.count("x") > 1 for name in listed)
            action = rng.choice(listed)
            game.step({seat: action})
            state = found[action]
        if state.is_terminal() and not game.movers():
            assert list(game.outcome().reward) == state.returns()
    assert seen > 3000
    assert kings > 1500
    assert long > 50
