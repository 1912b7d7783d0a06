"""Who beat whom: the share of points that each agent took from each other, for each game and over all.

A cell is tinted only as far as its interval allows: where it holds one half, the palest tint at most.
"""

from __future__ import annotations

from dataclasses import dataclass

from kibitz.results import figures, tables
from kibitz.results.leaderboard import BoardData
from kibitz.results.ratings.table import Meeting, WinMatrix
from kibitz.results.report.sections import Section, Source

STEPS = (0.15, 0.35)
"""Distances from one half from which on a tint is medium, and strong."""

MOST_NAMED = 7
"""Agents up to which columns bear names; above that they bear numbers, which the rows explain."""

MOST_OPEN = 4
"""Matrices that are shown at once; further ones are folded."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One meeting, ready to show; ``tint`` is ``""``, ``up1`` .. ``up3``, ``down1`` .. ``down3``."""

    opponent: str
    share: str
    tint: str
    detail: str
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class Matrix:
    """One game: its agents, and a row of cells each; None for an agent against itself and for pairs that never met."""

    game: str
    title: str
    agents: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]

    @property
    def numbered(self) -> bool:
        """Whether columns bear numbers instead of names."""
        return len(self.agents) > MOST_NAMED


def section(source: Source) -> Section | None:
    """The matrices as a part of the page; None where no two agents met."""
    found = matrices(source.board)
    if not found:
        return None
    open_, folded = (found, ()) if len(found) <= MOST_OPEN else (found[:1], found[1:])
    return Section("matrix", "Head to head", "matrix.html.j2", {"matrices": open_, "folded": folded})


def matrices(board: BoardData) -> tuple[Matrix, ...]:
    """In the order of the leaderboard's tables, all games first."""
    return tuple(_matrix(board, game, board.matrices[game]) for game in tables.sections(board) if _met(board, game))


def _met(board: BoardData, game: str) -> bool:
    return game in board.matrices and bool(board.matrices[game].meetings)


def _matrix(board: BoardData, game: str, matrix: WinMatrix) -> Matrix:
    met = [agent for agent in matrix.agents if any(agent in pair for pair in matrix.meetings)]
    rows = tuple(
        tuple(_cell(one, other, found) if (found := matrix.meetings.get((one, other))) else None for other in met)
        for one in met
    )
    return Matrix(game, tables.title(game, board), tuple(met), rows)


def _cell(one: str, other: str, meeting: Meeting) -> Cell:
    share = meeting.share
    counts = f"{meeting.wins} won, {meeting.draws} drawn, {meeting.losses} lost"
    games = meeting.wins + meeting.draws + meeting.losses
    detail = (
        f"{one} against {other}: {counts} of {games}; share of points {figures.interval(share)}, "
        f"n {share.n}, {share.clusters} independent clusters"
    )
    return Cell(other, figures.percent(share.mean), tint(meeting), detail, meeting)


def tint(meeting: Meeting) -> str:
    """How a cell is coloured: by the distance of the share from one half, palest where that may be chance."""
    share = meeting.share
    if share.mean is None or share.low is None or share.high is None or round(100 * share.mean) == 50:
        return ""
    sure = share.low > 0.5 or share.high < 0.5
    strength = 1 + sum(abs(share.mean - 0.5) >= step for step in STEPS) if sure else 1
    return f"{'up' if share.mean > 0.5 else 'down'}{strength}"
