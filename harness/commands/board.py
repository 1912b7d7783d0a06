"""``kibitz board``: the leaderboard of one or more runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kibitz.harness.collector import seldom
from kibitz.harness.errors import DONE, UsageError
from kibitz.results.leaderboard import BoardData, board
from kibitz.results.reader import JournalReader
from kibitz.results.rundata import RunData

if TYPE_CHECKING:
    from rich.console import Console


def main(args: argparse.Namespace) -> int:
    """Print the leaderboard."""
    paths = [Path(run) for run in args.runs]
    data = _of_files(paths, args) if any(path.is_file() for path in paths) else read_board(paths)
    if args.form is None:
        show(data)
        return DONE
    sys.stdout.write(_written(data, args.form).rstrip("\r\n") + "\n")
    return DONE


def _of_files(paths: Sequence[Path], args: argparse.Namespace) -> BoardData:
    """The leaderboard of results in files.

    Raises:
        UsageError: A file is named twice, or a run folder is among them.
        OutsideError: A file holds no results that can be read.
        BaselineError: A baseline file cannot be read.
    """
    from kibitz.harness.commands.outside import read_options
    from kibitz.results.comparing.reading import read_file
    from kibitz.results.outside.board import board_of

    require_different(paths)
    if folders := [path for path in paths if path.is_dir()]:
        raise UsageError(
            f"{folders[0]}: is a run folder, and a board of files has other columns; "
            "make two boards, or put the run into a file with: kibitz baseline save"
        )
    options = read_options(args)
    return board_of([results for path in paths for results in read_file(path, options)])


def _written(data: BoardData, form: str) -> str:
    if form == "json":
        return data.to_json()
    from kibitz.results.tables import comma_separated, markdown  # imports rich, which JSON need not wait for

    return markdown(data) if form == "markdown" else comma_separated(data)


def read_board(runs: Sequence[Path]) -> BoardData:
    """The leaderboard of runs.

    Raises:
        UsageError: A run is named twice.
        JournalError: A folder holds no run that can be read.
    """
    require_different(runs)
    with seldom(), ExitStack() as stack:
        return board([RunData.of(stack.enter_context(JournalReader.read(run))) for run in runs])


def require_different(runs: Sequence[Path]) -> None:
    """Check that no run is counted twice: its intervals would be too narrow.

    Raises:
        UsageError: A run is named twice.
    """
    seen: dict[Path, Path] = {}
    for run in runs:
        first = seen.setdefault(run.resolve(), run)
        if first is not run:
            raise UsageError(f"{run}: is named twice; a run counts once")


def show(data: BoardData) -> None:
    """Print the leaderboard for people."""
    from kibitz.results.tables import terminal

    console = wide_console(sys.stdout)
    console.print(terminal(data, console.width))


def wide_console(file: IO[str]) -> Console:
    """A console that keeps to the width of a terminal, and cuts nothing where there is none."""
    from rich.console import Console

    console = Console(file=file)
    # Without a terminal there is no width to keep to, and a number that is cut is worse than a long line.
    return console if console.is_terminal else Console(file=file, width=200)
