import pytest

from kibitz.harness.cast import describe, differences, make_cast, misfits, run_file
from kibitz.harness.config import from_resolved, parse, resolved

BOTS = {"r": {"kind": "random", "answers": "random"}, "m": {"kind": "minimax", "answers": "truth"}}


def suite(agents=BOTS, game="tictactoe", **protocol):
    return parse({"name": "s", "protocol": protocol, "agents": agents, "match": [{"game": game}]}, "s", None)


def info(made):
    return describe(made, make_cast(made), ["kibitz", "run"])


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


def test_privileges_are_recorded():
    assert {name: agent.privilege for name, agent in info(suite()).agents.items()} == {"r": "none", "m": "truth"}


def test_who_does_not_play_is_not_in_the_cast():
    made = parse({"name": "s", "agents": BOTS, "match": [{"game": "numberline", "agents": ["r"]}]}, "s", None)
    assert list(make_cast(made).agents) == ["r"]


def test_a_change_of_the_limits_does_not_change_the_run():
    made = suite()
    limited = parse(
        {"name": "s", "agents": BOTS, "limits": {"openai": {"rpm": 5}}, "match": [{"game": "tictactoe"}]}, "s", None
    )
    assert differences(info(made), info(limited)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"retries": 2}, "protocol retries: was 1, is now 2"),
        ({"agents": {**BOTS, "x": {"kind": "greedy"}}}, "agents x: is new"),
        ({"agents": {"r": BOTS["r"], "y": BOTS["m"]}}, "agents m: is not there any more"),
        (
            {"agents": {**BOTS, "m": {"kind": "minimax", "answers": "none"}}},
            "agents m answers: was 'truth', is now 'none'",
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
