"""Shared by the tests of games: seeded random play, and counting how play can go on."""

from collections.abc import Callable, Iterator
from random import Random

import pytest

from kibitz.games.game import Game


def _walk(game: Game, seeds: range) -> Iterator[Game]:
    """The game in every state of one random episode a seed, the last included."""
    for seed in seeds:
        rng = Random(f"walk/{seed}")
        game.reset(seed)
        yield game
        while movers := game.movers():
            choices = {}
            for seat in movers:
                actions = game.observe(seat).actions
                assert actions is not None
                choices[seat] = rng.choice(actions.listed)
            game.step(choices)
            yield game


@pytest.fixture
def walk() -> Callable[[Game, range], Iterator[Game]]:
    return _walk


def _perft(game: Game, depth: int) -> int:
    """How many sequences of ``depth`` actions there are, one at a time."""
    if depth == 0:
        return 1
    token, total = game.snapshot(), 0
    for seat in game.movers():
        actions = game.observe(seat).actions
        assert actions is not None
        for action in actions.listed:
            game.step({seat: action})
            total += _perft(game, depth - 1)
            game.restore(token)
    return total


@pytest.fixture
def perft() -> Callable[[Game, int], int]:
    return _perft
