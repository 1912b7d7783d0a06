"""The search against one without pruning, and what the evaluation prefers."""

import pytest

from kibitz.games.board.checkers import DEPTH, Checkers
from kibitz.games.board.draughts import BIT, Clock, after, captures, legal, turned
from kibitz.games.board.foresight import LARGEST, estimate, search

STANDARD, SHORT = Clock(80, men=True), Clock(4, men=False)


def unpruned(board, side, depth, clock, quiet):
    """The same value by looking at every move."""
    moves = legal(board, side)
    if not moves:
        return -1.0
    if quiet >= clock.limit:
        return 0.0
    if depth <= 0 and not captures(board, side):
        return estimate(board, side)
    return max(
        -unpruned(turned(after(board, side, m)), 1 - side, depth - 1, clock, clock.after(board, m, quiet))
        for m in moves
    )


@pytest.mark.parametrize(("clock", "quiet"), [(STANDARD, 0), (STANDARD, 78), (SHORT, 0), (SHORT, 2)])
def test_pruning_changes_no_value(walk, clock, quiet):
    checked = 0
    for number, game in enumerate(walk(Checkers(), range(3))):
        if game.movers() and number % 6 == 0:
            board, side = game._state.board, game._turn
            assert search(board, side, 3, clock, quiet) == unpruned(board, side, 3, clock, quiet)
            checked += 1
    assert checked > 25


@pytest.mark.parametrize("rules", ["standard", "gamebot"])
def test_values_of_actions_are_those_of_playing_them(walk, rules):
    """Each action is played, and the best answer of the opponent found by search, or of mine where I go on."""
    for number, game in enumerate(walk(Checkers(rules=rules), range(4))):
        if not game.movers() or number % 9:
            continue
        (seat,) = game.movers()
        values = game.action_values(seat)
        assert values.method == f"depth {DEPTH}"
        for action, value in values.by_action.items():
            child = game.clone()
            child.step({seat: action})
            if child.outcome() is not None:
                assert value == child.outcome().reward[seat]
            elif child.movers() == (seat,):
                assert value == max(child.action_values(seat).by_action.values())
            else:
                state = child._state
                found = search(state.board, state.turn, DEPTH - 1, child._rules.clock, state.quiet)
                assert value == -found


def values(position, **options):
    game = Checkers(**options)
    game.at(position)
    (seat,) = game.movers()
    return game.action_values(seat).by_action


def test_a_shot_is_seen_and_a_blunder_too(placed):
    found = values(placed("2 6", "14 15 32"))
    assert max(found, key=found.__getitem__) == "6-10"
    # Each of 10-14 and 10-15 gives the man away; 10 is the last but one.
    found = values(placed("10 4", "17 18"))
    assert found["4-8"] > max(found["10-14"], found["10-15"])


def test_won_and_lost_are_exact(placed):
    # 14x23 takes the last man.
    assert values(placed("14", "18")) == {"14x23": 1.0}
    # Either step of White's last man is the end of it.
    assert values(placed("K14", "22", "w")) == {"22-17": -1.0, "22-18": -1.0}


def test_a_third_coming_of_a_position_is_worth_nothing(placed):
    again = ["1-5", "32-28", "5-1", "28-32"]
    game = Checkers()
    game.at(placed("K1 K10 K11", "K32"))
    for ply, move in enumerate([*again, *again[:3]]):
        game.step({ply % 2: move})
    found = game.action_values(1).by_action
    assert found["28-32"] == 0.0
    assert found["28-24"] < 0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (("1 2", "32"), ("1", "32")),
        (("K14", "32"), ("14", "32")),
        (("18", "32"), ("14", "32")),
        (("2 14", "21"), ("6 14", "21")),
        (("K15", "K32"), ("K4", "K32")),
        # Ahead by one, with fewer pieces on the board.
        (("1 2", "32"), ("1 2 3 4", "32 31 30")),
    ],
)
def test_the_evaluation_prefers(better, worse):
    assert estimate(board(*better), 0) > estimate(board(*worse), 0)


def board(own, other):
    squares = [piece.removeprefix("K") for piece in (*own.split(), *other.split())]
    kings = [piece[1:] for piece in (*own.split(), *other.split()) if piece.startswith("K")]
    first = len(own.split())
    return (
        sum(BIT[square] for square in squares[:first]),
        sum(BIT[square] for square in squares[first:]),
        sum(BIT[square] for square in kings),
    )


def test_the_evaluation_is_the_same_for_both_sides_but_for_the_move(walk):
    mirror = {str(number): str(33 - number) for number in range(1, 33)}
    names = dict(zip(BIT.values(), BIT, strict=True))

    def upside_down(pieces):
        return sum(BIT[mirror[names[bit]]] for bit in BIT.values() if pieces & bit)

    for game in walk(Checkers(), range(3)):
        if game.movers():
            own, other, kings = game._state.board
            seen = estimate((own, other, kings), game._turn)
            assert abs(seen) < LARGEST
            assert estimate(tuple(map(upside_down, (own, other, kings))), 1 - game._turn) == seen
            assert game.evaluate(0) == -game.evaluate(1)
