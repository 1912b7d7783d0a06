"""Davidson's model of paired comparisons with draws, extended by the effect of the first seat, and its fit.

With the strengths ``s`` of two agents, in a game whose first seat is worth ``g`` and whose draws weigh ``nu``,

    P(first wins) : P(draw) : P(second wins)  =  exp(d / 2) : nu : exp(-d / 2),      d = s[first] - s[second] + g.

Without draws ``nu`` is 0 and this is the model of Bradley and Terry (1952); draws are those of Davidson (1970), the
seat is that of Davidson and Beaver (1977), written symmetrically. Strengths are the same in all games that are fitted
together, ``g`` and ``nu`` belong to a game. The logarithm of the likelihood is concave, so Newton's method with halved
steps finds its only maximum.

**Prior.** An agent that won everything has no finite maximum. So each agent is given one made-up game, half won and
half lost, spread over its opponents and games as its real ones are and evenly over the seats. For two agents this adds
a half to wins and to losses (Haldane 1956, Anscombe 1956; Jeffreys' prior, Firth 1993). The weight of a draw gets half
a draw in each game that had draws. What this changes shrinks as one through the number of games.

Sequential Elo was not considered: it depends on the order of the games, and forgets the first ones.

Everything is an array over (game, first agent, second agent), and may have further axes in front: a thousand bootstrap
samples are fitted at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ROUNDS = 200
"""Newton steps at most; a handful are needed."""

CONVERGED = 1e-9
"""The largest gradient, in games, at which a fit has converged."""


NOISE = 1e-14
"""What rounding leaves of the gradient, per game."""

HALVINGS = 40
"""How often a step may be halved."""


class NotConvergedError(ArithmeticError):
    """Newton's method did not reach the maximum, which concavity rules out."""


@dataclass(frozen=True)
class Strengths:
    """A fitted model; arrays may have the axes of several samples in front.

    Attributes:
        agents: Strength of each agent in natural log-odds; their mean in each component is 0.
        seats: What the first seat is worth in each game, in log-odds.
        draws: Logarithm of ``nu`` in each game; minus infinity without draws.
    """

    agents: Floats
    seats: Floats
    draws: Floats

    def lead(self) -> Floats:
        """``d`` of every (game, first, second)."""
        return self.agents[..., None, :, None] - self.agents[..., None, None, :] + self.seats[..., :, None, None]

    def logarithms(self) -> tuple[Floats, Floats, Floats]:
        """Logarithm of the probability that the first wins, of a draw, and that the second wins.

        By (game, first, second); that of a draw is minus infinity in a game without draws.
        """
        half = self.lead() / 2
        draw = np.broadcast_to(self.draws[..., :, None, None], half.shape)
        top = np.maximum(np.abs(half), draw)
        total = top + np.log(np.exp(half - top) + np.exp(draw - top) + np.exp(-half - top))
        return half - total, draw - total, -half - total

    def chances(self) -> tuple[Floats, Floats, Floats]:
        """The same as probabilities."""
        won, drawn, lost = self.logarithms()
        return np.exp(won), np.exp(drawn), np.exp(lost)

    def moved(self, step: Floats) -> Strengths:
        """The model after a step in (agents, seats, draws)."""
        n, games = self.agents.shape[-1], self.seats.shape[-1]
        return Strengths(
            self.agents + step[..., :n], self.seats + step[..., n : n + games], self.draws + step[..., n + games :]
        )


@dataclass(frozen=True)
class Curvature:
    """Second derivatives of the likelihood of a single game, by (game, first, second)."""

    lead: Floats
    mixed: Floats
    draw: Floats

    def information(self, games: Floats) -> Floats:
        """Fisher's information about (agents, seats, draws) in so many games of each kind."""
        a, b, c = games * self.lead, games * self.mixed, games * self.draw
        n, labels = a.shape[-1], a.shape[-3]
        size = n + 2 * labels
        found = np.zeros((*a.shape[:-3], size, size))
        met = a.sum(-3)
        one, two, three = slice(0, n), slice(n, n + labels), slice(n + labels, size)
        found[..., one, one] = -(met + np.swapaxes(met, -1, -2))
        diagonal = np.arange(n)
        found[..., diagonal, diagonal] += met.sum(-1) + met.sum(-2)
        for block, part in ((two, a), (three, b)):
            across = np.swapaxes(part.sum(-1) - part.sum(-2), -1, -2)
            found[..., one, block] = across
            found[..., block, one] = np.swapaxes(across, -1, -2)
        seat, draw = np.arange(n, n + labels), np.arange(n + labels, size)
        found[..., seat, seat] = a.sum((-1, -2))
        found[..., seat, draw] = found[..., draw, seat] = b.sum((-1, -2))
        found[..., draw, draw] = c.sum((-1, -2))
        return found


def curvature(model: Strengths) -> Curvature:
    """The information that one game of each kind holds."""
    won, drawn, lost = model.chances()
    edge = won - lost
    return Curvature((won + lost - edge**2) / 4, -edge * drawn / 2, drawn * (1 - drawn))


def gradient(model: Strengths, results: Floats) -> Floats:
    """Gradient of the log-likelihood in (agents, seats, draws).

    Args:
        model: The model.
        results: Games won, drawn and lost by the first, by (game, first, second, 3).
    """
    won, drawn, lost = model.chances()
    games = results.sum(-1)
    lead = (results[..., 0] - results[..., 2] - games * (won - lost)) / 2
    draw = results[..., 1] - games * drawn
    agents = lead.sum(-1).sum(-2) - lead.sum(-2).sum(-2)
    return np.concatenate([agents, lead.sum((-1, -2)), draw.sum((-1, -2))], -1)


def likelihood(model: Strengths, results: Floats) -> Floats:
    """Log-likelihood of the results."""
    total = np.zeros(results.shape[:-4])
    for place, logarithm in enumerate(model.logarithms()):
        seen = results[..., place]
        # What cannot happen was not seen: without draws their chance is 0.
        total = total + (seen * np.where(seen > 0, logarithm, 0.0)).sum((-1, -2, -3))
    return total


def prior(games: Floats, drawn: NDArray[np.bool_], weight: float = 1.0) -> Floats:
    """The made-up games that keep estimates finite.

    Args:
        games: Games played, by (game, first, second).
        drawn: In which games draws were seen.
        weight: Made-up games an agent.

    Returns:
        Results by (game, first, second, 3).
    """
    met = games + np.swapaxes(games, -1, -2)
    met = met * (1 - np.eye(games.shape[-1]))
    each = met.sum((-3, -1))
    share = np.divide(1.0, each, out=np.zeros_like(each), where=each > 0)
    # Half from the one agent's game and half from the other's; met is symmetric, so this is spread evenly over seats.
    spread = met * (share[..., None, :, None] + share[..., None, None, :]) * weight / 4
    label = met.sum((-1, -2))
    draws = np.divide(met, label[..., None, None], out=np.zeros_like(met), where=label[..., None, None] > 0)
    draws = draws * np.where(drawn, weight / 2, 0.0)[..., None, None]
    return np.stack([spread / 2, draws, spread / 2], -1)


def fit(
    results: Floats, components: Integers, start: Strengths | None = None, tolerance: float = CONVERGED
) -> Strengths:
    """The strengths under which the results, prior included, are likeliest.

    Args:
        results: Games won, drawn and lost by the first, by (game, first, second, 3), weights and prior included; there
            may be further axes in front.
        components: The component of each agent; may have the further axes too.
        start: Where to begin: the strengths of similar results, with draws in the same games.
        tolerance: The largest gradient, in games, that is taken for zero.

    Raises:
        NotConvergedError: No maximum was reached.
    """
    n, labels = results.shape[-2], results.shape[-4]
    front = results.shape[:-4]
    if start is None:
        drawn = results[..., 1].sum((-1, -2)) > 0
        start = Strengths(np.zeros(n), np.zeros(labels), np.where(drawn, 0.0, -np.inf))
    model = Strengths(
        np.broadcast_to(start.agents, (*front, n)),
        np.broadcast_to(start.seats, (*front, labels)),
        np.broadcast_to(start.draws, (*front, labels)),
    )
    games = results.sum(-1)
    value = likelihood(model, results)
    flat = max(tolerance, NOISE * float(games.sum((-1, -2, -3)).max(initial=0.0)))
    for _ in range(ROUNDS):
        slope = gradient(model, results)
        if np.abs(slope).max(initial=0.0) < flat:
            return model
        bend = _regular(curvature(model).information(games), components)
        step = np.asarray(np.linalg.solve(bend, slope[..., None])[..., 0], dtype=np.float64)
        model, value = _uphill(model, step, value, results)
    raise NotConvergedError(f"ratings did not converge in {ROUNDS} Newton steps")


def inverse(information: Floats, components: Integers) -> Floats:
    """Inverse of the information about (agents, seats, draws).

    Only differences within a component are seen, so the mean of each is held. A parameter about which nothing is known
    (draws that never happen) stays where it is.
    """
    return np.asarray(np.linalg.inv(_regular(information, components)))


def _regular(information: Floats, components: Integers) -> Floats:
    same = (components[..., :, None] == components[..., None, :]).astype(np.float64)
    agents, diagonal = components.shape[-1], np.arange(information.shape[-1])
    held = information.copy()
    held[..., diagonal, diagonal] += np.where(information[..., diagonal, diagonal] > 0, 0.0, 1.0)
    held[..., :agents, :agents] += same / same.sum(-1, keepdims=True)
    return held


def _uphill(model: Strengths, step: Floats, value: Floats, results: Floats) -> tuple[Strengths, Floats]:
    """The model after a step, halved where it would lead down; after many halvings it is too short to matter."""
    size = np.ones(value.shape)
    tried, found = model, value
    for _ in range(HALVINGS):
        tried = model.moved(size[..., None] * step)
        found = likelihood(tried, results)
        worse = found < value - 1e-12 * np.maximum(1.0, np.abs(value))
        if not worse.any():
            break
        size = np.where(worse, size / 2, size)
    return tried, found
