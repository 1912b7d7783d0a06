"""How often the intervals hold the truth, in simulated tournaments.

Every pairing plays every deal twice with seats exchanged. A deal moves the worth of the first seat (``opening``) and
the strengths (``taste``): agents differ in what openings suit them. The truth is what the model tends to with ever more
deals. ``python tests/results/ratings/test_coverage.py`` prints the table of docs/ratings.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from unittest.mock import patch

import numpy as np
import pytest
from numpy.typing import NDArray

from kibitz.results.ratings import uncertainty
from kibitz.results.ratings.davidson import Floats, Strengths, fit
from kibitz.results.ratings.design import Design
from kibitz.results.ratings.uncertainty import Uncertainty

pytestmark = pytest.mark.once

RUNS = 400

Held = NDArray[np.bool_]


@dataclass(frozen=True)
class Tournament:
    """Strengths of the agents, the first of which is the anchor, and how they play."""

    strengths: tuple[float, ...]
    deals: int
    seat: float = 0.7
    nu: float = 0.3
    opening: float = 0.0
    taste: float = 0.0

    def chances(self, rng: np.random.Generator, deals: int) -> Floats:
        """Chances of won, drawn and lost, by (deal, first, second)."""
        n = len(self.strengths)
        strengths = np.array(self.strengths) + self.taste * rng.normal(size=(deals, n))
        seat = self.seat + self.opening * rng.normal(size=(deals, 1, 1))
        lead = strengths[:, :, None] - strengths[:, None, :] + seat
        weights = np.stack([np.exp(lead / 2), np.full_like(lead, self.nu), np.exp(-lead / 2)], -1)
        found: Floats = weights / weights.sum(-1, keepdims=True) * (1 - np.eye(n))[:, :, None]
        return found

    def truth(self) -> Floats:
        """The strengths to which ever more deals lead."""
        n = len(self.strengths)
        mean = self.chances(np.random.default_rng(99), 20_000).sum(0)[None]
        return fit(mean, np.zeros(n, dtype=np.int64)).agents

    def play(self, rng: np.random.Generator) -> Design:
        """One tournament."""
        n = len(self.strengths)
        chances = self.chances(rng, self.deals).cumsum(-1)
        outcomes = (rng.random((self.deals, n, n, 1)) > chances[..., :2]).sum(-1)
        deal, first, second = (axis.ravel() for axis in np.indices((self.deals, n, n)))
        real = first != second
        deal, first, second, outcome = deal[real], first[real], second[real], outcomes.ravel()[real]
        copies = np.full((1, n, n), float(self.deals)) * (1 - np.eye(n))
        return Design(
            labels=("x",),
            agents=tuple(f"a{i}" for i in range(n)),
            cells=np.stack([np.zeros_like(first), first, second, outcome], 1),
            deals=deal,
            pairs=deal * n * n + np.minimum(first, second) * n + np.maximum(first, second),
            copies=copies,
        )


SPREADS: dict[str, tuple[float, ...]] = {
    "3 agents, close": (0, 0.5, 1),
    "5 agents": (0, 0.5, 1, 1.5, 2),
    "8 agents": tuple(3 * i / 7 for i in range(8)),
    "5 agents, one dominant": (0, 1, 1.5, 2, 6),
    "5 agents, a weak anchor": (0, 3, 3.2, 3.4, 3.6),
}
PLAY: dict[str, dict[str, float]] = {
    "no seat effect, no draws": {"seat": 0, "nu": 0},
    "many draws": {"nu": 1},
    "openings matter": {"opening": 1.5},
    "tastes": {"taste": 0.7},
}


def known(design: Design, model: Strengths, contrasts: Floats) -> Floats:
    """Half the width of the intervals of differences."""
    return Uncertainty(design, model, np.zeros(len(design.agents), dtype=np.int64)).spread(contrasts).halves


def covered(tournament: Tournament, seed: int, runs: int, samples: int = 0) -> dict[str, Held]:
    """Whether the intervals of differences to the anchor held the truth, by run and agent.

    With ``samples`` also by other methods: either variance alone, and the bootstrap with so many samples.
    """
    rng = np.random.default_rng(seed)
    n, truth = len(tournament.strengths), tournament.truth()
    contrasts = np.zeros((n - 1, n + 2))
    contrasts[:, 0], contrasts[np.arange(n - 1), np.arange(1, n)] = -1, 1
    held: dict[str, list[Held]] = {}
    for run in range(runs):
        design = tournament.play(rng)
        components = np.zeros(n, dtype=np.int64)
        model = fit(design.weighted + design.made_up, components)
        off = contrasts[:, :n] @ (model.agents - truth)
        held.setdefault("mixed", []).append(np.abs(off) <= known(design, model, contrasts))
        if samples:
            for name, trust, floor in (("model", 10**6, 0.0), ("deals", 0, 0.0)):
                with patch.multiple(uncertainty, TRUST=trust, FREEDOM=(trust, trust), FLOOR=floor):
                    held.setdefault(name, []).append(np.abs(off) <= known(design, model, contrasts))
            drawn = uncertainty.bootstrap(design, model, components, run.to_bytes(16, "big"), samples)
            assert drawn is not None
            low, high = np.quantile((drawn - truth) @ contrasts[:, :n].T, (0.025, 0.975), axis=0)
            held.setdefault("bootstrap", []).append((low <= 0) & (high >= 0))
    return {name: np.array(found) for name, found in held.items()}


CELLS = [
    ("3 agents, close", 10, "openings matter"),
    ("3 agents, close", 40, "tastes"),
    ("5 agents", 10, "no seat effect, no draws"),
    ("5 agents", 10, "tastes"),
    ("5 agents", 40, "openings matter"),
    ("8 agents", 10, "many draws"),
    ("8 agents", 20, "tastes"),
    ("5 agents, one dominant", 10, "openings matter"),
    ("5 agents, one dominant", 40, "no seat effect, no draws"),
    ("5 agents, a weak anchor", 10, "no seat effect, no draws"),
]


@pytest.mark.parametrize(("spread", "deals", "play"), CELLS)
def test_intervals_hold_the_truth(spread: str, deals: int, play: str) -> None:
    tournament = Tournament(SPREADS[spread], deals, **PLAY[play])
    held = covered(tournament, seed=1, runs=RUNS)["mixed"]
    # 400 tournaments know a share of 0.97 to about 0.01, and half of that is given.
    assert 0.92 <= held.mean() <= 0.97 + 0.005
    assert held.mean(0).min() >= 0.91


def test_they_hold_it_in_95_percent_on_average() -> None:
    shares = [covered(Tournament(SPREADS[s], d, **PLAY[p]), seed=2, runs=80)["mixed"].mean() for s, d, p in CELLS]
    assert 0.94 <= float(np.mean(shares)) <= 0.96


def test_parameters_are_recovered() -> None:
    tournament = Tournament((0, 0.5, 1, 2), 4000, seat=0.6, nu=0.8)
    design = tournament.play(np.random.default_rng(5))
    model = fit(design.weighted + design.made_up, np.zeros(4, dtype=np.int64))
    assert model.agents - model.agents[0] == pytest.approx([0, 0.5, 1, 2], abs=0.06)
    assert model.seats[0] == pytest.approx(0.6, abs=0.04)
    assert np.exp(model.draws[0]) == pytest.approx(0.8, abs=0.04)


def main(runs: int = 400, samples: int = 100) -> None:
    """Print the coverage of all cells: of the interval that is reported, and of the others over all cells."""
    shares: dict[str, list[float]] = {}
    agents: dict[str, list[float]] = {}
    for spread, strengths in SPREADS.items():
        for deals in (10, 20, 40):
            row = []
            for play in PLAY.values():
                held = covered(Tournament(strengths, deals, **play), 7, runs, samples)
                row.append(f"{100 * held['mixed'].mean():.1f}")
                for name, found in held.items():
                    shares.setdefault(name, []).append(float(found.mean()))
                    agents.setdefault(name, []).append(float(found.mean(0).min()))
            print(f"| {spread} | {deals} | {' | '.join(row)} |", flush=True)
    for name, means in shares.items():
        print(f"{name}: {min(means):.3f} to {max(means):.3f}, {np.mean(means):.3f}; one agent {min(agents[name]):.3f}")


if __name__ == "__main__":
    main()
