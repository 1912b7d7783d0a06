import pytest

from kibitz.games.board.connect4 import Connect4
from kibitz.games.game import PositionError

EMPTY = ["_______"] * 6


def play(moves, **options):
    """A game after the given columns, X first."""
    game = Connect4(**options)
    game.reset(0)
    for ply, column in enumerate(moves):
        game.step({ply % 2: column})
    return game


def grid(game):
    """The board as columns of cells, bottom first, read off the position."""
    return [list(column) for column in zip(*reversed(game.position()["board"]), strict=True)]


def four(columns, x, y):
    """Whether the disc on (x, y) stands in a run of four, counted cell by cell."""
    mark = columns[x][y]
    for dx, dy in ((1, 0), (0, 1), (1, 1), (1, -1)):
        run = 1
        for sign in (1, -1):
            i, j = x + sign * dx, y + sign * dy
            while 0 <= i < 7 and 0 <= j < 6 and columns[i][j] == mark:
                run, i, j = run + 1, i + sign * dx, j + sign * dy
        if run >= 4:
            return True
    return False


def winning_cells(columns, mark):
    """Played out: drop a disc into each open column and count."""
    cells = set()
    for x, column in enumerate(columns):
        if "_" in column:
            y = column.index("_")
            column[y] = mark
            if four(columns, x, y):
                cells.add(f"{x + 1},{y + 1}")
            column[y] = "_"
    return cells


def drop(columns, action, mark):
    after = [column.copy() for column in columns]
    column = after[int(action) - 1]
    column[column.index("_")] = mark
    return after


def forcing_columns(columns, mine, theirs):
    """Played out: no win at once, then for each reply, none of which wins, a win."""
    found, winning = set(), {cell[0] for cell in winning_cells(columns, mine)}
    for action in open_columns(columns) - winning:
        after = drop(columns, action, mine)
        replies = open_columns(after)
        wins_anyway = all(winning_cells(drop(after, reply, theirs), mine) for reply in replies)
        if replies and wins_anyway and not winning_cells(after, theirs):
            found.add(action)
    return found


def open_columns(columns):
    return {str(x + 1) for x, column in enumerate(columns) if "_" in column}


def test_truths_are_what_play_shows_on_thousands_of_positions(walk):
    checked = forced = 0
    for game in walk(Connect4(), range(150)):
        for seat in game.movers():
            checked += 1
            columns, mine, theirs = grid(game), "XO"[seat], "XO"[1 - seat]
            wins = winning_cells(columns, mine)
            assert game.truth(seat, "wins") == wins
            assert game.truth(seat, "opp_wins") == winning_cells(columns, theirs)
            forces = game.truth(seat, "forces")
            assert forces == forcing_columns(columns, mine, theirs)
            forced += bool(forces)
            winning_columns = {cell[0] for cell in wins}
            for action in game.observe(seat).actions.listed:
                ended = action in winning_columns
                expected = set() if ended else winning_cells(drop(columns, action, mine), theirs)
                assert game.truth(seat, "opp_wins_after", action) == expected
    assert checked > 2500
    assert forced > 100


def spiel_wins(state):
    """The columns with which the side to move ends the game in its favour."""
    seat = state.current_player()
    return {a for a in state.legal_actions() if (child := state.child(a)).is_terminal() and child.returns()[seat] > 0}


def columns_of(cells):
    return {int(cell[0]) - 1 for cell in cells}


def test_rules_and_truths_agree_with_openspiel(walk):
    pyspiel = pytest.importorskip("pyspiel")
    connect4 = pyspiel.load_game("connect_four")
    state, before = None, None
    for game in walk(Connect4(), range(80)):
        board = game.position()["board"]
        count = 42 - sum(row.count("_") for row in board)
        if count == 0:
            state = connect4.new_initial_state()
        else:
            changed = [c for c in range(7) if any(a[c] != b[c] for a, b in zip(before, board, strict=True))]
            state.apply_action(changed[0])
        before = board
        assert str(state).split() == [row.replace("_", ".").replace("X", "x").replace("O", "o") for row in board]
        assert (not game.movers()) == state.is_terminal()
        if state.is_terminal():
            assert list(game.outcome().reward) == state.returns()
            continue
        seat = state.current_player()
        assert game.movers() == (seat,)
        assert [int(a) - 1 for a in game.observe(seat).actions.listed] == state.legal_actions()
        assert columns_of(game.truth(seat, "wins")) == spiel_wins(state)
        for action in state.legal_actions():
            child = state.child(action)
            expected = set() if child.is_terminal() else spiel_wins(child)
            assert columns_of(game.truth(seat, "opp_wins_after", str(action + 1))) == expected


@pytest.mark.parametrize(("depth", "count"), [(1, 7), (3, 343), (5, 16807), (6, 117649), (7, 823536)])
def test_perft(depth, count, perft):
    assert perft(play(""), depth) == count


def test_full_columns_are_closed_and_nothing_follows_a_win(perft):
    game = play("1111112233")
    assert sorted(game.observe(0).actions.listed) == ["2", "3", "4", "5", "6", "7"]
    game = play("2132435")
    assert game.outcome().reward == (1.0, -1.0)
    assert perft(game, 1) == 0


@pytest.mark.parametrize(
    ("moves", "reason", "reward"),
    [
        ("1213141", "four in a row", (1, -1)),
        ("1122334", "four in a row", (1, -1)),
        ("7766554", "four in a row", (1, -1)),
        ("71122334", "four in a row", (-1, 1)),
    ],
)
def test_wins_across_and_up(moves, reason, reward):
    outcome = play(moves).outcome()
    assert (outcome.reason, outcome.reward) == (reason, reward)
    assert play(moves[:-1]).outcome() is None


@pytest.mark.parametrize("mirror", [1, -1])
def test_wins_along_both_diagonals(mirror):
    board = [*EMPTY[:2], "___X___", "__XO___", "_XOO___", "XOOX__X"]
    before = [*EMPTY[:2], "_______", "__XO___", "_XOO___", "XOOX__X"]
    game = Connect4()
    game.at({"board": [row[::mirror] for row in before], "to_move": "X"})
    assert game.truth(0, "wins") == {"4,4"}
    game.step({0: "4"})
    assert game.position() == {"board": [row[::mirror] for row in board], "to_move": None}
    assert game.outcome().reward == (1.0, -1.0)


def test_lines_do_not_run_round_the_edges():
    # Discs on the tops of one column and the bottom of the next are no line.
    game = Connect4()
    game.at({"board": ["X______", "X______", "X______", "O______", "O______", "OX_____"], "to_move": "O"})
    assert game.outcome() is None
    assert game.truth(1, "opp_wins") == frozenset()


def test_a_full_board_is_a_draw():
    moves = "121212212121343434434343565656656565777777"
    assert play(moves[:-1]).truth(1, "forces") == frozenset()
    game = play(moves)
    assert (game.outcome().reward, game.outcome().reason) == ((0.0, 0.0), "board full")
    assert set("".join(game.position()["board"])) == {"X", "O"}


def floating(row, column):
    return [row if number == column else text for number, text in enumerate(EMPTY)]


@pytest.mark.parametrize(
    ("board", "to_move", "reason"),
    [
        (floating("__X____", 3), "O", "the disc X on 3,3 floats"),
        (floating("XX_____", 5), "O", "2 X and 0 O"),
        (floating("X______", 5), "X", "to_move is X, but with 1 X and 0 O it is O's turn"),
        (floating("XXXX_OO", 5), "O", "4 X and 2 O"),
        ([*EMPTY[:4], "OOOO___", "XXXX___"], None, "both X and O have won"),
        ([*EMPTY[:4], "OOO____", "XXXX__O"], None, "X has won, so X moved last"),
        (EMPTY[:5], "X", "expected a list of 6 strings"),
        ([*EMPTY[:5], "X_____"], "O", "board row 5: 'X_____' has 6 cells, not 7"),
        ([*EMPTY[:5], "x______"], "O", "'x' is not one of"),
        (EMPTY, None, "to_move is null but the game is not over"),
    ],
)
def test_impossible_positions_are_refused_with_the_reason(board, to_move, reason):
    with pytest.raises(PositionError) as error:
        Connect4().at({"board": board, "to_move": to_move})
    assert reason in str(error.value)


def test_two_wins_that_no_one_disc_completes_are_refused():
    board = [*EMPTY[:2], "X_____X", "XO___OX", "XO___OX", "XO_O_OX"]
    with pytest.raises(PositionError, match="two wins that no single disc"):
        Connect4().at({"board": board, "to_move": None})


def test_several_lines_by_one_disc_are_possible():
    game = Connect4()
    game.at({"board": [*EMPTY[:4], "OOO_OOO", "XXXXXXX"], "to_move": None})
    assert game.outcome().reward == (1.0, -1.0)


def test_a_finished_game_is_a_position():
    game = Connect4()
    game.at(play("1213141").position())
    assert (game.movers(), game.outcome().reward) == ((), (1.0, -1.0))


def test_observation_is_the_mark_and_the_grid():
    assert play("445").observe(1).text == "You are O." + "\n_______" * 4 + "\n___O___\n___XX__"


def test_domains_hold_the_landing_cells_and_the_cells_above():
    kinds = {q.id: q.kind.domain for q in play("111111").subproblems(0)}
    assert kinds["wins"] == kinds["opp_wins"] == ("2,1", "3,1", "4,1", "5,1", "6,1", "7,1")
    assert kinds["opp_wins_after"] == tuple(f"{c},{r}" for c in range(2, 8) for r in (1, 2))
    assert kinds["forces"] == ("2", "3", "4", "5", "6", "7")
    last = {q.id: q.kind.domain for q in play("11111").subproblems(1)}
    assert last["opp_wins_after"][:3] == ("1,6", "2,1", "2,2")


def test_a_win_opened_by_the_own_move_is_in_the_truth():
    # O holds 1,2 2,2 3,2: only a disc of X on 4,1 opens the cell 4,2.
    game = Connect4()
    game.at({"board": [*EMPTY[:4], "OOO___X", "XXO___X"], "to_move": "X"})
    assert game.truth(0, "opp_wins") == frozenset()
    assert game.truth(0, "opp_wins_after", "4") == {"4,2"}
    assert game.truth(0, "opp_wins_after", "7") == frozenset()


@pytest.mark.parametrize("plies", range(13))
def test_openings_are_undecided_and_follow_from_the_seed(plies):
    game, seen = Connect4(opening_plies=plies), set()
    for seed in range(30):
        game.reset(seed)
        (seat,) = game.movers()
        assert 42 - sum(row.count("_") for row in game.position()["board"]) == plies
        assert (seat, game.truth(seat, "wins")) == (plies % 2, frozenset())
        first = game.position()
        game.reset(seed)
        assert game.position() == first
        seen.add(str(first))
    assert len(seen) >= min(30, 7**plies) // 2


def test_without_an_opening_the_seed_changes_nothing():
    game = Connect4()
    for seed in range(5):
        game.reset(seed)
        assert game.position() == {"board": EMPTY, "to_move": "X"}


@pytest.mark.parametrize(
    ("answers", "actions"),
    [
        ({}, None),
        ({"wins": {"3,1", "3,2", "4,1"}}, {"3", "4"}),
        ({"wins": set(), "opp_wins": {"7,6"}}, {"7"}),
        ({"opp_wins": {"7,6"}}, None),
        ({"wins": set(), "opp_wins": set()}, None),
        ({"wins": set(), "opp_wins": set(), "forces": {"2", "5"}}, {"2", "5"}),
        ({"wins": set(), "opp_wins": {"7,6"}, "forces": {"2"}}, {"7"}),
        ({"wins": {"3,1"}, "opp_wins": set(), "forces": {"2"}}, {"3"}),
        ({"wins": set(), "forces": {"2"}}, None),
        ({"opp_wins": set(), "forces": {"2"}}, None),
    ],
)
def test_answers_commit_to_columns(answers, actions):
    frozen = {key: frozenset(value) for key, value in answers.items()}
    assert Connect4().implied(0, frozen) == actions


@pytest.mark.parametrize(
    ("board", "to_move", "forces"),
    [
        # An open row of three has two ends, but not where one of them is the edge of the board.
        ([*EMPTY[:4], "_X_____", "XX_OO__"], "O", {"6"}),
        # The opponent wins before.
        ([*EMPTY[:3], "______X", "______X", "_O_O__X"], "O", set()),
        # A win at once (3) does not count, two forced ones beside it do.
        ([*EMPTY[:3], "____O__", "____O__", "OX_XX__"], "X", {"6", "7"}),
        # One threat above another: O has to answer on 6,1 and X wins on 6,2; what X plays before matters little.
        ([*EMPTY[:4], "OO_X__X", "OOOXX_X"], "X", {"4", "5", "7"}),
        # After 1 no threat is in reach, but wherever O plays, it opens one.
        (["_XOO_O_", "_XXX_O_", "_OXO_O_", "_XOXXX_", "OOOXOO_", "XXOXXOX"], "X", {"1", "7"}),
    ],
)
def test_tricky_forced_wins(board, to_move, forces):
    game = Connect4()
    game.at({"board": board, "to_move": to_move})
    assert game.truth("XO".index(to_move), "forces") == forces


def test_evaluation_is_antisymmetric_and_inside_its_range(walk):
    for game in walk(Connect4(), range(20)):
        assert game.evaluate(0) == -game.evaluate(1)
        assert abs(game.evaluate(0)) < (0.9 if game.movers() else 1)


def test_evaluation_prefers_the_centre_and_open_threes():
    assert play("4").evaluate(0) > play("3").evaluate(0) > play("1").evaluate(0) > 0
    assert play("415161").evaluate(0) > play("415171").evaluate(0)


def open_lines(columns, mark, other):
    """1, 4 or 16 a line without the other mark, counted cell by cell."""
    score = 0
    for x in range(7):
        for y in range(6):
            for dx, dy in ((1, 0), (0, 1), (1, 1), (1, -1)):
                cells = [(x + k * dx, y + k * dy) for k in range(4)]
                if all(0 <= i < 7 and 0 <= j < 6 for i, j in cells):
                    marks = [columns[i][j] for i, j in cells]
                    if other not in marks:
                        score += (0, 1, 4, 16)[marks.count(mark)]
    return score


def test_evaluation_counts_open_lines(walk):
    for game in walk(Connect4(), range(15)):
        if game.movers():
            columns = grid(game)
            score = open_lines(columns, "X", "O") - open_lines(columns, "O", "X")
            assert game.evaluate(0) == pytest.approx(0.9 * score / (abs(score) + 40))
