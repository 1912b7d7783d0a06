"""``kibitz report``: one self-contained HTML page about one or more runs."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from kibitz.games.game import Game, Json, PositionError
from kibitz.games.options import OptionError
from kibitz.games.positions import LadderError, make
from kibitz.games.registry import UnknownGameError
from kibitz.harness.commands.board import require_different
from kibitz.harness.commands.replay import find
from kibitz.harness.errors import DONE, UsageError
from kibitz.results.comparing.sides import both_names
from kibitz.results.journal import Journal
from kibitz.results.rundata import RunData


def main(args: argparse.Namespace) -> int:
    """Write the page, or the card of an episode, and print its path."""
    runs, out = [Path(run) for run in args.runs], Path(args.out)
    if args.episode is not None:
        print(write_card(runs, out, args.episode, args.step))
        return DONE
    if args.step is not None:
        raise UsageError("--step names a step of an episode: say which one with --episode")
    if not args.diff and (args.agent or args.arm):
        raise UsageError("--agent and --arm say what is compared: add --diff")
    comparison = Comparison(args.agent, args.arm) if args.diff else None
    print(write(runs, out, comparison, Path(args.images) if args.images else None))
    return DONE


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared: ``agent`` is a name, or ``OLD:NEW``; ``arms`` are conditions that may differ."""

    agent: str | None = None
    arms: Sequence[str] = ()


def write(runs: Sequence[Path], out: Path, comparison: Comparison | None = None, pictures: Path | None = None) -> Path:
    """Write the report of ``runs`` to the file ``out``.

    Args:
        runs: Run folders.
        out: The file.
        comparison: Compare the first run with the second one, or two agents of a single run.
        pictures: Where pictures go that were sent to models, instead of into the page.

    Raises:
        JournalError: A folder holds no run that can be read.
        UsageError: The file cannot be written, a run is named twice, or there are not two sides to compare.
        NotComparableError: The two sides were measured under different conditions.
        NoAgentError: The agent that is compared must be named.
    """
    from kibitz.results.report.build import build_report
    from kibitz.results.report.images import Images
    from kibitz.results.report.sidebyside import compare

    require_different(runs)
    if comparison is not None:
        _require_sides(runs, comparison)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        images = Images() if pictures is None else Images(pictures, _from(out.parent, pictures))
        with ExitStack() as stack:
            data = [RunData.of(stack.enter_context(Journal.read(run))) for run in runs]
            compared = None
            if comparison is not None:
                compared = compare(data, [str(run) for run in runs], comparison.agent, comparison.arms)
            build_report(data, Drawing(), out, images, compared)
    except OSError as error:
        raise UsageError(f"{error.filename or out}: cannot be written ({error.strerror}); choose another -o") from error
    return out


def write_card(runs: Sequence[Path], out: Path, episode: str, step: int | None = None) -> Path:
    """Write the card of an episode as a picture.

    Args:
        runs: The run folder.
        out: The file, ``.png`` or ``.svg``.
        episode: Number in the schedule, or key.
        step: From 0; by default the one that tells most.

    Raises:
        JournalError: The folder holds no run that can be read.
        UsageError: There is no such episode, or the file cannot be written.
        NoStepError: There is no such step.
        NoDrawingError: The library that makes pixels is not installed.
    """
    from kibitz.results.report.card import can_draw, card, to_png

    pixels = out.suffix.lower() == ".png"
    if len(runs) != 1 or not (pixels or out.suffix.lower() == ".svg"):
        raise UsageError(
            "a card is of one episode of one run: kibitz report RUN --episode EPISODE -o FILE.png (or .svg)"
        )
    with Journal.read(runs[0]) as journal:
        run = RunData.of(journal)
        log = run.log(find(run.units, episode))
        svg = card(run.info.games[log.unit.game], log, Drawing(), step, can_draw if pixels else None)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(to_png(svg) if pixels else svg.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror}); choose another -o") from error
    return out


def _require_sides(runs: Sequence[Path], comparison: Comparison) -> None:
    old, new = both_names(comparison.agent)
    if len(runs) > 2 or (len(runs) == 1 and old == new):
        raise UsageError(
            f"--diff compares two runs, or two agents of one run (--agent OLD:NEW), not {len(runs)} "
            f"{'runs' if len(runs) > 1 else 'run with itself'}"
        )


def _from(page: Path, folder: Path) -> str:
    """The folder as seen from the page, with slashes."""
    try:
        return Path(os.path.relpath(folder, page)).as_posix()
    except ValueError:
        # Another drive of Windows.
        return folder.resolve().as_uri()


class Drawing:
    """Draws positions for ``results``, which does not know games: games are made once and kept."""

    def __init__(self) -> None:
        self._games: dict[str, Game | None] = {}

    def __reduce__(self) -> tuple[type[Drawing], tuple[()]]:
        """Another process makes its own games."""
        return Drawing, ()

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
