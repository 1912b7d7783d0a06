"""The leaderboard as a part of the page."""

from __future__ import annotations

from typing import Any

from kibitz.results import tables
from kibitz.results.leaderboard import BoardData, Row
from kibitz.results.report import plot
from kibitz.results.report.sections import Section, Source
from kibitz.results.scores import ALL_GAMES


def section(source: Source) -> Section:
    """One table over all games, and one a game."""
    data = source.board
    return Section(
        "leaderboard",
        "Leaderboard",
        "leaderboard.html.j2",
        {
            "tables": [_table(data, game) for game in tables.sections(data)],
            "notes": tables.notes(data),
            "width": plot.WIDTH,
        },
    )


def _table(data: BoardData, game: str) -> dict[str, Any]:
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
