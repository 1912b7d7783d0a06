from dataclasses import replace
from typing import Any

import pytest

from kibitz.results.comparing.trials import Trial
from kibitz.results.gate.gate import gate
from kibitz.results.gate.policy import Metric, Policy
from kibitz.results.gate.words import flips, headline, notes, rows


def spread(lost: int, size: int) -> list[float]:
    """So many zeros among ones, evenly."""
    return [float(i * lost // size == (i + 1) * lost // size) for i in range(size)]


def decide(before: Any, after: Any, **policy: Any) -> Any:
    return gate([(before, after)], Policy(**policy))


def test_the_verdict_and_the_number_to_act_on(make: Any) -> None:
    base = make("a", [1.0] * 200)
    assert headline(decide(base, make("b", spread(60, 200)))) == (
        "FAIL: 30.0 points lower [24.6, 35.4], 5.0 are tolerated"
    )
    assert headline(decide(base, make("b", [1.0] * 200))) == "PASS: no difference [−1.2, 1.2], 5.0 are tolerated"
    assert headline(decide(base, make("b", spread(8, 200)))) == (
        "INCONCLUSIVE: 4.0 points lower, about 2,800 more episodes, about $54"
    )


def test_an_interval_goes_the_way_its_word_says(make: Any) -> None:
    better = decide(make("a", spread(60, 200)), make("b", [1.0] * 200))
    assert headline(better) == "PASS: 30.0 points higher [24.6, 35.4], 5.0 are tolerated"
    assert rows(better)[0][3] == "−30.0 [−35.4, −24.6]"


def test_one_is_singular(make: Any) -> None:
    (how, *_) = notes(decide(make("a", [1.0]), make("b", [1.0])))
    assert how.startswith("1 paired episode, 1 different observation. ")


def test_where_more_episodes_are_no_advice_the_reason_is_said(make: Any) -> None:
    near = decide(make("a", [1.0] * 100), make("b", spread(5, 100)))
    assert headline(near) == (
        "INCONCLUSIVE: 5.0 points lower, the drop is too near to the tolerated one to be told from it"
    )
    few = decide(make("a", [1.0] * 3), make("b", [0.0] * 3))
    assert headline(few).startswith("INCONCLUSIVE: 100.0 points lower, 3 different observations in 3 paired episodes;")


def test_what_costs_nothing_has_no_price(make: Any) -> None:
    def free(side: Any) -> Any:
        return replace(side, trials=tuple(Trial(task=t.task, scores=t.scores, usd=0.0) for t in side.trials))

    found = decide(free(make("a", [1.0] * 200)), free(make("b", spread(8, 200))))
    assert headline(found) == "INCONCLUSIVE: 4.0 points lower, about 2,800 more episodes"


def test_strict_tolerates_nothing(make: Any) -> None:
    found = decide(make("a", [1.0] * 200), make("b", spread(60, 200)), strict=True)
    assert headline(found).endswith(", no drop is tolerated")
    assert rows(found)[0][4] == "0.0"


def test_several_metrics_are_named(make: Any) -> None:
    before, after = make("a", [1.0] * 200, group="g"), make("b", spread(60, 200), group="g")
    found = decide(before, after, metrics=(Metric("outcome"), Metric("outcome", games="each")))
    assert headline(found).startswith("FAIL: outcome 30.0 points lower")
    assert [row[0] for row in rows(found)] == ["outcome", "outcome in g"]


def test_flips_worse_first_ten_at_most(make: Any) -> None:
    shown, rest = flips(decide(make("a", [0.0] + [1.0] * 99), make("b", [1.0, *spread(30, 99)])))
    assert len(shown) == 10
    assert all(scores == "1.00 → 0.00" for _, scores in shown)
    assert rest == "and 21 more: 20 worse, 1 better"
    assert flips(decide(make("a", [1.0] * 20), make("b", [1.0] * 20))) == ([], "")


def test_what_is_missing_is_said(make: Any) -> None:
    before, after = make("a", [1.0] * 41), make("b", [1.0] * 38 + [None, None])
    broken = Trial(task="t37", failed="agent_error", fault="agent")
    after = replace(after, trials=(*after.trials[:37], broken, *after.trials[38:]))
    told = notes(decide(before, after))
    assert told[1].startswith("Scores go from 0 to 1 (a drawn contest is 0.5;")
    assert told[2:] == [
        "1 episode of ann (candidate) counts as 0: the agent's own code failed.",
        (
            "2 episodes are in no figure, a side failed (candidate: 2 timeout); had they gone as well or as badly as "
            "possible, the drop would be −2.5 or 7.5."
        ),
        "1 episode that only the baseline has is not compared.",
    ]


def test_who_is_compared_is_said(make: Any) -> None:
    def named(source: str, **identity: str) -> Any:
        return make(source, [1.0] * 20, identity=identity, conditions={"protocol.ask": identity.get("ask", "same")})

    same = notes(decide(named("a", kind="llm"), named("b", kind="llm")))
    assert same[-1] == "ann is the same agent on both sides: what differs is noise."
    other = notes(
        decide(named("a", kind="llm", hash="1"), named("b", kind="llm", hash="2", ask="none"), arms=("protocol.*",))
    )
    assert other[-2:] == ["ann differs in ask: absent → none.", "Declared to differ: protocol.ask: same → none."]


@pytest.mark.parametrize("mode", ["fixed", "anytime"])
def test_how_the_figures_came_about(make: Any, mode: Any) -> None:
    told = notes(decide(make("a", [1.0] * 300), make("b", [0.0] * 300), mode=mode))
    if mode == "fixed":
        assert told[0].endswith("is wrong with a probability of 5 % at most; to be looked at once.")
    else:
        assert "The verdict was certain after 10 deals. 290 pairs that came later were not read. " in told[0]
