"""What one observation is where one may look at any time: a block, the k-th deal of every game.

A sequential test needs observations in an order that was fixed beforehand, each with the mean in question whatever came
before. Episodes are none: those of a mirrored pair share a deal, several opponents are met on the same deal, and a run
that is looked at early has more games of one kind than of another. So:

- A block is the k-th deal (task, cluster) of every game that the metric has, with all seats, opponents and attempts.
  Its value is the mean over games of the mean drop over the pairs of that game: games weigh the same, as in every mean
  over games. Blocks are read in the order of the schedule, and only as far as all of them are over.
- Where games have unequal numbers of deals, blocks end with the shortest game: later deals of the others would have
  another mean. They are told as unused, and a fixed-size gate does use them.
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


@dataclass(frozen=True, slots=True)
class Block:
    """One observation of a metric.

    Attributes:
        number: Its place in the schedule.
        sides: Mean of the baseline and of the candidate, over games that weigh the same.
        fresh: Whether nothing in it went as in an earlier one.
        clusters: Number of different observations (deal and game) up to here.
        pairs: What it is made of.
    """

    number: int
    sides: tuple[float, float]
    fresh: bool
    clusters: int
    pairs: tuple[Pair, ...]

    @property
    def drop(self) -> float:
        """Baseline minus candidate; rounding must not leave the range -1..1 that bets are made for."""
        return max(-1.0, min(1.0, self.sides[0] - self.sides[1]))


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
    known = {key: block for side in (candidate, baseline) for key, block in side.planned.items() if block is not None}
    numbers = known | numbered(candidate.trials) | numbered(baseline.trials)
    ended = [{trial.key for trial in side.trials} for side in (baseline, candidate)]
    planned = [set(side.planned) or keys for side, keys in zip((baseline, candidate), ended, strict=True)]
    wanted = planned[0] & planned[1]
    missing = wanted - (ended[0] & ended[1])
    # A task that is over on no side and has no number of its own comes after all that have one.
    end = min((numbers[key] for key in missing if key in numbers), default=1 + max(numbers.values(), default=-1))

    def cut(side: Results) -> Results:
        kept = tuple(trial for trial in side.trials if trial.key in wanted and numbers[trial.key] < end)
        return replace(side, trials=kept)

    return cut(baseline), cut(candidate), end


def blocks_of(paired: Paired, metric: str, groups: Collection[str]) -> tuple[Block, ...]:
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
    found: list[Block] = []
    for number, block in sorted(cells.items()):
        sides = _sides(block, metric) if len(block) == len(groups) else None
        if sides is not None:
            fresh = [_fresh(block[group], seen) for group in sorted(block)]
            clusters = sum(fresh) + (found[-1].clusters if found else 0)
            pairs = tuple(pair for group in sorted(block) for pair in block[group])
            found.append(Block(number, sides, all(fresh), clusters, pairs))
    return tuple(found)


def _sides(block: dict[str, list[Pair]], metric: str) -> tuple[float, float] | None:
    """Mean of either side, games weighing the same; None where a pair is excluded or a game has no score."""
    means: list[tuple[float, float]] = []
    for pairs in block.values():
        if any(not pair.baseline.scores or not pair.candidate.scores for pair in pairs):
            return None
        both = [pair for pair in pairs if pair.change(metric) is not None]
        if not both:
            return None
        before = math.fsum(pair.baseline.scores[metric] for pair in both) / len(both)
        means.append((before, math.fsum(pair.candidate.scores[metric] for pair in both) / len(both)))
    return math.fsum(one for one, _ in means) / len(means), math.fsum(one for _, one in means) / len(means)


def _fresh(pairs: Sequence[Pair], seen: set[tuple[str, ...]]) -> bool:
    """Whether nothing ties these pairs to earlier ones; what could tie later ones to these is noted."""
    ties = {tie for pair in pairs for tie in links(pair.baseline, pair.candidate)}
    new = seen.isdisjoint(ties)
    seen |= ties
    return new
