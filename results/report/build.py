"""Builds the page: tables first, readable without scripts; then the replays.

The page asks nothing of a network: styles, script and data are inside, and its policy allows nothing else. The same
runs give the same bytes: no clock, no random names, everything in a fixed order. What models wrote reaches the page as
escaped text or as packed data that the script shows through ``textContent`` only.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from kibitz.results import figures, tables
from kibitz.results.leaderboard import BoardData, Names, Row, board
from kibitz.results.report import heatmap, plot
from kibitz.results.report.episodes import Reel, reel
from kibitz.results.report.findings import findings
from kibitz.results.report.pictures import Draw
from kibitz.results.rundata import RunData
from kibitz.results.scores import ALL_GAMES

_FOLDER = Path(__file__).parent


def build_report(runs: Sequence[RunData], draw: Draw, out: Path) -> None:
    """Write the report of one or more runs.

    Args:
        runs: The runs; their journals stay open meanwhile.
        draw: Draws a position as SVG from game id, version, options and position; None where it cannot.
        out: The file to write; it appears whole or not at all.

    Raises:
        ValueError: No run is given.
        OSError: The file cannot be written.
    """
    page = render(runs, draw)
    partial = out.with_name(out.name + ".part")
    partial.write_text(page, encoding="utf-8", errors="replace", newline="\n")
    partial.replace(out)


def render(runs: Sequence[RunData], draw: Draw) -> str:
    """The page as text; arguments and errors as for ``build_report``."""
    data, names = board(runs), Names(runs)
    style, script = (_FOLDER / "report.css").read_text("utf-8"), (_FOLDER / "report.js").read_text("utf-8")
    episodes = reel(runs, names, draw)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            policy=policy(style, script),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            board=data,
            sections=[_section(data, game) for game in tables.sections(data)],
            notes=tables.notes(data),
            findings=findings(data),
            heat=heatmap.heat_maps(data),
            runs=[_provenance(run, name) for run, name in zip(runs, names.runs, strict=True)],
            agents=names.agents,
            lines=episodes.lines,
            blocks=_blocks(episodes),
            index=_index(episodes),
            figures=figures,
            width=plot.WIDTH,
        )
    )


def policy(style: str, script: str) -> str:
    """The content security policy: exactly this style and this script, and nothing from anywhere."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _section(data: BoardData, game: str) -> dict[str, Any]:
    return {
        "game": game,
        "title": tables.title(game, data),
        "rows": [_row(row) for row in data.of_game(game)],
        "pooled": game == ALL_GAMES,
    }


def _row(row: Row) -> dict[str, Any]:
    score = row.score
    return {
        "row": row,
        "score": score,
        "place": tables.cells(row)[0],
        "outcome": plot.bar(score.outcome, *score.scale),
        "intermediate": plot.bar(score.intermediate, 0.0, 1.0),
    }


def _provenance(run: RunData, name: str) -> dict[str, Any]:
    info = run.info
    return {
        "name": name,
        "info": info,
        "command": " ".join(_quoted(word) for word in info.command),
        "protocol": json.dumps(info.protocol, sort_keys=True, indent=1, ensure_ascii=False),
        "config": json.dumps(info.config, sort_keys=True, indent=1, ensure_ascii=False),
        "agents": [
            (agent, json.dumps(agent.identity, sort_keys=True, indent=1, ensure_ascii=False))
            for agent in info.agents.values()
        ],
        "games": [(game, json.dumps(game.options, sort_keys=True, ensure_ascii=False)) for game in info.games.values()],
        "scored": len(run.scored),
        "scheduled": len(run.units),
    }


def _quoted(word: str) -> str:
    import shlex

    return shlex.quote(word)


def _blocks(episodes: Reel) -> list[tuple[str, str]]:
    """Element id and packed data of each block; base64 holds nothing that could end an element."""
    named = [(f"episode-{number}", block) for number, block in enumerate(episodes.blocks) if block]
    return [("shared", episodes.shared), *named]


def _index(episodes: Reel) -> Markup:
    """What the filters need, as JSON inside a data block: no character of it can end the element."""
    rows = [
        {
            "agents": line.agents,
            "game": line.game,
            "run": line.run,
            "key": line.key,
            "result": line.result,
            "results": line.results,
            "illegal": line.illegal,
            "inconsistent": line.inconsistent,
        }
        for line in episodes.lines
    ]
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped above
