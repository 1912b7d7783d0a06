"""``kibitz diff``: what changed from one run to another, how sure that is, and which tasks flipped."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from kibitz.harness.collector import seldom
from kibitz.harness.commands.output import json_line
from kibitz.harness.commands.outside import read_options
from kibitz.harness.errors import DONE, USAGE


def main(args: argparse.Namespace) -> int:
    """Compare, and print what was found."""
    from kibitz.results.comparing.diff import diff, differences_as_json
    from kibitz.results.comparing.pairs import NotComparableError, pair
    from kibitz.results.comparing.sides import read_sides
    from kibitz.results.gate.sides import charged

    with seldom():
        baseline, candidate = read_sides(Path(args.baseline), Path(args.candidate), args.agent, read_options(args))
        try:
            found = diff(pair(*charged(baseline, candidate), args.arm), args.metric)
        except NotComparableError as error:
            if not args.json:
                raise
            differences = differences_as_json(error.differences)
            print(json_line({"comparable": False, "differences": differences, "reason": str(error)}))
            return USAGE
    if args.json:
        print(json.dumps(found.as_json(), sort_keys=True, allow_nan=False))
        return DONE
    from kibitz.harness.commands.board import wide_console
    from kibitz.results.comparing.difftables import terminal

    console = wide_console(sys.stdout)
    console.print(terminal(found, console.width, every=args.all))
    return DONE
