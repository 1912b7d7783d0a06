"""What the orchestrator costs, beside references that are measured in the same run.

Usage: python bench/orchestrator.py [--json FILE] [--check] [--quick] [--only CASE]...
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from cost.growth import turn_40_vs_4
from cost.measure import Row, say
from cost.percall import cpu_per_call
from cost.players import plugged_in

CASES = {
    "cpu_per_call": lambda quick: cpu_per_call(300 if quick else 2000, 10, 3 if quick else 5),
    "turn_40_vs_4": lambda quick: turn_40_vs_4(50 if quick else 200, 3 if quick else 5),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the results to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--quick", action="store_true", help="measure for less than a minute in all")
    parser.add_argument("--only", action="append", choices=sorted(CASES), help="measure this case; may be repeated")
    options = parser.parse_args()
    rows: list[Row] = []
    with plugged_in():
        for name in options.only or CASES:
            say(f"{name} ...")
            rows += CASES[name](options.quick)
    text = json.dumps([row.as_json() for row in rows], sort_keys=True)
    if options.json and str(options.json) != "-":
        options.json.write_text(text + "\n", encoding="utf-8")
    elif options.json:
        sys.stdout.write(text + "\n")
    for row in rows:
        say(str(row))
    return 1 if options.check and any(row.passed is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
