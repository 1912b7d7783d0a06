"""``kibitz report``: one self-contained HTML page about one or more runs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from kibitz.games.game import Game, Json, PositionError
from kibitz.games.options import OptionError
from kibitz.games.positions import LadderError, make
from kibitz.games.registry import UnknownGameError
from kibitz.harness.commands.board import require_different
from kibitz.harness.errors import DONE, UsageError
from kibitz.results.journal import Journal
from kibitz.results.rundata import RunData


def main(args: argparse.Namespace) -> int:
    """Write the page and print its path."""
    print(write([Path(run) for run in args.runs], Path(args.out)))
    return DONE


def write(runs: Sequence[Path], out: Path) -> Path:
    """Write the report of ``runs`` to the file ``out``.

    Raises:
        JournalError: A folder holds no run that can be read.
        UsageError: The file cannot be written, or a run is named twice.
    """
    from kibitz.results.report.build import build_report

    require_different(runs)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            build_report([RunData.of(stack.enter_context(Journal.read(run))) for run in runs], Drawing(), out)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror}); choose another -o") from error
    return out


class Drawing:
    """Draws positions for ``results``, which does not know games: games are made once and kept."""

    def __init__(self) -> None:
        self._games: dict[str, Game | None] = {}

    def __call__(self, game: str, version: str, options: Mapping[str, Json], position: Json) -> str | None:
        """The position as SVG, or None if this Kibitz does not have the game in that version."""
        key = f"{game} {version} {sorted(options.items())}"
        if key not in self._games:
            self._games[key] = self._make(game, version, options)
        made = self._games[key]
        try:
            return None if made is None else made.draw(position)
        except (PositionError, ValueError, KeyError, TypeError):
            # A damaged record costs one picture, not the report.
            return None

    @staticmethod
    def _make(game: str, version: str, options: Mapping[str, Json]) -> Game | None:
        try:
            made = make(game, options)
        except (UnknownGameError, OptionError, LadderError):
            return None
        return made if made.spec.version == version else None
