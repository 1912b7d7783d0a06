"""Intervals that Kibitz does not use, on the cases of ``simulated``: Student's t, and bootstraps over clusters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from simulated import Asked, Case, Field, Tried, contest, every_time, generator, lift

from kibitz.results.statistics.intervals import Interval, Observed, clustered_error, linearised
from kibitz.results.statistics.quantiles import student_t

RESAMPLES = 400


def t(observed: Observed, *_: float) -> Interval:
    """Student's t with clustered errors."""
    mean, parts = linearised([observed])
    half = student_t(len(parts) - 1) * clustered_error(parts)
    return Interval(mean, mean - half, mean + half)


def t_difference(one: Observed, other: Observed, *_: float) -> Interval:
    """Student's t for a difference, with the linearised errors of both sides added up by cluster."""
    (a, mine), (b, theirs) = linearised([one]), linearised([other])
    labels = {*mine, *theirs}
    parts = {label: [*mine.get(label, ()), *(-part for part in theirs.get(label, ()))] for label in labels}
    half = student_t(len(labels) - 1) * clustered_error(parts)
    return Interval(a - b, a - b - half, a - b + half)


def bootstrap(observed: Observed, *_: float) -> Interval:
    """Percentiles over resampled clusters."""
    counts, sums = _sums(observed, sorted({label for labels in observed.values() for label in labels}))  # type: ignore[type-var]
    drawn = _drawn(len(counts))
    return _percentiles(drawn @ sums / (drawn @ counts))


def bootstrap_difference(one: Observed, other: Observed, *_: float) -> Interval:
    """Percentiles of a difference over resampled clusters."""
    labels = sorted({label for side in (one, other) for found in side.values() for label in found})  # type: ignore[type-var]
    (n, a), (m, b) = _sums(one, labels), _sums(other, labels)
    drawn = _drawn(len(labels))
    with np.errstate(all="ignore"):
        return _percentiles(drawn @ a / (drawn @ n) - drawn @ b / (drawn @ m))


def _sums(observed: Observed, labels: Sequence[object]) -> tuple[np.ndarray, np.ndarray]:
    place: Mapping[object, int] = {label: i for i, label in enumerate(labels)}
    counts, sums = np.zeros(len(labels)), np.zeros(len(labels))
    for value, found in observed.items():
        at = np.bincount([place[label] for label in found], minlength=len(labels))
        counts += at
        sums += value * at
    return counts, sums


def _drawn(clusters: int) -> np.ndarray:
    return generator("bootstrap").multinomial(clusters, np.full(clusters, 1 / clusters), size=RESAMPLES)


def _percentiles(means: np.ndarray) -> Interval:
    known = means[np.isfinite(means)]
    low, high = (float(limit) for limit in np.quantile(known, [0.025, 0.975])) if len(known) else (-math.inf, math.inf)
    return Interval(0.0, low, high)


def beside(size: int) -> Iterator[Case]:
    """The cases at so many clusters, with the name of the interval before them."""
    strong = Field(size, skill=4.0, draws=0.6, first=0.0, spread=0.5)
    rare, common = Asked(size, 3.0, steps=12, won=1.0), Asked(size, 1.0)
    few, half = Tried(size, 5, mean=-1.5), Tried(size, 5, mean=1.0)
    for name, mean, gap in (("t", t, t_difference), ("bootstrap", bootstrap, bootstrap_difference)):
        cases = (
            contest(strong, mean),
            *(lift(asked, gap) for asked in (common, rare)),
            *(every_time(tried, 3, mean) for tried in (half, few)),
        )
        yield from (replace(case, name=f"{name}: {case.name}") for case in cases)
