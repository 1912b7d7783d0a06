"""What a comparison found, in plain words; the same in the terminal, on the page and in comments."""

from __future__ import annotations

from collections.abc import Sequence

from kibitz.results import figures
from kibitz.results.comparing.change import Change
from kibitz.results.comparing.diff import NO_DIFFERENCE, UNKNOWN, Diff
from kibitz.results.comparing.reactivity import Reactivity
from kibitz.results.statistics.intervals import Interval
from kibitz.results.statistics.significance import MCNEMAR, MONTE_CARLO, NOTHING_DIFFERS, SIGN_FLIP

TESTS = {
    MCNEMAR: "McNemar, exact",
    SIGN_FLIP: "sign flips of clusters, exact",
    MONTE_CARLO: "sign flips of clusters, 20,000 drawn",
    NOTHING_DIFFERS: "no pair differs",
}


def conclusion(diff: Diff) -> str:
    """What was found, in a sentence or two."""
    change, name = diff.main, plain(diff.metric)
    pairs = many(change.pairs, "pair")
    if diff.verdict == UNKNOWN and not change.pairs:
        return (
            f"Nothing can be said about {name}: no pair has it on both sides "
            f"({many(len(diff.failed), 'pair')} without a result)."
        )
    if diff.verdict == UNKNOWN:
        together = "" if change.pairs == 1 else " that hang together or went exactly alike"
        return f"Nothing can be said about {name}: {pairs}{together}, a single observation."
    within = f"{pairs} in {many(change.change.clusters, 'cluster')}"
    seen = f"{points(change.change)}, {p_text(change)} over {within}"
    if diff.verdict != NO_DIFFERENCE:
        old, new = plain(diff.paired.baseline.subject), plain(diff.paired.candidate.subject)
        than = "" if old == new else f" than {old}"
        return f"{new} is {diff.verdict}{than} in {name}: {seen}."
    found = seen if change.discordant else f"all {within} are equal"
    return f"No difference was found in {name}: {found}; {visible_from(change)}."


def visible_from(change: Change) -> str:
    """How large a change would have been found."""
    if change.mde is None or change.mde >= 1:
        return "so few clusters cannot show any change"
    return f"a change of {in_points(change.mde, signed=False)} or more would have been seen (80 %)"


def points(change: Interval) -> str:
    """A change with its interval, in points."""
    if change.mean is None:
        return figures.NOTHING
    low, high = (figures.signed(100 * (limit or 0.0), 1) for limit in (change.low, change.high))
    return f"{in_points(change.mean)} [{low}, {high}]"


def p_text(change: Change) -> str:
    """A p-value with the name of its test: ``p = 0.021 (McNemar, exact)``."""
    return f"p {_relation(change.p)} ({TESTS[change.test]})"


def reactivity_lines(found: Sequence[Reactivity]) -> list[str]:
    """What asking did, one line an agent and pair of runs; empty where no two runs differ in it alone."""
    return [
        f"Reactivity of asking: {plain(one.agent)} in {plain(one.asked)} (ask = {plain(one.ask)}) against "
        f"{plain(one.silent)} (ask = none): outcome {points(one.change.change)}, {p_text(one.change)} over "
        f"{many(one.change.pairs, 'pair')} in {many(one.change.change.clusters, 'cluster')}; "
        f"{visible_from(one.change)}."
        for one in found
    ]


def plain(text: str) -> str:
    """A name from outside without anything that could drive a terminal."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def p_value(p: float | None) -> str:
    """A p-value: three decimals, more for small ones, never 0."""
    if p is None:
        return figures.NOTHING
    return _relation(p).removeprefix("= ")


def _relation(p: float | None) -> str:
    if p is None:
        return f"= {figures.NOTHING}"
    if p < 0.0001:
        return "< 0.0001"
    return f"= {p:.4f}" if p < 0.001 else f"= {p:.3f}"


def in_points(share: float, *, signed: bool = True) -> str:
    """A share of 1 in points: ``+4.5 points``."""
    text = figures.signed(100 * share, 1) if signed else figures.number(100 * share, 1)
    return f"{text} point" if text.lstrip("+−") == "1.0" else f"{text} points"


def many(count: int, what: str) -> str:
    """A number of things: ``1 pair``, ``1,200 pairs``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
