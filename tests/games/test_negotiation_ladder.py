"""The rungs of Negotiation are rungs: who misreads a number now and then, and forgets, falls from easy to hard."""

import re
from itertools import product
from random import Random

import pytest

from kibitz.games.bargaining.negotiation import Negotiation
from kibitz.games.positions import items

MISREAD = 0.03
"""Chance that the solver takes a number for one of its neighbours."""
READINGS = 3
"""How often it reads each position: one misreading spoils several answers."""


def read_view(text, rng):
    """The numbers of a view, some of them misread: pool, own values, what they keep in the last proposal."""

    def number(digits):
        value = int(digits)
        return abs(value + rng.choice((-1, 1))) if rng.random() < MISREAD else value

    def three(pattern):
        return [number(digits) for digits in re.findall(pattern, text)[-1]]

    pool = three(r"Pool: circles (\d+), squares (\d+), triangles (\d+)")
    values = three(r"each: circles (\d+), squares (\d+), triangles (\d+)")
    return pool, values, three(r"they keep (\d+),(\d+),(\d+)")


def shallow_answers(text, given, rng):
    """Answers of one who looks at the last proposal only."""
    pool, values, kept = read_view(text, rng)

    def mine(share):
        return sum(value * (whole - some) for value, whole, some in zip(values, pool, share, strict=True))

    shares = list(product(*(range(whole + 1) for whole in pool)))
    mixed = [kind for kind in range(3) if 0 < kept[kind] < pool[kind]]
    asked = [int(digits) for digits in re.findall(r"\d+", given)]
    asked = [abs(count + rng.choice((-1, 1))) if rng.random() < MISREAD else count for count in asked]
    return {
        "offer_value": mine(kept),
        "best_reply": max((mine(share) for share in shares if sum(share) >= sum(kept)), default=0),
        "better_split": len({values[kind] for kind in mixed}) > 1,
        "action_value": sum(a * b for a, b in zip(asked, values, strict=True)) if asked else mine(kept),
    }


def accuracy(rung):
    game, right, asked = Negotiation(), 0, 0
    for item, reading in product(items(game, rung), range(READINGS)):
        game.at(item.position)
        said = shallow_answers(game.observe(item.seat).text, item.given, Random(f"{item.task()}/{reading}"))
        for question in game.subproblems(item.seat):
            truth = game.truth(item.seat, question.id, item.given if question.about == "action" else None)
            right += question.kind.grade(said[question.id], truth).verdict == "right"
            asked += 1
    return right / asked


@pytest.fixture(scope="module")
def accuracies():
    return {rung: accuracy(rung) for rung in ("easy", "medium", "hard")}


def test_accuracy_falls_from_rung_to_rung(accuracies):
    assert accuracies["easy"] > accuracies["medium"] > accuracies["hard"]
    assert accuracies["easy"] - accuracies["hard"] >= 0.13


def test_the_hard_rung_needs_more_than_the_last_proposal(accuracies):
    assert accuracies["hard"] < 0.8


@pytest.mark.parametrize("rules", ["standard", "gamebot"])
def test_each_rung_has_its_measures(rules):
    game = Negotiation(rules=rules)
    for rung in game.ladder:
        for item in items(game, rung.name):
            game.at(item.position)
            assert rung.holds(game.measures(item.seat))


def test_measures_by_hand():
    game = Negotiation()
    offers = [[2, 0, 3], [1, 2, 4], [2, 0, 3], [1, 2, 2]]
    game.at({"pool": [2, 2, 4], "values": [[4, 1, 5], [5, 10, 0]], "offers": offers})
    assert game.measures(0) == {"theirs": 2, "dear": 3, "terms": 2, "mixed": 2}
    game.at({"pool": [2, 2, 4], "values": [[4, 1, 5], [5, 10, 0]], "offers": offers[:3]})
    assert game.measures(1) == {"theirs": 2, "dear": 2, "terms": 1, "mixed": 1}


@pytest.mark.parametrize("rung", ["easy", "medium", "hard"])
def test_what_an_action_asks_for_is_asked_of_proposals(rung):
    assert all(item.given.startswith("propose ") for item in items(Negotiation(), rung))
