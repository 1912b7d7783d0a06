"""``kibitz export``: runs as Parquet, JSON lines, Hugging Face datasets, or logs of Inspect."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from kibitz.harness.collector import seldom
from kibitz.harness.commands.board import require_different
from kibitz.harness.commands.output import tame
from kibitz.harness.errors import DONE
from kibitz.results.export.card import missing
from kibitz.results.export.export import Written, by_name, export_tables
from kibitz.results.reader import JournalReader
from kibitz.results.rundata import RunData


def main(args: argparse.Namespace) -> int:
    """Write the export and print its path; what is missing from it, and what it holds, goes to stderr."""
    paths, out = [Path(run) for run in args.runs], Path(args.out)
    require_different(paths)
    with seldom(), ExitStack() as stack:
        runs = [RunData.of(stack.enter_context(JournalReader.read(path))) for path in paths]
        written = _write(runs, args.to, out, prompts=args.with_prompts)
        told = missing(by_name(runs))
    told.append("written: " + ", ".join(f"{name} {count}" for name, count in written.counts.items()))
    if written.mended:
        told.append(f"in {written.mended} texts half a character, which has no UTF-8, was replaced by U+FFFD")
    for line in told:
        print(tame(line), file=sys.stderr)
    print(out)
    return DONE


def _write(runs: list[RunData], form: str, out: Path, *, prompts: bool) -> Written:
    if form != "inspect":
        return export_tables(runs, form, out, prompts=prompts)
    from kibitz.results.export.inspectlogs import export_logs

    return export_logs(runs, out, prompts=prompts)
