import pytest

from kibitz.results.comparing.pairs import pair
from kibitz.results.comparing.trials import Results, Trial
from kibitz.results.gate.sides import bounds, charged, excluded, graded


def results(*trials: Trial) -> Results:
    return Results(source="x", subject="ann", trials=trials, scheduled=len(trials))


def test_only_what_the_agent_broke_counts_as_zero() -> None:
    before = results(
        Trial(task="a", group="g", scores={"outcome": 1.0, "legality": 1.0}),
        Trial(task="b", group="g", scores={"outcome": 1.0}),
        Trial(task="c", group="h", scores={"intermediate": 0.5}),
    )
    after = results(
        Trial(task="a", group="g", failed="agent_error", fault="agent"),
        Trial(task="b", group="g", failed="timeout", fault="provider"),
        Trial(task="c", group="h", failed="agent_error", fault="agent"),
    )
    _, candidate = charged(before, after)
    assert [trial.scores for trial in candidate.trials] == [
        {"legality": 0.0, "outcome": 0.0},
        {},
        {"intermediate": 0.0},
    ]
    assert [one.candidate.task for one in excluded(pair(before, candidate))] == ["b"]
    found = graded(candidate.trials, 4)
    assert (found.scored, found.expected, found.zeros, found.failures) == (2, 4, 2, {"timeout": 1})
    assert found.share == 0.5


def test_nothing_expected_is_nothing_graded() -> None:
    assert graded((), 0).share == 0.0


def test_bounds_by_hand() -> None:
    # 8 of 10 pairs with a mean of 0.1: the two others may add -2 or 2 to a sum of 0.8.
    assert bounds(0.1, 8, 2) == pytest.approx((-0.12, 0.28))
    assert bounds(0.1, 8, 0) == pytest.approx((0.1, 0.1))
