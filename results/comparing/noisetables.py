"""The noise floor for a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kibitz.results import figures
from kibitz.results.comparing.noise import Noise, conclusion
from kibitz.results.comparing.words import plain, points

HEADINGS = ("episodes", "strayed", "flips", "metric", "change A to B", "seen from")

NOTE = (
    "strayed: episodes in which the agent was the first to do otherwise in the same situation. flips: pairs whose "
    "result changed. Changes in points of 100, with 95 % intervals. seen from: the smallest true change that so many "
    "pairs show in 80 % of cases."
)


def terminal(found: Noise) -> RenderableType:
    """The noise floor for a terminal."""
    table = Table(box=None, padding=(0, 1))
    table.add_column("agent", overflow="fold", min_width=10)
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "metric" else "right", no_wrap=True)
    for one in found.agents:
        mde = one.diff.main.mde
        table.add_row(
            Text(plain(one.agent)),
            str(one.episodes),
            str(one.strayed) if one.strayed else "none",
            f"{len(one.diff.flips)} ({figures.percent(one.flips.mean)})",
            Text(plain(one.diff.metric)),
            points(one.diff.main.change).replace(" points", "").replace(" point", ""),
            figures.NOTHING if mde is None or mde >= 1 else figures.number(100 * mde, 1),
        )
    head = [Text(plain(conclusion(found)), style="bold"), *map(Text, _remarks(found)), Text()]
    return Group(*head, table, Text(), Text(NOTE, style="dim"))


def _remarks(found: Noise) -> list[str]:
    lines = []
    if repeating := [one.agent for one in found.agents if one.repeats_itself]:
        lines.append(f"Never did otherwise in the same situation: {plain(', '.join(repeating))}.")
    if found.game:
        lines.append(
            f"In {found.game} episodes no agent did otherwise first: a game is not repeatable, or its version changed."
        )
    if found.unfinished:
        lines.append(f"Not compared, not ended in both runs: {found.unfinished} episodes.")
    if found.replayed:
        lines.append("Replies came from a recording: nothing was asked again, so a provider's noise is not in here.")
    return lines
