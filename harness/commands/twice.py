"""``kibitz run SUITE --aa``: play a suite twice with the same seed, and say how much the two runs differ.

The two runs are ordinary run folders, ``OUT/a`` and ``OUT/b``, one played after the other: a provider that changes or
is busy shows as it would between a baseline and a candidate. Nothing of the first run is used in the second; each call
is asked again.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from kibitz.harness.collector import seldom
from kibitz.harness.commands.board import wide_console
from kibitz.harness.commands.report import write
from kibitz.harness.config import Suite
from kibitz.harness.errors import DONE, RunIncomplete, UsageError
from kibitz.harness.settings import Amount
from kibitz.results.comparing.noise import Noise, noise
from kibitz.results.reader import JournalReader
from kibitz.results.records import Spent
from kibitz.results.rundata import RunData
from kibitz.results.runfolder import FILE_NAME, require_free

SIDES = ("a", "b")


class Play(Protocol):
    """Plays a suite into a folder, or goes on with it."""

    def __call__(self, args: argparse.Namespace, suite: Suite, out: Path, *, resume: bool, again: str) -> None:
        """Play to the end, or raise ``RunIncomplete``."""


def play_twice(args: argparse.Namespace, suite: Suite, out: Path, again: str, play: Play) -> int:
    """Play the suite twice, then print the noise floor and write the report of both runs.

    Args:
        args: The arguments of ``kibitz run``.
        suite: What to play; its budgets are for both runs together.
        out: The folder of both runs.
        again: The command that goes on where this one stops.
        play: Plays one of them.

    Raises:
        UsageError: Arguments do not go together.
        RunIncomplete: A run did not come to its end; the message says how to go on.
        RunExistsError: The folder holds something already.
    """
    if suite.replay:
        raise UsageError("--aa asks every call twice and --replay sends nothing: a recording has no noise")
    if not args.resume:
        require_free(out)
    for side in SIDES:
        folder = out / side
        left = suite if side == SIDES[0] else left_over(suite, out / SIDES[0])
        try:
            play(args, left, folder, resume=(folder / FILE_NAME).exists(), again=again)
        except RunIncomplete as stop:
            raise RunIncomplete(f"run {side} of a and b: {stop}") from stop
    found = read_noise(out)
    report = write([out / side for side in SIDES], out / "report.html")
    if args.json:
        print(json.dumps(found.as_json(), sort_keys=True, allow_nan=False))
        return DONE
    from kibitz.results.comparing.noisetables import terminal

    wide_console(sys.stdout).print(terminal(found))
    print(report)
    return DONE


def left_over(suite: Suite, first: Path) -> Suite:
    """The suite with what its budgets have left after the first run: nobody means to spend them twice."""
    with JournalReader.read(first) as journal:
        spent = journal.spent()
    total = sum(spent.values(), Spent())
    budget = suite.budget
    # One limit holds for each agent: what the dearest has left is what a second run of it can take.
    dearest = Spent(
        input_tokens=max((one.tokens for one in spent.values()), default=0),
        usd=max((one.usd for one in spent.values()), default=0.0),
    )
    return replace(suite, budget=replace(budget, run=_less(budget.run, total), agent=_less(budget.agent, dearest)))


def _less(amount: Amount, spent: Spent) -> Amount:
    return Amount(
        None if amount.usd is None else max(0.0, amount.usd - spent.usd),
        None if amount.tokens is None else max(0, amount.tokens - spent.tokens),
    )


def read_noise(out: Path) -> Noise:
    """The noise floor of the two runs in a folder.

    Raises:
        JournalError: There are none.
    """
    folders = [out / side for side in SIDES]
    with seldom(), ExitStack() as stack:
        first, second = (RunData.of(stack.enter_context(JournalReader.read(folder))) for folder in folders)
        return noise(first, second, (str(folders[0]), str(folders[1])))


def recorded_in(out: str) -> str:
    """The run of which two more are to be gone on with: the first of them.

    Raises:
        UsageError: The folder holds no run.
    """
    first = Path(out) / SIDES[0]
    if not (first / FILE_NAME).exists():
        start = f"kibitz run SUITE --aa --out {shlex.quote(out)}"
        raise UsageError(f"{out}: holds no run that was begun with --aa; start it with: {start}")
    return str(first)
