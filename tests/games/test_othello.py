import json
import re
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.actions import Illegal
from kibitz.games.board.othello import Othello
from kibitz.games.conformance import check_game
from kibitz.games.kinds import Boolean, Integer, SetOf

SQUARES = [f"{column}{row}" for row in range(1, 9) for column in "abcdefgh"]
START = ["........", "........", "........", "...WB...", "...BW...", "........", "........", "........"]
WIPE_OUT = "e6 f6 c4 c5 c6 e7 e8 d6 g6"
EARLIEST_PASS = "d3 c3 b3 b2 f5 a3 a1 c1"


def play(moves, **options):
    """A game after the given squares, each played by the seat whose turn it is."""
    game = Othello(**options)
    game.reset(0)
    for square in moves.split():
        (seat,) = game.movers()
        game.step({seat: square})
    return game


def at(*rows, to_move):
    game = Othello()
    game.at({"board": list(rows), "to_move": to_move})
    return game


# -- the rules by hand: a board as a dictionary, one step along a line at a time --------------------------------------


def board_of(game):
    return dict(zip(SQUARES, "".join(game.position()["board"]), strict=True))


def step(square, right, down):
    column, row = "abcdefgh".find(square[0]) + right, int(square[1]) + down
    return f"{'abcdefgh'[column]}{row}" if 0 <= column < 8 and 1 <= row <= 8 else None


def ray(square, right, down):
    """The squares from a square to the edge of the board."""
    while square := step(square, right, down):
        yield square


RAYS = {s: [list(ray(s, x, y)) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y] for s in SQUARES}


def turned(board, square, mark):
    """The squares whose discs a disc of ``mark`` turns."""
    found = set()
    for line in RAYS[square]:
        for length, place in enumerate(line):
            if board[place] == mark:
                found.update(line[:length])
            if board[place] in (".", mark):
                break
    return found


def legal(board, mark):
    return [square for square in SQUARES if board[square] == "." and turned(board, square, mark)]


def after(board, square, mark):
    return {**board, **dict.fromkeys({square, *turned(board, square, mark)}, mark)}


def is_wedge(board, square, mark):
    on_end, on_side = square[1] in "18", square[0] in "ah"
    along = [(1, 0), (-1, 0)] if on_end else [(0, 1), (0, -1)]
    return on_end != on_side and all(board[step(square, *way)] not in (".", mark) for way in along)


def answers(board, mark, action):
    """What each question's answer is on a board."""
    moves, other = legal(board, mark), "BW".replace(mark, "")
    return {
        "corner": not {"a1", "a8", "h1", "h8"}.isdisjoint(moves),
        "wedges": {square for square in moves if is_wedge(board, square, mark)},
        "flips": turned(board, action, mark),
        "opp_moves_after": len(legal(after(board, action, mark), other)),
    }


def truths(game, seat, action):
    return {q.id: game.truth(seat, q.id, action if q.about == "action" else None) for q in game.subproblems(seat)}


def test_rules_and_truths_are_those_found_by_hand(walk):
    checked = {True: 0, False: 0}
    for game in walk(Othello(), range(8)):
        for seat in game.movers():
            board, mark = board_of(game), "BW"[seat]
            listed = game.observe(seat).actions.listed
            assert list(listed) == legal(board, mark)
            for action in listed[::3]:
                told = truths(game, seat, action)
                assert told == answers(board, mark, action)
                checked[bool(told["wedges"])] += 1
    assert min(checked.values()) > 100


@cache
def spiel():
    return pytest.importorskip("pyspiel").load_game("othello")


def rows_of(state):
    """The eight rows of an OpenSpiel state."""
    lines = [line for line in str(state).splitlines() if line[:1].isdigit()]
    return [line[2:-2].replace(" ", "").translate(str.maketrans("-xo", ".BW")) for line in lines]


PASS = 64


def skipped(state):
    """The state with a forced pass played, and whether there was one."""
    if not state.is_terminal() and state.legal_actions() == [PASS]:
        state.apply_action(PASS)
        return True
    return False


def test_games_and_truths_agree_with_openspiel(walk):
    state, before, passes = None, [], 0
    for game in walk(Othello(), range(30)):
        board = game.position()["board"]
        if board == START:
            state, passed = spiel().new_initial_state(), False
        else:
            squares = enumerate(zip("".join(before), "".join(board), strict=True))
            state.apply_action(next(place for place, (was, now) in squares if was == "." != now))
            passed = skipped(state)
        before, passes = board, passes + passed
        assert rows_of(state) == board
        assert ("passed" in game.position()) == passed
        assert (not game.movers()) == state.is_terminal()
        if state.is_terminal():
            assert list(game.outcome().reward) == state.returns()
            continue
        seat = state.current_player()
        assert game.movers() == (seat,)
        assert [SQUARES.index(a) for a in game.observe(seat).actions.listed] == state.legal_actions()
        for action in state.legal_actions()[::4]:
            child = state.child(action)
            boards = zip(SQUARES, *("".join(rows_of(each)) for each in (state, child)), strict=True)
            changed = {square for square, was, now in boards if was != now}
            replies = [] if child.is_terminal() else [reply for reply in child.legal_actions() if reply != PASS]
            assert game.truth(seat, "flips", SQUARES[action]) == changed - {SQUARES[action]}
            assert game.truth(seat, "opp_moves_after", SQUARES[action]) == len(replies)
    assert passes > 5


@pytest.mark.parametrize("rules", ["standard", "gamebot"])
@pytest.mark.parametrize(("depth", "count"), [(1, 4), (2, 12), (3, 56), (4, 244), (5, 1396), (6, 8200), (7, 55092)])
def test_perft(depth, count, rules, perft):
    assert perft(play("", rules=rules), depth) == count


# -- playing ---------------------------------------------------------------------------------------------------------


def test_black_begins_and_the_observation_is_the_board_with_its_names():
    game = play("d3")
    assert game.movers() == (1,)
    assert game.observe(1).text == (
        "You are White (W).\n  a b c d e f g h\n1 . . . . . . . .\n2 . . . . . . . .\n3 . . . B . . . .\n"
        "4 . . . B B . . .\n5 . . . B W . . .\n6 . . . . . . . .\n7 . . . . . . . .\n8 . . . . . . . .\n"
        "White is to move."
    )


def test_gamebot_starts_mirrored_under_a_version_of_its_own():
    game = play("", rules="gamebot")
    assert game.position()["board"] == [row[::-1] for row in START]
    assert game.observe(0).actions.listed == ("e3", "f4", "c5", "d6")
    assert (game.spec.version, Othello().spec.version) == ("1+gamebot", "1")


def test_the_mirrored_start_and_openings_keep_the_contract():
    check_game(lambda: Othello(rules="gamebot", opening_plies=12), seeds=(0,), steps=6)


def test_who_has_no_move_is_passed_over_and_the_text_says_so():
    game = play(EARLIEST_PASS)
    assert game.movers() == (1,)
    assert game.position()["passed"] == "B"
    assert game.observe(1).text.endswith("\nBlack had no move and passed; White is to move again.")
    assert game.observe(0).actions is None
    game.step({1: game.observe(1).actions.listed[0]})
    assert "passed" not in game.position()
    assert "passed" not in game.observe(0).text


def test_the_opponent_that_must_pass_has_no_moves():
    moves = EARLIEST_PASS.split()
    game = play(" ".join(moves[:-1]))
    assert game.truth(1, "opp_moves_after", moves[-1]) == 0


def test_a_side_without_discs_has_lost_whatever_is_empty():
    moves = WIPE_OUT.split()
    game = play(" ".join(moves[:-1]))
    assert game.truth(0, "opp_moves_after", moves[-1]) == 0
    outcome = play(WIPE_OUT).outcome()
    assert (outcome.reward, outcome.raw, outcome.reason) == ((1.0, -1.0), (13.0, 0.0), "neither side can move")
    assert play(WIPE_OUT).observe(0).text.endswith("The game is over.")


@pytest.mark.parametrize(("cell", "reward", "black"), [("B", (0.0, 0.0), 32.0), ("W", (-1.0, 1.0), 31.0)])
def test_more_discs_win_on_a_full_board_and_equal_numbers_are_a_draw(cell, reward, black):
    outcome = at(*["BBBBBBBB"] * 3, "BBBBBBB" + cell, *["WWWWWWWW"] * 4, to_move=None).outcome()
    assert (outcome.reward, outcome.raw, outcome.reason) == (reward, (black, 64 - black), "board full")


@given(st.integers(0, 10**6), st.integers(0, 59))
def test_just_the_listed_actions_are_legal_and_a_snapshot_is_the_whole_state(seed, plies):
    game = Othello()
    game.reset(seed)
    game.wander(Random(seed), plies)
    token, seen = game.snapshot(), (game.position(), game.movers(), [game.observe(seat) for seat in (0, 1)])
    for seat in game.movers():
        listed = game.observe(seat).actions.listed
        for square in SQUARES:
            try:
                game.step({seat: square})
            except ValueError:
                assert square not in listed
            else:
                assert square in listed
            game.restore(token)
    assert seen == (game.position(), game.movers(), [game.observe(seat) for seat in (0, 1)])


@pytest.mark.parametrize("text", ["D3", " d3 ", "**d3**", "(d3)", "`d3`"])
def test_usual_spellings_of_a_square_are_read(text):
    assert play("").observe(0).actions.read(text) == "d3"


@pytest.mark.parametrize("text", ["3d", "d 3", "d3 c4", "d３", "ԁ3", "d4", "pass", "I play d3", "(D,3)"])
def test_what_is_no_legal_square_is_refused(text):
    assert isinstance(play("").observe(0).actions.read(text), Illegal)


@pytest.mark.parametrize("plies", [1, 4, 12])
def test_openings_are_undecided_and_follow_from_the_seed(plies):
    game, seen = Othello(opening_plies=plies), set()
    for seed in range(20):
        game.reset(seed)
        first = game.position()
        assert 64 - "".join(first["board"]).count(".") == 4 + plies
        game.reset(seed)
        assert game.position() == first
        seen.add(str(first))
    assert len(seen) >= min(20, 4**plies) // 2


def test_an_opening_that_leaves_a_win_at_once_is_decided():
    moves = WIPE_OUT.split()
    assert play(" ".join(moves[:-1]))._decided()
    assert not play(" ".join(moves[:-2]))._decided()


# -- questions -------------------------------------------------------------------------------------------------------


def test_a_wedge_stands_between_two_opposing_discs_of_its_edge():
    # d1 stands between c1 and e1, a5 between a4 and a6, b1 only beside c1.
    rows = ["..W.WW..", "..WWW...", "...BW...", "W..BW...", ".WWBB...", "W.B.....", "........", "........"]
    game = at(*rows, to_move="B")
    assert game.truth(0, "wedges") == {"d1", "a5"}
    assert "b1" in game.observe(0).actions.listed


def test_a_square_between_opposing_discs_that_turns_nothing_is_no_wedge():
    rows = ["..W.W...", "..W.W...", "..WBW...", "..WBB...", "...BB...", *["........"] * 3]
    game = at(*rows, to_move="B")
    assert "d1" not in game.observe(0).actions.listed
    assert game.truth(0, "wedges") == frozenset()


def test_domains_do_not_depend_on_the_action_or_on_what_is_legal():
    kinds = {q.id: q.kind for q in play("d3").subproblems(1)}
    edge = tuple(s for s in SQUARES if (s[0] in "ah") != (s[1] in "18"))
    rest = tuple(s for s in SQUARES if s not in edge)
    assert kinds["corner"] == Boolean()
    assert kinds["wedges"] == SetOf(edge, member="square", others=rest)
    black = ("d3", "d4", "e4", "d5")
    others = tuple(s for s in SQUARES if s not in black)
    assert kinds["flips"] == SetOf(black, member="square", others=others, empty=False)
    assert kinds["opp_moves_after"] == Integer(0, 59)


def test_occupied_edge_squares_are_understood_and_cannot_be_wedges():
    game = play(EARLIEST_PASS)
    kind = game.subproblems(1)[1].kind
    assert {"a1", "c1", "a3"}.isdisjoint(kind.domain)
    assert kind.grade(kind.read("a3; c1"), frozenset()).verdict == "wrong"


def test_where_every_edge_square_is_taken_the_wedges_still_have_a_domain():
    rows = ["BBBBBBBB", *["B.WWWW.B"] * 2, *["BWWBBWWB"] * 2, *["BWWWWWWB"] * 2, "BBBBBBBB"]
    game = at(*rows, to_move="B")
    kind = game.subproblems(0)[1].kind
    assert len(kind.domain) == 24
    assert game.truth(0, "wedges") == frozenset()


def test_who_says_that_a_corner_is_to_be_had_commits_to_one():
    game = play("d3 c3 b3 b2 f5 a3")
    corners = {"a1"}
    assert corners == {a for a in game.observe(0).actions.listed if a in ("a1", "h1", "a8", "h8")}
    assert game.truth(0, "corner") is True
    assert game.implied(0, {"corner": True, "wedges": frozenset({"a2"})}) == corners
    for said in ({}, {"corner": False}, {"corner": 1}, {"wedges": frozenset({"a2"})}):
        assert game.implied(0, said) is None


def test_a_corner_that_is_not_to_be_had_commits_to_nothing():
    assert play("").implied(0, {"corner": True}) is None


# -- pictures and positions ------------------------------------------------------------------------------------------


def seen_in_the_picture(svg):
    """The board as eight rows, read off the circles of a picture."""
    board = dict.fromkeys(SQUARES, ".")
    for x, y, fill in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="18.04" [^>]*fill="([^"]+)"', svg):
        name = f"{'abcdefgh'[int((float(x) - 26) // 44)]}{int((float(y) - 26) // 44) + 1}"
        board[name] = {"#15191c": "B", "#f6f4ee": "W"}[fill]
    cells = "".join(board.values())
    return [cells[place : place + 8] for place in range(0, 64, 8)]


def test_text_picture_and_position_agree(walk):
    for game in walk(Othello(), range(2)):
        position = game.position()
        lines = game.observe(0).text.splitlines()
        assert [line[2:].replace(" ", "") for line in lines[2:10]] == position["board"]
        svg = game.draw(position)
        assert seen_in_the_picture(svg) == position["board"]
        assert f">{lines[10]}</text>" in svg


def test_a_position_restores_the_pass_and_may_leave_it_out():
    position = play(EARLIEST_PASS).position()
    game = Othello()
    without = {key: value for key, value in position.items() if key != "passed"}
    for stated, said in ((position, "passed"), (without, "is to move.")):
        game.at(stated)
        assert game.position() == stated
        assert said in game.observe(1).text
        assert game.movers() == (1,)


def test_a_refused_position_leaves_the_game_as_it_was():
    game = play("d3")
    seen = game.position()
    with pytest.raises(ValueError, match="not connected"):
        game.at({"board": ["B.......", *START[1:]], "to_move": "B"})
    assert game.position() == seen


def test_the_positions_in_the_documents_are_what_they_are_said_to_be():
    text = (Path(__file__).resolve().parents[2] / "docs" / "games.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text.split("(`othello`)")[1], flags=re.MULTILINE)[0]
    found = [json.loads(written) for written in re.findall(r'`(\{"board": \["[^`]+\})`', section)]
    _, start, gaps, moved = games = [Othello() for _ in found]
    for game, position in zip(games, found, strict=True):
        game.at(position)
    assert start.position() == Othello().position()
    assert gaps.truth(0, "wedges") == {"a5"}
    assert "e1" in gaps.observe(0).actions.listed
    assert moved.position() == play("d3 c3").position()
    assert (moved.truth(0, "flips", "c4"), moved.truth(0, "opp_moves_after", "c4")) == ({"d4"}, 2)
