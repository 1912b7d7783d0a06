import copy
import json
import sys
from html.parser import HTMLParser
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.games.actions import Illegal
from kibitz.games.conformance import CHECKS, check_game
from kibitz.games.game import DataError, PositionError
from kibitz.games.shop.shop import WebShop
from kibitz.games.subproblem import Unknown

ATTRIBUTES = {"attributes": ["three legs"], "instruction": "Find me stools", "instruction_attributes": ["three legs"]}


@pytest.fixture
def game(files):
    """The goal asks for a red chair in size small."""
    made = WebShop(catalogue=str(files))
    made.reset(0, _task(made, "red", "small"))
    return made


def _task(game, *values):
    goals = game._store.goals("synthetic")
    return next(str(n) for n, goal in enumerate(goals) if [value for _, value in goal.options] == list(values))


def told(game, *actions):
    """What the agent sees after some actions."""
    for action in actions:
        game.step({0: game.observe(0).actions.read(action)})
    return game.observe(0)


def test_a_purchase_from_search_to_reward(game):
    assert game.observe(0).text.startswith(
        "Instruction: Find me weather proof garden chairs with solid wood with color: red"
    )
    seen = told(game, "search[Folding CHAIR]")
    assert "Query: Folding CHAIR, 2 products found\n[B000000001] Folding Chair Red ($12.99)" in seen.text
    seen = told(game, "Click[b000000001]")
    assert "size: [x-small] [small] [8] [8.5]\ncolor: [navy | blue] [red]\nChosen: nothing" in seen.text
    seen = told(game, "click[small]", "click[red]")
    assert "Chosen: size: small; color: red\nActions left: 11" in seen.text
    assert told(game, "click[buy now]").text.endswith("Bought. Score: 1 of 1")
    outcome = game.outcome()
    assert (outcome.reward, outcome.success, game.movers()) == ((1.0,), True, ())


@pytest.mark.parametrize(
    ("chosen", "strict", "original"),
    [
        (("small", "red"), 1.0, 1.0),
        (("x-small", "red"), 0.8, 0.8),
        (("small", "navy | blue"), 0.8, 0.8),
        ((), 0.6, 0.6),
    ],
)
def test_rewards_of_both_rules(files, chosen, strict, original):
    for rules, expected in (("standard", strict), ("webshop", original)):
        game = WebShop(catalogue=str(files), rules=rules)
        game.reset(0, _task(game, "red", "small"))
        told(game, "search[chair]", "click[b000000001]", *(f"click[{value}]" for value in chosen), "click[buy now]")
        assert game.outcome().reward == (pytest.approx(expected),)


def test_choosing_again_overwrites_and_the_same_again_changes_nothing(game):
    seen = told(game, "search[chair]", "click[b000000001]", "click[x-small]", "click[small]")
    assert "Chosen: size: small" in seen.text
    assert told(game, "click[small]").effect == "no_effect"
    assert "Chosen: nothing" in told(game, "click[< prev]", "click[b000000001]").text


def test_pages_of_results_end(files):
    game = WebShop(catalogue=str(files), shown=1)
    seen = told(game, "search[chair]")
    assert "Page: results, 1 of 2" in seen.text
    assert {"click[next >]"} == set(seen.actions.listed) & {"click[next >]", "click[< prev]"}
    seen = told(game, "click[next >]")
    assert {"click[< prev]"} == set(seen.actions.listed) & {"click[next >]", "click[< prev]"}
    (product,) = (action for action in seen.actions.listed if action.startswith("click[b0"))
    assert "Page: results, 2 of 2" in told(game, product, "click[features]", "click[< prev]", "click[< prev]").text
    assert told(game, "click[back to search]").actions.listed == ()


def test_in_the_original_results_never_end(files):
    game = WebShop(catalogue=str(files), rules="webshop")
    seen = told(game, "search[chair]", "click[next >]", "click[next >]")
    assert seen.text.endswith("Page 3 (Total results: 2) [SEP] < Prev [SEP] Next >")


def test_values_that_two_options_share_and_values_like_buttons_can_be_chosen(files):
    game = WebShop(catalogue=str(files), goals="human")
    seen = told(game, "search[kettle]", "click[b000000003]")
    assert "inner: [black] [inner: white]\nouter: [outer: white] [outer: buy now]" in seen.text
    assert "Chosen: inner: white; outer: buy now" in told(game, "click[inner: white]", "click[outer: buy now]").text
    assert told(game, "click[buy now]").text.endswith("Score: 1 of 1")


def test_in_the_original_the_last_of_two_is_meant_and_buttons_come_first(files):
    game = WebShop(catalogue=str(files), goals="human", rules="webshop")
    told(game, "search[kettle]", "click[b000000003]", "click[white]")
    assert game._shopping.visit.chosen == (("outer", "white"),)
    told(game, "click[buy now]")
    assert not game.movers()


def test_a_product_without_options_or_price(files):
    game = WebShop(catalogue=str(files))
    seen = told(game, "search[kettle]")
    assert "[B000000003] Tea Kettle ($100.00)" in seen.text
    seen = told(game, "search[wooden]", "click[b000000002]", "click[description]")
    assert "There is no text about the description." in seen.text
    told(game, "click[< prev]", "click[buy now]")
    assert 0 < game.outcome().reward[0] < 1


def test_a_price_out_of_a_range_is_the_one_that_is_shown(files):
    shown = set()
    for seed in range(6):
        game = WebShop(catalogue=str(files), price_seed=seed)
        price, tag = game._store.price(1)
        assert 10 <= price <= 25
        assert f"Garden Chair Wooden ({tag})" in told(game, "search[wooden]").text
        assert WebShop(catalogue=str(files), price_seed=seed)._store.price(1) == (price, tag)
        shown.add(tag)
    assert len(shown) > 3
    assert "$10.0 to $25.0" in told(WebShop(catalogue=str(files), rules="webshop"), "search[wooden]").text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "search[]",
        "search[  ]",
        "click[buy now]",
        "click[]",
        "buy",
        "search chair",
        "search[a\nb]",
        f"search[{'x' * 10_000}]",
    ],
)
def test_what_is_no_action_is_refused_with_what_is(game, text):
    found = game.observe(0).actions.read(text)
    assert isinstance(found, Illegal)
    if text and len(text) < 400:
        assert found.reason.endswith("legal: search[words]")
    before = game.observe(0)
    with pytest.raises(ValueError, match="not a legal action"):
        game.step({0: text})
    assert game.observe(0) == before


@pytest.mark.parametrize(
    "text", ["click[buy now]", "look around", "Search[chair]", "search[a][b]", "click[search]", "search[]x"]
)
def test_in_the_original_what_is_no_action_changes_nothing(files, text):
    game = WebShop(catalogue=str(files), rules="webshop")
    before = game.observe(0).text
    seen = told(game, text)
    assert (seen.text, seen.effect, game.movers()) == (before, "no_effect", (0,))


@pytest.mark.parametrize("query", [".*(?P<x>[", "水壶 やかん", "\\d+ $^", "<r>", "<a> gold", "🦜", "x" * 300])
def test_any_query_can_be_searched(files, query):
    for rules in ("standard", "webshop"):
        seen = told(WebShop(catalogue=str(files), rules=rules), f"search[{query}]")
        assert "Page: results, 1 of 1" in seen.text or "Page 1 (Total results: " in seen.text


@given(st.lists(st.text(st.characters(exclude_characters="\n\r"), min_size=1, max_size=50), max_size=4))
def test_any_text_can_be_played(queries):
    for rules in ("standard", "webshop"):
        game = WebShop(rules=rules)
        game.reset(0)
        for query in queries:
            action = game.observe(0).actions.read(f"search[{query}]")
            if not isinstance(action, Illegal):
                game.step({0: action})
                assert game.observe(0).text
        again = WebShop(rules=rules)
        again.at(game.position())
        assert again.observe(0) == game.observe(0)


def test_without_a_purchase_the_episode_is_lost(files):
    game = WebShop(catalogue=str(files), steps=3)
    told(game, "search[a]", "search[b]", "search[c]")
    assert (game.outcome().reward, game.outcome().reason) == ((0.0,), "no purchase within the limit of actions")


# -- questions ---------------------------------------------------------------------------------------------------------


def _truths(game):
    return {one.id: game.truth(0, one.id) for one in game.subproblems(0) if one.about == "view"}


def test_questions_and_truths(game):
    assert [one.id for one in game.subproblems(0)] == ["query_words"]
    assert game.truth(0, "query_words", "search[RED small, x-large proof proof]") == 3
    assert isinstance(game.truth(0, "query_words", "click[next >]"), Unknown)
    told(game, "search[chair garden]")
    assert _truths(game) == {"best": "b000000001"}
    told(game, "click[b000000001]")
    assert _truths(game) == {
        "attributes": {"weather proof", "solid wood"},
        "price_fits": True,
        "to_choose": {"size", "color"},
        "reward": pytest.approx(0.6),
    }
    told(game, "click[x-small]")
    assert game.truth(0, "to_choose") == {"size", "color"}
    told(game, "click[small]", "click[red]")
    assert (game.truth(0, "to_choose"), game.truth(0, "reward")) == (frozenset(), 1.0)
    told(game, "click[features]")
    assert game.subproblems(0) == ()


def test_attributes_stand_in_texts_too(game):
    told(game, "search[wooden]", "click[b000000002]")
    assert game.truth(0, "attributes") == {"solid wood"}


def test_who_says_that_buying_gives_all_buys(game):
    told(game, "search[chair]", "click[b000000001]")
    assert game.implied(0, {"reward": 1.0}) == {"click[buy now]"}
    assert game.implied(0, {"reward": 0.9}) is None
    told(game, "click[features]")
    assert game.implied(0, {"reward": 1.0}) is None


def test_what_the_original_does_not_show_is_not_asked_there(files):
    game = WebShop(catalogue=str(files), rules="webshop")
    game.reset(0, _task(game, "red", "small"))
    told(game, "search[wooden]", "click[b000000002]")
    assert set(_truths(game)) == {"attributes", "price_fits"}
    game._own.bound = lambda goal: 20.0
    assert isinstance(game.truth(0, "price_fits"), Unknown)
    game._own.bound = lambda goal: 30.0
    assert game.truth(0, "price_fits") is True


def test_a_goal_without_a_bound_does_not_ask_for_the_price(files):
    game = WebShop(catalogue=str(files))
    game.reset(0, _task(game))
    assert "price lower" not in game.observe(0).text
    told(game, "search[chandelier]", "click[b000000004]")
    assert "price_fits" not in _truths(game)


# -- tasks, positions, states ------------------------------------------------------------------------------------------


def test_splits_by_goal_and_by_product_take_goals_apart():
    for by in ("goal", "product"):
        parts = [list(WebShop(split=split, split_by=by).tasks()) for split in ("train", "dev", "test")]
        assert sorted(int(one) for part in parts for one in part) == list(range(len(WebShop().tasks())))
        if by == "product":
            goals = WebShop()._store.goals("synthetic")
            families = [{goals[int(one)].family or goals[int(one)].asin for one in part} for part in parts]
            assert not families[0] & families[1]
            assert not (families[0] | families[1]) & families[2]


def test_the_splits_of_the_original(real_data):
    game = WebShop(catalogue=str(real_data("webshop")), split="dev")
    assert (game.tasks()[0], game.tasks()[-1], len(game.tasks())) == ("500", "1499", 1000)


def test_a_split_or_kind_or_level_that_there_is_not(files):
    with pytest.raises(DataError, match="no human goals; those it has: synthetic"):
        WebShop(goals="human").tasks()
    with pytest.raises(DataError, match="is of the level hard in the split all"):
        WebShop(catalogue=str(files), level="hard").tasks()


def test_practice_is_generated_and_in_no_match(files):
    game = WebShop(catalogue=str(files))
    assert game.practice()
    game.reset(0, game.practice()[0])
    assert game._open is not game._store
    again = WebShop(catalogue=str(files))
    again.at(game.position())
    assert again.observe(0) == game.observe(0)


@pytest.mark.parametrize(
    ("position", "said"),
    [
        (None, "a position is"),
        ({"goal": 1}, "goal is a text"),
        ({"goal": "x"}, "there is no goal 'x'; goals are 0 to 8"),
        ({"goal": "9"}, "there is no goal '9'"),
        ({"goal": "0", "actions": [5]}, "is no text"),
        ({"goal": "0", "actions": ["click[buy now]"]}, "not a legal action"),
        ({"goal": "0", "page": 1}, "a position is"),
    ],
)
def test_bad_positions(game, position, said):
    before = game.observe(0)
    with pytest.raises(PositionError, match=said):
        game.at(position)
    assert game.observe(0) == before


def test_where_the_files_lie_is_no_part_of_the_setting(files, tmp_path):
    before = WebShop(catalogue=str(files)).spec.data
    assert WebShop(catalogue=str(files / "items_shuffle.json")).spec.data == before
    assert before != WebShop().spec.data
    assert "catalogue" not in WebShop().counting_options
    assert WebShop(rules="webshop").spec.version == f"{WebShop.version}+webshop"


def test_the_engine_is_named_in_the_setting(files):
    pytest.importorskip("tantivy")
    game = WebShop(catalogue=str(files), engine="tantivy")
    assert game.spec.data["engine"].startswith("tantivy ")
    assert "[B000000003]" in told(game, "search[kettle]").text


def test_sessions_are_small_and_share_the_shop(game):
    told(game, "search[chair]", *(["click[b000000001]", "click[features]", "click[< prev]", "click[< prev]"] * 3))
    other = copy.deepcopy(game)
    assert other._open is game._open
    size = sum(sys.getsizeof(part) for part in (*game._shopping, *game._shopping.actions, *game._shopping.visit))
    assert size < 10_000


def test_what_a_catalogue_is_changed_to_is_read_again(files, record):
    assert len(WebShop(catalogue=str(files)).tasks()) == 9
    (files / "items_ins_v2.json").write_text("{}")
    (files / "items_shuffle.json").write_text(json.dumps([record("B1", "Stool")]))
    with pytest.raises(DataError, match="no synthetic goals"):
        WebShop(catalogue=str(files)).tasks()


class _Buttons(HTMLParser):
    def __init__(self):
        super().__init__()
        self.actions, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        self.actions += [value for name, value in attrs if name == "value" and tag == "button"]

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("rules", ["standard", "webshop"])
def test_html_offers_just_the_clicks_there_are(files, rules):
    game, rng = WebShop(catalogue=str(files), rules=rules, renderer="html"), Random(3)
    for task in game.tasks()[:4]:
        game.reset(0, task)
        while game.movers():
            page = _Buttons()
            page.feed(game.observe(0).text)
            assert sorted(page.actions) == sorted(game._store.clicks(game._shopping.visit).listed)
            assert "".join(page.texts).count("Find me") == 1
            game.step({0: game.observe(0).actions.draw(rng)})


@pytest.mark.parametrize("rules", ["standard", "webshop"])
@pytest.mark.parametrize("renderer", ["text", "text_rich", "html"])
def test_hostile_texts_are_only_texts(files, record, rules, renderer):
    evil = '<script>alert(1)</script> "&]]> \x00 [SEP]'
    options = {evil: [{"value": evil}, {"value": "none"}], "none": [{"value": "[x]"}]}
    one = record("B9", evil, query=evil, full_description=evil, small_description=[evil], customization_options=options)
    (files / "items_shuffle.json").write_text(json.dumps([one]))
    told_of = {"attributes": [evil, "none"], "instruction": evil, "instruction_attributes": [evil, "none"]}
    (files / "items_ins_v2.json").write_text(json.dumps({"B9": told_of}))
    # In the original, a value with a bracket in it is never read as a click: the goal cannot be met.
    checks = [law for law in CHECKS if rules == "standard" or law.__name__ != "oracle_reaches_the_goal"]
    check_game(lambda: WebShop(catalogue=str(files), rules=rules, renderer=renderer), seeds=(0, 1), checks=checks)


def test_blank_values_cannot_be_chosen(files, record):
    one = record("B9", "Stool", customization_options={"size": [{"value": ""}, {"value": " "}]})
    (files / "items_shuffle.json").write_text(json.dumps([one]))
    (files / "items_ins_v2.json").write_text(json.dumps({"B9": ATTRIBUTES}))
    for rules in ("standard", "webshop"):
        seen = told(WebShop(catalogue=str(files), rules=rules, goals="synthetic"), "search[stool]", "click[b9]")
        assert "click[]" not in seen.actions.listed
        assert "click[ ]" not in seen.actions.listed


def test_the_original_catalogue_keeps_the_contract(real_data):
    for options in ({}, {"rules": "webshop", "renderer": "text_rich", "goals": "human"}):
        check_game(lambda chosen=options: WebShop(catalogue=str(real_data("webshop")), **chosen), seeds=(0, 5))


def test_bots_from_random_to_oracle():
    game = WebShop()
    rewards = dict.fromkeys(("random", "heuristic", "oracle"), 0.0)
    for name in rewards:
        for task in game.tasks()[:40]:
            game.reset(0, task)
            rng = Random(task)
            while game.movers():
                action = (
                    game.observe(0).actions.draw(rng)
                    if name == "random"
                    else getattr(game, name)(0, *[rng][: name != "oracle"])
                )
                game.step({0: action})
            rewards[name] += game.outcome().reward[0] / 40
    assert rewards["oracle"] == pytest.approx(1.0)
    assert rewards["random"] + 0.1 < rewards["heuristic"] < 0.95
