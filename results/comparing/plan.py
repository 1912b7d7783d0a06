"""How much must be played to see a change of a wanted size, from the variance of a run that there is.

With a second run the variance of the paired differences is known. Without one it has to be assumed how much the scores
of the other agent vary, and how much they have in common with these over tasks. Three assumptions give three answers;
the middle one is a guess, rather too large than too small, and said to be one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kibitz.results.comparing.change import change_of, require_known
from kibitz.results.comparing.diff import SCHEMA, primary
from kibitz.results.comparing.pairs import Paired, pair
from kibitz.results.comparing.trials import Results, Trial
from kibitz.results.statistics.clusters import merge
from kibitz.results.statistics.differences import MeanDifference, equal_groups, mean_difference
from kibitz.results.statistics.power import ALPHA, POWER, detectable, sample_size
from kibitz.results.statistics.repeated import Variance, decompose, repeats

MEASURED = "measured"
ALIKE = "half in common"
APART = "nothing in common"
UNEVEN = "nothing in common, and the other as uneven as scores can be"

LARGEST_VARIANCE = 0.25
"""Of a score in 0..1: half of the tasks 0, half of them 1."""


Scored = tuple[Trial, float]
"""A trial, and its score or how far it is from that of its pair."""


class PlanError(ValueError):
    """Nothing can be planned from these results."""


@dataclass(frozen=True, slots=True)
class Price:
    """Mean cost of one episode of the subject; None where it is not known of all episodes.

    Attributes:
        usd: Dollars; ``tokens`` input and output; ``seconds`` that the subject takes, one episode after another.
    """

    usd: float | None
    tokens: float | None
    seconds: float | None

    def of(self, episodes: int) -> dict[str, float | int | None]:
        """What so many episodes cost, as JSON."""
        return {
            "usd": None if self.usd is None else round(self.usd * episodes, 6),
            "tokens": None if self.tokens is None else math.ceil(self.tokens * episodes),
            "seconds": None if self.seconds is None else round(self.seconds * episodes, 3),
        }


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed under an assumption.

    Attributes:
        assumption: About the other agent: how much its scores have in common with these; or that it was measured.
        pairs: Pairs of episodes; each side plays one of every pair.
        clusters: Independent groups of them.
    """

    assumption: str
    pairs: int
    clusters: int

    def as_json(self) -> dict[str, object]:
        """The need as a JSON object."""
        return {"assumption": self.assumption, "pairs": self.pairs, "clusters": self.clusters}


@dataclass(frozen=True)
class Plan:
    """How much must be played.

    Attributes:
        against: Where the second side is; empty if there is none and its likeness is assumed.
        detect: The change that is to be seen, in 0..1.
        pairs: Pairs that there are, or would be with a second run like this one; in so many ``clusters``.
        detectable: The change that those would show.
        expected: What is needed; ``lowest`` and ``highest`` where it is a guess, else None.
        price: Of an episode of the subject.
        variance: What the squared error is made of, of the differences if they were measured, else of the scores; None
            where every task was attempted once.
    """

    source: str
    subject: str
    against: str
    metric: str
    detect: float
    alpha: float
    power: float
    pairs: int
    clusters: int
    detectable: float
    expected: Need
    lowest: Need | None
    highest: Need | None
    price: Price
    variance: Variance | None

    @property
    def narrower(self) -> tuple[float, float] | None:
        """By what share the interval shrinks with twice the tasks, and with twice the trials; None where unknown."""
        share = None if self.variance is None else self.variance.trials_share
        # Twice the tasks halve the whole variance, twice the trials only what is noise of the trials.
        return None if share is None else (1 - math.sqrt(0.5), 1 - math.sqrt(1 - share / 2))

    def as_json(self) -> dict[str, object]:
        """The plan as a JSON object, as the formats page describes it."""
        found = self.narrower
        return {
            "schema": SCHEMA,
            "source": self.source,
            "subject": self.subject,
            "against": self.against or None,
            "metric": self.metric,
            "detect": self.detect,
            "alpha": self.alpha,
            "power": self.power,
            "now": {"pairs": self.pairs, "clusters": self.clusters, "detectable": round(self.detectable, 6)},
            "expected": self.expected.as_json(),
            "lowest": None if self.lowest is None else self.lowest.as_json(),
            "highest": None if self.highest is None else self.highest.as_json(),
            "price": self.price.of(1),
            "cost": self.price.of(self.expected.pairs),
            "narrower": None if found is None else {"tasks": round(found[0], 6), "trials": round(found[1], 6)},
        }


def plan(
    results: Results,
    detect: float,
    against: Results | None = None,
    *,
    metric: str | None = None,
    alpha: float = ALPHA,
    power: float = POWER,
    arms: Sequence[str] = (),
) -> Plan:
    """How much must be played to see a change.

    Args:
        results: What was measured.
        detect: The change that is to be seen, in 0..1.
        against: The second side, if there is one.
        metric: The metric; by default the outcome, or where nothing can be won the answers.
        alpha: Level of the test.
        power: Chance to see the change.
        arms: Conditions in which the two sides may differ.

    Raises:
        PlanError: The results are too few.
        UnknownMetricError: They do not have the metric.
        NotComparableError: The two sides are not.
    """
    chosen = metric or primary(results.metrics)
    require_known((results,) if against is None else (results, against), chosen)
    found, scores = _one_side(results, chosen) if against is None else _two_sides(pair(results, against, arms), chosen)
    _require_spread(results, found)
    variances = _variances(found, measured=against is not None)
    needs = {assumption: _need(found, assumption, v, detect, alpha, power) for assumption, v in variances.items()}
    expected = MEASURED if against is not None else APART
    error = math.sqrt(variances[expected] / found.interval.clusters)
    return Plan(
        source=results.source,
        subject=results.subject,
        against="" if against is None else against.source,
        metric=chosen,
        detect=detect,
        alpha=alpha,
        power=power,
        pairs=found.interval.n,
        clusters=found.interval.clusters,
        detectable=detectable(error, found.df, alpha, power),
        expected=needs[expected],
        lowest=needs.get(ALIKE),
        highest=needs.get(UNEVEN),
        price=_price(results.trials),
        variance=_variance(scores, found.error),
    )


def _require_spread(results: Results, found: MeanDifference) -> None:
    if math.isinf(found.error):
        raise PlanError(
            f"{results.source}: a game's trials are one observation (they hang together, or went exactly alike), so "
            "nothing is known of their variance; play at least two tasks of every game"
        )


def _variances(found: MeanDifference, *, measured: bool) -> dict[str, float]:
    """Variance of the paired differences, each cluster taken as one, under each assumption."""
    clusters, pairs = found.interval.clusters, found.interval.n
    own = found.error**2 * clusters
    if measured:
        return {MEASURED: own}
    other = max(own, LARGEST_VARIANCE * clusters / pairs)
    # Both vary alike and are correlated by r: 2 (1 - r) times the variance of one.
    return {ALIKE: own, APART: 2 * own, UNEVEN: own + other}


def _need(found: MeanDifference, assumption: str, variance: float, detect: float, alpha: float, power: float) -> Need:
    """Everything that was played, so many times over as the error must shrink."""
    clusters = sample_size(variance, detect, alpha, power)
    return Need(assumption, math.ceil(clusters * found.interval.n / found.interval.clusters), clusters)


def _one_side(results: Results, metric: str) -> tuple[MeanDifference, list[Scored]]:
    """The mean of one side with its clusters (deals, else tasks), and the scores."""
    groups: dict[str, list[Trial]] = {}
    for trial in results.trials:
        if metric in trial.scores:
            groups.setdefault(trial.group, []).append(trial)
    parts = []
    for _, trials in sorted(groups.items()):
        labels = merge(_links(trial) for trial in trials)
        parts.append(mean_difference([trial.scores[metric] for trial in trials], labels))
    return equal_groups(parts), [(trial, trial.scores[metric]) for trials in groups.values() for trial in trials]


def _two_sides(paired: Paired, metric: str) -> tuple[MeanDifference, list[Scored]]:
    """The mean difference with its clusters, and the differences."""
    change = change_of(paired, metric)
    if change.error is None:
        sources = f"{paired.baseline.source} and {paired.candidate.source}"
        raise PlanError(f"{sources} have no pair with {metric} on both sides")
    scores = [(one.baseline, d) for one in paired.pairs if (d := one.change(metric)) is not None]
    return MeanDifference(change.change, change.error, change.df), scores


def _links(trial: Trial) -> list[tuple[str, str]]:
    course = [("course", trial.course)] if trial.course else []
    return [("deal", trial.cluster or trial.task), ("task", trial.task), *course]


def _variance(scores: Sequence[Scored], error: float) -> Variance | None:
    tasks: dict[tuple[str, str], list[float]] = {}
    for trial, score in scores:
        tasks.setdefault((trial.group, trial.task), []).append(score)
    return decompose(list(tasks.values()), error) if repeats(list(tasks.values())) else None


def _price(trials: Sequence[Trial]) -> Price:
    played = [trial for trial in trials if not trial.failed]

    def mean(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return math.fsum(known) / len(known) if known and len(known) == len(values) else None

    return Price(
        mean([trial.usd for trial in played]),
        mean([trial.tokens for trial in played]),
        mean([trial.seconds for trial in played]),
    )
