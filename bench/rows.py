"""What every bench does with its rows: arguments, JSON, a line for each, and the verdict."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Row = dict[str, Any]
"""``{name, value, unit, reference, ratio, target, pass}``, see docs/formats.md."""


def run(doc: str | None, measure: Callable[[bool], list[Row]]) -> int:
    """Measure as the command line says and tell the rows; returns the exit code.

    Args:
        doc: What the bench is, for ``--help``.
        measure: Makes the rows, in less than a minute where it is given True.
    """
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--json", type=Path, help="write the results to this file, '-' for stdout")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--quick", action="store_true", help="measure for less than a minute in all")
    options = parser.parse_args()
    rows = measure(options.quick)
    text = json.dumps(rows, sort_keys=True)
    if options.json and str(options.json) != "-":
        options.json.write_text(text + "\n", encoding="utf-8")
    elif options.json:
        sys.stdout.write(text + "\n")
    for row in rows:
        beside = f", reference {row['reference']:,}, ratio {row['ratio']}" if row["reference"] else ""
        missed = "" if row["pass"] else "  MISSED"
        sys.stderr.write(f"{row['name']}: {row['value']:,} {row['unit']} (target {row['target']:,}){beside}{missed}\n")
    return 1 if options.check and not all(row["pass"] for row in rows) else 0
