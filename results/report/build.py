"""Builds the page: tables first, readable without scripts; then the replays.

The page asks nothing of a network: styles, script and data are inside, and its policy allows nothing else. The same
runs give the same bytes: no clock, no random names, everything in a fixed order. What models wrote reaches the page as
escaped text or as packed data that the script shows through ``textContent`` only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from kibitz.results import figures
from kibitz.results.leaderboard import Names, board
from kibitz.results.report import assets, episodes, heatmap, leaderboard, matrix, paretochart, provenance, sidebyside
from kibitz.results.report.findings import findings
from kibitz.results.report.images import Images
from kibitz.results.report.pictures import Draw
from kibitz.results.report.reel import Filming
from kibitz.results.report.sections import Compared, Part, Section, Source
from kibitz.results.rundata import RunData

PARTS: tuple[Part, ...] = (
    sidebyside.section,
    leaderboard.section,
    matrix.section,
    heatmap.section,
    paretochart.section,
    episodes.section,
    provenance.section,
)
"""The parts of the page, from top to bottom."""

_CODE = re.compile("`(kibitz run --resume --out RUN|pairs)`")
"""What our own sentences have of code; names that stand in them may hold backticks too, and stay as they are."""


def build_report(
    runs: Sequence[RunData], draw: Draw, out: Path, images: Images | None = None, compared: Compared | None = None
) -> None:
    """Write the report of one or more runs.

    Args:
        runs: The runs; their journals stay open meanwhile.
        draw: Draws a position as SVG from game id, version, options and position; None where it cannot.
        out: The file to write; it appears whole or not at all.
        images: Where pictures go that were sent to models; by default into the page.
        compared: A comparison of two sides of the runs, to be shown first.

    Raises:
        ValueError: No run is given.
        OSError: The file cannot be written.
    """
    page = render(runs, draw, images, compared)
    partial = out.with_name(out.name + ".part")
    partial.write_text(page, encoding="utf-8", errors="replace", newline="\n")
    partial.replace(out)


def render(runs: Sequence[RunData], draw: Draw, images: Images | None = None, compared: Compared | None = None) -> str:
    """The page as text; arguments and errors as for ``build_report``."""
    names = Names(runs)
    with Filming(runs, names, draw) as filming:
        source = Source(runs, names, board(runs), filming.reel, images or Images(), compared)
        parts = [part for make in PARTS if (part := make(source)) is not None]
    style, script = assets.style(), assets.script()
    environment = _environment()
    return environment.get_template("report.html.j2").render(
        policy=assets.policy(style, script, source.images.sources),
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704 - our own files
        board=source.board,
        agents=source.names.agents,
        findings=findings(source.board),
        sections=[(part, _rendered(environment, source, part)) for part in parts],
        blocks=[(block.id, block.kind, Markup(block.text)) for part in parts for block in part.blocks],  # noqa: S704
    )


def _rendered(environment: jinja2.Environment, source: Source, part: Section) -> Markup:
    html = environment.get_template(part.template).render(part.values, board=source.board)
    return Markup(html)  # noqa: S704 - the template has escaped what it shows


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["figures"] = figures
    environment.filters["coded"] = coded
    return environment


def coded(sentence: str) -> Markup:
    """A sentence of ours as HTML, with commands and keys as code; all of it is escaped."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(sentence))))  # noqa: S704 - escaped here
