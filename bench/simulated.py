"""Simulated evaluations whose truth is known, and how often the intervals of Kibitz hold it.

The intervals are those of the package, called one sample at a time as the board does; only the samples are drawn with
numpy, from generators seeded by the name of the case.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kibitz.results.statistics.association import difference
from kibitz.results.statistics.intervals import (
    Interval,
    Observed,
    bounded_mean,
    equal_weights,
    grouped,
    mean_of_means,
    proportion,
    unbounded_mean,
)
from kibitz.results.statistics.reliability import mean_chance, pass_all_k
from kibitz.results.statistics.repeated import fixed_tasks

Floats = NDArray[np.float64]
Sample = tuple[Interval, float]
"""An interval, and the truth it should hold."""


@dataclass(frozen=True)
class Case:
    """One cell of a study: draws a sample and gives its interval and the truth.

    Attributes:
        wide: Too wide an interval is accepted here, since a narrower one would fail elsewhere.
    """

    name: str
    draw: Callable[[np.random.Generator], Sample]
    wide: bool = False

    def coverage(self, samples: int) -> float:
        """Share of intervals that hold the truth; the same for the same number of samples."""
        rng = generator(self.name)
        return sum(_holds(*self.draw(rng)) for _ in range(samples)) / samples


def _holds(interval: Interval, truth: float) -> bool:
    return interval.low is not None and interval.high is not None and interval.low <= truth <= interval.high


def generator(name: str) -> np.random.Generator:
    """A generator for what has this name."""
    return np.random.Generator(np.random.Philox(int(hashlib.sha256(name.encode()).hexdigest()[:32], 16)))


def sigmoid(x: Floats) -> Floats:
    """The logistic function."""
    return 1 / (1 + np.exp(-x))


def exact_coverage(n: int, shares: Sequence[float]) -> list[float]:
    """Coverage of the interval of a share at ``n`` independent observations, by true share: the exact binomial sum."""
    found = [proportion({1.0: range(k), 0.0: range(k, n)}) for k in range(n + 1)]
    ways = [math.comb(n, k) for k in range(n + 1)]
    return [
        math.fsum(ways[k] * share**k * (1 - share) ** (n - k) for k in range(n + 1) if _holds(found[k], share))
        for share in shares
    ]


@dataclass(frozen=True)
class Field:
    """Contests in deals: every deal is played in both seats against every opponent.

    Attributes:
        deals: Number of deals, the clusters.
        opponents: Number of opponents.
        skill: How much better the agent is, in logits of a win against a loss.
        draws: How likely draws are (Davidson's nu).
        first: Advantage of the first move; ``spread`` is its standard deviation between deals.
        suits: Standard deviation between deals of how well they suit the agent.
    """

    deals: int
    opponents: int = 1
    skill: float = 0.0
    draws: float = 0.0
    first: float = 0.5
    spread: float = 1.0
    suits: float = 0.0

    def play(self, rng: np.random.Generator, deals: int) -> Floats:
        """Rewards in -1..1, one row a deal."""
        seats = np.array([1.0, -1.0])
        against = np.linspace(-0.7, 0.7, self.opponents) if self.opponents > 1 else np.zeros(1)
        lead = (
            self.skill
            + rng.normal(0, 1, (deals, 1, 1)) * self.suits
            + against[None, :, None]
            + seats * (self.first + rng.normal(0, 1, (deals, 1, 1)) * self.spread)
        )
        win, loss = np.exp(lead / 2), np.exp(-lead / 2)
        total = win + loss + self.draws
        u = rng.random(lead.shape)
        return np.where(u < win / total, 1.0, np.where(u < (win + self.draws) / total, 0.0, -1.0)).reshape(deals, -1)

    def truth(self) -> float:
        """The true mean reward, from 200,000 deals."""
        return float(self.play(generator(f"truth {self}"), 200_000).mean())


def contest(field: Field, interval: Bounded = bounded_mean) -> Case:
    """The mean outcome in contests."""
    truth = field.truth()
    clusters = np.repeat(np.arange(field.deals), 2 * field.opponents).tolist()

    def draw(rng: np.random.Generator) -> Sample:
        return interval(grouped(field.play(rng, field.deals).ravel().tolist(), clusters), -1, 1), truth

    return Case(
        f"outcome, {field.deals} deals, {field.opponents} opponents, mean {truth:.2f}, draws {field.draws}", draw
    )


def games(fields: tuple[Field, ...]) -> Case:
    """The mean over several games, each with the same weight."""
    truth = sum(field.truth() for field in fields) / len(fields)
    clusters = [np.repeat(np.arange(field.deals), 2 * field.opponents).tolist() for field in fields]

    def draw(rng: np.random.Generator) -> Sample:
        each = [
            bounded_mean(grouped(field.play(rng, field.deals).ravel().tolist(), labels), -1, 1)
            for field, labels in zip(fields, clusters, strict=True)
        ]
        return equal_weights(each), truth

    deals = ", ".join(str(field.deals) for field in fields)
    return Case(f"mean over {len(fields)} games of {deals} deals, mean {truth:.2f}", draw)


@dataclass(frozen=True)
class Asked:
    """Answers to two questions at every step of episodes of unequal length, in mirrored pairs.

    Attributes:
        right: Logit of a right answer; ``rare`` is the chance that the second question comes up.
        together: How much a good episode helps both answers and outcome, in logits.
        steps: Most steps of an episode.
    """

    pairs: int
    right: float
    steps: int = 8
    rare: float = 0.5
    together: float = 1.0
    won: float = 0.0

    def draw(self, rng: np.random.Generator, pairs: int) -> tuple[Floats, ...]:
        """Outcome, question 1 right, question 2 right and asked, all by pair and step; NaN where there is none."""
        shape = (pairs, 2, 1)
        good = rng.normal(size=shape)
        ahead = self.won + self.together * good + rng.normal(size=shape)
        outcome = np.where(rng.random(shape) < sigmoid(ahead), 1.0, -1.0)
        lengths = rng.integers(max(1, self.steps // 3), self.steps + 1, size=shape)
        played = np.arange(self.steps) < lengths
        first = np.where(rng.random(played.shape) < sigmoid(self.right + self.together * good), 1.0, 0.0)
        second = np.where(rng.random(played.shape) < sigmoid(self.right - 1 + self.together * good), 1.0, 0.0)
        asked = played & (rng.random(played.shape) < self.rare)
        return (
            np.broadcast_to(outcome, played.shape).reshape(pairs, -1),
            np.where(played, first, np.nan).reshape(pairs, -1),
            np.where(asked, second, np.nan).reshape(pairs, -1),
        )


def _kept(values: Floats) -> tuple[list[float], list[int]]:
    there = ~np.isnan(values)
    return values[there].tolist(), np.nonzero(there)[0].tolist()


def answers(asked: Asked) -> Case:
    """The share of right answers: a ratio of clusters of unequal size."""
    truth = float(np.nanmean(asked.draw(generator(f"truth {asked}"), 100_000)[1]))

    def draw(rng: np.random.Generator) -> Sample:
        return proportion(grouped(*_kept(asked.draw(rng, asked.pairs)[1]))), truth

    return Case(f"right answers, {asked.pairs} pairs of up to {asked.steps} steps, mean {truth:.2f}", draw)


def questions(asked: Asked) -> Case:
    """The mean over two questions, one of them rare."""
    _, one, two = asked.draw(generator(f"truth {asked}"), 100_000)
    truth = float(np.nanmean(one) + np.nanmean(two)) / 2

    def draw(rng: np.random.Generator) -> Sample:
        _, one, two = asked.draw(rng, asked.pairs)
        return mean_of_means([grouped(*_kept(one)), grouped(*_kept(two))], 0.0, 1.0), truth

    return Case(f"mean over two questions, {asked.pairs} pairs, mean {truth:.2f}", draw)


Difference = Callable[[Observed, Observed, float, float], Interval]
Mean = Callable[[Observed, int], Interval]
Bounded = Callable[[Observed, float, float], Interval]


def lift(asked: Asked, interval: Difference = difference) -> Case:
    """The outcome lift of answering right."""
    outcome, right, _ = asked.draw(generator(f"truth {asked}"), 100_000)
    truth = float(outcome[right == 1].mean() - outcome[right == 0].mean())

    def draw(rng: np.random.Generator) -> Sample:
        while True:
            outcome, right, _ = asked.draw(rng, asked.pairs)
            sides = [_kept(np.where(right == side, outcome, np.nan)) for side in (1, 0)]
            if all(values for values, _ in sides):
                return interval(grouped(*sides[0]), grouped(*sides[1]), -1.0, 1.0), truth

    share = float(np.nanmean(right))
    return Case(
        f"outcome lift, {asked.pairs} pairs of up to {asked.steps} steps, {share:.0%} right, lift {truth:.2f}",
        draw,
        wide=True,
    )


@dataclass(frozen=True)
class Tried:
    """Tasks of unequal difficulty, each tried several times."""

    tasks: int
    trials: int
    mean: float = 0.0
    spread: float = 2.0

    def chances(self, rng: np.random.Generator, tasks: int) -> Floats:
        """The chance to pass of each task."""
        return sigmoid(self.mean + self.spread * rng.normal(size=tasks))


def this_set(tried: Tried) -> Case:
    """The mean of a fixed set of tasks: only the trials vary."""

    def draw(rng: np.random.Generator) -> Sample:
        chances = tried.chances(rng, tried.tasks)
        passed = rng.random((tried.tasks, tried.trials)) < chances[:, None]
        return fixed_tasks(passed.astype(float).tolist(), 0.0, 1.0), float(chances.mean())

    return Case(f"this set of tasks, {tried.tasks} of {tried.trials} trials, spread {tried.spread} logits", draw)


def every_time(tried: Tried, k: int, interval: Mean = mean_chance) -> Case:
    """pass^k over tasks like these."""
    truth = float((tried.chances(generator(f"truth {tried}"), 2_000_000) ** k).mean())

    def draw(rng: np.random.Generator) -> Sample:
        passed = rng.random((tried.tasks, tried.trials)) < tried.chances(rng, tried.tasks)[:, None]
        values = [pass_all_k(tried.trials, c, k) for c in passed.sum(1).tolist()]
        return interval(grouped(values), k), truth

    return Case(f"pass^{k}, {tried.tasks} tasks of {tried.trials} trials, {truth:.2f}", draw, wide=True)


def cost(pairs: int, spread: float) -> Case:
    """Mean cost of an episode, log-normal, with what a pair has in common."""
    truth = float(np.exp(spread * spread))

    def draw(rng: np.random.Generator) -> Sample:
        values = np.exp(spread * (rng.normal(size=(pairs, 1)) + rng.normal(size=(pairs, 2))))
        return unbounded_mean(grouped(values.ravel().tolist(), np.repeat(np.arange(pairs), 2).tolist())), truth

    return Case(f"cost of an episode, {pairs} pairs, log-normal {spread}", draw)


def contests(deals: tuple[int, ...]) -> Iterator[Case]:
    """Contests between equals and between unequals, with and without draws, against one opponent and four."""
    for count in deals:
        yield contest(Field(count, draws=0.0))
        yield contest(Field(count, draws=0.8))
        yield contest(Field(count, skill=2.5, draws=0.3, first=0.3, spread=0.5))
        yield contest(Field(count, skill=4.0, draws=0.6, first=0.0, spread=0.5))
        yield contest(Field(count, skill=3.0, draws=0.0, suits=0.7))
        yield contest(Field(count, opponents=4, draws=0.5, suits=0.7))
        yield contest(Field(count, opponents=4, skill=2.5, draws=0.3, suits=0.7))
        yield contest(Field(count, opponents=4, skill=3.0, suits=0.7))


def steps(pairs: tuple[int, ...]) -> Iterator[Case]:
    """What is measured within episodes, and what goes together with their outcome."""
    for count in pairs:
        yield answers(Asked(count, 0.0))
        yield answers(Asked(count, 2.0))
        yield questions(Asked(count, 1.0, rare=0.2))
        yield lift(Asked(count, 1.0))
        yield lift(Asked(count, 1.0, together=0.0))
        yield lift(Asked(count, 3.0, steps=12, won=1.0))


def others(sizes: tuple[int, ...]) -> Iterator[Case]:
    """Means over games, sets of tasks, reliability and cost."""
    for count in sizes:
        yield games((Field(count, draws=0.8), Field(count, skill=2.5, draws=0.3), Field(2 * count, skill=-1.0)))
        yield games(tuple(Field(count, opponents=2, skill=float(skill)) for skill in range(-2, 3)))
        yield games((Field(count, skill=3.0), Field(count, skill=2.0), Field(count, skill=2.5, draws=0.3)))
        yield this_set(Tried(count, 2))
        yield this_set(Tried(count, 5, mean=1.0, spread=4.0))
        yield every_time(Tried(count, 5, mean=1.0), 3)
        yield every_time(Tried(count, 5, mean=-1.5), 3)
        yield cost(count, 0.4)
