"""What all board games share: their turns, refusals and openings are tested with each of them; here the heuristic."""

from random import Random

import pytest

from kibitz.games import registry
from kibitz.games.board.contest import Contest

CONTESTS = [name for name in registry.installed() if issubclass(registry.load(name), Contest)]


def play(name, seed, heuristic_seat):
    """The reward of the heuristic against random play."""
    game, rng = registry.make(name), Random(seed)
    game.reset(seed)
    while movers := game.movers():
        (seat,) = movers
        listed = game.observe(seat).actions.listed
        game.step({seat: game.heuristic(seat, rng) if seat == heuristic_seat else rng.choice(listed)})
    return game.outcome().reward[heuristic_seat]


@pytest.mark.parametrize("name", CONTESTS)
def test_the_heuristic_beats_random_play(name):
    rewards = [play(name, seed, seed % 2) for seed in range(6)]
    assert sum(rewards) >= 3


@pytest.mark.parametrize(
    ("name", "position", "best"),
    [
        ("tictactoe", {"board": ["XX_", "OO_", "___"], "to_move": "X"}, {"0,2"}),
        ("tictactoe", {"board": ["X__", "OO_", "__X"], "to_move": "X"}, {"1,2"}),
        ("connect4", {"board": ["_______"] * 3 + ["O______", "O_____X", "O_X___X"], "to_move": "X"}, {"1"}),
    ],
)
def test_the_heuristic_wins_at_once_and_stops_a_win(name, position, best):
    game = registry.make(name)
    game.at(position)
    assert {game.heuristic(0, Random(seed)) for seed in range(5)} == best


def test_equal_actions_are_drawn_by_lot():
    game = registry.make("tictactoe")
    game.at({"board": ["___", "_X_", "___"], "to_move": "O"})
    assert {game.heuristic(1, Random(seed)) for seed in range(40)} == {"0,0", "0,2", "2,0", "2,2"}
