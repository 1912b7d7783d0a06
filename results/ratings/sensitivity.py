"""How far an order hangs on single opponents and on a few games.

Huang et al. (2025, arXiv 2508.11847) turn the top of a public leaderboard by dropping a handful among tens of thousands
of votes, found by their influence to first order. The same is done here for each two neighbours, with mirrored pairs
instead of votes; what the influence predicts is then fitted, so that what is reported does turn the order.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from kibitz.results.ratings.davidson import Floats, Integers, Strengths, fit, prior
from kibitz.results.ratings.design import Design
from kibitz.results.ratings.graph import components as parts_of
from kibitz.results.ratings.table import DIGITS, ELO, Fragile, LeftOut, Sensitivity, Swap
from kibitz.results.ratings.uncertainty import Uncertainty

LIMIT = 0.05
"""Largest share of the mirrored pairs that is dropped."""


def sensitivity(
    design: Design, model: Strengths, uncertainty: Uncertainty, components: Integers, values: Mapping[str, float]
) -> Sensitivity:
    """Leave out each agent, and drop the most influential pairs.

    Args:
        design: The games.
        model: The strengths with all games.
        uncertainty: What is known about them.
        components: The component of each agent.
        values: Their ratings, which give the order. With several components there is none, and nothing to turn.
    """
    if components.any() or len(values) < 2:
        return Sensitivity(limit=LIMIT)
    order = sorted(values, key=lambda name: (-values[name], name))
    return Sensitivity(
        left_out=_left_out(design, order, values) if len(order) > 2 else (),
        fragile=_fragile(design, model, uncertainty, components, order),
        limit=LIMIT,
    )


def _left_out(design: Design, order: Sequence[str], values: Mapping[str, float]) -> tuple[LeftOut, ...]:
    names, n = design.agents, len(design.agents)
    kept = 1 - np.eye(n)
    # Without agent a: no cell in which it is first or second.
    results = design.weighted * (kept[:, None, :, None, None] * kept[:, None, None, :, None])
    drawn = results[..., 1].sum((-1, -2)) > 0
    parts = []
    for place, name in enumerate(names):
        met = np.argwhere(design.met & (kept[place][:, None] * kept[place] > 0)).tolist()
        parts.append(parts_of([other for other in names if other != name], [(names[i], names[j]) for i, j in met]))
    alone = np.array([[int(i == place) for i in range(n)] for place in range(n)], dtype=np.int64)
    for place, part in enumerate(parts):
        for number, members in enumerate(part):
            for member in members:
                alone[place, names.index(member)] = number + 1
    found = ELO * fit(results + prior(results.sum(-1), drawn), alone).agents
    return tuple(
        _without(name, found[names.index(name)], design, order, values, connected=len(parts[names.index(name)]) == 1)
        for name in order
    )


def _without(
    name: str, found: Floats, design: Design, order: Sequence[str], values: Mapping[str, float], *, connected: bool
) -> LeftOut:
    if not connected:
        return LeftOut(name, {}, (), connected=False)
    others = [other for other in order if other != name]
    fitted = {other: float(found[design.agents.index(other)]) for other in others}
    shift = math.fsum(values[other] - fitted[other] for other in others) / len(others)
    new = {other: round(value + shift, DIGITS) for other, value in fitted.items()}
    swaps = tuple(
        Swap(one, other)
        for i, one in enumerate(others)
        for other in others[i + 1 :]
        if values[one] > values[other] and new[one] < new[other]
    )
    return LeftOut(name, new, swaps)


def _fragile(
    design: Design, model: Strengths, uncertainty: Uncertainty, components: Integers, order: Sequence[str]
) -> tuple[Fragile, ...]:
    """Neighbours whose order few pairs hold, by bisection over how many are dropped."""
    total = int(design.pairs.max()) + 1
    most = math.floor(LIMIT * total)
    if not most:
        return ()
    places = [(design.agents.index(one), design.agents.index(other)) for one, other in pairwise(order)]
    contrasts = np.zeros((len(places), len(design.agents) + 2 * len(design.labels)))
    for row, (above, below) in enumerate(places):
        contrasts[row, above], contrasts[row, below] = 1, -1
    pulls = uncertainty.pulls(design.pairs, contrasts)
    # The strongest pull first; rounded, so that equal ones keep the order of the games.
    ranks = np.argsort(np.argsort(-np.round(pulls, 9), axis=0, kind="stable"), axis=0)

    def turned(row: int, count: int) -> bool:
        kept = (ranks[design.pairs, row] >= count).astype(np.float64)
        results = design.counted(kept) * design.weights[:, None, None, None] + design.made_up
        found = fit(results, components, model).agents
        above, below = places[row]
        return bool(found[above] < found[below] - 1e-9)

    fragile = []
    for row in range(len(places)):
        if not turned(row, most):
            continue
        low, high = 0, most
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if turned(row, middle) else (middle, high)
        fragile.append(Fragile(Swap(order[row], order[row + 1]), high, high / total))
    return tuple(fragile)
