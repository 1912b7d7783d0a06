"""What a board says, in a few plain sentences: who leads, whether that is settled, and whether reasoning was real."""

from __future__ import annotations

from kibitz.results import figures
from kibitz.results.leaderboard import BoardData, Row
from kibitz.results.tables import status_lines


def findings(board: BoardData) -> list[str]:
    """The sentences at the top of the report, in order of importance."""
    lines = status_lines(board) or [f"All {board.scheduled} episodes were played and scored."]
    for label, game in board.games.items():
        ranked = [row for row in board.of_game(label) if row.rank is not None]
        if ranked:
            lines.append(f"{game.title}: {_leader(ranked)}")
    lines += [line for row in board.of_game("*") if (line := _reasoning(row))]
    lines += [line for row in board.of_game("*") if (line := _fallbacks(row))]
    return lines


def _leader(ranked: list[Row]) -> str:
    first = [row.score for row in ranked if row.rank == 1]
    others = [row.score for row in ranked if row.rank != 1]
    names, outcome = _listed([score.agent for score in first]), figures.interval(first[0].outcome)
    if not others:
        return f"{names} scored {outcome}." if len(first) == 1 else f"{names} scored the same, {outcome}."
    text = f"{names} leads with {outcome}" if len(first) == 1 else f"{names} share the lead with {outcome}"
    floor = min(score.outcome.low or 0.0 for score in first)
    near = [score.agent for score in others if (score.outcome.high or 0.0) >= floor]
    if not near:
        return f"{text}, clear of all other ranked agents."
    overlap = "interval overlaps" if len(near) == 1 else "intervals overlap"
    return f"{text}; the {overlap} with {_listed(near)}, so that order is not settled."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _reasoning(row: Row) -> str:
    scores = [score for score in row.score.per_subproblem.values() if score.lift.mean is not None]
    if row.answers in ("truth", "random") or not scores:
        return ""
    above = sum((score.lift.low or 0.0) > 0 for score in scores)
    below = sum((score.lift.high or 0.0) < 0 for score in scores)
    if above == below == 0:
        return f"{row.score.agent} answers none of {len(scores)} subproblems measurably better than a constant answer."
    text = (
        f"{row.score.agent} answers {above or 'none'} of {len(scores)} subproblems better than the best constant answer"
    )
    return text + (f" and {below} worse than it." if below else ".")


def _fallbacks(row: Row) -> str:
    score = row.score
    if not score.fallbacks:
        return ""
    return (
        f"{score.agent} gave no legal action in {score.fallbacks} of {figures.count(score.turns)} decisions; "
        "a fallback acted, and the first one in an episode counts as a forfeit."
    )
