"""How long the exact Connect4 solver takes for one position, from nothing known, over seeded positions.

Usage: python bench/solver.py [--json FILE] [--check] [--quick]

Positions are undecided (the side to move has no win at once) and come from two sorts of play: `random`, and `careful`,
in which both sides take wins and avoid actions after which the opponent wins at once. What is timed is the exact value
of every legal action. The target holds for the 95th percentile from 20 discs on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

from kibitz.games.board.bitboard import stones_of
from kibitz.games.board.connect4 import Connect4
from kibitz.games.board.connect4_solver import Solver

TARGET = 1.0
"""CPU seconds a position at the 95th percentile."""
DISCS = (20, 22, 24, 28)
SORTS = ("random", "careful")
PERCENTILES = (50, 95, 99)


def position(discs: int, sort: str, number: int) -> tuple[int, int]:
    """The discs of the side to move and of the opponent in the position of that number."""
    rng = Random(f"bench/solver/{discs}/{sort}/{number}")
    game = Connect4()
    while True:
        game.reset(0)
        for _ in range(discs):
            for seat in game.movers():
                game.step({seat: rng.choice(choices(game, seat, sort))})
        for seat in game.movers():
            if not game.truth(seat, "wins"):
                rows = game.position()["board"]
                return stones_of(rows, "XO"[seat]), stones_of(rows, "XO"[1 - seat])


def choices(game: Connect4, seat: int, sort: str) -> tuple[str, ...]:
    """What the play of that sort draws from."""
    actions = game.observe(seat).actions
    assert actions is not None
    if sort == "random":
        return actions.listed
    wins = game.truth(seat, "wins")
    assert isinstance(wins, frozenset)
    if wins:
        return tuple(sorted(cell[0] for cell in wins))
    safe = tuple(action for action in actions.listed if not game.truth(seat, "opp_wins_after", action))
    return safe or actions.listed


def timed(board: tuple[int, int]) -> float:
    """CPU seconds of a solver that knows nothing yet."""
    solver, start = Solver(), time.process_time()
    solver.action_values(*board)
    return time.process_time() - start


def measure(discs: int, sort: str, count: int) -> list[dict[str, Any]]:
    """One row a percentile."""
    times = sorted(timed(position(discs, sort, number)) for number in range(count))
    rows = []
    for percentile in PERCENTILES:
        value = times[min(count - 1, count * percentile // 100)]
        target = TARGET if percentile == 95 else None
        rows.append(
            {
                "name": f"solver/connect4/{discs}-discs/{sort}/p{percentile}",
                "value": round(value, 5),
                "unit": "cpu_s",
                "reference": None,
                "ratio": None,
                "target": target,
                "pass": target is None or value <= target,
            }
        )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the results to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--quick", action="store_true", help="measure for less than a minute in all")
    options = parser.parse_args()
    count = 60 if options.quick else 400
    rows: list[dict[str, Any]] = []
    for discs in DISCS:
        for sort in SORTS:
            fresh = measure(discs, sort, count)
            rows += fresh
            shown = ", ".join(
                f"{name} {row['value'] * 1000:.1f} ms"
                for name, row in zip(("median", "p95", "p99"), fresh, strict=True)
            )
            sys.stderr.write(f"{discs} discs, {sort} play: {shown} (target {TARGET * 1000:.0f} ms at p95)\n")
    text = json.dumps(rows, sort_keys=True)
    if options.json and str(options.json) != "-":
        options.json.write_text(text + "\n", encoding="utf-8")
    elif options.json:
        sys.stdout.write(text + "\n")
    return 1 if options.check and not all(row["pass"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
