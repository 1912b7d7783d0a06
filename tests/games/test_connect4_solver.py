"""The solver against a search that knows nothing but the rules, and against itself seen from other sides."""

from random import Random

import pytest

from kibitz.games.board import connect4_solver
from kibitz.games.board.bitboard import BOARD, bits, completions, has_four
from kibitz.games.board.connect4 import Connect4
from kibitz.games.board.connect4_solver import SOLVED_FROM, Solver
from kibitz.games.game import Values
from kibitz.games.subproblem import Unknown

LINES = [
    [(x + k * dx, y + k * dy) for k in range(4)]
    for x in range(7)
    for y in range(6)
    for dx, dy in ((1, 0), (0, 1), (1, 1), (1, -1))
    if x + 3 * dx < 7 and 0 <= y + 3 * dy < 6
]
THROUGH = {(x, y): [line for line in LINES if (x, y) in line] for x in range(7) for y in range(6)}


def plain_values(columns, mark):
    """The result of each action by plain minimax over lists of cells, without bits, bounds or rules of thumb."""
    values, known = {}, {}
    for x, column in enumerate(columns):
        if len(column) < 6:
            column.append(mark)
            values[x] = 1 if wins(columns, x) else -plain_value(columns, "XO"[mark == "X"], known)
            column.pop()
    return values


def plain_value(columns, mark, known=None):
    known = {} if known is None else known
    key = "|".join(map("".join, columns))
    if key not in known:
        best = None
        for x, column in enumerate(columns):
            if len(column) < 6 and best != 1:
                column.append(mark)
                value = 1 if wins(columns, x) else -plain_value(columns, "XO"[mark == "X"], known)
                column.pop()
                best = value if best is None else max(best, value)
        known[key] = 0 if best is None else best
    return known[key]


def wins(columns, x):
    """Whether the last disc of column ``x`` makes four."""
    mark, y = columns[x][-1], len(columns[x]) - 1
    return any(all(len(columns[i]) > j and columns[i][j] == mark for i, j in line) for line in THROUGH[x, y])


def walk(rng, discs, careful):
    """An undecided position after so many discs; with care, neither side lets the other win at once if it can."""
    game = Connect4()
    while True:
        game.reset(0)
        for _ in range(discs):
            for seat in game.movers():
                listed = game.observe(seat).actions.listed
                safe = [a for a in listed if not (careful and game.truth(seat, "opp_wins_after", a))]
                game.step({seat: rng.choice(safe or listed)})
        if game.movers() and not game.truth(game.movers()[0], "wins"):
            return game


def columns_of(game):
    return [[cell for cell in column if cell != "_"] for column in zip(*game.position()["board"][::-1], strict=True)]


def board_of(game):
    (seat,) = game.movers()
    return game._stones[seat], game._stones[1 - seat]


SHARED = Solver()


@pytest.mark.parametrize(("discs", "count"), [(30, 60), (31, 60), (33, 60), (36, 40), (39, 20)])
def test_values_are_those_of_plain_minimax(discs, count):
    seen = set()
    for number in range(count):
        game = walk(Random(f"plain/{discs}/{number}"), discs, careful=number % 4 != 0)
        expected = plain_values(columns_of(game), "XO"[game.movers()[0]])
        for solver in (Solver(), SHARED):
            assert solver.action_values(*board_of(game)) == expected
        seen.update(expected.values())
    assert seen == {-1, 0, 1}


@pytest.mark.parametrize("discs", [SOLVED_FROM, SOLVED_FROM + 1, 22, 23])
def test_a_position_is_worth_what_its_best_child_leaves(discs):
    solver = Solver()
    for number in range(10):
        own, other = board_of(walk(Random(f"child/{discs}/{number}"), discs, careful=True))
        values = Solver().action_values(own, other)
        assert solver.value(own, other) == max(values.values())
        for place, value in values.items():
            drop = (own | other) + (1 << 7 * place) & 0b111111 << 7 * place
            if value == 1 and has_four(own | drop):
                continue
            assert value == -max(solver.action_values(other, own | drop).values())


def mirrored(stones):
    return sum((stones >> 7 * place & 0b1111111) << 7 * (6 - place) for place in range(7))


def test_mirrored_positions_have_mirrored_values():
    for number in range(15):
        own, other = board_of(walk(Random(f"mirror/{number}"), SOLVED_FROM, careful=True))
        values = Solver().action_values(mirrored(own), mirrored(other))
        assert {6 - place: value for place, value in values.items()} == Solver().action_values(own, other)


def test_nothing_depends_on_what_was_searched_before_or_is_forgotten():
    boards = [board_of(walk(Random(f"order/{number}"), SOLVED_FROM + 4, careful=True)) for number in range(30)]
    alone = [Solver().action_values(*board) for board in boards]
    long, short = Solver(), Solver(capacity=50)
    assert [long.action_values(*board) for board in boards] == alone
    assert [long.action_values(*board) for board in boards[::-1]] == alone[::-1]
    assert [short.action_values(*board) for board in boards] == alone
    assert len(short._facts) <= 50 < len(long._facts)


def test_what_is_known_is_not_searched_again():
    solver, board = Solver(), board_of(walk(Random("again"), SOLVED_FROM, careful=True))
    first = solver.action_values(*board)
    searched = solver.nodes
    assert searched > 0
    assert solver.action_values(*board) == first
    assert solver.nodes == searched


def test_what_the_empty_cells_settle_is_what_play_shows():
    told = {(to_move, win, known): 0 for to_move in "XO" for win in (True, False) for known in (True, False)}
    for number in range(400):
        rng = Random(f"settled/{number}")
        game = walk(rng, rng.randint(32, 38), careful=True)
        own, other = board_of(game)
        for win in (True, False):
            known = connect4_solver._settled(own, other, completions(other, BOARD ^ (own | other)), win)
            if known is not None:
                mark = "XO"[game.movers()[0]]
                told[mark, win, known] += 1
                assert known == (plain_value(columns_of(game), mark) >= win), game.position()
    # Nobody is promised a win by the empty cells alone; all else comes up.
    assert {key for key, count in told.items() if count == 0} == {("X", True, True), ("O", True, True)}


def test_completions_are_the_cells_that_make_four():
    for number in range(300):
        rng = Random(f"completions/{number}")
        for stones in (boards := board_of(walk(rng, rng.randint(0, 36), careful=number % 2 == 0))):
            cells = BOARD ^ boards[0] ^ boards[1]
            assert completions(stones, cells) == sum(bit for bit in bits(cells) if has_four(stones | bit))


def test_the_game_knows_its_values_from_twenty_discs_on():
    game = walk(Random("game"), SOLVED_FROM - 1, careful=True)
    assert game.action_values(game.movers()[0]) == Unknown("unsolved")
    (seat,) = game.movers()
    game.step({seat: game.observe(seat).actions.listed[0]})
    (seat,) = game.movers()
    values = game.action_values(seat)
    assert isinstance(values, Values)
    assert (values.method, set(values.by_action)) == ("exact", set(game.observe(seat).actions.listed))
    assert values.by_action == {str(p + 1): float(v) for p, v in Solver().action_values(*board_of(game)).items()}
    assert game.action_values(1 - seat) == Unknown("not to move")
