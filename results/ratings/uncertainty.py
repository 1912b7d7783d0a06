"""How well strengths are known: standard errors and limits of differences.

**The interval** that is reported is Student's t with a variance made of two:

- that of the *model*: the inverse of the information (Hessian), with games that went exactly alike counted as one;
- that of the *deals*: the sandwich estimate, clustered by deal (all games from one opening, so mirrored pairs too).

The first one trusts the model: where agents differ in what openings suit them it held the true difference in 86 % of
simulations only. The second one trusts the data: it needs many deals, and collapses for an agent that won
nearly everything, whose games all went as expected. So the second is moderated by the first, as in Smyth (2004, doi
10.2202/1544-6115.1027): the model's variance counts as much as ``TRUST`` deals would, and adds ``FREEDOM`` to the
degrees of freedom. The mixture is never below ``FLOOR`` of the model's variance.

How many deals there are is asked of each difference anew (Kish's effective number, from what each deal tells about it),
and never more than there are different courses. For the number of deals the usual factor G / (G - 1) corrects.

The bootstrap over deals is there for comparison. Its percentiles held the true difference in 83 % to 93 % of
simulations (docs/ratings.md has all figures).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kibitz.results.ratings.davidson import Curvature, Floats, Integers, Strengths, curvature, fit, inverse
from kibitz.results.ratings.design import OUTCOMES, Design
from kibitz.results.statistics.quantiles import student_t

TRUST = 3
"""How many deals the model's variance is worth."""

FREEDOM = (5, 10)
"""Degrees of freedom of the model's variance: as many as the deals have, within these. More than it is worth in deals,
since it may be off but hardly varies from one set of deals to the next; few where there are few deals to correct it.
With 5 throughout, and a worth of 5 deals, intervals of ten deals held the truth in up to 98 % of simulations."""

FLOOR = 0.5
"""The least share of the model's variance that remains."""

ROUGH = 1e-3
"""The gradient, in games, at which a bootstrap sample is fitted well enough: some hundredths of an Elo point."""

CHUNK = 100_000
"""How many numbers are fitted at once."""


@dataclass(frozen=True)
class Spread:
    """Standard errors of linear combinations of (agents, seats, draws), and the quantile of t for a 95 % interval."""

    errors: Floats
    quantiles: Floats

    @property
    def halves(self) -> Floats:
        """Half the width of each interval."""
        return self.errors * self.quantiles


class Uncertainty:
    """What is known about the strengths that were fitted to a design."""

    def __init__(self, design: Design, model: Strengths, components: Integers) -> None:
        self._design, self._model = design, model
        self._curvature = curvature(model)
        games = design.weighted.sum(-1) + design.made_up.sum(-1)
        self._inverse = inverse(self._curvature.information(games), components)

    def spread(self, contrasts: Floats) -> Spread:
        """Errors of linear combinations, one a row; those of agents must add up to zero within each component."""
        influence = contrasts @ self._inverse
        model = self._of_model(influence)
        shares = self._told(influence)
        deals = np.zeros((self._deals, len(contrasts)))
        np.add.at(deals, self._design.deals, shares)
        groups = np.minimum(_kish(deals), self._courses(influence))
        more = np.maximum(groups - 1, 0.0)
        pulls = self.pulls(self._design.deals, contrasts)
        sandwich = (pulls**2).sum(0) * np.where(more > 0, groups / np.maximum(more, 1e-9), 0.0)
        mixed = (TRUST * model + more * sandwich) / (TRUST + more)
        freedom = more + np.clip(more, *FREEDOM)
        quantiles = np.array([student_t(math.floor(count + 1e-9)) for count in freedom])
        return Spread(np.sqrt(np.maximum(mixed, FLOOR * model)), quantiles)

    @cached_property
    def _deals(self) -> int:
        return int(self._design.deals.max()) + 1

    @cached_property
    def _weights(self) -> Floats:
        """Weight of each game."""
        return self._design.weights[self._design.cells[:, 0]]

    def pulls(self, groups: Integers, contrasts: Floats) -> Floats:
        """How far each group of games pulls each combination, to first order: without the group it is less by so much.

        Args:
            groups: For each game the number of its group.
            contrasts: Combinations as in ``spread``.

        Returns:
            One row a group, one column a combination.
        """
        label, first, second, outcome = self._design.cells.T
        n, labels = len(self._design.agents), len(self._design.labels)
        chances = np.stack(self._model.chances(), -1)[label, first, second]
        won = np.array(OUTCOMES)[outcome]
        lead = self._weights * (won - chances[:, 0] + chances[:, 2]) / 2
        draw = self._weights * ((won == 0) - chances[:, 1])
        gradients = np.zeros((int(groups.max()) + 1, n + 2 * labels))
        for place, value in ((first, lead), (second, -lead), (n + label, lead), (n + labels + label, draw)):
            np.add.at(gradients, (groups, place), value)
        found: Floats = gradients @ (contrasts @ self._inverse).T
        return found

    def _cell(self, influence: Floats) -> Floats:
        """What one game of each kind adds to the variance of each combination, by (label, first, second, row)."""
        n, labels = len(self._design.agents), len(self._design.labels)
        agents, seats, draws = influence[:, :n].T, influence[:, n : n + labels].T, influence[:, n + labels :].T
        lead = agents[None, :, None] - agents[None, None, :] + seats[:, None, None]
        draw = draws[:, None, None]
        bend: Curvature = self._curvature
        a, b, c = (part[..., None] for part in (bend.lead, bend.mixed, bend.draw))
        return np.asarray(a * lead**2 + 2 * b * lead * draw + c * draw**2)

    def _of_model(self, influence: Floats) -> Floats:
        squares = self._design.weights**2
        games = squares[:, None, None] * self._design.copies + self._design.made_up.sum(-1)
        found: Floats = (games[..., None] * self._cell(influence)).sum((0, 1, 2))
        return found

    def _told(self, influence: Floats) -> Floats:
        """What each game tells about each combination, by (game, row)."""
        label, first, second, _ = self._design.cells.T
        return np.asarray(self._weights[:, None] * self._cell(influence)[label, first, second])

    def _courses(self, influence: Floats) -> Floats:
        """Effective number of different courses."""
        cell = self._cell(influence)
        weights = self._design.weights[:, None, None]
        games = (weights * self._design.results.sum(-1))[..., None]
        copies = (weights**2 * self._design.copies)[..., None]
        total, squares = (games * cell).sum((0, 1, 2)), (copies * cell**2).sum((0, 1, 2))
        found: Floats = np.divide(total**2, squares, out=np.ones_like(total), where=squares > 0)
        return found


def _kish(shares: Floats) -> Floats:
    """Effective number of groups: as many equal ones would tell as much."""
    squares = (shares**2).sum(0)
    found: Floats = np.divide(shares.sum(0) ** 2, squares, out=np.ones_like(squares), where=squares > 0)
    return found


def bootstrap(design: Design, model: Strengths, components: Integers, seed: bytes, samples: int) -> Floats | None:
    """Strengths fitted to samples of the deals, drawn with replacement within each game.

    Args:
        design: The games.
        model: The strengths with all games.
        components: The component of each agent.
        seed: At least 16 bytes from which the draws are derived.
        samples: How many.

    Returns:
        The strengths of the agents, one sample a row; None where a game has fewer than two deals: nothing would vary.
    """
    by_deal = _by_deal(design)
    if min(len(deals) for deals in by_deal) < 2:
        return None
    generator = np.random.Generator(np.random.Philox(key=int.from_bytes(seed[:16], "big")))
    drawn = []
    for label, deals in enumerate(by_deal):
        count = len(deals)
        times = generator.multinomial(count, np.full(count, 1 / count), size=samples).astype(np.float64)
        results = (times @ deals.reshape(count, -1)).reshape(samples, *deals.shape[1:])
        drawn.append(results * design.weights[label])
    results = np.stack(drawn, 1)
    # A few at a time: what is computed on the way should stay in the processor's cache.
    size = max(1, CHUNK // design.made_up.size)
    parts = [results[i : i + size] + design.made_up for i in range(0, samples, size)]
    return np.concatenate([fit(part, components, model, ROUGH).agents for part in parts])


def _by_deal(design: Design) -> Sequence[Floats]:
    """The results of each deal, by label: (deal, first, second, 3)."""
    n = len(design.agents)
    found = []
    for label in range(len(design.labels)):
        here = design.cells[:, 0] == label
        # Games are sorted by label and deals are numbered as they appear: those of a label follow each other.
        deals = design.deals[here] - design.deals[here].min()
        results = np.zeros((int(deals.max()) + 1, n, n, len(OUTCOMES)))
        np.add.at(results, (deals, *design.cells[here, 1:].T), 1.0)
        found.append(results)
    return found
