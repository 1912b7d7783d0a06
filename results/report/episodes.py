"""The episodes as a part of the page: a list with filters, and a replay of each.

The list begins as a plain table, readable without scripts; the script takes it over, with all lines and in pages. The
replays travel as packed blocks of consecutive episodes, unpacked when one of them is opened, so that a page of ten
thousand episodes opens at once. The journal is read once from end to end, and nothing of it is kept but what is packed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kibitz.results.leaderboard import Names
from kibitz.results.report.images import Images
from kibitz.results.report.listing import Line, index, line
from kibitz.results.report.packing import pack, packed
from kibitz.results.report.pictures import Album, Draw
from kibitz.results.report.replaydata import Block as Replays
from kibitz.results.report.replaydata import Shared
from kibitz.results.report.replays import Writer
from kibitz.results.report.sections import Block, Section, Source
from kibitz.results.rundata import RunData

PACKED = "application/octet-stream"

ROWS = 500
"""Lines of the list that are on the page without scripts; the script shows all of them."""


@dataclass(frozen=True, slots=True)
class Reel:
    """All episodes of a page.

    Attributes:
        lines: In the order of runs and schedules.
        starts: The first line of each block.
        blocks: The packed replays, and ``shared`` what all of them use.
        pictures: What was sent to models as a picture, an element each.
    """

    lines: tuple[Line, ...]
    starts: tuple[int, ...]
    blocks: tuple[str, ...]
    shared: str
    pictures: tuple[Block, ...]


def section(source: Source) -> Section:
    """The list of episodes, with their replays as packed data."""
    found = reel(source.runs, source.names, source.draw, source.images)
    shown = found.lines[:ROWS]
    blocks = [
        Block(
            "index", "application/json", harmless(json.dumps(index(found.lines, found.starts), separators=(",", ":")))
        ),
        Block("shared", PACKED, found.shared),
        *(Block(f"block-{number}", PACKED, text) for number, text in enumerate(found.blocks)),
        *found.pictures,
    ]
    values = {"lines": shown, "rest": len(found.lines) - len(shown)}
    return Section("episodes", "Episodes", "episodes.html.j2", values, blocks)


def harmless(text: str) -> str:
    """JSON of which no character can end the element that it stands in."""
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def reel(runs: Sequence[RunData], names: Names, draw: Draw, images: Images) -> Reel:
    """Collect all scheduled episodes, in the order of runs and schedules."""
    writer = Writer(Album(draw), images)
    lines: list[Line] = []
    starts: list[int] = []
    blocks = tuple(packed(_blocks(runs, names, writer, lines, starts)))
    questions = {game: dict(info.subproblems) for game, info in names.games.items()}
    shared = pack(Shared(strings=tuple(writer.shared), questions=questions))
    return Reel(tuple(lines), tuple(starts), blocks, shared, tuple(Block(*element) for element in images.elements))


def _blocks(
    runs: Sequence[RunData], names: Names, writer: Writer, lines: list[Line], starts: list[int]
) -> Iterator[Replays]:
    """Fill blocks with episodes; ``lines`` and ``starts`` grow meanwhile."""
    for place, run in enumerate(runs):
        for log in run.logs():
            if writer.empty:
                starts.append(len(lines))
            lines.append(line(len(lines), run, place, names, log))
            writer.put(run, log)
            if writer.full:
                yield writer.take()
    if not writer.empty:
        yield writer.take()
