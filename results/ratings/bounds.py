"""Which differences the games bound at all.

The likelihood has no finite maximum for an agent that won everything, nor in less obvious cases (one that won every
game from the first seat and drew every other: it may be infinitely strong where the first seat is worth infinitely
much). All of them show when the prior is made almost nothing: the difference runs away, and the information about it
vanishes with the prior. Values are finite nevertheless, through the prior as it is; but a limit that only the prior
sets is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kibitz.results.ratings.davidson import Floats, Integers, Strengths, curvature, fit, inverse
from kibitz.results.ratings.design import Design

FAINT = 1e-6
"""Share of the prior that is left."""

RUNAWAY = 1e3
"""A variance, in squared log-odds, that no games explain: a lost game among a thousand won ones leaves 1."""


@dataclass(frozen=True)
class Bounds:
    """For each of several differences, whether the games set a lower and an upper bound."""

    low: tuple[bool, ...]
    high: tuple[bool, ...]


class Limiting:
    """What the games bound."""

    def __init__(self, design: Design, components: Integers) -> None:
        faint = design.weighted + FAINT * design.made_up
        self._faint: Strengths = fit(faint, components)
        self._inverse = inverse(curvature(self._faint).information(faint.sum(-1)), components)
        first_held, second_held = design.results[..., :2].sum((0, -1)) > 0, design.results[..., 1:].sum((0, -1)) > 0
        self._reach = _closed(first_held | second_held.T)

    def of(self, contrasts: Floats) -> Bounds:
        """Bounds of linear combinations of (agents, seats, draws), one a row."""
        values = contrasts @ np.concatenate([self._faint.agents, self._faint.seats, self._finite])
        loose = ((contrasts @ self._inverse) * contrasts).sum(-1) > RUNAWAY
        low, high = [], []
        for row, value, free in zip(contrasts, values, loose, strict=True):
            up, down = self._linked(row)
            low.append(not free or (value > 0 and up))
            high.append(not free or (value < 0 and down))
        return Bounds(tuple(low), tuple(high))

    @property
    def _finite(self) -> Floats:
        return np.where(np.isfinite(self._faint.draws), self._faint.draws, 0.0)

    def _linked(self, row: Floats) -> tuple[bool, bool]:
        """Whether those that count for something held their own against those that count against it, and the reverse.

        Held: won or drew, against them or against someone who did.
        """
        agents = row[: len(self._faint.agents)]
        above, below = agents > 0, agents < 0
        if not above.any():
            return True, True
        return (
            bool(self._reach[above][:, below].any(1).all()),
            bool(self._reach[below][:, above].any(1).all()),
        )


def _closed(linked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who is linked to whom through any number of others."""
    found = linked | np.eye(len(linked), dtype=bool)
    for _ in range(len(linked).bit_length()):
        found = found @ found
    return found
