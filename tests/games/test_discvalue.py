from random import Random

import pytest

from kibitz.games.board import discvalue
from kibitz.games.board.discs import NAMES, PLACE, flips, moves, names_of, result
from kibitz.games.board.discvalue import DEPTH, EXACT_FROM, Ending, estimate, exact, search, values
from kibitz.games.board.othello import Othello
from kibitz.games.subproblem import Unknown


def position(seed, empty):
    """Discs of the side to move and of the other, reached by random play, with so many squares empty; or none."""
    game, rng = Othello(), Random(f"ending/{seed}")
    game.reset(0)
    game.wander(rng, 60 - empty)
    if not game.movers():
        return None
    rows = game.position()["board"]
    black, white = (sum(1 << n for n, cell in enumerate("".join(rows)) if cell == mark) for mark in "BW")
    return (black, white) if game.movers() == (0,) else (white, black)


def positions(count, empty):
    found = (position(seed, empty) for seed in range(10 * count))
    return [pair for pair in found if pair][:count]


def played(own, other, name):
    turned = flips(PLACE[name], own, other)
    return other ^ turned, own | turned | 1 << PLACE[name]


def outcome(own, other):
    """The result for the side to move, by trying everything to the end."""
    legal = names_of(moves(own, other))
    if not legal:
        return -outcome(other, own) if moves(other, own) else result(own, other)
    return max(-outcome(*played(own, other, name)) for name in legal)


def looked_ahead(own, other, depth):
    """The value for the side to move of looking at every line of ``depth`` plies; a pass is no ply."""
    mine, theirs = moves(own, other), moves(other, own)
    if not mine:
        return -looked_ahead(other, own, depth) if theirs else result(own, other)
    if depth == 0:
        return estimate(own, other, mine, theirs)
    return max(-looked_ahead(*played(own, other, name), depth - 1) for name in names_of(mine))


@pytest.mark.parametrize("empty", [1, 2, 3, 4, 5, 6])
def test_endings_are_exact(empty):
    for own, other in positions(25, empty):
        legal = moves(own, other)
        expected = {name: -outcome(*played(own, other, name)) for name in names_of(legal)}
        assert values(own, other, legal) == expected


@pytest.mark.parametrize(("low", "high"), [(-1, 0), (0, 1)])
def test_what_an_ending_keeps_from_a_narrow_window_is_a_bound_only(low, high):
    for own, other in positions(25, 5):
        ending, legal, value = Ending(), moves(own, other), outcome(own, other)
        assert min(max(ending.solve(own, other, legal, low, high), low), high) == min(max(value, low), high)
        assert ending.solve(own, other, legal) == value


def test_all_three_results_are_among_the_tested_endings():
    assert {outcome(*pair) for pair in positions(25, 5)} == {-1, 0, 1}


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("empty", [50, 30, 12, 3])
def test_values_are_those_of_an_unpruned_search(depth, empty, monkeypatch):
    monkeypatch.setattr(discvalue, "DEPTH", depth)
    monkeypatch.setattr(discvalue, "EXACT_FROM", -1)
    for own, other in positions(2, empty):
        legal = moves(own, other)
        expected = {name: -looked_ahead(*played(own, other, name), depth - 1) for name in names_of(legal)}
        assert values(own, other, legal) == expected


def test_a_search_in_a_window_tells_values_inside_it_exactly():
    for own, other in positions(6, 40):
        legal = moves(own, other)
        value = looked_ahead(own, other, 2)
        assert search(own, other, legal, 2, value - 0.01, value + 0.01) == value
        assert search(own, other, legal, 2, value + 0.1, value + 0.2) <= value + 0.1
        assert search(own, other, legal, 2, value - 0.2, value - 0.1) >= value - 0.1


def test_values_say_how_they_were_found():
    game = Othello()
    game.reset(0)
    opening = game.action_values(0)
    assert (opening.method, list(opening.by_action)) == (f"depth {DEPTH}", ["d3", "c4", "f5", "e6"])
    assert len(set(opening.by_action.values())) == 1  # the four are the same by symmetry
    assert game.action_values(1) == Unknown("not to move")
    game.wander(Random(1), 60 - EXACT_FROM)
    (seat,) = game.movers()
    ending = game.action_values(seat)
    assert ending.method == "exact"
    assert set(ending.by_action.values()) <= {-1.0, 0.0, 1.0}


def test_values_are_exact_from_the_stated_number_of_empty_squares_on():
    full = (1 << 64) - 1
    assert exact(full >> EXACT_FROM, 0)
    assert not exact(full >> EXACT_FROM + 1, 0)


def quarter_turn(squares):
    return sum(1 << 8 * (n % 8) + 7 - n // 8 for n in range(64) if squares >> n & 1)


def transposed(squares):
    return sum(1 << 8 * (n % 8) + n // 8 for n in range(64) if squares >> n & 1)


def static(own, other):
    return estimate(own, other, moves(own, other), moves(other, own))


def test_the_estimate_is_the_same_from_every_side_of_the_board_and_opposite_for_the_opponent():
    for empty in (55, 35, 20, 8):
        for own, other in positions(5, empty):
            value = static(own, other)
            assert -0.9 < value < 0.9
            assert static(other, own) == -value
            for turn in (quarter_turn, transposed):
                assert static(turn(own), turn(other)) == value


def discs(text):
    return sum(1 << PLACE[name] for name in text.split())


def test_the_estimate_prefers_moves_and_corners_and_avoids_giving_corners_away():
    black, white = discs("d4 e5"), discs("d5 e4")
    assert static(black, white) == 0
    assert static(black | discs("a1"), white) > 0.2
    assert estimate(black, white, discs("a1 a2"), discs("a3")) > 0
    for given_away, safe in (("b2", "c3"), ("g2", "f3"), ("b7", "c6"), ("g7", "f6"), ("b1", "c1"), ("h7", "h6")):
        near, far = black | discs(given_away), black | discs(safe)
        assert estimate(near, white, 0, 0) < estimate(far, white, 0, 0)


def test_discs_count_towards_the_end_only():
    rows = [0xFF << 8 * row for row in range(8)]
    # As many empty squares beside the discs of each, no corners in sight: 16 discs against 8 are no better.
    assert estimate(rows[2] | rows[3], rows[4], 0, 0) == 0
    # Two squares are empty, beside discs of both; 56 discs against 6 count 50 * 18 / 10, two corners each nothing.
    most, few = sum(rows[:7]), rows[7] & ~discs("d8 e8")
    assert estimate(most, few, 0, 0) == pytest.approx(0.9 * 90 / 130)


def test_evaluate_is_antisymmetric_and_certain_of_nothing_but_a_result(walk):
    for game in walk(Othello(), range(4)):
        assert game.evaluate(0) == -game.evaluate(1)
        assert abs(game.evaluate(0)) < (0.95 if game.movers() else 0.951)


# -- is it any good? ---------------------------------------------------------------------------------------------------


def far_sighted(game, seat, rng):
    black, white = (sum(1 << n for n, cell in enumerate("".join(game.position()["board"])) if cell == m) for m in "BW")
    own, other = (black, white) if seat == 0 else (white, black)
    after = {name: played(own, other, name) for name in names_of(moves(own, other))}
    return max(after, key=lambda name: -search(*after[name], moves(*after[name]), 1, -1.0, 1.0))


def grabbing(game, seat, rng):
    listed = game.observe(seat).actions.listed
    return max(listed, key=lambda action: (len(game.truth(seat, "flips", action)), rng.random()))


def careless(game, seat, rng):
    return rng.choice(game.observe(seat).actions.listed)


@pytest.mark.parametrize("rival", [grabbing, careless])
def test_two_plies_of_search_beat_players_that_do_not_look_ahead(rival):
    won = 0
    for number in range(16):
        game, rng, seat = Othello(opening_plies=4), Random(number), number % 2
        game.reset(number // 2)
        while movers := game.movers():
            player = far_sighted if movers[0] == seat else rival
            game.step({movers[0]: player(game, movers[0], rng)})
        won += game.outcome().reward[seat]
    assert won >= 10


def test_names_are_in_the_order_of_the_board():
    own, other = position(3, 20)
    listed = list(values(own, other, moves(own, other)))
    assert listed == sorted(listed, key=NAMES.index)
