"""Steps per CPU second of seeded random play in each game, beside OpenSpiel, PettingZoo and TextArena.

Each step of ours lists the legal actions and writes the text that a player reads. The rivals take turns with us, in one
run on one machine: compare the ratios, not the rates.

Usage: python bench/games.py [--json FILE] [--markdown FILE] [--check] [--quick] [--only GAME]

The rivals are measured where they are installed: pip install open-spiel 'pettingzoo[classic]' textarena
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random

from cost.measure import Row, say, write
from cost.table import markdown
from rivals import RIVALS, Play, versions

from kibitz.games.registry import installed, make

ROUNDS = 5
UNIT = "steps/cpu_s"


def ours(name: str) -> Play:
    """Random play in a game of ours."""
    game = make(name)

    def play(seed: int) -> int:
        rng, steps = Random(seed), 0
        draw = rng.random
        game.reset(seed)
        while movers := game.movers():
            chosen = {}
            for seat in movers:
                actions = game.observe(seat).actions
                assert actions is not None
                if actions.open:
                    action = actions.draw(rng)
                    assert action is not None
                else:
                    action = actions.listed[int(draw() * len(actions.listed))]
                chosen[seat] = action
            game.step(chosen)
            steps += len(movers)
        return steps

    return play


def rates(contenders: Mapping[str, Play], seconds: float) -> dict[str, list[float]]:
    """The steps per CPU second of each contender in each of ``ROUNDS`` rounds; in a round one follows the other."""
    found: dict[str, list[float]] = {who: [] for who in contenders}
    for number in range(ROUNDS):
        for who, play in contenders.items():
            start, steps, seed = time.process_time(), 0, number * 1_000_000
            while (spent := time.process_time() - start) < seconds / ROUNDS:
                steps += play(seed)
                seed += 1
            found[who].append(steps / spent)
    return found


def measure(name: str, seconds: float) -> list[Row]:
    """The rows of one game: our rate, and the ratio to each rival that has the game."""
    made = {who: rival(name) for who, (rival, _) in RIVALS.items()}
    found = rates({"kibitz": ours(name), **{who: play for who, play in made.items() if play is not None}}, seconds)
    own = found.pop("kibitz")
    rate = float(round(statistics.median(own)))
    rows = [Row(f"games/{name}", rate, UNIT)]
    for who, theirs in found.items():
        ratio = round(statistics.median(a / b for a, b in zip(own, theirs, strict=True)), 2)
        target = RIVALS[who][1]
        kept = None if target is None else ratio >= target
        reference = float(round(statistics.median(theirs)))
        rows.append(Row(f"games/{name}/{who}", rate, UNIT, reference, ratio, target, kept))
    return rows


def main() -> int:
    """Measure, write, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the rows to this file, '-' for stdout")
    parser.add_argument("--markdown", type=Path, help="write a table to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--quick", action="store_true", help="measure for less than a minute in all")
    parser.add_argument("--only", metavar="GAME", action="append", help="this game only; repeat it for more")
    options = parser.parse_args()
    names = [name for name, point in installed().items() if point.value.startswith("kibitz.")]
    if unknown := sorted(set(options.only or ()) - set(names)):
        parser.error(f"unknown game {unknown[0]!r}; there are {', '.join(names)}")
    rows: list[Row] = []
    for name in options.only or names:
        for row in measure(name, 0.8 if options.quick else 5.0):
            rows.append(row)
            say(str(row))
    write(options.json, json.dumps([row.as_json() for row in rows], sort_keys=True) + "\n")
    command = [
        "python bench/games.py",
        *["--quick"] * options.quick,
        *(f"--only {name}" for name in options.only or ()),
    ]
    write(options.markdown, markdown(rows, command, versions()))
    return 1 if options.check and any(row.passed is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
