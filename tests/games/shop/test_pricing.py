import pytest

from kibitz.games.shop.goal import NO_BOUND, Goal
from kibitz.games.shop.pricing import Pricing, instruction
from kibitz.games.shop.product import Product

GOAL = Goal(0, "B1", "Find me a lamp", ("new",))


def _bounds(pricing, goal=GOAL):
    return {Pricing(seed).bound(goal, Product("B1", "x", pricing=pricing)) for seed in range(300)}


@pytest.mark.parametrize(
    ("price", "bounds"),
    [
        (12.99, {30, 40, 50}),
        (10.0, {30, 40, 50}),
        (965.0, {980, 990}),
        (970.0, {990}),
        (980.0, {NO_BOUND}),
        (5000.0, {NO_BOUND}),
    ],
)
def test_the_bound_is_the_larger_of_two_among_the_next_four_tens(price, bounds):
    assert _bounds((price,)) == bounds


def test_the_largest_of_four_is_drawn_every_second_time():
    drawn = [Pricing(seed).bound(GOAL, Product("B1", "x", pricing=(12.0,))) for seed in range(600)]
    assert drawn.count(50) == pytest.approx(300, abs=50)
    assert drawn.count(30) == pytest.approx(100, abs=35)


def test_synthetic_goals_of_a_product_share_their_bound_and_human_ones_do_not():
    product = Product("B1", "x", pricing=(12.0,))
    other = Goal(0, "B1", "Find me another", ("new",))
    people = [Goal(0, "B1", f"i want {n}", ("new",), kind="human") for n in range(20)]
    assert all(Pricing(seed).bound(GOAL, product) == Pricing(seed).bound(other, product) for seed in range(9))
    assert len({Pricing(0).bound(goal, product) for goal in people}) == 3


def test_prices_within_a_range_are_drawn_evenly():
    drawn = [Pricing(seed, cents=False).price(Product("B1", "x", pricing=(10.0, 20.0))) for seed in range(500)]
    assert 10 <= min(drawn) < 10.5
    assert 19.5 < max(drawn) <= 20
    assert sum(drawn) / 500 == pytest.approx(15, abs=0.5)
    assert Pricing(3).price(Product("B1", "x", pricing=(10.0, 20.0))) == round(drawn[3], 2)


def test_a_product_without_a_price_costs_a_hundred():
    assert Pricing(0).price(Product("B1", "x")) == 100.0
    assert Pricing(0).price(Product("B1", "x", pricing=(3.5,))) == 3.5


def test_instructions():
    assert instruction(GOAL, 30.0) == "Find me a lamp, and price lower than 30.00 dollars"
    assert instruction(GOAL, NO_BOUND) == "Find me a lamp"
