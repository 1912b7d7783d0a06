import pytest

from kibitz.harness.cast import describe, differences, make_cast, misfits, run_file
from kibitz.harness.config import from_resolved, parse, resolved

BOTS = {"r": {"kind": "random", "answers": "random"}, "m": {"kind": "minimax", "answers": "truth"}}


def suite(agents=BOTS, game="tictactoe", **protocol):
    return parse({"name": "s", "protocol": protocol, "agents": agents, "match": [{"game": game}]}, "s", None)


def info(made):
    return describe(made, make_cast(made), ["kibitz", "run"])


def test_a_run_knows_the_questions_that_are_asked_later():
    asked = info(suite({"r": {"kind": "random"}, "h": {"kind": "heuristic"}}, game="negotiation")).games["negotiation"]
    assert list(asked.subproblems) == ["offer_value", "best_reply", "better_split", "action_value"]


def test_a_games_own_heuristic_is_no_privilege():
    agents = {name: {"kind": "heuristic", "answers": said} for name, said in [("h", "none"), ("t", "truth")]}
    known = info(suite(agents, game="negotiation")).agents
    assert (known["h"].privilege, known["t"].privilege) == ("none", "truth")


def test_who_chooses_from_a_list_cannot_negotiate():
    made = suite({"r": {"kind": "random"}, "g": {"kind": "greedy"}, "m": {"kind": "minimax"}}, game="negotiation")
    assert misfits(made, make_cast(made)) == [
        f"agent {name} cannot play negotiation: its actions cannot be listed" for name in ("g", "m")
    ]


def test_what_fits_has_no_misses():
    assert misfits(suite(), make_cast(suite())) == []


def test_a_mode_that_cannot_answer_in_its_reply_is_found_before_the_run():
    agent = {"kind": "llm", "model": "scripted:kibitz.agents.models.scripted:first_choice", "action_mode": "choice"}
    made = suite({**BOTS, "x": agent}, ask="same")
    (miss,) = misfits(made, make_cast(made))
    assert miss.startswith("agent x: ")
    assert "before" in miss


def test_a_model_that_cannot_do_what_the_mode_needs_is_found_before_the_run():
    agent = {"kind": "llm", "model": "embedded", "action_mode": "tool"}
    made = suite({**BOTS, "x": agent})
    (miss,) = misfits(made, make_cast(made))
    assert "tools" in miss


def test_a_fallback_that_a_game_does_not_have_is_found_before_the_run():
    made = suite(fallback="noop")
    (miss,) = misfits(made, make_cast(made))
    assert "noop" in miss
    assert "tictactoe" in miss


def test_a_bot_that_looks_ahead_is_refused_before_the_run_where_all_act_at_once():
    made = suite({**BOTS, "g": {"kind": "greedy"}}, game="pong")
    misses = misfits(made, make_cast(made))
    assert [miss.partition(":")[0] for miss in misses] == [f"agent {name} cannot play pong" for name in "mg"]
    assert all("one seat acts at a time" in miss for miss in misses)


def test_privileges_are_recorded():
    assert {name: agent.privilege for name, agent in info(suite()).agents.items()} == {"r": "none", "m": "truth"}


def test_who_does_not_play_is_not_in_the_cast():
    made = parse({"name": "s", "agents": BOTS, "match": [{"game": "numberline", "agents": ["r"]}]}, "s", None)
    assert list(make_cast(made).agents) == ["r"]


PRICES = {"openai:x": {"input": 1.0, "output": 2.0}}


def with_settings(**settings):
    return parse({"name": "s", "agents": BOTS, **settings, "match": [{"game": "tictactoe"}]}, "s", None)


@pytest.mark.parametrize(
    "settings",
    [
        {"limits": {"openai": {"rpm": 5, "deadline": 1.0}}},
        {"deadlines": {"step": 5.0}},
        {"budget": {"usd": 1.0, "agent": {"tokens": 5}}},
        {"prices": PRICES},
        {"journal": {"sync": "full"}},
        {"execution": {"isolate": "all", "processes": 2}},
    ],
)
def test_what_cannot_change_a_result_does_not_change_the_run(settings):
    plain, changed = info(with_settings()), info(with_settings(**settings))
    assert differences(plain, changed) == []
    assert (plain.config_hash, plain.protocol_hash) == (changed.config_hash, changed.protocol_hash)
    assert changed.config != plain.config


def test_budgets_of_episodes_and_steps_are_of_the_protocol():
    plain, changed = info(with_settings()), info(with_settings(budget={"usd": 1.0, "step": {"tokens": 5}}))
    assert changed.protocol["budget"] == {"step": {"tokens": 5}}
    assert changed.protocol_hash != plain.protocol_hash
    assert differences(plain, changed) == ["budget: is new"]


def test_prices_count_where_dollars_decide():
    budget = {"episode": {"usd": 1.0}}
    plain, priced = info(with_settings(budget=budget)), info(with_settings(budget=budget, prices=PRICES))
    assert differences(plain, priced) == ["prices openai:x: is new"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"retries": 2}, "protocol retries: was 1, is now 2"),
        ({"agents": {**BOTS, "x": {"kind": "greedy"}}}, "agent x: is new"),
        ({"agents": {"r": BOTS["r"], "y": BOTS["m"]}}, "agent m: is not there any more"),
        (
            {"agents": {**BOTS, "m": {"kind": "minimax", "answers": "none"}}},
            "agent m answers: was 'truth', is now 'none'",
        ),
    ],
)
def test_differences_are_named(change, said):
    assert said in differences(info(suite()), info(suite(**change)))


def test_run_toml_is_a_suite_again():
    made = suite()
    text = run_file(info(made))
    import tomllib

    assert from_resolved(tomllib.loads(text)) == from_resolved(resolved(made))


def test_a_changed_option_is_said_once():
    deeper = {**BOTS, "m": {**BOTS["m"], "depth": 2}}
    (said,) = differences(info(suite()), info(suite(agents=deeper)))
    assert said.startswith("agent m depth: was")
