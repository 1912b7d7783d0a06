"""The episodes as a part of the page: a list with filters, and a replay of each.

The list begins as a plain table, readable without scripts; the script takes it over, with all lines and in pages. The
replays travel as packed blocks of consecutive episodes, unpacked when one of them is opened, so that a page of ten
thousand episodes opens at once.
"""

from __future__ import annotations

from kibitz.results.report.listing import index
from kibitz.results.report.packing import embedded
from kibitz.results.report.reel import Reel
from kibitz.results.report.sections import Block, Section, Source

PACKED = "application/octet-stream"

ROWS = 500
"""Lines of the list that are on the page without scripts; the script shows all of them."""


def section(source: Source) -> Section:
    """The list of episodes, with their replays as packed data."""
    found = source.reel()
    shown = found.lines[:ROWS]
    pictures = {digest: source.images.name(source.runs[place], digest) for place, digest in found.images}
    blocks = [
        Block("index", "application/json", _index(source, found, pictures)),
        *(Block(f"shared-{number}", PACKED, text) for number, text in enumerate(found.shared)),
        *(Block(f"block-{number}", PACKED, text) for number, text in enumerate(found.blocks)),
        *(Block(*element) for element in source.images.elements),
    ]
    values = {"lines": shown, "rest": len(found.lines) - len(shown)}
    return Section("episodes", "Episodes", "episodes.html.j2", values, blocks)


def _index(source: Source, found: Reel, pictures: dict[str, str]) -> str:
    data = {
        **index(found.lines),
        "blocks": [[start, part] for start, part in found.starts],
        "pictures": pictures,
        "questions": {game: dict(info.subproblems) for game, info in source.names.games.items()},
    }
    return embedded(data)
