"""``kibitz regrade``: grade a run's answers again with today's parsers and truths; nothing is sent to a model."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kibitz.harness.commands.output import columns, json_line, skipped, tame
from kibitz.harness.errors import DONE, INCOMPLETE


def main(args: argparse.Namespace) -> int:
    """Regrade and say what changed."""
    from kibitz.harness.regrade import regrade

    found = asyncio.run(regrade(Path(args.run), dry_run=args.dry_run))
    if args.json:
        print(json_line(found))
    else:
        for line in lines(found, args.run, dry_run=args.dry_run):
            print(tame(line))
    return DONE if found["episodes"] else INCOMPLETE


def lines(found: Mapping[str, Any], run: str, *, dry_run: bool) -> Iterator[str]:
    """The result in words."""
    written = "would be appended" if dry_run else "were appended"
    yield f"{found['grades']} answers of {found['episodes']} episodes were graded again; {found['appended']} {written}"
    if found["changed"]:
        yield columns(
            (f"  {one['game']}", one["subproblem"], f"{one['from']} -> {one['to']}", f"{one['count']} answers")
            for one in found["changed"]
        )
    for one in found["one_by_one"]:
        yield f"{one['count']} were read from the recorded answers alone: {one['reason']}"
    for one in found["kept"]:
        yield f"{one['count']} keep their grade: {one['reason']}"
    yield from skipped(found["skipped"])
    if found["appended"] and not dry_run:
        yield f"The report in the run folder is the old one; for a new one: kibitz report {run} -o {run}/report.html"
