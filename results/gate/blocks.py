"""What one observation is where one may look at any time: a block, the k-th deal of every game.

A sequential test needs observations in an order that was fixed beforehand, each with the mean in question whatever came
before. Episodes are none: those of a mirrored pair share a deal, several opponents are met on the same deal, and a run
that is looked at early has more games of one kind than of another. So:

- A block is the k-th deal (task, cluster) of every game that the metric has, with all seats, opponents and attempts.
  Its value is the mean over games of the mean drop over the pairs of that game: games weigh the same, as in every mean
  over games. Blocks are read in the order of the schedule, and only as far as all of them are over.
- Where games have unequal numbers of deals, blocks end with the shortest game: later deals of the others would have
  another mean. They are counted as unused, and a fixed-size gate does use them.
- A block with an excluded episode (see ``sides``) is left out whole: what remains of it may have another mean.
- A block in which something went exactly as in an earlier one (the same course on both sides) brings nothing new about
  other tasks. Leaving it out would bias the rest towards what is rare, so it stays, and all evidence is asked for
  twice: from all blocks, which is right about the deals of this schedule, and from the fresh ones alone, which is right
  about tasks of which equal ones are one observation. The weaker evidence counts, and so it holds either way. Where
  agents and game are deterministic there is one fresh block, and never a verdict.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from kibitz.results.comparing.pairs import Pair, Paired, links
from kibitz.results.comparing.trials import Results, Trial
from kibitz.results.gate.sides import Key

Numbers = dict[Key, int]
"""The block of each trial, by its key."""


@dataclass(frozen=True)
class Blocks:
    """The observations of one metric.

    Attributes:
        numbers: Which block each observation is, ascending.
        values: Mean drop (baseline minus candidate) in each, in -1..1.
        fresh: Whether nothing in it went as in an earlier one.
        clusters: Number of different observations (deal and game) up to each.
        pairs: The pairs of each.
        left_out: Blocks with an excluded episode.
        unused: Pairs in blocks that not every game has.
    """

    numbers: tuple[int, ...]
    values: tuple[float, ...]
    fresh: tuple[bool, ...]
    clusters: tuple[int, ...]
    pairs: tuple[tuple[Pair, ...], ...]
    left_out: int
    unused: int

    def until(self, number: int) -> Blocks:
        """The blocks up to and including one."""
        size = sum(one <= number for one in self.numbers)
        return replace(
            self,
            numbers=self.numbers[:size],
            values=self.values[:size],
            fresh=self.fresh[:size],
            clusters=self.clusters[:size],
            pairs=self.pairs[:size],
        )


def numbered(trials: Iterable[Trial]) -> Numbers:
    """The block of each trial: its own number, or the place of its cluster among those of its group."""
    found: Numbers = {}
    seen: dict[str, dict[str, int]] = {}
    for trial in trials:
        places = seen.setdefault(trial.group, {})
        place = places.setdefault(trial.cluster or trial.task, len(places))
        found[trial.key] = place if trial.block is None else trial.block
    return found


def finished(baseline: Results, candidate: Results) -> tuple[Results, Results, int]:
    """Both sides as far as every block is over on both, and how many blocks that is.

    A trial that was planned on both sides and is missing on one is not over; what only one side planned does not
    count.
    """
    numbers = numbered(candidate.trials) | numbered(baseline.trials)
    ended = [{trial.key for trial in side.trials} for side in (baseline, candidate)]
    planned = [set(side.planned) or keys for side, keys in zip((baseline, candidate), ended, strict=True)]
    wanted = planned[0] & planned[1]
    missing = wanted - (ended[0] & ended[1])
    end = 1 + max((numbers[key] for key in wanted - missing), default=-1)
    before = 0
    for key in baseline.planned or candidate.planned or tuple(missing):
        # A trial that is over on no side is in the block of the one planned before it, or in a later one.
        before = numbers.get(key, before)
        if key in missing:
            end = min(end, before)
            break

    def cut(side: Results) -> Results:
        kept = tuple(trial for trial in side.trials if trial.key in wanted and numbers[trial.key] < end)
        return replace(side, trials=kept)

    return cut(baseline), cut(candidate), end


def blocks_of(paired: Paired, metric: str, groups: Collection[str]) -> Blocks:
    """The observations of a metric over some games, in order.

    Args:
        paired: The two sides, as far as all blocks are over.
        metric: The metric.
        groups: The games that make one figure.
    """
    numbers = numbered(paired.baseline.trials)
    cells: dict[int, dict[str, list[Pair]]] = {}
    for pair in paired.pairs:
        if pair.baseline.group in groups:
            block = cells.setdefault(numbers[pair.baseline.key], {})
            block.setdefault(pair.baseline.group, []).append(pair)
    seen: set[tuple[str, ...]] = set()
    rows: list[tuple[int, float, bool, int, tuple[Pair, ...]]] = []
    count = left_out = unused = 0
    for number, block in sorted(cells.items()):
        pairs = tuple(pair for group in sorted(block) for pair in block[group])
        if len(block) < len(groups):
            unused += len(pairs)
            continue
        value = _value(block, metric)
        if value is None:
            left_out += 1
            continue
        fresh = [_fresh(block[group], seen) for group in sorted(block)]
        count += sum(fresh)
        rows.append((number, value, all(fresh), count, pairs))
    columns: Sequence[tuple[object, ...]] = list(zip(*rows, strict=True)) or [()] * 5
    return Blocks(*columns, left_out, unused)  # type: ignore[arg-type]


def _value(block: dict[str, list[Pair]], metric: str) -> float | None:
    means = []
    for pairs in block.values():
        if any(not pair.baseline.scores or not pair.candidate.scores for pair in pairs):
            return None
        drops = [-change for pair in pairs if (change := pair.change(metric)) is not None]
        if not drops:
            return None
        means.append(math.fsum(drops) / len(drops))
    # Rounding must not leave the range that bets are made for.
    return max(-1.0, min(1.0, math.fsum(means) / len(means)))


def _fresh(pairs: Sequence[Pair], seen: set[tuple[str, ...]]) -> bool:
    """Whether nothing ties these pairs to earlier ones; what could tie later ones to these is noted."""
    ties = {tie for pair in pairs for tie in links(pair.baseline, pair.candidate)}
    new = seen.isdisjoint(ties)
    seen |= ties
    return new
