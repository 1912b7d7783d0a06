"""Position suites: what is drawn, how it is put, and what is refused."""

import json
from collections import Counter

import pytest

from kibitz.games import positions, registry
from kibitz.games.board.connect4 import Connect4
from kibitz.games.board.tictactoe import TicTacToe
from kibitz.games.game import PositionError
from kibitz.games.kinds import Integer, SetOf
from kibitz.games.ladder import RUNGS, Rung
from kibitz.games.positions import MOST_OF_A_CLASS, POSITIONS, Item, LadderError, Posed, items, make, truth_classes
from kibitz.games.subproblem import Subproblem

LADDERS = [name for name in registry.installed() if registry.load(name).ladder]


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", LADDERS)
def test_a_rung_is_distinct_balanced_and_answerable(name, rung):
    game = registry.make(name)
    drawn = items(game, rung)
    assert len({item.task() for item in drawn}) == len(drawn) == POSITIONS
    classes, asked = Counter(), Counter()
    for item in drawn:
        game.at(item.position)
        assert positions.rung_of(game, rung).holds(game.measures(item.seat))
        for question in game.subproblems(item.seat):
            truth = game.truth(item.seat, question.id, item.given if question.about == "action" else None)
            asked[question.id] += 1
            classes.update((question.id, label) for label in truth_classes(question, truth))
    # Of those that ask the question: in some games not every position does.
    shares = {fact: count / asked[fact[0]] for fact, count in classes.items()}
    assert max(shares.values()) <= MOST_OF_A_CLASS, max(shares, key=shares.get)


@pytest.fixture
def ladder(monkeypatch):
    """A ladder for two games; what was drawn from another one is forgotten, before and after."""

    def put(*rungs):
        positions._drawn.cache_clear()
        for game in (TicTacToe, Connect4):
            monkeypatch.setattr(game, "ladder", rungs)
            monkeypatch.setattr(game, "measures", lambda game, seat: {})

    yield put
    positions._drawn.cache_clear()


EASY = Rung("easy", (2, 6))


def test_a_rung_is_filled_where_frequent_classes_would_leave_nothing_that_fits(ladder):
    # Late in TicTacToe most positions have wins for both sides; without those, hardly one has none for either.
    ladder(*(Rung(name, (5, 8)) for name in RUNGS))
    assert len(items(TicTacToe(), "hard")) == POSITIONS


def test_positions_follow_from_game_options_and_rung_alone(ladder):
    ladder(Rung("easy", (6, 24)), Rung("medium", (6, 24)), Rung("hard", (6, 24)))
    first = items(Connect4(), "easy")
    positions._drawn.cache_clear()
    assert items(Connect4(), "easy") == first
    assert items(Connect4(), "easy", 7) == first[:7]
    assert items(Connect4(opening_plies=1), "easy") != first
    assert items(Connect4(), "hard") != first


def test_bounds_that_leave_too_little_are_named(ladder, monkeypatch):
    monkeypatch.setattr(positions, "TRIES", 2)
    ladder(Rung("easy", (0, 1)))
    with pytest.raises(LadderError, match=r"only \d+ of 200 easy positions of tictactoe were found with these options"):
        items(TicTacToe(), "easy")


def test_a_rung_that_is_not_there_is_named(ladder):
    ladder(EASY)
    with pytest.raises(LadderError, match="no rung 'steep': tictactoe has the rungs easy, medium, hard"):
        items(TicTacToe(), "steep")
    with pytest.raises(LadderError, match="no rung 'easy': numberline has no position suites"):
        items(registry.make("numberline"), "easy")


def test_classes_of_a_truth():
    can_be_empty = Subproblem("a", "?", SetOf(("x", "y")))
    never_empty = Subproblem("b", "?", SetOf(("x", "y"), empty=False))
    number = Subproblem("c", "?", Integer(0, 9))
    assert truth_classes(can_be_empty, frozenset()) == ("is none", "is empty")
    assert truth_classes(can_be_empty, frozenset("x")) == ("is x", "has members")
    assert truth_classes(never_empty, frozenset("x")) == ("is x",)
    assert truth_classes(number, 3) == ("is 3",)


# -- put to somebody -------------------------------------------------------------------------------------------------

ITEM = Item({"board": ["XX_", "OO_", "___"], "to_move": "X"}, 0, "2,2")


@pytest.fixture
def posed(ladder):
    ladder(EASY)
    game = Posed("tictactoe", "easy")
    game.reset(0, ITEM.task())
    return game


def test_a_posed_position_is_asked_and_not_played(posed):
    assert posed.movers() == (0,)
    assert posed.observe(0).text == "You are X.\nXX_\nOO_\n___"
    assert posed.observe(0).actions is None
    assert posed.given(0) == "2,2"
    assert posed.truth(0, "wins") == {"0,2"}
    assert posed.truth(0, "opp_wins_after", posed.given(0)) == {"1,2"}
    assert posed.outcome() is None
    with pytest.raises(ValueError, match="nobody acts"):
        posed.step({0: "0,2"})
    assert posed.step({}) == {}
    assert (posed.movers(), posed.subproblems(0)) == ((), ())
    assert posed.outcome().reason == "asked"
    with pytest.raises(ValueError, match="nobody acts"):
        posed.step({})


def test_the_second_seat_of_a_game_is_asked_as_the_only_one(posed):
    item = Item({"board": ["XX_", "O__", "___"], "to_move": "O"}, 1, "0,2")
    posed.reset(0, item.task())
    assert posed.observe(0).text.startswith("You are O.")
    assert posed.truth(0, "opp_wins") == {"0,2"}
    assert posed.rules(0) == TicTacToe().rules(1)
    assert posed.draw(posed.position(), 0) == TicTacToe().draw(item.position, 1)


def test_the_picture_shows_what_the_seat_that_is_asked_sees():
    game = registry.make("holdem")
    game.reset(1)
    game.step({0: "call"})
    posed = Posed("holdem", "easy")
    posed.reset(0, Item(game.position(), 1, "check").task())
    assert posed.draw(game.position(), 0) == game.draw(game.position(), 1) != game.draw(game.position(), 0)
    assert posed.draw(game.position()) == game.draw(game.position())


def test_results_of_rungs_and_games_are_told_apart(posed):
    spec, plain = posed.spec, TicTacToe().spec
    assert (spec.id, spec.seats, spec.payoff) == ("tictactoe", 1, "none")
    assert spec.version == f"{plain.version}+positions.1"
    assert spec.options == {"opening_plies": 0, "game": "tictactoe", "rung": "easy"}
    assert type(make("tictactoe", spec.options)) is Posed
    assert type(make("tictactoe", plain.options)) is TicTacToe


def test_snapshots_and_clones_are_independent(posed):
    token, other = posed.snapshot(), posed.clone()
    posed.step({})
    assert other.movers() == (0,)
    posed.restore(token)
    assert (posed.movers(), posed.position()) == ((0,), ITEM.position)


def test_without_a_task_the_seed_chooses(ladder):
    ladder(Rung("easy", (6, 24)))
    posed = Posed("connect4", "easy")
    for seed in (3, 203):
        posed.reset(seed)
        assert posed.position() == items(Connect4(), "easy")[3].position


def test_with_a_task_no_rung_is_drawn(posed, monkeypatch):
    monkeypatch.setattr(positions, "items", None)
    posed.reset(7, ITEM.task())
    assert posed.position() == ITEM.position


@pytest.mark.parametrize("task", ["[]", "{}", json.dumps({"position": {}, "seat": 0})])
def test_a_task_that_is_no_item_is_refused(posed, task):
    with pytest.raises(ValueError, match="an object with position, seat and given"):
        posed.reset(0, task)


def test_a_position_that_cannot_be_is_refused(posed):
    with pytest.raises(PositionError, match="X starts"):
        posed.reset(0, Item({"board": ["OO_", "___", "___"], "to_move": "X"}, 0, "2,2").task())
