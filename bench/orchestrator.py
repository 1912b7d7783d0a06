"""What the orchestrator costs, beside references that are measured in the same run.

Usage: python bench/orchestrator.py [--json FILE] [--markdown FILE] [--check] [--quick] [--only CASE]...
           [--inspect-python PATH]
       python bench/orchestrator.py --guard

Linux, for the memory case; the others run on any POSIX system. ``docs/performance.md`` says what each case is.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from cost.beside_inspect import interpreter_with_inspect, vs_inspect
from cost.board import board
from cost.flight import in_flight
from cost.growth import turn_40_vs_4
from cost.measure import Row, say, write
from cost.ours import BenchError
from cost.percall import cpu_per_call, guard
from cost.players import plugged_in
from cost.table import markdown
from cost.wire import http

Case = Callable[[], list[Row]]
GUARD = "guard"


def cases(quick: bool, python: Path | None) -> Mapping[str, Case]:
    """All cases in their full or quick size, except the guard; ``python`` has inspect_ai."""
    return {
        "cpu_per_call": lambda: cpu_per_call(300 if quick else 2000, 10, 3 if quick else 5),
        "vs_inspect": lambda: vs_inspect(python, 100 if quick else 2000, 10, 1 if quick else 3),
        "http": lambda: http(25 if quick else 500, 10, 2 if quick else 5),
        "in_flight": lambda: in_flight(*((1000, 3) if quick else (10_000, 10)), whole=not quick),
        "turn_40_vs_4": lambda: turn_40_vs_4(40 if quick else 200, 2 if quick else 5),
        "board": lambda: board(10_000 if quick else 100_000, whole=not quick),
    }


def measure(name: str, case: Case) -> list[Row]:
    """The rows of a case; one that says why, and did not pass, where the case could not be played."""
    say(f"{name} ...")
    try:
        return case()
    except BenchError as error:
        return [Row(name, None, "", passed=False, note=str(error))]


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the results to this file, '-' for stdout")
    parser.add_argument("--markdown", type=Path, help="write them as a table to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--quick", action="store_true", help="measure for less than a minute in all")
    parser.add_argument("--only", action="append", choices=list(cases(True, None)), help="this case; may be repeated")
    parser.add_argument("--inspect-python", type=Path, metavar="PATH", help="an interpreter that has inspect_ai")
    parser.add_argument(
        "--guard",
        action="store_true",
        help="only compare with the bare loop, in half a minute; exit 1 beyond the bound",
    )
    return parser.parse_args()


def main() -> int:
    options = parsed()
    found = cases(options.quick, interpreter_with_inspect(options.inspect_python))
    chosen: Mapping[str, Case] = {name: found[name] for name in options.only or found}
    if options.guard:
        chosen = {GUARD: lambda: guard(600, 10, 5)}
    with plugged_in():
        rows = [row for name, case in chosen.items() for row in measure(name, case)]
    write(options.json, json.dumps([row.as_json() for row in rows], sort_keys=True) + "\n")
    flags = ["--quick"] * options.quick + ["--guard"] * options.guard
    flags += [f"--only {name}" for name in options.only or ()]
    write(options.markdown, markdown(rows, ["python bench/orchestrator.py", *flags]))
    for row in rows:
        say(str(row))
    return 1 if (options.check or options.guard) and any(row.passed is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
