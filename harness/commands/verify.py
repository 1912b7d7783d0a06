"""``kibitz verify``: play a run again from its journal, or compare it with another; nothing is sent to a model."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kibitz.harness.commands.output import json_line, skipped, tame
from kibitz.harness.errors import DISAGREES, DONE, INCOMPLETE


def main(args: argparse.Namespace) -> int:
    """Verify and say what differs."""
    from kibitz.harness.verify import verify

    against = Path(args.against) if args.against else None
    found = asyncio.run(verify(Path(args.run), against))
    if args.json:
        print(json_line(found))
    else:
        for line in lines(found, args.against):
            print(tame(line))
    # Two runs are equal only where every episode of both could be compared.
    if found["differing"] or found["resent"] or (against and found["skipped"]):
        return DISAGREES
    return DONE if found["episodes"] else INCOMPLETE


def lines(found: Mapping[str, Any], against: str | None) -> list[str]:
    """The result in words."""
    compared = f"{found['equal']} of {found['episodes']} episodes are equal"
    text = [f"{compared} to {against}" if against else f"{compared} when played again"]
    text += [f"differs: {_said(one)}" for one in found["differing"]]
    text += skipped(found["skipped"])
    text += [f"asks for a call that is not recorded: {_said(one)}" for one in found["resent"]]
    if found.get("regraded"):
        text.append(f"{found['regraded']} were regraded; the latest grades were compared")
    if found["differing"]:
        # Another game or parser is no damage: who reads this should not look for any.
        text += [f"other than when it was played: {one}" for one in found.get("since", ())]
    return text


def _said(one: object) -> str:
    if isinstance(one, Mapping):
        reason = one.get("reason") or one.get("field") or ""
        return f"{one.get('episode', '')}: {reason}".rstrip(": ")
    return str(one)
