import pytest

from kibitz.results.comparing.reactivity import reactivity
from kibitz.results.comparing.words import reactivity_lines
from kibitz.results.leaderboard import board
from kibitz.results.tables import markdown

PROTOCOL = {"ask": "same", "retries": 1, "fallback": "random"}


def run(builder, ask, rewards, name="", agents=(), **changes):
    found = builder(name or ask, agents=agents)
    for i, reward in enumerate(rewards):
        unit = found.play("ann", "bob", reward=(reward, -reward), pair=str(i), trajectory=f"{name}{ask}{i}")
        found.units[-1] = found.units[-1].__class__(**{f: getattr(unit, f) for f in unit.__struct_fields__} | {"k": i})
    protocol = PROTOCOL | {"ask": ask} | changes.pop("protocol", {})
    return found.data(protocol=protocol, protocol_hash=f"p-{ask}", **changes)


def test_outcome_when_asked_minus_outcome_when_not(builder):
    silent, asked = run(builder, "none", [1.0] * 8), run(builder, "same", [1.0] * 4 + [-1.0] * 4)
    found = reactivity([asked, silent], ["asked", "silent"])
    ann = found[0]
    assert [(one.agent, one.ask, one.silent, one.asked) for one in found] == [
        ("ann", "same", "silent", "asked"),
        ("bob", "same", "silent", "asked"),
    ]
    assert (ann.change.change.mean, ann.change.p, ann.change.pairs) == (-0.5, 0.125, 8)
    assert "ann in asked (ask = same) against silent (ask = none): outcome −50.0 points" in reactivity_lines(found)[0]


def test_the_board_shows_it(builder):
    both = [run(builder, "none", [1.0] * 8), run(builder, "same", [-1.0] * 8)]
    data = board(both)
    assert [one["agent"] for one in data.as_json()["reactivity"]] == ["ann", "bob"]
    assert "Reactivity of asking: ann in same" in markdown(data)
    assert board(both[:1]).as_json()["reactivity"] == []


@pytest.mark.parametrize(
    "changes",
    [{"seed": 1}, {"protocol": {"retries": 3}}],
    ids=["another seed", "another protocol"],
)
def test_runs_that_differ_in_more_than_asking_tell_nothing(builder, changes):
    assert reactivity([run(builder, "none", [1.0]), run(builder, "same", [1.0], **changes)], "ab") == ()


def test_who_is_never_asked_or_is_another_agent_does_not_react(builder):
    bots = [builder.agent("ann", answers=False), builder.agent("bob", answers=False)]
    assert reactivity([run(builder, "none", [1.0]), run(builder, "same", [1.0], agents=bots)], "ab") == ()
    bots = [builder.agent(name, identity={"answers": "random"}) for name in ("ann", "bob")]
    assert reactivity([run(builder, "none", [1.0]), run(builder, "same", [1.0], agents=bots)], "ab") == ()
    other = [builder.agent("ann", hash="new"), builder.agent("bob")]
    found = reactivity([run(builder, "none", [1.0]), run(builder, "same", [1.0], agents=other)], "ab")
    assert [one.agent for one in found] == []  # bob met another ann


def test_two_ways_to_ask_are_each_compared_with_silence(builder):
    runs = [run(builder, ask, [1.0] * 3) for ask in ("none", "same", "before")]
    assert [(one.agent, one.ask) for one in reactivity(runs, "abc")] == [
        ("ann", "same"), ("bob", "same"), ("ann", "before"), ("bob", "before"),
    ]  # fmt: skip
