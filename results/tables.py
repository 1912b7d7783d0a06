"""The leaderboard as text: a table for the terminal, Markdown, and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from kibitz.results import figures
from kibitz.results.inert import inert as _inert
from kibitz.results.leaderboard import BoardData, Row, row_as_json
from kibitz.results.scores import ALL_GAMES
from kibitz.results.statistics.intervals import FEW_CLUSTERS

HEADINGS = ("#", "agent", "n", "W–D–L", "outcome", "rating", "reasoning", "legal", "kept", "regret", "tokens", "cost")

FILE_HEADINGS = ("#", "agent", "n", "outcome", "tokens", "cost")
"""What there is where only scores are known."""

DISTINCT = "how many episodes were distinct"
DISPENSABLE = (DISTINCT, "tokens", "cost", "regret", "kept", "legal", "W–D–L", "rating", "n", "reasoning")
"""What a narrow terminal leaves out, first things first."""

NAME = HEADINGS.index("agent")
NARROWEST_NAME = 10

NESTED = ("reliability", "variance")
"""What a row of the JSON output has no fixed set of numbers for, or none at all: not in CSV."""

OUTCOME_NOTE = (
    "outcome: mean final reward with its 95 % interval; an agent's first fallback counts as a forfeit. "
    "Over all games the scale is −1 (worst) to 1 (best), each game with the same weight."
)
REASONING_NOTE = (
    "reasoning: share of right answers, averaged over the subproblems; a missing or unreadable answer is not right. "
    "It means little without its baseline: the report shows both."
)
LEGAL_NOTE = "legal: decisions whose first reply was a legal action."
KEPT_NOTE = "kept: actions that follow from the agent's own answers."
REGRET_NOTE = "regret: reward given away against the best action, exactly or by the estimate of a search."
EPISODES_NOTE = (
    "n: episodes (distinct: different courses). Episodes of one deal (mirrored pairs, other opponents, repeated runs) "
    "and identical episodes count as one observation in every interval."
)
FEW = "†"
FEW_NOTE = (
    f"{FEW}: fewer than {FEW_CLUSTERS} independent observations, so the interval is wide and the mean says little; "
    "more `pairs` in the suite make it narrower, more opponents do not."
)
RATING_NOTE = (
    "rating: strength in games against others, in Elo points fitted to all of them at once ({anchor}), with the 95 % "
    "interval of the difference to it; –: not bounded by the games. Agents of one table that share a letter cannot be "
    "told apart."
)
APART_NOTE = (
    "{where}: not all agents can be compared, so their ratings have no letters. They fall into {parts}. "
    "These matches would connect them: {matches}."
)
NOTES = {
    "outcome": OUTCOME_NOTE,
    "reasoning": REASONING_NOTE,
    "legal": LEGAL_NOTE,
    "kept": KEPT_NOTE,
    "regret": REGRET_NOTE,
    "n": EPISODES_NOTE,
}
"""By column: what it is."""
FILE_NOTES = (
    "outcome: mean score with its 95 % interval, 0 (worst) to 1 (best); over several groups each has the same weight.",
    "n: scored trials. Trials of one task, and tasks of one cluster, count as one observation in every interval.",
)
FILE_FEW_NOTE = (
    f"{FEW}: fewer than {FEW_CLUSTERS} independent observations, so the interval is wide and the mean says little; "
    "more tasks make it narrower."
)
REFERENCE_NOTE = "ref: a reference that knows more than a player may; shown for scale, never ranked."
REPLAYED_NOTE = "replayed, nothing was sent or paid: {runs}. Tokens and cost are those of the recording."
PARTIAL_NOTE = "–: did not play all games, so it has no place over all games."


def title(game: str, board: BoardData) -> str:
    """The heading of one game's table."""
    if game == ALL_GAMES:
        return "All games"
    name = board.games[game].title
    return name if name.lower() == game else f"{name} ({game})"


def sections(board: BoardData) -> tuple[str, ...]:
    """The games to show, the pooled table first; with a single game that table would only repeat it."""
    games = tuple(game for game in board.games if board.of_game(game))
    return (ALL_GAMES, *games) if len(games) > 1 else games


def ranked_by(board: BoardData, game: str) -> str:
    """What a game's table is ordered by, in words."""
    asked_only = all(row.score.outcome.mean is None for row in board.of_game(game))
    if asked_only:
        return "share of right answers"
    return "mean outcome" + (", each game from −1 to 1" if game == ALL_GAMES else "")


def cells(row: Row) -> tuple[str, ...]:
    """One row as text, one cell a heading."""
    s = row.score
    mark = FEW if s.few_clusters else ""
    place = "ref" if row.privileged else figures.NOTHING if row.rank is None else str(row.rank)
    return (
        place,
        s.agent,
        figures.episodes(s.episodes, s.distinct),
        figures.record(s.wins, s.draws, s.losses) if s.turns or not s.episodes else figures.NOTHING,
        figures.interval(s.outcome) + mark * (s.deciding is s.outcome),
        figures.NOTHING if row.rating is None else figures.rating(row.rating),
        figures.interval(s.intermediate) + mark * (s.deciding is s.intermediate),
        figures.percent(s.legality.mean),
        figures.percent(s.consistency.mean),
        figures.number(s.regret.mean),
        figures.NOTHING if not row.kind and not s.tokens else figures.count(s.tokens),  # files may not say it
        figures.dollars(s.usd),
    )


def status_lines(board: BoardData) -> list[str]:
    """What is missing from the board, in plain words; empty if nothing is."""
    lines = [
        f"{name}: stopped by decision, the gate was certain ({one.verdict}) after {one.deals} deals. "
        "`kibitz run --resume --out RUN` plays the rest."
        for name, one in board.decided.items()
    ]
    if not board.complete and board.files:
        lines.append(f"Incomplete: {board.scored} of {board.scheduled} trials are scored.")
    elif not board.complete and not board.ended:
        lines.append(
            f"Incomplete: {board.scored} of {board.scheduled} episodes are scored. "
            "The numbers may change; `kibitz run --resume --out RUN` plays the rest."
        )
    if board.failures:
        causes = ", ".join(f"{cause} {count}" for cause, count in board.failures.items())
        lines.append(f"Failed {'trials' if board.files else 'episodes'}, not scored: {causes}.")
    return lines


def _asking(board: BoardData) -> list[str]:
    """What asking did to the agents, where two runs tell."""
    if not board.reactivity:
        return []
    from kibitz.results.comparing.words import reactivity_lines  # imports numpy, which few boards need

    return reactivity_lines(board.reactivity)


def notes(board: BoardData, headings: Collection[str] = HEADINGS) -> list[str]:
    """The footnotes that this board needs, where these columns are shown."""
    found = list(FILE_NOTES) if board.files else [note for heading, note in NOTES.items() if heading in headings]
    if any(row.score.few_clusters for row in board.rows):
        found.append(FILE_FEW_NOTE if board.files else FEW_NOTE)
    if "rating" in headings:
        found += rating_notes(board)
    if any(row.privileged for row in board.rows):
        found.append(REFERENCE_NOTE)
    if any(row.rank is None and not row.privileged for row in board.of_game(ALL_GAMES)):
        found.append(PARTIAL_NOTE)
    if board.replayed:
        found.append(REPLAYED_NOTE.format(runs=", ".join(board.replayed)))
    return found


def rating_notes(board: BoardData) -> list[str]:
    """What the ratings hang on, and where not all agents can be compared."""
    if not board.ratings:
        return []
    shown = [(game, board.ratings[game]) for game in sections(board) if game in board.ratings]
    anchors = dict.fromkeys(anchor.text for _, table in shown for anchor in table.anchors)
    found = [RATING_NOTE.format(anchor="; ".join(anchors))]
    return found + [note for game, _ in shown if (note := apart_note(board, game))]


def apart_note(board: BoardData, game: str) -> str:
    """Which agents of a game cannot be compared by rating, and what would mend it; empty where all can."""
    table = board.ratings.get(game)
    if table is None or table.connected:
        return ""
    return APART_NOTE.format(
        where=title(game, board),
        parts="; ".join(", ".join(part) for part in table.components),
        matches=", ".join(f"{one} – {other}" for one, other in table.connecting),
    )


def columns(board: BoardData) -> tuple[int, ...]:
    """The columns that this board has, as places in ``HEADINGS``: without games against others there are no ratings."""
    if board.files:
        return tuple(map(HEADINGS.index, FILE_HEADINGS))
    return tuple(i for i, heading in enumerate(HEADINGS) if heading != "rating" or board.ratings)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a board is shown in a terminal: the same columns, equally wide, in all its tables.

    Attributes:
        widths: Characters of each column that is shown, by its place in ``HEADINGS``; a number is shown whole or not.
        left_out: What is not shown, because the terminal is narrow.
    """

    widths: Mapping[int, int]
    left_out: tuple[str, ...]

    def cells(self, row: Row) -> list[str]:
        """One row, one text a column."""
        written = list(cells(row))
        if DISTINCT in self.left_out:
            written[HEADINGS.index("n")] = str(row.score.episodes)
        return [written[i] for i in self.widths]


def fitting(board: BoardData, width: int) -> Layout:
    """What fits into ``width`` characters: of the dispensable things the important ones first, whatever has room."""
    there = [what for what in DISPENSABLE if what == DISTINCT or HEADINGS.index(what) in columns(board)]
    layout = _laid_out(board, there)
    for what in reversed(there):
        tried = _laid_out(board, [other for other in layout.left_out if other != what])
        if _room(tried, width) >= min(tried.widths[NAME], NARROWEST_NAME):
            layout = tried
    name = max(1, min(layout.widths[NAME], _room(layout, width)))
    return Layout({**layout.widths, NAME: name}, layout.left_out)


def _laid_out(board: BoardData, left_out: Sequence[str]) -> Layout:
    """As wide as it would have to be."""
    shown = dict.fromkeys((i for i in columns(board) if HEADINGS[i] not in left_out), 0)
    bare = Layout(shown, tuple(left_out))
    table = [[HEADINGS[i] for i in shown]]
    table += [bare.cells(row) for game in sections(board) for row in board.of_game(game)]
    widths = {i: max(map(len, column)) for i, column in zip(shown, zip(*table, strict=True), strict=True)}
    return Layout(widths, bare.left_out)


def _room(layout: Layout, width: int) -> int:
    """Characters that are left for names; a blank stands on each side of every column."""
    return width - 2 * len(layout.widths) - sum(layout.widths.values()) + layout.widths[NAME]


def terminal(board: BoardData, width: int = 200) -> RenderableType:
    """The board for a terminal of ``width`` characters: names are folded and columns left out where it is narrow."""
    parts: list[RenderableType] = []
    layout = fitting(board, width)
    for game in sections(board):
        table = Table(
            title=escape(title(game, board)), title_justify="left", title_style="bold", box=None, padding=(0, 1)
        )
        for i, wide in layout.widths.items():
            if i == NAME:
                table.add_column(HEADINGS[i], overflow="fold", width=wide)
            else:
                table.add_column(HEADINGS[i], justify="right", no_wrap=True, min_width=wide)
        for row in board.of_game(game):
            table.add_row(*map(Text, layout.cells(row)), style="dim" if row.privileged else "")
        parts += [table, Text()]
    parts += [Text(line, style="bold yellow") for line in status_lines(board)]
    parts += [Text(line) for line in _asking(board)]
    if left_out := sorted(layout.left_out, key=(*HEADINGS, DISTINCT).index):
        parts.append(Text(f"Left out, the terminal is narrow: {', '.join(left_out)}. The report has them."))
    parts += [Text(line, style="dim") for line in notes(board, [HEADINGS[i] for i in layout.widths])]
    return Group(*parts)


def markdown(board: BoardData) -> str:
    """The board as Markdown tables."""
    lines: list[str] = []
    shown = [HEADINGS[i] for i in columns(board)]
    for game in sections(board):
        lines += [f"### {_inert(title(game, board))}", ""]
        lines.append("| " + " | ".join(shown) + " |")
        lines.append("| " + " | ".join("---" if h == "agent" else "---:" for h in shown) + " |")
        for row in board.of_game(game):
            written = cells(row)
            lines.append("| " + " | ".join(_inert(written[i]) for i in columns(board)) + " |")
        lines.append("")
    lines += [f"**{_inert(line)}**\n" for line in status_lines(board)]
    lines += [f"{_inert(line)}\n" for line in _asking(board)]
    lines += [f"- {_inert(line)}" for line in notes(board)]
    return "\n".join(lines) + "\n"


def comma_separated(board: BoardData) -> str:
    """The board as CSV: one line a row of the JSON output, intervals in five columns each."""
    out = io.StringIO()
    records = [_flat(row) for row in board.rows]
    # An interval that some rows do not have is one empty column there and five in the others.
    columns = list(dict.fromkeys(key for record in records for key in record))
    writer = csv.DictWriter(out, columns or ["agent", "game"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def _flat(row: Row) -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in row_as_json(row).items():
        if key in NESTED:
            continue
        if isinstance(value, dict) and "clusters" in value:
            flat |= {key if part == "mean" else f"{key}_{part}": figure for part, figure in value.items()}
        elif key == "rating":
            flat |= {"rating": None, "rating_low": None, "rating_high": None}
            if row.rating is not None:
                limits = row.rating.brief()
                flat |= {"rating": limits["value"], "rating_low": limits["low"], "rating_high": limits["high"]}
        elif isinstance(value, str):
            # A spreadsheet would run a name that starts like a formula.
            flat[key] = "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
        elif not isinstance(value, dict | list):
            flat[key] = value
    return flat
