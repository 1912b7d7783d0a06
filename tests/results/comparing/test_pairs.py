from dataclasses import replace

import pytest

from kibitz.results.comparing.pairs import NotComparableError, pair
from kibitz.results.comparing.trials import Results, Trial


def side(source: str, *trials: Trial, **conditions: str) -> Results:
    return Results(source=source, subject="ann", trials=trials, scheduled=len(trials), conditions=conditions)


def trial(task: str, outcome: float = 1.0, **changes: object) -> Trial:
    return Trial(task=task, scores={"outcome": outcome}, **changes)  # type: ignore[arg-type]


def test_pairs_are_equal_tasks_in_the_order_of_the_baseline() -> None:
    found = pair(
        side("a", trial("x"), trial("y", 0.0), trial("only")), side("b", trial("y"), trial("x", 0.5), trial("new"))
    )
    assert [(p.baseline.task, p.change("outcome")) for p in found.pairs] == [("x", -0.5), ("y", 1.0)]
    assert [t.task for t in found.only_baseline] == ["only"]
    assert [t.task for t in found.only_candidate] == ["new"]


def test_a_hash_is_told_with_twelve_digits_and_kept_whole() -> None:
    whole = "ab12" * 16
    with pytest.raises(NotComparableError, match=r"game: v1 \(ab12ab12ab12\) / absent\. Measure") as refused:
        pair(side("a", trial("x"), game=f"v1 ({whole})"), side("b", trial("x")))
    assert refused.value.differences[0].baseline == f"v1 ({whole})"


def test_a_change_needs_a_score_on_both_sides() -> None:
    found = pair(side("a", trial("x")), side("b", Trial(task="x", failed="timeout", fault="provider")))
    assert found.pairs[0].change("outcome") is None
    assert found.pairs[0].change("never") is None


def test_other_conditions_are_refused_and_all_named() -> None:
    with pytest.raises(NotComparableError, match=r"opponent.bot: absent / h; seed: 0 / 1") as refused:
        pair(side("a", trial("x"), seed="0"), side("b", trial("x"), seed="1", **{"opponent.bot": "h"}))
    assert sorted(one.name for one in refused.value.differences) == ["opponent.bot", "seed"]


def test_two_agents_of_one_tournament_are_comparable() -> None:
    bots = {"opponent.bot": "b"}
    old = Results(
        source="run",
        subject="old",
        trials=(trial("0/_,bot"), trial("0/_,new")),
        scheduled=2,
        conditions={**bots, "opponent.new": "n"},
    )
    new = Results(
        source="run",
        subject="new",
        trials=(trial("0/_,bot"), trial("0/_,old")),
        scheduled=2,
        conditions={**bots, "opponent.old": "o"},
    )
    found = pair(old, new)
    assert [one.baseline.task for one in found.pairs] == ["0/_,bot"]
    assert ([t.task for t in found.only_baseline], [t.task for t in found.only_candidate]) == (["0/_,new"], ["0/_,old"])
    # What the other side never met, and is not judged here either, is another condition.
    with pytest.raises(NotComparableError, match=r"opponent.third: t / absent"):
        pair(replace(old, conditions={**old.conditions, "opponent.third": "t"}), new)
    # Nor may one that both met be another.
    with pytest.raises(NotComparableError, match=r"opponent.old: x / o"):
        pair(replace(old, subject="older", conditions={"opponent.old": "x", **bots}), new)


def test_a_declared_arm_may_differ() -> None:
    a, b = side("a", trial("x"), **{"protocol.ask": "same"}), side("b", trial("x"), **{"protocol.ask": "none"})
    assert [str(arm) for arm in pair(a, b, ["protocol.*"]).arms] == ["protocol.ask: same / none"]


def test_no_common_task_is_refused_with_an_example_of_each() -> None:
    with pytest.raises(NotComparableError, match="a has x, b has y"):
        pair(side("a", trial("x")), side("b", trial("y")))
    with pytest.raises(NotComparableError, match="b has no trial"):
        pair(side("a", trial("x")), side("b"))


def test_attempts_deals_and_equal_courses_are_one_observation() -> None:
    before = [
        trial("x", trial=0),
        trial("x", trial=1),
        trial("d1", cluster="deal"),
        trial("d2", cluster="deal"),
        trial("e", course="way"),
        trial("f", course="way"),
        trial("g", course="way"),
    ]
    after = [*before[:6], trial("g", course="other")]
    clusters = [p.cluster for p in pair(side("a", *before), side("b", *after)).pairs]
    assert clusters == [0, 0, 1, 1, 2, 2, 3]


def test_groups_keep_equal_names_apart() -> None:
    trials = [trial("0", group="g", cluster="0"), trial("0", group="h", cluster="0")]
    assert [p.cluster for p in pair(side("a", *trials), side("b", *trials)).pairs] == [0, 1]
