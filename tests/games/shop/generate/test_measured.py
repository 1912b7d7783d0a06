"""The statistics by which products are drawn, and whether products and originals are alike in them."""

import gzip
import json
from collections import Counter
from statistics import mean

import pytest

from kibitz.games.shop.catalogue import SYNTHETIC
from kibitz.games.shop.generate.measured import quantile, tail
from kibitz.games.shop.load import load
from kibitz.games.shop.product import NO_PRICE

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)


def test_a_quantile_is_between_the_values_of_the_table():
    assert [quantile((0, 10, 40), share) for share in (0, 0.25, 0.5, 0.75, 1)] == [0, 5, 10, 25, 40]


def test_the_last_step_is_bent():
    assert [tail((0, 10, 40), share) for share in (0.25, 0.5, 0.75, 1)] == [5, 10, 17.5, 40]


def described(catalogue):
    """What is compared, as lists of numbers."""
    products, goals = catalogue.products, catalogue.goals[SYNTHETIC]
    return {
        "products of a query": list(Counter(one.query for one in products).values()),
        "options of a product": [len(one.options) for one in products],
        "values of an option": [len(values) for one in products for _, values in one.options],
        "attributes of a product": [len([a for a in one.attributes if a != "DUMMY_ATTR"]) for one in products],
        "price": [one.pricing[0] if one.pricing else NO_PRICE for one in products],
        "words of a title": [len(one.name.split()) for one in products],
        "characters of a title": [len(one.name) for one in products],
        "characters of a description": [len(one.description) for one in products],
        "bullets": [len(one.bullets) for one in products],
        "characters of a bullet": [len(text) for one in products for text in one.bullets],
        "goals of a product": list(Counter(goal.asin for goal in goals).values()),
        "attributes of a goal": [len(goal.attributes) for goal in {goal.asin: goal for goal in goals}.values()],
    }


def quantiles(values):
    ordered = sorted(values)
    return [ordered[int(share * len(ordered))] for share in SHARES]


@pytest.fixture(scope="module")
def both(real_data):
    real_data("webshop/products_1k.jsonl.gz")
    with gzip.open(real_data("webshop/products_1k.jsonl.gz"), "rt") as file:
        assert sum(1 for _ in map(json.loads, file)) == 1000
    theirs = load(str(real_data("webshop/products_1k.jsonl.gz")))
    return described(load("generated")), described(theirs)


CLOSE = {
    "products of a query": 1,
    "options of a product": 0,
    "values of an option": 4,
    "attributes of a product": 1,
    "words of a title": 3,
    "characters of a title": 18,
    "characters of a description": 180,
    "bullets": 1,
    "characters of a bullet": 12,
    "goals of a product": 18,
    "attributes of a goal": 2,
}
"""How far each of the quantiles may be from the original's."""


@pytest.mark.parametrize("what", CLOSE)
def test_the_quantiles_are_those_of_the_original(both, what):
    ours, theirs = (quantiles(side[what]) for side in both)
    assert all(abs(a - b) <= CLOSE[what] for a, b in zip(ours, theirs, strict=True)), (ours, theirs)


def test_prices_are_within_a_third_of_the_original_s(both):
    ours, theirs = (quantiles(side["price"]) for side in both)
    assert all(0.75 <= a / b <= 1.34 for a, b in zip(ours, theirs, strict=True)), (ours, theirs)


def test_as_many_queries_instructions_and_goals(both):
    ours, theirs = both
    for what, share in (("products of a query", 0.06), ("goals of a product", 0.1)):
        assert abs(len(ours[what]) / len(theirs[what]) - 1) < share
    assert abs(mean(ours["goals of a product"]) / mean(theirs["goals of a product"]) - 1) < 0.3
