"""The heat map: what agents got right, against what the best constant answer gets right on the same questions.

A cell is coloured by the difference, never by the accuracy: most truths are "none", and a model that always says so is
right most of the time without reading the board. A difference whose interval holds zero gets the palest tint at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kibitz.results import figures
from kibitz.results.leaderboard import BoardData, Row
from kibitz.results.reasoning import SubproblemScore
from kibitz.results.report.sections import Section, Source

STEPS = (0.15, 0.35)
"""Differences from which on a tint is medium, and strong."""

FROM_TRUTHS, AT_RANDOM = "answers from the truths", "answers at random"
"""What a reference row does."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One agent's answers to one subproblem, ready to show; ``tint`` is ``""``, ``up1`` .. ``up3``, ``down1`` .. ."""

    accuracy: str
    baseline: str
    lift: str
    tint: str
    detail: str
    value: float | None
    difference: float | None


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One agent in one game; ``reference`` names what kind of reference it is, empty for players."""

    agent: str
    reference: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """One game: its questions by id, the best constant answers, what is above them, and a row an agent that was asked.

    Attributes:
        perfect: By question, how far right answers to everything are above the best constant answer; empty where an
            agent of the run answers from the truths, since its row says the same.
    """

    label: str
    title: str
    questions: tuple[tuple[str, str], ...]
    constants: tuple[str, ...]
    perfect: tuple[str, ...]
    rows: tuple[HeatRow, ...]

    @property
    def guessed(self) -> bool:
        """Whether an agent of the run answers at random."""
        return any(row.reference == AT_RANDOM for row in self.rows)


def section(source: Source) -> Section | None:
    """The heat maps as a part of the page; None where nothing was asked."""
    found = heat_maps(source.board)
    return Section("reasoning", "Reasoning", "reasoning.html.j2", {"heat": found}) if found else None


def heat_maps(board: BoardData) -> tuple[HeatMap, ...]:
    """One map for each game in which questions were asked."""
    return tuple(found for label in board.games if (found := _heat_map(board, label)) is not None)


def _heat_map(board: BoardData, label: str) -> HeatMap | None:
    rows = [row for row in board.of_game(label) if row.score.per_subproblem]
    if not rows:
        return None
    game = board.games[label]
    asked = {name for row in rows for name in row.score.per_subproblem}
    order = [name for name in game.subproblems if name in asked] + sorted(asked - set(game.subproblems))
    rows.sort(key=lambda row: bool(_reference(row)))
    asked_of = [[r.score.per_subproblem[name] for r in rows if name in r.score.per_subproblem] for name in order]
    truthful = any(_reference(row) == FROM_TRUTHS for row in rows)
    return HeatMap(
        label=label,
        title=game.title,
        questions=tuple((name, game.subproblems.get(name, "")) for name in order),
        constants=tuple(_constant(scores) for scores in asked_of),
        perfect=() if truthful else tuple(_headroom(scores) for scores in asked_of),
        rows=tuple(
            HeatRow(row.score.agent, _reference(row), tuple(_cell(row, name) for name in order)) for row in rows
        ),
    )


def _reference(row: Row) -> str:
    if row.answers == "truth" or row.privilege == "truth":
        return FROM_TRUTHS
    if row.answers == "random":
        return AT_RANDOM
    return "knows more than a player may" if row.privileged else ""


def _constant(scores: Sequence[SubproblemScore]) -> str:
    """The share that constant answers get right over all rows, and the answer where it is the same for all."""
    share = _share(scores)
    if share is None:
        return figures.NOTHING
    answers = {score.baseline_answer for score in scores if score.baseline_answer is not None}
    return f"{figures.percent(share)} “{answers.pop()}”" if len(answers) == 1 else figures.percent(share)


def _headroom(scores: Sequence[SubproblemScore]) -> str:
    share = _share(scores)
    return figures.NOTHING if share is None else points(1.0 - share)


def _share(scores: Sequence[SubproblemScore]) -> float | None:
    """The share that the best constant answers get right, over all rows; None where no truth is known."""
    total = sum(score.asked for score in scores if score.baseline is not None)
    return sum(score.asked * (score.baseline or 0.0) for score in scores) / total if total else None


def _cell(row: Row, name: str) -> Cell | None:
    score = row.score.per_subproblem.get(name)
    if score is None or score.accuracy.mean is None:
        return None
    return Cell(
        accuracy=figures.percent(score.accuracy.mean),
        baseline=figures.percent(score.baseline),
        lift=points(score.lift.mean),
        tint=tint(score),
        detail=detail(score),
        value=score.accuracy.as_json()["mean"],
        difference=score.lift.as_json()["mean"],
    )


def points(difference: float | None) -> str:
    """A difference of shares in whole points, ``+12``; zero is written ``±0``."""
    if difference is None:
        return figures.NOTHING
    whole = round(100 * difference)
    return "±0" if whole == 0 else figures.signed(whole, 0)


def tint(score: SubproblemScore) -> str:
    """How a cell is coloured: by the difference from the baseline, and not at all where there is none."""
    lift = score.lift
    if lift.mean is None or lift.low is None or lift.high is None or round(100 * lift.mean) == 0:
        return ""
    size = abs(lift.mean)
    sure = lift.low > 0 or lift.high < 0
    strength = 1 + sum(size >= step for step in STEPS) if sure else 1
    return f"{'up' if lift.mean > 0 else 'down'}{strength}"


def detail(score: SubproblemScore) -> str:
    """Everything about a cell in words, for the tooltip and for screen readers."""
    verdicts, lift = score.verdicts, score.lift
    right = f"{verdicts['right']} of {score.asked} right: {figures.interval(score.accuracy)}"
    limits = f"[{figures.signed(lift.low)}, {figures.signed(lift.high)}]"
    parts = [
        f"{right}, {score.accuracy.clusters} independent clusters",
        f"always answering “{score.baseline_answer}” gets {figures.percent(score.baseline)}",
        f"difference {figures.signed(lift.mean)} {limits}",
    ]
    if score.nonempty is not None and score.nonempty.n:
        parts.append(f"where the truth is not none: {figures.interval(score.nonempty)}, n {score.nonempty.n}")
    if score.f1 is not None:
        parts.append(f"mean F1 {figures.number(score.f1)}")
    parts.append(f"wrong {verdicts['wrong']}, unreadable {verdicts['malformed']}, missing {verdicts['missing']}")
    if verdicts["unknown"]:
        parts.append(f"truth unknown {verdicts['unknown']}")
    if any(score.cells.values()):
        parts.append(", ".join(f"{cell} {count}" for cell, count in score.cells.items()))
    parts.append("asked: " + ", ".join(score.ask))
    return "; ".join(parts)
