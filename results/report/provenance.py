"""Where the figures come from: commands, seeds, versions, hashes, privileges."""

from __future__ import annotations

import json
import shlex
from typing import Any

from kibitz.results import tables
from kibitz.results.leaderboard import BoardData, Row
from kibitz.results.report.sections import Section, Source
from kibitz.results.rundata import RunData


def section(source: Source) -> Section:
    """An article a run."""
    runs = [_run(run, name) for run, name in zip(source.runs, source.names.runs, strict=True)]
    return Section(
        "provenance",
        "Provenance",
        "provenance.html.j2",
        {"runs": runs, "status": tables.status_lines(source.board), "missing": missing(source.board)},
    )


def missing(board: BoardData) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """By table of the leaderboard, the rows of agents of which not all episodes are scored; empty if all are."""
    found = [
        (game, tuple(row for row in board.of_game(game) if row.score.treatments.graded not in (None, 1.0)))
        for game in tables.sections(board)
    ]
    return tuple((game, rows) for game, rows in found if rows)


def _run(run: RunData, name: str) -> dict[str, Any]:
    info = run.info
    return {
        "name": name,
        "info": info,
        "command": shlex.join(info.command),
        "protocol": _json(info.protocol),
        "config": _json(info.config),
        "agents": [(agent, _json(agent.identity)) for agent in info.agents.values()],
        "games": [(game, json.dumps(game.options, sort_keys=True, ensure_ascii=False)) for game in info.games.values()],
        "attributions": [(game.label, game.attribution) for game in info.games.values() if game.attribution],
        "scored": len(run.scored),
        "scheduled": len(run.units),
    }


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False)
