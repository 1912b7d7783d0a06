"""The truths of Checkers against rules written a second time, cell by cell, and played out on copies of the board."""

from random import Random

import pytest

from kibitz.games.board.checkers import Checkers

DARK = [(row, column) for row in range(8) for column in range(8) if (row + column) % 2]
NUMBER = {cell: str(number) for number, cell in enumerate(DARK, 1)}
FORWARD = {"b": 1, "w": -1}
LAST = {"b": 7, "w": 0}


def ways(piece):
    down = (1, -1) if piece.isupper() else (FORWARD[piece],)
    return [(dr, dc) for dr in down for dc in (1, -1)]


def on(row, column):
    return 0 <= row < 8 and 0 <= column < 8


def jumps(board, cell, piece, taken):
    """Every way to jump on from a cell, as (squares visited after it, cells taken)."""
    row, column = cell
    found = []
    for dr, dc in ways(piece):
        over, end = (row + dr, column + dc), (row + 2 * dr, column + 2 * dc)
        if not on(*end) or over in taken or board[end[0]][end[1]] != ".":
            continue
        if board[over[0]][over[1]].lower() not in {"b": "w", "w": "b"}[piece.lower()]:
            continue
        further = jumps(board, end, piece, [*taken, over])
        found += [([end, *squares], gone) for squares, gone in further] or [([end], [*taken, over])]
    return found


def plays(board, colour):
    """Every legal move as (name, start, end, taken)."""
    takes, goes = [], []
    for cell in DARK:
        piece = board[cell[0]][cell[1]]
        if piece.lower() != colour:
            continue
        lifted = [row.copy() for row in board]
        lifted[cell[0]][cell[1]] = "."
        for squares, gone in jumps(lifted, cell, piece, []):
            takes.append(("x".join(NUMBER[at] for at in [cell, *squares]), cell, squares[-1], gone))
        for dr, dc in ways(piece):
            end = (cell[0] + dr, cell[1] + dc)
            if on(*end) and board[end[0]][end[1]] == ".":
                goes.append((f"{NUMBER[cell]}-{NUMBER[end]}", cell, end, []))
    return takes or goes


def taking(board, colour):
    return [play for play in plays(board, colour) if play[3]]


def played(board, play):
    _, start, end, gone = play
    after = [row.copy() for row in board]
    piece = after[start[0]][start[1]]
    for row, column in [start, *gone]:
        after[row][column] = "."
    after[end[0]][end[1]] = piece.upper() if end[0] == LAST[piece.lower()] else piece
    return after


def truths(board, me):
    """The about-view truths, by playing out."""
    opponent = {"b": "w", "w": "b"}[me]
    found = {"new_kings": set(), "worthless_dies": set(), "two_for_one": set()}
    for play in plays(board, me):
        name, start, end, gone = play
        after = played(board, play)
        if board[start[0]][start[1]].islower() and after[end[0]][end[1]].isupper():
            found["new_kings"].add(name)
        if gone:
            continue
        replies = [(reply, taking(played(after, reply), me)) for reply in taking(after, opponent)]
        if any(end in reply[3] and not again for reply, again in replies):
            found["worthless_dies"].add(name)
        if replies and all(
            len(reply[3]) == 1 and any(len(answer[3]) >= 2 for answer in again) for reply, again in replies
        ):
            found["two_for_one"].add(name)
    return found


def in_danger(board, me, name):
    """The squares on which the opponent can capture after a move."""
    after = played(board, next(play for play in plays(board, me) if play[0] == name))
    return {NUMBER[cell] for reply in taking(after, {"b": "w", "w": "b"}[me]) for cell in reply[3]}


def test_moves_and_truths_are_what_play_shows(walk):
    positions, found = 0, dict.fromkeys(("new_kings", "worthless_dies", "two_for_one", "opp_captures_after"), 0)
    for game in walk(Checkers(), range(12)):
        for seat in game.movers():
            board, me = [list(row) for row in game.position()["board"]], "bw"[seat]
            listed = game.observe(seat).actions.listed
            assert sorted(listed) == sorted(play[0] for play in plays(board, me))
            expected = truths(board, me)
            assert {id_: game.truth(seat, id_) for id_ in expected} == expected
            given = Random(str(board)).choice(listed)
            danger = in_danger(board, me, given)
            assert game.truth(seat, "opp_captures_after", given) == danger
            positions += 1
            for id_, members in {**expected, "opp_captures_after": danger}.items():
                found[id_] += bool(members)
    assert positions > 600
    assert min(found.values()) > 20


def test_truths_hold_where_they_are_not_empty():
    """On the ladder's positions, which have something to find."""
    game = Checkers()
    rng = Random("shots")
    for rung in game.ladder:
        for _ in range(40):
            game.seek(rng, rung)
            for seat in game.movers():
                board, me = [list(row) for row in game.position()["board"]], "bw"[seat]
                expected = truths(board, me)
                assert {id_: game.truth(seat, id_) for id_ in expected} == expected


@pytest.mark.parametrize(
    ("black", "white", "to_move", "actions"),
    [
        # Two ways of one man, and no king's step, are new kings.
        ("25 K28", "5 6", "b", {"25-29", "25-30"}),
        ("25 K28", "5 6", "w", {"5-1", "6-1", "6-2"}),
        # By a capture, also at its end.
        ("22", "26 12", "b", {"22x31"}),
        ("14", "18 26 12", "b", {"14x23x30"}),
        # A king that captures to the far row is none.
        ("K22", "26 12", "b", set()),
    ],
)
def test_new_kings(placed, black, white, to_move, actions):
    assert asked(placed(black, white, to_move), "new_kings") == actions


@pytest.mark.parametrize(
    ("black", "white", "actions"),
    [
        # Given away on the spot, either way.
        ("10", "17 18", {"10-14", "10-15"}),
        # Taken as the second of a longer capture.
        ("7 15 26", "9 27 30", {"15-18", "15-19"}),
        # On 10 it is taken and 2 takes back; on 11 it is taken by a man that is safe on the edge.
        ("2 7", "15 26", {"7-11"}),
        # One way to take it can be answered, the other cannot: it can be lost for nothing.
        ("2 5", "13 14", {"5-9"}),
        # A capture elsewhere on the board is left: not for nothing.
        ("4 11", "8 19", set()),
        # On the edge nothing can be jumped.
        ("9", "17 18", {"9-14"}),
        # Captures are compulsory: there is no move without one.
        ("10 1", "15 24", set()),
    ],
)
def test_worthless_dies(placed, black, white, actions):
    assert asked(placed(black, white), "worthless_dies") == actions


@pytest.mark.parametrize(
    ("black", "white", "actions"),
    [
        # Both captures of White take one, and 2 takes two after each.
        ("2 6", "14 15", {"6-10"}),
        # The same, but White has a third capture, and then 10 takes only one.
        ("2 6 24", "14 15 28", set()),
        # After 1-5 I take two whatever White takes, but one of its captures takes two itself.
        ("1 19 26 27", "9 18 31", set()),
        # The gain comes by the king that a man has become.
        ("19 26", "17 23 25", {"26-30"}),
        # White need not capture, or I regain one only: no shots.
        ("1 2", "31 32", set()),
        ("2 7", "15 26", set()),
    ],
)
def test_two_for_one_shots(placed, black, white, actions):
    assert asked(placed(black, white), "two_for_one") == actions


def asked(position, id_):
    """The truth, which the second set of rules must give, too."""
    game = Checkers()
    game.at(position)
    (seat,) = game.movers()
    truth = game.truth(seat, id_)
    assert truth == truths([list(row) for row in position["board"]], position["to_move"])[id_]
    return truth


@pytest.mark.parametrize(
    ("action", "squares"),
    [("15-18", {"18", "26"}), ("15-19", {"19", "26"}), ("7-10", {"26"}), ("26-31", set())],
)
def test_opponents_captures_after_the_action(placed, action, squares):
    game = Checkers()
    game.at(placed("7 15 26", "9 27 30"))
    assert game.truth(0, "opp_captures_after", action) == squares
