"""How long it takes to find what actions are worth, in CPU milliseconds over seeded positions.

Usage: python bench/solver.py [--json FILE] [--markdown FILE] [--check] [--quick]

Connect4 is solved exactly, each position from an empty table. Its positions are undecided (the side to move has no win
at once) and come from two sorts of play: `random`, and `careful`, in which both sides take wins and avoid actions after
which the opponent wins at once. The target holds for the 95th percentile from 20 discs on. Othello and Checkers are
valued in positions of random play; each row names the method that the game used there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from cost.measure import Row, say, write
from cost.table import markdown

from kibitz.games.board.bitboard import stones_of
from kibitz.games.board.connect4 import Connect4
from kibitz.games.board.connect4_solver import Solver
from kibitz.games.registry import make
from kibitz.games.subproblem import Unknown

TARGET = 1.0
"""CPU seconds a position at the 95th percentile."""
DISCS = (20, 22, 24, 28)
SORTS = ("random", "careful")
PERCENTILES = (50, 95, 99)
ESTIMATED = ("othello", "checkers")


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


def estimated(name: str, count: int) -> dict[str, list[float]]:
    """CPU seconds that a game takes to value its actions, in positions of random play, by the method it names."""
    found: dict[str, list[float]] = {}
    game = make(name)
    for number in range(count):
        rng = Random(f"bench/solver/{name}/{number}")
        game.reset(number)
        game.wander(rng, rng.randint(0, 60))
        for seat in game.movers():
            start = time.process_time()
            values = game.action_values(seat)
            spent = time.process_time() - start
            if not isinstance(values, Unknown):
                found.setdefault(values.method, []).append(spent)
    return found


def rows_of(name: str, times: list[float], target: float | None) -> list[Row]:
    """One row a percentile."""
    times = sorted(times)
    rows = []
    for percentile in PERCENTILES:
        value = times[min(len(times) - 1, len(times) * percentile // 100)]
        bound = target if percentile == 95 else None
        kept = None if bound is None else value <= bound
        rows.append(
            Row(f"{name}/p{percentile}", round(value * 1000, 2), "cpu_ms", target=bound and bound * 1000, passed=kept)
        )
    return rows


def measured(count: int) -> Iterator[Row]:
    """All rows."""
    for discs in DISCS:
        for sort in SORTS:
            times = [timed(position(discs, sort, number)) for number in range(count)]
            yield from rows_of(f"solver/connect4/{discs}-discs/{sort}", times, TARGET)
    for name in ESTIMATED:
        for method, times in estimated(name, count).items():
            yield from rows_of(f"solver/{name}/{method.replace(' ', '-')}", times, None)


def main() -> int:
    """Measure, write, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the rows to this file, '-' for stdout")
    parser.add_argument("--markdown", type=Path, help="write them as a table to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--quick", action="store_true", help="measure for less than a minute in all")
    options = parser.parse_args()
    rows = []
    for row in measured(60 if options.quick else 400):
        rows.append(row)
        say(str(row))
    write(options.json, json.dumps([row.as_json() for row in rows], sort_keys=True) + "\n")
    write(options.markdown, markdown(rows, ["python bench/solver.py", *["--quick"] * options.quick]))
    return 1 if options.check and any(row.passed is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
