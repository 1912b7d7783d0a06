"""What the two modes of the gate find, and how often they are wrong: the figures of docs/gate.md, by simulation.

Paired episodes with a difference of -1, 0 or 1 (the candidate wins what the baseline lost, or the other way), of which
a share differs. "fixed" is the interval of ``kibitz gate`` after all episodes; "anytime" looks after every episode and
stops when it is certain; "peeking" does the same with a t test that is made for one look.

Usage: python bench/gate.py [--json FILE] [--check] [--quick] [--markdown]
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cost.measure import Row, say, significant, write
from cost.table import machine
from numpy.typing import NDArray

from kibitz.results.statistics.betting import Wealth
from kibitz.results.statistics.quantiles import student_t

Array = NDArray[np.float64]
ALPHA, TOLERATED = 0.05, 0.05


@dataclass(frozen=True)
class Case:
    """A drop in truth, and how much differs at all.

    Attributes:
        mirrored: Every observation is the mean of a mirrored pair, half of which go the same way.
    """

    name: str
    size: int
    differing: float
    drop: float
    bound: float = 0.0
    mirrored: bool = False


CASES = (
    Case("false alarm", 300, 0.3, 0.0),
    Case("false alarm at the tolerated drop", 300, 0.3, TOLERATED, TOLERATED),
    Case("false alarm, mirrored pairs", 150, 0.3, TOLERATED, TOLERATED, mirrored=True),
    Case("10 points", 300, 0.3, 0.1),
    Case("10 points, mirrored pairs", 150, 0.3, 0.1, mirrored=True),
    Case("10 points, 5 tolerated", 300, 0.3, 0.1, TOLERATED),
    Case("20 points, 5 tolerated", 300, 0.3, 0.2, TOLERATED),
    Case("40 points, 5 tolerated", 300, 0.5, 0.4, TOLERATED),
    Case("10 points, 5 tolerated, 1000 episodes", 1000, 0.3, 0.1, TOLERATED),
    Case("no drop, to PASS with 5 tolerated", 300, 0.1, 0.0, -TOLERATED),
    Case("no drop, to PASS with 10 tolerated", 300, 0.3, 0.0, -0.1),
    Case("no drop, to PASS with 5 tolerated, 1000 episodes", 1000, 0.3, 0.0, -TOLERATED),
)
"""Questions of the kind FAIL. PASS is the same from the other side, where a tolerated drop is a bound below zero."""


def drops(case: Case, runs: int, generator: np.random.Generator) -> Array:
    """One row an observation, one column a run."""

    def once() -> Array:
        drawn = generator.random((case.size, runs))
        return np.where(drawn < (case.differing + case.drop) / 2, 1.0, np.where(drawn < case.differing, -1.0, 0.0))

    one = once()
    if not case.mirrored:
        return one
    return (one + np.where(generator.random(one.shape) < 0.5, one, once())) / 2


def fixed(values: Array, bound: float) -> float:
    """Share of runs whose interval lies above the bound: the clustered t interval of a comparison, all at once."""
    size, mean = len(values), values.mean(axis=0)
    spread = np.abs(values - mean)
    # As in statistics.differences: two more observations of the largest deviation that was seen.
    squares = (spread**2).sum(axis=0) + 2 * np.maximum(spread.max(axis=0), 1e-12) ** 2
    error = np.sqrt(squares * (size + 2) / (size + 1)) / (size + 2)
    return float((mean - student_t(size - 1, 1 - 2 * ALPHA) * error > bound).mean())


def anytime(values: Array, bound: float) -> tuple[float, float]:
    """Share of runs that were ever certain, and the mean number of observations read."""
    wealth, size = Wealth(bound, -1.0, 1.0), len(values)
    when = np.full(values.shape[1], size)
    for number, row in enumerate(values, start=1):
        wealth.bet(row)
        when[(wealth.best >= math.log(1 / ALPHA)) & (when == size)] = number
    return float((wealth.best >= math.log(1 / ALPHA)).mean()), float(when.mean())


def peeking(values: Array, bound: float) -> float:
    """Share of runs in which a one-sided t test at the same level, looked at from the 10th observation on, fails."""
    n = np.arange(1, len(values) + 1)[:, None]
    sums, squares = np.cumsum(values, axis=0), np.cumsum(values**2, axis=0)
    error = np.sqrt(np.maximum(squares - sums**2 / n, 1e-12) / n / np.maximum(n - 1, 1))
    quantiles = np.array([student_t(max(1, int(k) - 1), 1 - 2 * ALPHA) for k in n[:, 0]])[:, None]
    return float((sums / n - quantiles * error > bound)[9:].any(axis=0).mean())


def measure(case: Case, runs: int) -> list[Row]:
    values = drops(case, runs, np.random.default_rng([CASES.index(case), case.size]))
    once, (ever, read), peeked = fixed(values, case.bound), anytime(values, case.bound), peeking(values, case.bound)
    false = case.drop <= case.bound
    # Chance alone moves a share by so much.
    noise = 3 * math.sqrt(ALPHA * (1 - ALPHA) / runs)
    unit, episodes = "share", 2 if case.mirrored else 1
    return [
        _row(f"gate/{case.name}: fixed", once, unit, ALPHA + noise if false else None),
        _row(f"gate/{case.name}: anytime", ever, unit, ALPHA if false else None),
        _row(f"gate/{case.name}: anytime reads", read * episodes, "episodes", None),
        _row(f"gate/{case.name}: peeking", peeked, unit, None),
    ]


def _row(name: str, value: float, unit: str, most: float | None) -> Row:
    return Row(
        name, significant(value), unit, target=None if most is None else significant(most),
        passed=None if most is None else value <= most,
    )  # fmt: skip


def markdown(rows: list[Row], runs: int) -> str:
    """The table of the docs."""
    lines = [
        f"{runs} simulated gates a line, alpha {ALPHA}, {machine()}.",
        "",
        "| truth | episodes | differ | fixed | anytime | anytime reads | t test with peeking |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for case, place in zip(CASES, range(0, len(rows), 4), strict=True):
        once, ever, read, peeked = (row.value or 0.0 for row in rows[place : place + 4])
        episodes = case.size * (2 if case.mirrored else 1)
        lines.append(
            f"| {case.name} | {episodes} | {case.differing:.0%} | {once:.1%} | {ever:.1%} | {read:.0f} | {peeked:.1%} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the results to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--quick", action="store_true", help="simulate a tenth")
    parser.add_argument("--markdown", action="store_true", help="print the table of docs/gate.md")
    options = parser.parse_args()
    runs = 2_000 if options.quick else 20_000
    rows = []
    for case in CASES:
        rows += measure(case, runs)
        for row in rows[-4:]:
            say(str(row))
    write(options.json, json.dumps([row.as_json() for row in rows], sort_keys=True) + "\n")
    if options.markdown:
        sys.stdout.write(markdown(rows, runs))
    return 1 if options.check and not all(row.passed is not False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
