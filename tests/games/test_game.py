import inspect
from random import Random

import pytest

from kibitz.games.board.tictactoe import TicTacToe
from kibitz.games.game import Game, Observation
from kibitz.games.options import Option, OptionError
from kibitz.games.subproblem import Unknown


class Counter(Game):
    """The least a game can be."""

    id = "counter"
    version = "3"
    title = "Counter"
    seats = 1
    payoff = "single"
    declared = (Option("goal", 3, "count to", low=1),)

    def rules(self, seat):
        return "Count."

    def reset(self, seed, task=None):
        self.counts = [seed]

    def movers(self):
        return (0,)

    def observe(self, seat):
        return Observation(str(self.counts), None)

    def step(self, actions):
        self.counts.append(len(self.counts))
        self.last = actions[0]
        return {}

    def outcome(self):
        return None

    def position(self):
        return self.counts

    def at(self, position):
        self.counts = position

    def draw(self, position, seat=None):
        return ""


def counter(**options):
    game = Counter(**options)
    game.reset(7)
    return game


def test_the_spec_is_the_game_as_data():
    spec = counter(goal=5).spec
    assert (spec.id, spec.version, spec.seats, spec.options, spec.data) == ("counter", "3", 1, {"goal": 5}, {})


def test_options_are_checked_by_name():
    with pytest.raises(OptionError, match="game counter: goal = 0 is outside 1 and up"):
        Counter(goal=0)


def test_a_snapshot_is_deep_and_can_be_used_again():
    game = counter()
    token = game.snapshot()
    for _ in range(2):
        game.step({0: "up"})
        assert (game.counts, game.last) == ([7, 1], "up")
        game.restore(token)
        assert game.counts == [7]


def test_restoring_removes_what_came_after():
    game = counter()
    token = game.snapshot()
    game.step({0: "up"})
    game.restore(token)
    assert set(vars(game)) == {"options", "counts"}


def test_imagining_copies_by_default():
    game = counter(goal=4)
    other = game.imagine(0, Random(1))
    other.step({0: "up"})
    assert (game.counts, other.counts) == ([7], [7, 1])
    assert other.options == {"goal": 4}


def test_what_a_game_does_not_declare_is_empty():
    game = counter()
    assert game.subproblems(0) == ()
    assert game.implied(0, {"a": 1}) is None
    assert game.evaluate(0) == 0.0
    assert game.action_values(0) == Unknown("this game has no solver")
    with pytest.raises(KeyError):
        game.truth(0, "a")


def test_the_contract_is_described():
    for name, member in inspect.getmembers(Game, inspect.isfunction):
        assert name.startswith("__") or member.__doc__, name


def test_a_game_without_its_methods_cannot_be_made():
    with pytest.raises(TypeError, match="abstract"):
        type("Half", (Game,), {"id": "half"})()
    assert TicTacToe().spec.payoff == "zero_sum"
