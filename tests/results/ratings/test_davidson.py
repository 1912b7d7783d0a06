import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from kibitz.results.ratings.davidson import Floats, Integers, Strengths, fit, gradient, likelihood, prior

ONE = np.zeros(2, dtype=np.int64)


def table(*cells: tuple[int, int, tuple[float, float, float]], agents: int = 2) -> Floats:
    """Results of one game: (first, second, (won, drawn, lost)) each."""
    found = np.zeros((1, agents, agents, 3))
    for first, second, results in cells:
        found[0, first, second] = results
    return found


def test_two_agents_are_the_log_odds_of_wins_to_losses() -> None:
    model = fit(table((0, 1, (12, 0, 4)), (1, 0, (4, 0, 12))), ONE)
    assert model.agents[0] - model.agents[1] == pytest.approx(math.log(3), abs=1e-9)
    assert model.seats[0] == pytest.approx(0, abs=1e-9)
    assert model.draws[0] == -np.inf


def test_draws_weigh_as_davidson_says() -> None:
    """d = log(wins / losses), nu = draws / sqrt(wins * losses): here log 4 and 6 / 4."""
    model = fit(table((0, 1, (8, 6, 2)), (1, 0, (2, 6, 8))), ONE)
    assert model.agents[0] - model.agents[1] == pytest.approx(math.log(4), abs=1e-9)
    assert math.exp(model.draws[0]) == pytest.approx(1.5, abs=1e-9)


def test_the_seat_is_half_the_difference_between_the_seats() -> None:
    """From the first seat odds of 9, from the second odds of 1: the geometric mean 3 is the agent, and 3 the seat."""
    model = fit(table((0, 1, (9, 0, 1)), (1, 0, (5, 0, 5))), ONE)
    assert model.agents[0] - model.agents[1] == pytest.approx(math.log(3), abs=1e-9)
    assert model.seats[0] == pytest.approx(math.log(3), abs=1e-9)


def test_three_agents_whose_odds_multiply() -> None:
    """Odds of 2 and of 3 make 6: exactly what the third pairing shows, so the fit is perfect."""
    cells = [(0, 1, 2.0), (1, 2, 3.0), (0, 2, 6.0)]
    both = [
        cell
        for i, j, odds in cells
        for cell in (
            (i, j, (12 * odds / (1 + odds), 0, 12 / (1 + odds))),
            (j, i, (12 / (1 + odds), 0, 12 * odds / (1 + odds))),
        )
    ]
    model = fit(table(*both, agents=3), np.zeros(3, dtype=np.int64))
    assert np.exp(model.agents - model.agents[2]) == pytest.approx([6, 3, 1], abs=1e-8)


def test_the_prior_adds_a_half_to_wins_and_losses_of_two_agents() -> None:
    results = table((0, 1, (5, 0, 0)), (1, 0, (0, 0, 5)))
    made_up = prior(results.sum(-1), np.array([False]))
    model = fit(results + made_up, ONE)
    assert made_up.sum() == pytest.approx(1)
    assert model.agents[0] - model.agents[1] == pytest.approx(math.log(10.5 / 0.5), abs=1e-9)


@pytest.mark.parametrize("games", [10, 100, 1000])
def test_the_prior_vanishes(games: int) -> None:
    results = table((0, 1, (0.75 * games, 0, 0.25 * games)), (1, 0, (0.25 * games, 0, 0.75 * games)))
    model = fit(results + prior(results.sum(-1), np.array([False])), ONE)
    assert abs(model.agents[0] - model.agents[1] - math.log(3)) < 1 / games


def test_all_draws_are_equal_agents() -> None:
    results = table((0, 1, (0, 7, 0)), (1, 0, (0, 7, 0)))
    model = fit(results + prior(results.sum(-1), np.array([True])), ONE)
    assert model.agents == pytest.approx([0, 0])
    assert math.exp(model.draws[0]) == pytest.approx(14.5 / 0.5)


def oracle(results: Floats) -> tuple[Floats, float, float]:
    """Strengths (the last one 0), seat and nu by another optimiser, in the form of Davidson and Beaver."""
    agents = results.shape[-2]

    def loss(x: Floats) -> float:
        strength, seat, nu = np.exp([*x[: agents - 1], 0.0]), math.exp(x[-2]), math.exp(x[-1])
        total = 0.0
        for i in range(agents):
            for j in range(agents):
                won, drawn, lost = results[0, i, j]
                first, second = seat * strength[i], strength[j]
                draw = nu * math.sqrt(first * second)
                whole = first + second + draw
                total -= (
                    won * math.log(first / whole) + drawn * math.log(draw / whole) + lost * math.log(second / whole)
                )
        return total

    found: Any = minimize(loss, np.zeros(agents + 1), method="BFGS", options={"gtol": 1e-7})
    return np.array([*found.x[: agents - 1], 0.0]), found.x[-2], found.x[-1]


@pytest.mark.parametrize("seed", range(3))
def test_another_optimiser_finds_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    results = rng.integers(1, 9, (1, 4, 4, 3)).astype(np.float64)
    results[:, range(4), range(4)] = 0
    model = fit(results, np.zeros(4, dtype=np.int64))
    strengths, seat, nu = oracle(results)
    assert model.agents - model.agents[3] == pytest.approx(strengths, abs=1e-4)
    assert (model.seats[0], model.draws[0]) == pytest.approx((seat, nu), abs=1e-4)


def test_many_samples_are_fitted_as_each_alone() -> None:
    results = np.random.default_rng(1).integers(1, 7, (20, 2, 3, 3, 3)).astype(np.float64)
    components: Integers = np.zeros(3, dtype=np.int64)
    together = fit(results, components)
    for i in range(20):
        alone = fit(results[i], components)
        assert together.agents[i] == pytest.approx(alone.agents, abs=1e-7)
        assert together.seats[i] == pytest.approx(alone.seats, abs=1e-7)


def test_the_gradient_is_that_of_the_likelihood() -> None:
    rng = np.random.default_rng(2)
    results = rng.integers(0, 6, (2, 3, 3, 3)).astype(np.float64)
    model = Strengths(rng.normal(size=3), rng.normal(size=2), rng.normal(size=2))
    slope = gradient(model, results)
    for place, step in enumerate(np.eye(7) * 1e-6):
        rise = likelihood(model.moved(step), results) - likelihood(model.moved(-step), results)
        assert rise / 2e-6 == pytest.approx(slope[place], abs=1e-5)


def balanced(draw: Any, agents: int) -> Floats:
    """Results of a full round robin, each pairing as often from either seat."""
    games = draw(st.integers(2, 6))
    results = np.zeros((1, agents, agents, 3))
    for i in range(agents):
        for j in range(agents):
            if i != j:
                won = draw(st.integers(0, games))
                drawn = draw(st.integers(0, games - won))
                results[0, i, j] = won, drawn, games - won - drawn
    return results


tournaments = st.composite(lambda draw: balanced(draw, draw(st.integers(2, 4))))()


def rated(results: Floats) -> Strengths:
    return fit(
        results + prior(results.sum(-1), results[..., 1].sum((-1, -2)) > 0),
        np.zeros(results.shape[-2], dtype=np.int64),
    )


@settings(max_examples=60, deadline=None)
@given(tournaments)
def test_a_win_instead_of_a_loss_never_lowers_an_agent_against_the_loser(results: Floats) -> None:
    """Against third agents it may: the game also tells what the first seat is worth."""
    before = rated(results)
    for j in range(1, results.shape[-2]):
        for cell, won, lost in (((0, 0, j), 0, 2), ((0, j, 0), 2, 0)):
            if results[cell][lost]:
                better = results.copy()
                better[cell][lost] -= 1
                better[cell][won] += 1
                after = rated(better)
                assert after.agents[0] - after.agents[j] > before.agents[0] - before.agents[j] - 1e-8


@settings(max_examples=60, deadline=None)
@given(tournaments)
def test_wins_from_both_seats_instead_of_losses_never_lower_a_rating(results: Floats) -> None:
    """As the seat goes out, what remains is the model of Bradley and Terry, where this holds against everybody."""
    both = results[..., [0, 2]] + np.swapaxes(results, 1, 2)[..., [2, 0]]
    plain = np.stack([both[..., 0], np.zeros_like(both[..., 0]), both[..., 1]], -1)
    before = rated(plain)
    for j in range(1, results.shape[-2]):
        if plain[0, 0, j, 2]:
            better = plain.copy()
            better[0, 0, j] += (1, 0, -1)
            better[0, j, 0] += (-1, 0, 1)
            after = rated(better)
            change = (after.agents[0] - after.agents) - (before.agents[0] - before.agents)
            assert change.min() > -1e-8


@settings(max_examples=30, deadline=None)
@given(tournaments, st.randoms(use_true_random=False))
def test_names_do_not_matter(results: Floats, random: Any) -> None:
    order = list(range(results.shape[-2]))
    random.shuffle(order)
    one, other = rated(results), rated(results[:, order][:, :, order])
    assert other.agents == pytest.approx(one.agents[order], abs=1e-7)
    assert other.seats == pytest.approx(one.seats, abs=1e-7)


@settings(max_examples=30, deadline=None)
@given(tournaments)
def test_swapped_seats_turn_the_sign_of_the_seat_effect_only(results: Floats) -> None:
    one, other = rated(results), rated(np.swapaxes(results, -2, -3)[..., ::-1])
    assert other.agents == pytest.approx(one.agents, abs=1e-7)
    assert other.seats == pytest.approx(-one.seats, abs=1e-7)
    assert other.draws == pytest.approx(one.draws, abs=1e-7)


@settings(max_examples=30, deadline=None)
@given(tournaments)
def test_wins_for_losses_turn_the_order(results: Floats) -> None:
    one, other = rated(results), rated(results[..., ::-1])
    assert other.agents == pytest.approx(-one.agents, abs=1e-7)
