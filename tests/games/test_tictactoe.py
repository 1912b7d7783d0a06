from functools import cache

import pytest

from kibitz.games.board.tictactoe import CELLS, TicTacToe, solve
from kibitz.games.game import PositionError, Values
from kibitz.games.kinds import SetOf
from kibitz.games.subproblem import Unknown

ROWS = [[3 * r + c for c in range(3)] for r in range(3)]
TRIPLES = [*ROWS, *(list(column) for column in zip(*ROWS, strict=True)), [0, 4, 8], [2, 4, 6]]


def winner(board):
    return next((board[a] for a, b, c in TRIPLES if board[a] != "_" and board[a] == board[b] == board[c]), None)


def put(board, cell, mark):
    return board[:cell] + mark + board[cell + 1 :]


def turn(board):
    return "XO"[board.count("X") - board.count("O")]


@cache
def reachable():
    """All boards that play leads to, as strings of nine cells."""
    seen, todo = set(), ["_" * 9]
    while todo:
        board = todo.pop()
        if board not in seen:
            seen.add(board)
            if not winner(board):
                todo += [put(board, cell, turn(board)) for cell in range(9) if board[cell] == "_"]
    return sorted(seen)


@cache
def value(board):
    """The result for the side to move, searched to the end."""
    if winner(board):
        return -1
    return max((-value(put(board, c, turn(board))) for c in range(9) if board[c] == "_"), default=0)


def rows(board):
    return [board[:3], board[3:6], board[6:]]


def at(board):
    game = TicTacToe()
    over = winner(board) or "_" not in board
    game.at({"board": rows(board), "to_move": None if over else turn(board)})
    return game


def winning_cells(board, mark):
    """Played out: mark the cell and look for three in a row."""
    return {CELLS[c] for c in range(9) if board[c] == "_" and winner(put(board, c, mark)) == mark}


def forcing_cells(board, mine, theirs):
    """Played out: no win at once, then for each reply, none of which wins, a win."""
    found = set()
    for cell in range(9):
        after = put(board, cell, mine)
        replies = [c for c in range(9) if after[c] == "_"]
        if board[cell] != "_" or winner(after) or not replies or winning_cells(after, theirs):
            continue
        if all(winning_cells(put(after, reply, theirs), mine) for reply in replies):
            found.add(CELLS[cell])
    return found


def test_there_are_5478_positions():
    assert len(reachable()) == 5478


def test_every_position_has_the_right_actions_and_outcome():
    for board in reachable():
        game, won = at(board), winner(board)
        empty = tuple(CELLS[c] for c in range(9) if board[c] == "_")
        outcome = game.outcome()
        if won or not empty:
            assert game.movers() == ()
            assert outcome.reward == ((1, -1) if won == "X" else (-1, 1) if won else (0, 0))
        else:
            seat = "XO".index(turn(board))
            assert (game.movers(), outcome) == ((seat,), None)
            assert game.observe(seat).actions.listed == empty
            assert game.observe(1 - seat).actions is None


def test_every_truth_is_what_play_shows():
    for board in reachable():
        game = at(board)
        for seat in game.movers():
            mine, theirs = turn(board), "XO"[1 - seat]
            assert game.truth(seat, "wins") == winning_cells(board, mine)
            assert game.truth(seat, "opp_wins") == winning_cells(board, theirs)
            assert game.truth(seat, "forces") == forcing_cells(board, mine, theirs)
            for action in game.observe(seat).actions.listed:
                after = put(board, CELLS.index(action), mine)
                expected = set() if winner(after) else winning_cells(after, theirs)
                assert game.truth(seat, "opp_wins_after", action) == expected


def test_every_value_is_exact():
    for board in reachable():
        game = at(board)
        for seat in game.movers():
            after = {a: -value(put(board, CELLS.index(a), turn(board))) for a in game.observe(seat).actions.listed}
            assert game.action_values(seat) == Values(after)


def test_rules_agree_with_openspiel():
    pyspiel = pytest.importorskip("pyspiel")
    todo, seen = [pyspiel.load_game("tic_tac_toe").new_initial_state()], set()
    while todo:
        state = todo.pop()
        board = str(state).replace("\n", "").upper().replace(".", "_")
        if board in seen:
            continue
        seen.add(board)
        game = at(board)
        assert (not game.movers()) == state.is_terminal()
        if state.is_terminal():
            assert list(game.outcome().reward) == state.returns()
            continue
        seat = state.current_player()
        assert game.movers() == (seat,)
        assert [CELLS.index(a) for a in game.observe(seat).actions.listed] == state.legal_actions()
        won = {
            CELLS[a] for a in state.legal_actions() if (child := state.child(a)).is_terminal() and any(child.returns())
        }
        assert game.truth(seat, "wins") == won
        todo += [state.child(action) for action in state.legal_actions()]
    assert sorted(seen) == reachable()


def test_the_empty_board_is_a_draw():
    assert solve(0, 0) == 0


@pytest.mark.parametrize(
    ("board", "to_move", "reason"),
    [
        (["XX_", "___", "___"], "O", "2 X and 0 O: X starts"),
        (["O__", "___", "___"], "X", "0 X and 1 O"),
        (["XXX", "OOO", "___"], None, "both X and O have won"),
        (["XXX", "OO_", "O__"], None, "X has won, so X moved last"),
        (["OOO", "XX_", "X_X"], None, "O has won, so O moved last"),
        (["XO_", "___", "___"], "O", "to_move is O, but with 1 X and 1 O it is X's turn"),
        (["XXX", "OO_", "___"], "O", "to_move is O, but the game is over, and to_move is null then"),
        (["XO_", "___", "___"], None, "to_move is null but the game is not over"),
        (["X__", "___"], "O", "expected a list of 3 strings"),
        (["X___", "___", "___"], "O", "board row 0: 'X___' has 4 cells, not 3"),
        (["x__", "___", "___"], "O", "board row 0: 'x' is not one of _ X O"),
        (["X__", "___", "___"], "o", 'to_move: \'o\' is not "X", "O" or null'),
        (["X__", "___", "___"], ["O"], "to_move"),
    ],
)
def test_impossible_positions_are_refused_with_the_reason(board, to_move, reason):
    with pytest.raises(PositionError) as error:
        TicTacToe().at({"board": board, "to_move": to_move})
    assert reason in str(error.value)


@pytest.mark.parametrize("position", [None, [], "X", {"board": []}, {"board": [], "to_move": "X", "seat": 1}])
def test_other_shapes_are_no_position(position):
    with pytest.raises(PositionError, match="a position is"):
        TicTacToe().at(position)


def test_a_double_line_by_one_mark_is_possible_and_a_finished_game_is_a_position():
    game = TicTacToe()
    game.at({"board": ["XXX", "XOO", "XOO"], "to_move": None})
    assert game.outcome().reward == (1.0, -1.0)
    assert game.subproblems(0) == game.subproblems(1) == ()


def test_observation_is_the_mark_and_the_grid():
    game = at("XO__X____")
    assert game.observe(1).text == "You are O.\nXO_\n_X_\n___"
    assert game.observe(0).text == "You are X.\nXO_\n_X_\n___"


@pytest.mark.parametrize("plies", range(5))
def test_openings_are_undecided_and_follow_from_the_seed(plies):
    game, seen = TicTacToe(opening_plies=plies), set()
    for seed in range(100):
        game.reset(seed)
        (seat,) = game.movers()
        assert sum(cell != "_" for row in game.position()["board"] for cell in row) == plies
        assert seat == plies % 2
        assert game.truth(seat, "wins") == frozenset()
        first = game.position()
        game.reset(seed)
        assert game.position() == first
        seen.add(str(first))
    assert len(seen) >= [1, 9, 40, 50, 50][plies]


def test_domains_are_the_empty_cells_and_the_others_are_understood():
    game = at("XO__X____")
    kinds = {q.id: q.kind for q in game.subproblems(1)}
    empty, taken = ("0,2", "1,0", "1,2", "2,0", "2,1", "2,2"), ("0,0", "0,1", "1,1")
    assert set(kinds.values()) == {SetOf(empty, others=taken)}


def test_an_occupied_cell_is_wrong_and_commits_to_nothing():
    game = at("XO__X____")
    kind = game.subproblems(1)[0].kind
    answer = kind.read("0,0; 0,2")
    assert kind.grade(answer, frozenset()).verdict == "wrong"
    assert game.implied(1, {"wins": answer}) == {"0,2"}
    assert game.implied(1, {"wins": frozenset({"0,0"})}) is None


@pytest.mark.parametrize(
    ("answers", "actions"),
    [
        ({}, None),
        ({"wins": {"0,0"}}, {"0,0"}),
        ({"wins": {"0,0"}, "opp_wins": {"1,1"}}, {"0,0"}),
        ({"wins": set(), "opp_wins": {"1,1", "2,2"}}, {"1,1", "2,2"}),
        ({"wins": set(), "opp_wins": set()}, None),
        ({"opp_wins": {"1,1"}}, None),
        ({"wins": set(), "opp_wins": set(), "forces": {"0,2"}}, {"0,2"}),
        ({"wins": set(), "opp_wins": {"1,1"}, "forces": {"0,2"}}, {"1,1"}),
        ({"wins": {"0,0"}, "opp_wins": set(), "forces": {"0,2"}}, {"0,0"}),
        ({"wins": set(), "forces": {"0,2"}}, None),
        ({"opp_wins": set(), "forces": {"0,2"}}, None),
    ],
)
def test_answers_commit_to_actions(answers, actions):
    frozen = {key: frozenset(value) for key, value in answers.items()}
    assert TicTacToe().implied(0, frozen) == actions


def test_truths_need_a_known_question_a_mover_and_a_legal_action():
    game = at("X________")
    for seat, question in ((1, "nothing"), (0, "wins")):
        with pytest.raises(KeyError):
            game.truth(seat, question)
    for action in (None, "0,0", "x"):
        with pytest.raises(ValueError, match="is not a legal action here"):
            game.truth(1, "opp_wins_after", action)


def test_values_of_a_seat_that_does_not_move_are_unknown():
    assert at("XXXOO____").action_values(0) == Unknown("not to move")
    assert at("_________").action_values(1) == Unknown("not to move")


def test_evaluation_is_antisymmetric_and_prefers_the_centre():
    for board in reachable()[::7]:
        assert at(board).evaluate(0) == -at(board).evaluate(1)
    assert at("____X____").evaluate(0) > at("X________").evaluate(0) > at("_X_______").evaluate(0)
