"""``kibitz plan``: how much must be played to see a change of a wanted size, and what that costs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from kibitz.harness.collector import seldom
from kibitz.harness.commands.output import tame, wrapped
from kibitz.harness.commands.outside import read_options
from kibitz.harness.errors import DONE


def main(args: argparse.Namespace) -> int:
    """Plan, and print what is needed."""
    from kibitz.results.comparing.plan import plan
    from kibitz.results.comparing.plantext import lines
    from kibitz.results.comparing.reading import read_results
    from kibitz.results.comparing.sides import both_names, read_sides
    from kibitz.results.gate.sides import charged

    run, options = Path(args.run), read_options(args)
    with seldom():
        if args.against is None:
            results, against = read_results(run, both_names(args.agent)[0], options), None
        else:
            results, against = charged(*read_sides(run, Path(args.against), args.agent, options))
        found = plan(
            results, args.detect, against, metric=args.metric, alpha=args.alpha, power=args.power, arms=args.arm
        )
    if args.json:
        print(json.dumps(found.as_json(), sort_keys=True, allow_nan=False))
    else:
        for line in lines(found):
            print(wrapped(tame(line)))
    return DONE
