"""Shared by the tests of games: seeded random play."""

from collections.abc import Callable, Iterator
from random import Random

import pytest
from hypothesis import settings

from kibitz.games.game import Game

# A busy machine is no finding: examples have no deadline, the whole test has pytest's.
settings.register_profile("kibitz", deadline=None)
settings.load_profile("kibitz")


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
