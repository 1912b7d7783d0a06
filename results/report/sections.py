"""What a part of the page is, and what it is made from: each part has a module, a template, styles and tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kibitz.results.comparing.diff import Diff
from kibitz.results.leaderboard import BoardData, Names
from kibitz.results.report.images import Images
from kibitz.results.report.reel import Reel
from kibitz.results.rundata import RunData


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison of two sides of the page's runs.

    Attributes:
        baseline: Place of the baseline's run among the runs of the page; ``candidate`` likewise.
    """

    diff: Diff
    baseline: int
    candidate: int


@dataclass(frozen=True, slots=True)
class Source:
    """What all parts are made from: the runs, their board, and the names that it gives to runs, agents and games.

    Attributes:
        reel: Gives all episodes, packed.
        images: Where pictures go that were sent to models.
        compared: The comparison of two sides; None where none was asked for.
    """

    runs: Sequence[RunData]
    names: Names
    board: BoardData
    reel: Callable[[], Reel]
    images: Images = field(default_factory=Images)
    compared: Compared | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Data for the script, in an element that no browser runs.

    Attributes:
        id: Of the element.
        kind: Media type.
        text: Holds nothing that could end the element: base64, or JSON in which ``<``, ``>`` and ``&`` are escaped.
    """

    id: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page.

    Attributes:
        id: What links point to.
        title: In the navigation.
        template: Its file; it puts out one ``<section id=...>`` with a ``<h2>``.
        values: What the template is filled with.
        blocks: Data for the script.
    """

    id: str
    title: str
    template: str
    values: Mapping[str, Any]
    blocks: Sequence[Block] = field(default=())


Part = Callable[[Source], Section | None]
"""Makes a part of the page; None where there is nothing to show."""
