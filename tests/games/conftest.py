"""Shared by the tests of games: seeded random play."""

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
