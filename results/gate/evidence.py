"""What one question of a gate rests on: the drop, how far it is certain, and what would make it certain.

Two kinds with the same face. ``Fixed`` reads the interval of a paired comparison, once. ``Anytime`` reads the wealth of
gamblers that bet against the question block by block; its interval holds at every block at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from kibitz.results.comparing.change import Change, change_of
from kibitz.results.comparing.pairs import Pair, Paired
from kibitz.results.gate.blocks import Block
from kibitz.results.statistics.betting import Array, Wealth, at_least, at_most, detectable, path
from kibitz.results.statistics.power import sample_size

OUT_OF_REACH = 100
"""Where so many times the observations there are would be needed, more of them is no advice."""

LOW, HIGH = -1.0, 1.0
"""The range of a paired difference."""


class Evidence(Protocol):
    """What is known about one drop (baseline minus candidate, in -1..1)."""

    @property
    def drop(self) -> float | None:
        """The estimate; None where there is no observation."""

    @property
    def sides(self) -> tuple[float, float] | None:
        """Mean of the baseline, and of the candidate."""

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs that it is made of."""

    @property
    def clusters(self) -> int:
        """Number of different observations."""

    @property
    def p(self) -> float | None:
        """Two-sided p-value of "no difference"."""

    @property
    def test(self) -> str:
        """Where the p-value is from."""

    def low(self, alpha: float) -> float:
        """The drop is at least this, with a probability of 1 - alpha."""

    def high(self, alpha: float) -> float:
        """The drop is at most this."""

    def above(self, bound: float, alpha: float) -> bool:
        """Whether the drop is certainly above a bound."""

    def below(self, bound: float, alpha: float) -> bool:
        """Whether the drop is certainly below a bound."""

    def mde(self, alpha: float) -> float | None:
        """The smallest drop that would be found with a probability of 80 %."""

    def more(self, bound: float, alpha: float) -> int | None:
        """How many pairs more it takes to tell the drop from a bound, if it is as it seems; None if out of reach."""


class Fixed:
    """A comparison of as many pairs as were planned; to be looked at once."""

    def __init__(self, paired: Paired, metric: str, group: str) -> None:
        self._paired, self._metric, self._group = paired, metric, group
        self._changes: dict[float, Change] = {}

    def _at(self, alpha: float) -> Change:
        level = 1 - 2 * alpha
        if level not in self._changes:
            self._changes[level] = change_of(self._paired, self._metric, self._group, level=level, alpha=2 * alpha)
        return self._changes[level]

    @cached_property
    def _change(self) -> Change:
        return self._at(0.05)

    @property
    def drop(self) -> float | None:
        """The estimate."""
        return None if self._change.change.mean is None else -self._change.change.mean + 0.0

    @property
    def sides(self) -> tuple[float, float] | None:
        """From the comparison."""
        before, after = self._change.baseline.mean, self._change.candidate.mean
        return None if before is None or after is None else (before, after)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs with this metric on both sides."""
        return tuple(
            pair
            for pair in self._paired.pairs
            if self._group in ("*", pair.baseline.group) and pair.change(self._metric) is not None
        )

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return self._change.change.clusters

    @property
    def p(self) -> float | None:
        """McNemar's test or sign flips."""
        return self._change.p

    @property
    def test(self) -> str:
        """Which of the two."""
        return self._change.test

    def low(self, alpha: float) -> float:
        """The lower end of the two-sided interval of level 1 - 2 alpha."""
        high = self._at(alpha).change.high
        return LOW if high is None else -high + 0.0

    def high(self, alpha: float) -> float:
        """The upper end of that interval."""
        low = self._at(alpha).change.low
        return HIGH if low is None else -low + 0.0

    def above(self, bound: float, alpha: float) -> bool:
        """Whether the lower end is above the bound."""
        return self.low(alpha) > bound

    def below(self, bound: float, alpha: float) -> bool:
        """Whether the upper end is below the bound."""
        return self.high(alpha) < bound

    def mde(self, alpha: float) -> float | None:
        """From the comparison."""
        return self._at(alpha).mde

    def more(self, bound: float, alpha: float) -> int | None:
        """From Miller's formula, with the spread that was seen."""
        error, drop = self._change.error, self.drop
        if drop is None or error is None or not math.isfinite(error) or abs(drop - bound) < 1e-6:
            return None
        needed = sample_size(self.clusters * error * error, abs(drop - bound), 2 * alpha)
        lacking = max(1, needed - self.clusters)
        if lacking > OUT_OF_REACH * self.clusters:
            return None
        return math.ceil(lacking * len(self.pairs) / self.clusters)


@dataclass(frozen=True)
class Anytime:
    """Blocks, read one after the other as often as one likes."""

    blocks: tuple[Block, ...]

    @cached_property
    def _drops(self) -> tuple[list[float], list[float]]:
        """All drops, and those of fresh blocks."""
        return [block.drop for block in self.blocks], [block.drop for block in self.blocks if block.fresh]

    @property
    def drop(self) -> float | None:
        """Mean over the blocks."""
        every, _ = self._drops
        return math.fsum(every) / len(every) if every else None

    @property
    def sides(self) -> tuple[float, float] | None:
        """Means over the blocks."""
        if not self.blocks:
            return None
        before, after = zip(*(block.sides for block in self.blocks), strict=True)
        return math.fsum(before) / len(before), math.fsum(after) / len(after)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs of all blocks."""
        return tuple(pair for block in self.blocks for pair in block.pairs)

    @property
    def clusters(self) -> int:
        """Number of different observations."""
        return self.blocks[-1].clusters if self.blocks else 0

    @cached_property
    def p(self) -> float | None:
        """Both gamblers start with one half: what they won together, at the best moment, bounds the p-value."""
        if not self.blocks:
            return None
        least = math.inf
        for values in self._drops:
            sides = [path(values, 0.0, LOW, HIGH), path([-value for value in values], 0.0, LOW, HIGH)]
            least = min(least, float(np.logaddexp(*sides).max(initial=math.log(2)) - math.log(2)))
        return math.exp(-least)

    @property
    def test(self) -> str:
        """The name of the test."""
        return "betting"

    def above_at(self, bound: float) -> Array:
        """Logarithm of the evidence after each block that the drop is above a bound, the most so far."""
        return self._evidence(bound, 1)

    def below_at(self, bound: float) -> Array:
        """The same of being below."""
        return self._evidence(-bound, -1)

    def _evidence(self, bound: float, sign: int) -> Array:
        def best(values: Sequence[float]) -> Array:
            found: Array = np.maximum.accumulate(
                np.maximum(path([sign * value for value in values], bound, LOW, HIGH), 0.0)
            )
            return found

        every, fresh = self._drops
        if len(every) == len(fresh):
            return best(every)
        # Between fresh blocks their evidence stays as it was; the first block is always one.
        last = np.cumsum([block.fresh for block in self.blocks]) - 1
        weaker: Array = np.minimum(best(every), best(fresh)[last])
        return weaker

    def low(self, alpha: float) -> float:
        """The lower end of the confidence sequence."""
        return min(at_least(values, alpha, LOW, HIGH) for values in self._drops)

    def high(self, alpha: float) -> float:
        """The upper end."""
        return max(at_most(values, alpha, LOW, HIGH) for values in self._drops)

    def above(self, bound: float, alpha: float) -> bool:
        """Whether the evidence reached 1 / alpha."""
        return bool(self.above_at(bound).max(initial=0.0) >= math.log(1 / alpha))

    def below(self, bound: float, alpha: float) -> bool:
        """Whether the evidence reached 1 / alpha."""
        return bool(self.below_at(bound).max(initial=0.0) >= math.log(1 / alpha))

    def mde(self, alpha: float) -> float | None:
        """What these many blocks would show."""
        return detectable(self._drops[0], alpha, LOW, HIGH)

    def more(self, bound: float, alpha: float) -> int | None:
        """How many blocks like those so far the nearer verdict needs, as pairs."""
        drop, size = self.drop, len(self.blocks)
        if drop is None:
            return None
        sign = 1 if drop > bound else -1
        wealth = Wealth(sign * bound, LOW, HIGH)
        for value in self._drops[0]:
            wealth.bet(sign * value)
        lacking = wealth.more(size, alpha)
        if lacking is None or lacking > OUT_OF_REACH * size:
            return None
        return math.ceil(lacking * len(self.pairs) / size)
