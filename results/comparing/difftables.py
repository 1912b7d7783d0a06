"""A comparison for a terminal: what was found in plain words, then the flips, then the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kibitz.results import figures
from kibitz.results.comparing.change import Change
from kibitz.results.comparing.diff import UNKNOWN, Diff
from kibitz.results.comparing.pairs import Difference, said
from kibitz.results.comparing.trials import Trial
from kibitz.results.comparing.words import conclusion, p_value, plain, points
from kibitz.results.scores import ALL_GAMES

SHOWN = 20
"""Flips that are shown where not all are asked for."""

LONGEST = 60
"""Characters of one condition; the JSON output has all of it."""

SCALE_NOTE = (
    "Scores are on a scale of 0 to 1 (a drawn contest is 0.5; the board shows contests from −1 to 1), changes in "
    "points: hundredths of it. Over several games each has the same weight. Intervals are 95 %."
)
P_NOTE = (
    "p: how often a difference as large would come about if the two were the same. adj. p: the same after looking at "
    "all rows of the table (Benjamini-Hochberg). seen from: the smallest true change that a test of this size finds in "
    "80 % of cases."
)

HEADINGS = ("baseline", "candidate", "change", "p", "adj. p", "pairs", "differ", "clusters", "seen from")

DISPENSABLE = ("clusters", "differ", "pairs", "baseline", "candidate", "p")
"""What a narrow terminal leaves out, first things first."""


def terminal(diff: Diff, width: int = 200, *, every: bool = False) -> RenderableType:
    """The comparison for a terminal of ``width`` characters; columns are left out where it is narrow.

    Args:
        diff: The comparison.
        width: How many characters a line has.
        every: Show all flips, and all trials that are not compared.
    """
    before, after = diff.paired.baseline, diff.paired.candidate
    parts: list[RenderableType] = [
        Text(conclusion(diff), style="bold yellow" if diff.verdict == UNKNOWN else "bold"),
        Text(
            f"baseline {plain(before.source)} ({plain(before.subject)}), "
            f"candidate {plain(after.source)} ({plain(after.subject)})"
        ),
        *(Text(line) for line in what_differs(diff)),
        *(Text(line, style="yellow") for line in _missing(diff, every=every)),
        Text(),
    ]
    if diff.flips:
        parts += [*_flips(diff, len(diff.flips) if every else SHOWN), Text()]
    parts += [*_changes("Metrics", diff.changes, width), Text()]
    if diff.groups:
        parts += [*_changes(f"{plain(diff.metric)} by game", diff.groups, width), Text()]
    return Group(*parts, *(Text(note, style="dim") for note in (SCALE_NOTE, P_NOTE)))


def _flips(diff: Diff, most: int) -> list[RenderableType]:
    worse = sum(flip.change < 0 for flip in diff.flips)
    title = f"Flips in {plain(diff.metric)}: {worse} worse, {len(diff.flips) - worse} better"
    if len(diff.flips) > most:
        title += f" ({most} of {len(diff.flips)} are shown; --all shows the rest)"
    table = Table(box=None, padding=(0, 1))
    table.add_column("task", overflow="fold")
    for heading in ("baseline", "candidate", "change"):
        table.add_column(heading, justify="right", no_wrap=True)
    for flip in diff.flips[:most]:
        table.add_row(
            Text(plain(flip.pair.baseline.label)),
            figures.number(flip.before),
            figures.number(flip.after),
            figures.signed(100 * flip.change, 1),
        )
    return [Text(title, style="bold"), table]


def _changes(title: str, changes: Sequence[Change], width: int) -> list[RenderableType]:
    by_game = any(one.group != ALL_GAMES for one in changes)
    rows = [(plain(one.group if by_game else one.metric), *cells(one)) for one in changes]
    shown = _fitting(("", *HEADINGS), rows, width)
    table = Table(box=None, padding=(0, 1))
    table.add_column("game" if by_game else "metric", overflow="fold", min_width=10)
    for i in shown[1:]:
        table.add_column(HEADINGS[i - 1], justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(row[i]) for i in shown))
    left = [heading for i, heading in enumerate(HEADINGS, 1) if i not in shown]
    note = [Text(f"Left out, the terminal is narrow: {', '.join(left)}; --json has them.")] if left else []
    return [Text(title, style="bold"), table, *note]


def cells(one: Change) -> tuple[str, ...]:
    """A change as text, one cell a heading."""
    return (
        figures.number(one.baseline.mean),
        figures.number(one.candidate.mean),
        points(one.change).replace(" points", "").replace(" point", ""),
        p_value(one.p),
        p_value(one.adjusted_p),
        str(one.pairs),
        str(one.discordant),
        str(one.change.clusters),
        figures.NOTHING if one.mde is None or one.mde >= 1 else figures.number(100 * one.mde, 1),
    )


def _fitting(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Which columns fit: a number is shown whole or not at all."""
    widths = [max(len(row[i]) for row in (headings, *rows)) + 2 for i in range(len(headings))]
    shown = list(range(len(headings)))
    for heading in DISPENSABLE:
        if sum(widths[i] for i in shown) <= width:
            break
        shown.remove(headings.index(heading))
    return shown


def what_differs(diff: Diff) -> list[str]:
    """What is not the same on both sides, one line each."""
    lines = [f"compared on purpose: {_change(arm)}" for arm in diff.paired.arms]
    # The hash stands for all the rest.
    told = [one for one in diff.paired.identity if one.name != "hash"]
    # A description repeats what identifies its agent: each is told once.
    lines += dict.fromkeys(f"the agent differs in {_change(one)}" for one in told)
    if diff.paired.identity and not told:
        lines.append("the agent differs in what its hash covers and its description does not tell")
    if diff.same_subject:
        share = len(diff.flips) / diff.main.pairs if diff.main.pairs else None
        lines.append(
            f"both sides are the same agent under the same conditions: what differs is noise "
            f"({figures.percent(share)} of the pairs flipped)"
        )
    return lines


def _change(one: Difference) -> str:
    old, new = (_short(said(value)) for value in (one.baseline, one.candidate))
    return f"{plain(one.name.removeprefix('identity.'))}: {old} / {new}"


def _short(text: str) -> str:
    shown = plain(text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 3] + "..."


def _missing(diff: Diff, *, every: bool) -> list[str]:
    """What is not compared, in plain words; nothing where all is."""
    lines = []
    if diff.failed:
        names = [f"{one.baseline.label}: {one.baseline.failed or one.candidate.failed}" for one in diff.failed]
        lines.append(f"not compared, failed on a side: {_listed(names, every=every)}")
    for where, trials in (("baseline", diff.paired.only_baseline), ("candidate", diff.paired.only_candidate)):
        if trials:
            lines.append(f"not compared, only in the {where}: {_listed(_labels(trials), every=every)}")
    for side, results in (("baseline", diff.paired.baseline), ("candidate", diff.paired.candidate)):
        if results.scheduled > len(results.trials):
            left = results.scheduled - len(results.trials)
            lines.append(f"the {side} is not complete: {left} of {results.scheduled} were not played")
    return lines


def _labels(trials: Sequence[Trial]) -> list[str]:
    return [trial.label for trial in trials]


def _listed(names: Sequence[str], *, every: bool) -> str:
    shown = names if every else names[:3]
    rest = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return f"{len(names)} ({', '.join(plain(name) for name in shown)}{rest})"
