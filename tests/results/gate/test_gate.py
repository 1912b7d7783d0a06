import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from kibitz.results.comparing.change import UnknownMetricError
from kibitz.results.comparing.pairs import NotComparableError
from kibitz.results.comparing.trials import Results, Trial, TrialError
from kibitz.results.gate.gate import GateError, Result, gate
from kibitz.results.gate.policy import Metric, Policy
from kibitz.results.gate.words import notes

MODES = ["fixed", "anytime"]


def decide(before: Results, after: Results, **policy: Any) -> Result:
    return gate([(before, after)], Policy(**policy))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("lost", "verdict"),
    [(0, "PASS"), (20, "INCONCLUSIVE"), (120, "FAIL")],
)
def test_verdicts(make: Any, mode: Any, lost: int, verdict: str) -> None:
    after = [float(i * lost // 300 == (i + 1) * lost // 300) for i in range(300)]
    result = decide(make("a", [1.0] * 300), make("b", after), mode=mode)
    assert result.verdict == verdict
    main = result.main
    assert main.low is not None
    assert main.high is not None
    assert {"PASS": main.high < 0.05, "FAIL": main.low > 0.05, "INCONCLUSIVE": main.low <= 0.05 <= main.high}[verdict]


def test_strict_fails_for_what_is_tolerated_otherwise(make: Any) -> None:
    before, after = make("a", [1.0] * 300), make("b", [0.0] * 12 + [1.0] * 288)
    assert decide(before, after, metrics=(Metric("outcome", 0.1),)).verdict == "PASS"
    assert decide(before, after, metrics=(Metric("outcome", 0.1),), strict=True).verdict == "FAIL"


@pytest.mark.parametrize("mode", MODES)
def test_the_same_twice_gives_the_same_digits(make: Any, mode: Any) -> None:
    scores = [(i * 7 % 10) / 10 for i in range(60)]
    before, after = make("a", scores), make("b", scores[::-1])
    one = json.dumps(decide(before, after, mode=mode).as_json(), sort_keys=True)
    assert one == json.dumps(decide(before, after, mode=mode).as_json(), sort_keys=True)


@pytest.mark.parametrize("mode", MODES)
def test_ten_different_observations_are_the_least(make: Any, mode: Any) -> None:
    result = decide(make("a", [1.0] * 9), make("b", [0.0] * 9), mode=mode)
    assert (result.verdict, result.main.mde) == ("INCONCLUSIVE", result.main.mde)
    assert result.main.reason.startswith("9 different observations in 9 paired episodes; at least 10 are needed")


@pytest.mark.parametrize("mode", MODES)
def test_episodes_that_go_alike_are_one_observation(make: Any, mode: Any) -> None:
    def alike(side: Results) -> Results:
        trials = tuple(Trial(task=t.task, scores=t.scores, course="the only way") for t in side.trials)
        return replace(side, trials=trials)

    result = decide(alike(make("a", [1.0] * 300)), alike(make("b", [0.0] * 300)), mode=mode)
    assert result.verdict == "INCONCLUSIVE"
    assert result.main.reason.startswith("1 different observation in 300 paired episodes")


@pytest.mark.parametrize("mode", MODES)
def test_one_pair(make: Any, mode: Any) -> None:
    result = decide(make("a", [1.0]), make("b", [0.0]), mode=mode)
    assert result.verdict == "INCONCLUSIVE"
    json.dumps(result.as_json(), allow_nan=False)


@pytest.mark.parametrize("mode", MODES)
def test_failures_of_the_candidate_do_not_pass(make: Any, mode: Any) -> None:
    result = decide(make("a", [1.0] * 200), make("b", [1.0, 1.0, 1.0, None] * 50), mode=mode)
    assert result.verdict == "FAIL"
    assert result.failed == (
        "only 150 of 200 episodes of ann could be graded (50 timeout); the policy wants 90% at least",
    )
    few = decide(make("a", [1.0] * 200), make("b", ([1.0] * 19 + [None]) * 10), mode=mode)
    assert (few.failed, few.verdict) == ((), "PASS")
    figures: Any = few.as_json()
    left_out = figures["excluded"]
    assert left_out == 10 or (mode == "anytime" and 0 < left_out < 10)
    assert figures["bounds"] == pytest.approx([-0.05, 0.05], abs=0.005)


def test_what_was_not_played_is_missing_where_one_looks_once(make: Any) -> None:
    before, after = make("a", [1.0] * 200), replace(make("b", [1.0] * 100), scheduled=200)
    assert decide(before, after).failed == (
        "only 100 of 200 episodes of ann could be graded (100 not played); the policy wants 90% at least",
    )


@pytest.mark.parametrize("mode", MODES)
def test_a_baseline_that_failed_is_no_base(make: Any, mode: Any) -> None:
    with pytest.raises(GateError, match=r"a: only 10 of 20 episodes of ann could be graded \(10 timeout\)"):
        decide(make("a", [1.0] * 10 + [None] * 10), make("b", [1.0] * 20), mode=mode)


@pytest.mark.parametrize("mode", MODES)
def test_what_cannot_be_compared_is_refused(make: Any, mode: Any) -> None:
    side, none = make("a", [1.0] * 20), make("b", [])
    with pytest.raises(GateError, match="b: ann has played no episode, so the candidate says nothing"):
        decide(side, none, mode=mode)
    with pytest.raises(GateError, match="so the baseline says nothing"):
        decide(none, side, mode=mode)
    with pytest.raises(GateError, match="no agent"):
        gate([], Policy())
    with pytest.raises(NotComparableError, match=r"game.g: version 1 / version 2"):
        decide(
            replace(side, conditions={"game.g": "version 1"}),
            replace(side, conditions={"game.g": "version 2"}),
            mode=mode,
        )
    with pytest.raises(UnknownMetricError, match=r"no metric 'outcom'; did you mean 'outcome'\? \(there are outcome"):
        decide(side, side, metrics=(Metric("outcom"),), mode=mode)
    with pytest.raises(TrialError, match="nan"):
        make("a", [math.nan])


def two_metrics(before: float, after: float, size: int = 400) -> tuple[Results, Results]:
    def side(source: str, share: float) -> Results:
        trials = tuple(
            Trial(task=f"t{i}", scores={"outcome": float(i % 100 < 100 * share), "legality": 1.0}) for i in range(size)
        )
        return Results(source=source, subject="ann", trials=trials, scheduled=size)

    return side("a", before), side("b", after)


@pytest.mark.parametrize("mode", MODES)
def test_one_metric_that_fails_fails_the_gate(mode: Any) -> None:
    before, after = two_metrics(1.0, 0.75)
    result = decide(before, after, mode=mode, metrics=(Metric("legality"), Metric("outcome")))
    assert [one.verdict for one in result.findings][1] == "FAIL"
    assert (result.verdict, result.main.question.metric.name) == ("FAIL", "outcome")


def test_holm_within_a_family() -> None:
    before, after = two_metrics(1.0, 0.75)
    apart = decide(before, after, metrics=(Metric("legality", family="a"), Metric("outcome", family="b")))
    assert [one.share for one in apart.findings] == [0.05, 0.05]
    together = decide(before, after, metrics=(Metric("legality"), Metric("outcome")))
    # The one that fails is tested at half of alpha; then the other one has all of it.
    assert [one.share for one in together.findings] == [0.05, 0.025]
    assert together.findings[1].low < apart.findings[1].low  # type: ignore[operator]
    assert together.findings[1].high == apart.findings[1].high
    # Of two p-values the smaller one counts twice.
    (_, alone), (same, double) = ([result.adjusted(one) for one in result.findings] for result in (apart, together))
    assert alone is not None
    assert same == together.findings[0].question.evidence.p
    assert double == pytest.approx(2 * alone)


@pytest.mark.parametrize("mode", MODES)
def test_each_game_for_itself(mode: Any) -> None:
    def side(source: str, lost: float) -> Results:
        trials = [
            Trial(task=f"t{i}", group=group, cluster=str(i), block=i, scores={"outcome": 1.0 - share})
            for i in range(150)
            for group, share in (("g", lost), ("h", 0.0))
        ]
        return Results(source=source, subject="ann", trials=tuple(trials), scheduled=300)

    before, after = side("a", 0.0), side("b", 0.16)
    pooled = decide(before, after, mode=mode, metrics=(Metric("outcome"),))
    each = decide(before, after, mode=mode, metrics=(Metric("outcome", games="each"),))
    assert pooled.main.drop == pytest.approx(0.08)
    assert [(one.question.group, round(one.drop or 0, 2)) for one in each.findings] == [("g", 0.16), ("h", 0.0)]
    assert (each.findings[0].verdict, each.findings[1].verdict) == ("FAIL", "PASS") or mode == "anytime"


def played(source: str, games: str, *, consistent: int = 400, size: int = 400) -> Results:
    """One task a game and deal; only the first ``consistent`` of them say what they would do, and then do it."""
    trials = tuple(
        Trial(
            task=f"t{i}",
            group=game,
            block=i,
            cluster=str(i),
            scores={"outcome": 1.0} | ({"consistency": 1.0} if i < consistent else {}),
        )
        for i in range(size // len(games))
        for game in games
    )
    return Results(source=source, subject="ann", trials=trials, scheduled=len(trials))


@pytest.mark.parametrize("mode", MODES)
def test_who_seldom_says_what_it_would_do_does_not_pass_for_doing_it(make: Any, mode: Any) -> None:
    metrics = (Metric("consistency"),)
    before = played("a", "g")
    assert decide(before, played("b", "g"), mode=mode, metrics=metrics).verdict == "PASS"
    silent = decide(before, played("b", "g", consistent=60), mode=mode, metrics=metrics, graded=0.9)
    if mode == "fixed":
        assert silent.verdict == "INCONCLUSIVE"
        assert silent.main.reason == (
            "the candidate has consistency in only 60 of the 400 episodes in which the baseline has it; the policy "
            "wants 90% at least"
        )
        figures: Any = silent.as_json()
        assert (figures["excluded"], figures["bounds"]) == (340, [-0.85, 0.85])
        assert notes(silent)[1] == "Not in the figure of consistency: 340 episodes with consistency on one side only."
    # A baseline that seldom says it sets no more than that.
    assert decide(played("a", "g", consistent=300), played("b", "g"), mode=mode, metrics=metrics).verdict == "PASS"


def test_a_decision_waits_until_enough_have_the_metric() -> None:
    def silent_at(first: set[int]) -> Results:
        full = played("b", "g")
        trials = tuple(replace_scores(one, i not in first) for i, one in enumerate(full.trials))
        return replace(full, trials=trials)

    def replace_scores(trial: Trial, whole: bool) -> Trial:
        return trial if whole else structs.replace(trial, scores={"outcome": 1.0})

    metrics = (Metric("consistency"),)
    early = decide(played("a", "g"), silent_at(set()), mode="anytime", metrics=metrics).decided
    late = decide(played("a", "g"), silent_at(set(range(20))), mode="anytime", metrics=metrics)
    assert early is not None
    assert (late.verdict, late.decided) == ("PASS", 200)
    never = decide(played("a", "g"), silent_at(set(range(0, 400, 4))), mode="anytime", metrics=metrics)
    assert (never.verdict, never.decided) == ("INCONCLUSIVE", None)


@pytest.mark.parametrize("mode", MODES)
def test_a_game_without_a_pair_is_not_passed_over(mode: Any) -> None:
    before, after = played("a", "gh"), played("b", "gh")
    assert decide(before, after, mode=mode).verdict == "PASS"
    lost = tuple(
        structs.replace(one, scores={}, failed="timeout", fault="provider") if one.group == "h" else one
        for one in after.trials
    )
    result = decide(before, replace(after, trials=lost), mode=mode, graded=0.5)
    assert result.verdict == "INCONCLUSIVE"
    assert "graded on both sides" in result.main.reason


def test_tasks_that_a_file_does_not_have_are_missing(make: Any) -> None:
    # A table says nothing of what was meant to be in it: a job that died half-way wrote the half that went well.
    before, half = make("a", [1.0] * 200), make("b", [1.0] * 100)
    assert decide(before, half).failed == (
        "only 100 of 200 episodes of ann could be graded (100 not played); the policy wants 90% at least",
    )
    assert decide(before, half, graded=0.5).verdict == "PASS"
    # A run knows what it planned, and may plan less.
    planned = {one.key: None for one in half.trials}
    assert decide(before, replace(half, planned=planned)).verdict == "PASS"
    assert decide(half, before).verdict == "PASS"


def test_an_early_verdict_does_not_read_on(make: Any) -> None:
    before = make("a", [1.0] * 300)
    worse, mended = make("b", [0.0] * 300), make("b", [0.0] * 60 + [1.0] * 240)
    first = decide(before, worse, mode="anytime")
    assert first.decided is not None
    assert first.decided < 60
    # What comes after the decision changes nothing in it.
    second = decide(before, mended, mode="anytime")
    assert first.as_json() == second.as_json()
    assert first.unread == 300 - first.decided


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=120), st.data())
def test_every_prefix_decides_as_the_whole_does(scores: list[float], data: st.DataObject) -> None:
    trials = tuple(Trial(task=f"t{i}", scores={"outcome": score}) for i, score in enumerate(scores))
    planned = {trial.key: None for trial in trials}
    full = tuple(Trial(task=f"t{i}", scores={"outcome": 1.0}) for i in range(len(scores)))
    before = Results("a", "ann", full, len(full), planned=planned)
    after = Results("b", "ann", trials, len(trials), planned=planned)
    whole = decide(before, after, mode="anytime")
    size = data.draw(st.integers(1, len(scores)))
    part = decide(before, replace(after, trials=trials[:size]), mode="anytime")
    if part.decided is not None:
        assert replace(part, unread=0).as_json() == replace(whole, unread=0).as_json()
    elif whole.decided is not None:
        assert whole.decided > size


def test_more_episodes_and_what_they_cost(make: Any) -> None:
    result = decide(make("a", [1.0] * 100), make("b", [0.0] * 3 + [1.0] * 97))
    episodes, usd = result.more(result.main) or (0, None)
    # A drop of 0.03 with that spread, to be told from 0.05: Miller's formula with z = 1.645 + 0.842.
    error = (result.main.high - result.main.drop) / 1.66  # type: ignore[operator]
    assert episodes == pytest.approx(100 * ((2.4865 * error / 0.02) ** 2 - 1), rel=0.02)
    assert usd == pytest.approx(0.02 * episodes)
    unknown = replace(make("b", [0.0] * 3 + [1.0] * 97))
    trials = tuple(Trial(task=one.task, scores=one.scores) for one in unknown.trials)
    more = decide(make("a", [1.0] * 100), replace(unknown, trials=trials))
    assert more.more(more.main) == (episodes, None)


def test_two_agents_are_two_questions(make: Any) -> None:
    before, bad, good = make("a", [1.0] * 100), make("b", [0.0] * 100, subject="bob"), make("b", [1.0] * 100)
    result = gate([(before, good), (before, bad)], Policy())
    assert [one.verdict for one in result.findings] == ["PASS", "FAIL"]
    assert result.main.question.agent == ("ann", "bob")
