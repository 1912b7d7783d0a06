"""Steps per CPU second of seeded random play, listing the legal actions included, beside OpenSpiel where it is there.

Usage: python bench/games.py [--json FILE] [--check] [--quick]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from kibitz.games.registry import make

TARGET = 100_000
GAMES = ("tictactoe", "connect4", "numberline", "surround", "pong")
SPIEL = {"tictactoe": "tic_tac_toe", "connect4": "connect_four"}
Play = Callable[[int], int]
"""Plays one random episode of the given seed; returns its number of steps."""


def ours(name: str) -> Play:
    game = make(name)

    def play(seed: int) -> int:
        draw, steps = Random(seed).random, 0
        game.reset(seed)
        while movers := game.movers():
            chosen = {}
            for seat in movers:
                actions = game.observe(seat).actions
                assert actions is not None
                chosen[seat] = actions.listed[int(draw() * len(actions.listed))]
            game.step(chosen)
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


def measure(name: str, seconds: float) -> dict[str, Any]:
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the results to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--quick", action="store_true", help="measure for less than a minute in all")
    options = parser.parse_args()
    rows = [measure(name, 1.0 if options.quick else 5.0) for name in GAMES]
    text = json.dumps(rows, sort_keys=True)
    if options.json and str(options.json) != "-":
        options.json.write_text(text + "\n", encoding="utf-8")
    elif options.json:
        sys.stdout.write(text + "\n")
    for row in rows:
        beside = f", OpenSpiel {row['reference']:,}" if row["reference"] else ""
        sys.stderr.write(f"{row['name']}: {row['value']:,} {row['unit']} (target {row['target']:,}){beside}\n")
    return 1 if options.check and not all(row["pass"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
