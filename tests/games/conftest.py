"""Shared by the tests of games: seeded random play, and counting how play can go on."""

from collections.abc import Callable, Iterator
from itertools import product
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
    """How many sequences of ``depth`` actions there are, one at a time; the last ones are counted, not played."""
    token, total = game.snapshot(), 0
    for seat in game.movers():
        actions = game.observe(seat).actions
        assert actions is not None
        if depth == 1:
            return len(actions.listed)
        for action in actions.listed:
            game.step({seat: action})
            total += _perft(game, depth - 1)
            game.restore(token)
    return total


@pytest.fixture
def perft() -> Callable[[Game, int], int]:
    return _perft


def _placed(black: str, white: str, to_move: str | None = "b", **more: object) -> dict[str, object]:
    """A position of draughts with pieces on these squares, such as ``1 K14``; K stands before a king."""
    dark = [cell for cell in product(range(8), repeat=2) if sum(cell) % 2]
    rows = [["."] * 8 for _ in range(8)]
    for letter, pieces in (("b", black.split()), ("w", white.split())):
        for piece in pieces:
            row, column = dark[int(piece.removeprefix("K")) - 1]
            rows[row][column] = letter.upper() if piece.startswith("K") else letter
    return {"board": ["".join(row) for row in rows], "to_move": to_move, **more}


@pytest.fixture
def placed() -> Callable[..., dict[str, object]]:
    return _placed
