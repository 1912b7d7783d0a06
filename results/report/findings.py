"""What a board says, in a few plain sentences: who leads, whether that is settled, and whether reasoning was real."""

from __future__ import annotations

from kibitz.results import figures
from kibitz.results.leaderboard import BoardData, Row
from kibitz.results.ratings.table import Rating
from kibitz.results.reasoning import SubproblemScore
from kibitz.results.report.plot import elo
from kibitz.results.scores import ALL_GAMES
from kibitz.results.tables import status_lines, title

MOST_LINES = 5
"""Of one kind; where more games or agents would have one, a single line sums them up."""

MOST_NAMES = 4
"""Names in one sentence; the others are counted."""


def findings(board: BoardData) -> list[str]:
    """The sentences at the top of the report, in order of importance."""
    lines = status_lines(board) or [f"All {board.scheduled} episodes were played and scored."]
    labels = [label for label in board.games if board.of_game(label)]
    over_all = [ALL_GAMES] if len(labels) > 1 else []
    for label in over_all + (labels if len(labels) <= MOST_LINES else []):
        if sentence := _order(board, label):
            lines.append(f"{title(label, board)}: {sentence}")
    return lines + _reasoning(board) + _fallbacks(board)


def _order(board: BoardData, label: str) -> str:
    """Who leads a game, and whether that is settled; by ratings where agents met."""
    table = board.ratings.get(label)
    rated = [rating for rating in table.ratings if rating.rank is not None] if table is not None else []
    if len(rated) > 1:
        return _tied(rated)
    ranked = [row for row in board.of_game(label) if row.rank is not None]
    return _leader(ranked) if ranked else ""


def _tied(rated: list[Rating]) -> str:
    best = [rating for rating in rated if rating.brief()["value"] == rated[0].brief()["value"]]
    others = [rating for rating in rated if rating not in best]
    names = _listed([rating.agent for rating in best])
    if not others:
        return f"{names} are rated the same."
    near = [rating.agent for rating in others if any(set(one.group) & set(rating.group) for one in best)]
    text = f"{names} {'is' if len(best) == 1 else 'are'} rated highest, {elo(best[0])} Elo points"
    if not near:
        return f"{text}, and can be told apart from all other ranked agents."
    if len(near) == len(others) > 1:
        return f"{text}, but no ranked agent can be told apart from {'it' if len(best) == 1 else 'them'}."
    return f"{text}, but cannot be told apart from {_listed(near)}."


def _leader(ranked: list[Row]) -> str:
    first = [row.score for row in ranked if row.rank == 1]
    others = [row.score for row in ranked if row.rank != 1]
    names, outcome = _listed([score.agent for score in first]), figures.interval(first[0].deciding)
    if not others:
        return f"{names} scored {outcome}." if len(first) == 1 else f"{names} scored the same, {outcome}."
    text = f"{names} leads with {outcome}" if len(first) == 1 else f"{names} share the lead with {outcome}"
    floor = min(score.deciding.low or 0.0 for score in first)
    near = [score.agent for score in others if (score.deciding.high or 0.0) >= floor]
    if not near:
        return f"{text}, clear of all other ranked agents."
    overlap = "interval overlaps" if len(near) == 1 else "intervals overlap"
    return f"{text}; the {overlap} with {_listed(near)}, so that order is not settled."


def _listed(names: list[str]) -> str:
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[: MOST_NAMES - 1])} and {len(names) - MOST_NAMES + 1} others"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _reasoning(board: BoardData) -> list[str]:
    rows = [row for row in board.of_game(ALL_GAMES) if row.answers not in ("truth", "random") and _compared(row)]
    said: dict[str, list[str]] = {}
    for row in rows:
        said.setdefault(_answers(row), []).append(row.score.agent)
    if len(said) <= MOST_LINES and len(rows) <= 2 * MOST_LINES:
        return [f"{_listed(names)} {'answers' if len(names) == 1 else 'answer'} {rest}" for rest, names in said.items()]
    better = [row.score.agent for row in rows if _counts(row)[0]]
    if not better:
        return [f"None of {len(rows)} agents answers any subproblem measurably better than a constant answer."]
    verb = "answers" if len(better) == 1 else "answer"
    text = f"{len(better)} of {len(rows)} agents {verb} at least one subproblem better than the best constant answer"
    return [f"{text}: {_listed(better)}."]


def _compared(row: Row) -> list[SubproblemScore]:
    return [score for score in row.score.per_subproblem.values() if score.lift.mean is not None]


def _counts(row: Row) -> tuple[int, int]:
    """In how many subproblems an agent is better, and worse, than a constant answer, beyond its interval."""
    scores = _compared(row)
    return sum((s.lift.low or 0.0) > 0 for s in scores), sum((s.lift.high or 0.0) < 0 for s in scores)


def _answers(row: Row) -> str:
    total = len(_compared(row))
    above, below = _counts(row)
    if above == below == 0:
        return f"none of {total} subproblems measurably better than a constant answer."
    text = f"{above or 'none'} of {total} subproblems better than the best constant answer"
    return text + (f" and {below} worse than it." if below else ".")


def _fallbacks(board: BoardData) -> list[str]:
    scores = [row.score for row in board.of_game(ALL_GAMES) if row.score.fallbacks]
    rule = "a fallback acted, and the first one in an episode counts as a forfeit."
    if len(scores) <= MOST_LINES:
        return [f"{s.agent} gave no legal action in {_share(s.fallbacks, s.turns)} decisions; {rule}" for s in scores]
    share = _share(sum(s.fallbacks for s in scores), sum(s.turns for s in scores))
    names = _listed([s.agent for s in scores])
    return [f"{len(scores)} agents gave no legal action in {share} of their decisions ({names}); {rule}"]


def _share(part: int, whole: int) -> str:
    return f"{figures.count(part)} of {figures.count(whole)}"
