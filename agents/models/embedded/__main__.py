"""``python -m kibitz.agents.models.embedded``: where the weights are; with ``--fetch``, fetch what is missing."""

from __future__ import annotations

import argparse
import sys

from kibitz.agents.models.embedded.catalogue import ENTRIES, entry
from kibitz.agents.models.embedded.status import status
from kibitz.agents.models.embedded.weights import prepare
from kibitz.agents.models.model import ModelError


def main(arguments: list[str] | None = None) -> int:
    """Print one line a model, or fetch one; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m kibitz.agents.models.embedded", description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="a model; without it, the default")
    parser.add_argument("--fetch", action="store_true", help="fetch the model if it is not in the cache")
    chosen = parser.parse_args(arguments)
    try:
        entries = (entry(chosen.name),) if chosen.name or chosen.fetch else ENTRIES
        for known in entries:
            if chosen.fetch:
                prepare(known)
            print(f"{known.name}: {status(known.name)}")
    except ModelError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
