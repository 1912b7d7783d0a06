"""Steps per CPU second of seeded random play, listing the legal actions included, beside OpenSpiel where it is there.

Usage: python bench/games.py [--json FILE] [--check] [--quick]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from random import Random

from rows import Row, run

from kibitz.games.registry import make

TARGET = 100_000
SPIEL = {"tictactoe": "tic_tac_toe", "connect4": "connect_four"}
Play = Callable[[int], int]
"""Plays one random episode of the given seed; returns its number of steps."""


def ours(name: str) -> Play:
    game = make(name)

    def play(seed: int) -> int:
        draw, steps = Random(seed).random, 0
        game.reset(seed)
        while movers := game.movers():
            actions = game.observe(movers[0]).actions
            assert actions is not None
            game.step({movers[0]: actions.listed[int(draw() * len(actions.listed))]})
            steps += 1
        return steps

    return play


def openspiel(name: str) -> Play | None:
    try:
        import pyspiel
    except ImportError:
        return None
    if name not in SPIEL:
        return None
    game = pyspiel.load_game(SPIEL[name])

    def play(seed: int) -> int:
        draw, steps, state = Random(seed).random, 0, game.new_initial_state()
        while not state.is_terminal():
            actions = state.legal_actions()
            state.apply_action(actions[int(draw() * len(actions))])
            steps += 1
        return steps

    return play


def rate(play: Play, seconds: float, rounds: int = 5) -> float:
    """Median over rounds of the steps per CPU second."""
    rates = []
    for number in range(rounds):
        start, steps, seed = time.process_time(), 0, number * 1_000_000
        while (spent := time.process_time() - start) < seconds / rounds:
            steps += play(seed)
            seed += 1
        rates.append(steps / spent)
    return statistics.median(rates)


def measure(name: str, seconds: float) -> Row:
    value, rival = rate(ours(name), seconds), openspiel(name)
    reference = rate(rival, seconds) if rival else None
    return {
        "name": f"games/{name}",
        "value": round(value),
        "unit": "steps/cpu_s",
        "reference": reference and round(reference),
        "ratio": reference and round(value / reference, 3),
        "target": TARGET,
        "pass": value >= TARGET,
    }


def rows(quick: bool) -> list[Row]:
    return [measure(name, 1.0 if quick else 5.0) for name in ("tictactoe", "connect4", "numberline")]


if __name__ == "__main__":
    sys.exit(run(__doc__, rows))
