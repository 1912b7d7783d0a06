import json

import pytest

from kibitz.results.comparing.change import UnknownMetricError
from kibitz.results.comparing.diff import BETTER, NO_DIFFERENCE, UNKNOWN, WORSE, diff
from kibitz.results.comparing.pairs import pair
from kibitz.results.comparing.trials import Trial


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ([1] * 10, [0] * 10, WORSE),
        ([0] * 10, [1] * 10, BETTER),
        ([0] * 10, [1] + [0] * 9, NO_DIFFERENCE),
        ([1] * 10, [1] * 10, NO_DIFFERENCE),
        ([1], [0], UNKNOWN),
    ],
)
def test_verdicts(make, before, after, verdict):
    assert diff(make.paired(before, after)).verdict == verdict


def test_flips_stand_worst_first_then_by_name_in_which_10_follows_9(make):
    before, after = [1.0] * 12, [1.0] * 12
    before[3], after[3] = 0.0, 1.0
    for task, score in ((10, 0.0), (9, 0.0), (2, 0.5), (5, 0.5)):
        after[task] = score
    found = diff(make.paired(before, after)).flips
    assert [(flip.pair.baseline.task, flip.change) for flip in found] == [
        ("9", -1.0),
        ("10", -1.0),
        ("2", -0.5),
        ("5", -0.5),
        ("3", 1.0),
    ]


def test_what_it_is_about_where_nobody_says(make):
    assert diff(make.paired([1], [0])).metric == "outcome"
    assert diff(make.paired([1], [0], "intermediate")).metric == "intermediate"
    assert diff(make.paired([1], [0], "latency")).metric == "latency"


def two_metrics(make):
    trials = [
        [Trial(task=str(i), scores={"outcome": float(i % 2), "legality": score}) for i in range(8)]
        for score in (1.0, 0.5)
    ]
    return pair(make.side("a", *trials[0]), make.side("b", *trials[1]))


def test_p_values_are_adjusted_over_all_metrics_and_the_one_in_question_stands_first(make):
    found = diff(two_metrics(make), "legality")
    assert [change.metric for change in found.changes] == ["legality", "outcome"]
    # 2/256 of all sign patterns; twice that for two metrics.
    assert found.main.p == 2 / 256
    assert found.main.adjusted_p == 4 / 256
    assert found.verdict == WORSE
    assert {flip.metric for flip in found.flips} == {"legality"}


def test_an_unknown_metric_is_refused(make):
    with pytest.raises(UnknownMetricError, match=r"\(there are outcome, legality\)"):
        diff(two_metrics(make), "speed")


def test_no_score_at_all_is_refused(make):
    with pytest.raises(UnknownMetricError, match="no trial has a score"):
        diff(pair(make.side("a", Trial(task="0")), make.side("b", Trial(task="0"))))


def test_failures_and_what_one_side_lacks_are_told(make):
    both = pair(
        make.side("a", *(Trial(task=str(i), scores={"outcome": 1.0}) for i in range(4)), scheduled=9),
        make.side(
            "b",
            Trial(task="0", scores={"outcome": 1.0}),
            Trial(task="1", failed="timeout", fault="provider"),
            Trial(task="new", scores={"outcome": 1.0}),
        ),
    )
    found = diff(both)
    data = found.as_json()
    assert data["failed"] == [{"group": "", "task": "1", "trial": 0, "baseline": "", "candidate": "timeout"}]
    assert [one["task"] for one in data["only_baseline"]] == ["2", "3"]
    assert [one["task"] for one in data["only_candidate"]] == ["new"]
    assert data["baseline"] == {"source": "a", "subject": "ann", "scheduled": 9, "graded": 4}


def test_the_same_agent_again_is_noise(make):
    same = {"identity": {"hash": "h"}}
    assert diff(make.paired([1], [0], **same)).same_subject
    assert not diff(make.paired([1], [0])).same_subject


def test_games_are_shown_apart_where_there_are_several(make):
    found = diff(make.grouped({"h": ([1] * 3, [0] * 3), "g": ([1] * 2, [1] * 2)}))
    assert [(one.group, one.change.mean) for one in found.groups] == [("g", 0.0), ("h", -1.0)]
    assert diff(make.paired([1], [0], group="g")).groups == ()


def test_as_json_is_json_and_the_same_whatever_the_order(make):
    groups = {"g": ([1, 0.5, 0], [0, 0.5, 1]), "h": ([0.1] * 3, [0.7, 0.1, 0])}
    there = diff(make.grouped(groups)).as_json()
    back = diff(make.grouped(dict(reversed(groups.items())))).as_json()
    for flips in (there["flips"], back["flips"]):
        for flip in flips:
            del flip["cluster"]  # numbered in the order of the tasks
    assert json.dumps(there, sort_keys=True, allow_nan=False) == json.dumps(back, sort_keys=True)
    assert there["schema"] == 1
    assert there["comparable"] is True
