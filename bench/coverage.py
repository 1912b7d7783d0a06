"""How often the intervals hold the truth, in simulated evaluations; the tables of docs/statistics.md.

Usage: python bench/coverage.py [--json FILE] [--markdown FILE] [--check] [--quick] [--beside]

Shares of right answers are not simulated: their coverage is the exact binomial sum, over all shares from 0.50 to 0.98
and all numbers of observations from 10 to 300. All other cases are drawn 4,000 times (--quick: 500 times), at 5, 10, 20
and 40 clusters. Targets hold from 10 clusters on: 93 % to 98 %, give or take three standard errors of the simulation.
With --beside the hardest of these cases are given to the intervals that Kibitz does not use.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import fmean

from beside import beside
from cost.measure import Row, say, write
from cost.table import machine
from simulated import Case, contests, exact_coverage, others, steps

SIZES = (5, 10, 20, 40)
SHARES = tuple(share / 100 for share in range(50, 99, 2))
NUMBERS = tuple(range(10, 301, 10))
LOW, HIGH, WORST = 0.93, 0.98, 0.91


def exact() -> Iterator[Row]:
    """Wilson's interval: the mean over the grid, and its worst cell."""
    cells = [cell for n in NUMBERS for cell in exact_coverage(n, SHARES)]
    mean, worst = fmean(cells), min(cells)
    yield Row("wilson/mean", round(mean, 4), "coverage", target=0.94, passed=0.94 <= mean <= 0.96)
    yield Row("wilson/worst cell", round(worst, 4), "coverage", target=WORST, passed=worst >= WORST)


def simulated(samples: int) -> Iterator[Row]:
    """All other intervals."""
    give = 3 * math.sqrt(0.05 * 0.95 / samples)
    for size in SIZES:
        for case in (*contests((size,)), *steps((size,)), *others((size,))):
            held = case.coverage(samples)
            yield Row(
                case.name,
                round(held, 4),
                "coverage",
                target=LOW if size >= 10 else None,
                passed=kept(case, held, give) if size >= 10 else None,
            )


def informed(samples: int) -> Iterator[Row]:
    """What other intervals would hold, without a target."""
    for size in SIZES[1:]:
        for case in beside(size):
            yield Row(case.name, round(case.coverage(samples), 4), "coverage")


def kept(case: Case, held: float, give: float = 0.0) -> bool:
    """Whether a coverage is within bounds; what may be too wide by design has no upper one."""
    return LOW - give <= held <= (1.0 if case.wide else HIGH + give)


def markdown(rows: list[Row], command: str) -> str:
    """The rows as a table."""
    lines = [f"`{command}`, {machine()}.", "", "| interval | coverage |", "| --- | ---: |"]
    return "\n".join([*lines, *(f"| {row.name} | {100 * (row.value or 0):.1f} % |" for row in rows)]) + "\n"


def main() -> int:
    """Measure, write, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the rows to this file, '-' for stdout")
    parser.add_argument("--markdown", type=Path, help="write them as a table to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--beside", action="store_true", help="measure what Kibitz does not use, and why")
    parser.add_argument("--quick", action="store_true", help="500 samples a case in place of 4,000")
    options = parser.parse_args()
    rows = []
    samples = 500 if options.quick else 4000
    for row in informed(samples) if options.beside else chain(exact(), simulated(samples)):
        rows.append(row)
        say(str(row))
    write(options.json, json.dumps([row.as_json() for row in rows], sort_keys=True) + "\n")
    write(
        options.markdown,
        markdown(rows, "python bench/coverage.py" + " --beside" * options.beside + " --quick" * options.quick),
    )
    return 1 if options.check and any(row.passed is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
