"""The leaderboard as a part of the page: an interval plot, one table over all games, and one a game."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kibitz.results import tables
from kibitz.results.leaderboard import BoardData, Row, row_as_json
from kibitz.results.ratings.table import Rating, RatingTable
from kibitz.results.report import charts, forest, plot
from kibitz.results.report.sections import Section, Source


def section(source: Source) -> Section:
    """The plot and the tables."""
    data = source.board
    games = tables.sections(data)
    drawing = forest.forest(data, games[0]) if games else None
    return Section(
        "leaderboard",
        "Leaderboard",
        "leaderboard.html.j2",
        {
            "forest": drawing,
            "chart": drawing and charts.both(lambda width: forest.spec(drawing, width), drawing.label),
            "tables": [_table(data, game) for game in games],
            "notes": tables.notes(data),
            "width": plot.WIDTH,
        },
    )


def _table(data: BoardData, game: str) -> dict[str, Any]:
    ratings = data.ratings.get(game)
    scale = plot.rating_scale(ratings.ratings) if ratings else None
    return {
        "game": game,
        "title": tables.title(game, data),
        "rows": [_row(row, ratings, scale) for row in data.of_game(game)],
        "ratings": ratings,
        "played": any(row.score.outcome.n for row in data.of_game(game)),
        "acted": any(row.score.turns for row in data.of_game(game)),
        "asked": any(row.score.intermediate.n for row in data.of_game(game)),
        "apart": tables.apart_note(data, game),
        "few": few_note(data.of_game(game)),
    }


def few_note(rows: Sequence[Row]) -> str:
    """What the mark of few observations means in this table, with their number; empty where no row bears it."""
    counts = [row.score.deciding.clusters for row in rows if row.score.few_clusters]
    if not counts:
        return ""
    low, high = min(counts), max(counts)
    number = f"{low}" if low == high else f"{low} to {high}"
    return (
        f"{tables.FEW} Rests on {number} independent {'observation' if high == 1 else 'observations'} only, so the "
        "interval is wide and the mean says little: all episodes of one deal (mirrored pairs, other opponents, "
        "repeats) count as one. More pairs in the suite make it narrower, more opponents do not."
    )


def _row(row: Row, ratings: RatingTable | None, scale: tuple[float, float] | None) -> dict[str, Any]:
    score = row.score
    rating: Rating | None = ratings.of(score.agent) if ratings else None
    return {
        "row": row,
        "json": row_as_json(row),
        "score": score,
        "place": tables.cells(row)[0],
        "rating": rating,
        "rated": plot.rating_bar(rating, scale) if rating and scale and ratings else None,
        "elo": plot.elo(rating) if rating else "",
        "few": tables.FEW if score.few_clusters else "",
        "outcome": plot.bar(score.outcome, *score.scale),
        "intermediate": plot.bar(score.intermediate, 0.0, 1.0),
    }
