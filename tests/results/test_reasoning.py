from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from kibitz.results.abridged import Answer
from kibitz.results.leaderboard import board
from kibitz.results.reasoning import Answers, mean_accuracy, score_subproblems
from kibitz.results.records import GradeRecord
from kibitz.results.statistics.intervals import Interval


def answers(grades: Iterable[GradeRecord], clusters: int = 100) -> dict[Answer, list[int]]:
    """The answers, each in the next one of so many clusters, round and round."""
    found: dict[Answer, list[int]] = {}
    for number, grade in enumerate(grades):
        found.setdefault(msgspec.convert(grade, Answer, from_attributes=True), []).append(number % clusters)
    return found


@pytest.fixture
def asked(builder: Any) -> Answers:
    """Ten questions on four clusters: 6 truths "none", 3 others, 1 unknown."""
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    for verdict, truth, cell, f1 in [
        ("right", "none", "tn", 1.0),
        ("right", "none", "tn", 1.0),
        ("right", "none", "tn", 1.0),
        ("wrong", "none", "fp", 0.0),
        ("malformed", "none", None, None),
        ("missing", "none", None, None),
        ("right", "1,1", "tp", 1.0),
        ("wrong", "1,1", "fn", 0.0),
        ("wrong", "1,1; 2,2", "mismatch", 0.5),
        ("unknown", None, None, None),
    ]:
        run.answer(unit, verdict, truth=truth, cell=cell, f1=f1)
    return answers(run.grades[unit.key], 4)


def test_known_scores(asked: Answers) -> None:
    found = score_subproblems(asked, ["wins"])["wins"]
    assert found.accuracy.mean == pytest.approx(4 / 9)
    assert (found.asked, found.accuracy.clusters) == (9, 4)
    assert found.verdicts == {"right": 4, "wrong": 3, "malformed": 1, "missing": 1, "unknown": 1}
    assert found.cells == {"tp": 1, "tn": 3, "fp": 1, "fn": 1, "mismatch": 1}
    assert found.baseline_answer == "none"
    assert found.baseline == pytest.approx(6 / 9)
    assert found.always_none == pytest.approx(6 / 9)
    assert found.lift.mean == pytest.approx(-2 / 9)
    assert found.nonempty is not None
    assert found.nonempty.mean == pytest.approx(1 / 3)
    assert found.f1 == pytest.approx(4.5 / 9)
    assert (found.answered, found.format_errors, found.missing) == pytest.approx((7 / 9, 1 / 9, 1 / 9))
    assert found.ask == ("same",)


def test_always_none_is_exactly_the_baseline(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    for truth in ("none", "none", "1,1"):
        run.answer(unit, "right" if truth == "none" else "wrong", truth=truth)
    found = score_subproblems(answers(run.grades[unit.key]), [])["wins"]
    assert found.lift.mean == 0
    assert found.lift.low is not None
    assert found.lift.low < 0


def test_kinds_without_sets_have_no_set_figures(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    run.answer(unit, "wrong", truth="7", kind="integer", sub="count")
    found = score_subproblems(answers(run.grades[unit.key]), [])["count"]
    assert (found.always_none, found.nonempty, found.f1) == (None, None, None)
    assert (found.baseline_answer, found.baseline) == ("7", 1.0)


def test_partial_credit_does_not_depend_on_the_order(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    for f1 in (0.3, 0.2, 0.1, 0.7):  # added up one by one: 1.2999999999999998 forth, 1.3 back
        run.answer(unit, "wrong", truth="1,1", f1=f1)
    forth, back = (
        score_subproblems(answers(grades), [])["wins"].f1
        for grades in (run.grades[unit.key], run.grades[unit.key][::-1])
    )
    assert forth == back == 1.3 / 4


def test_only_unknown_truths_give_nulls(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    run.answer(unit, "unknown", truth=None)
    found = score_subproblems(answers(run.grades[unit.key]), [])["wins"]
    assert found.accuracy.mean is None
    assert (found.baseline, found.baseline_answer, found.answered) == (None, None, None)
    assert found.verdicts["unknown"] == 1


def test_order_follows_the_game_then_the_alphabet(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    for sub in ("b", "a", "wins"):
        run.answer(unit, sub=sub)
    assert list(score_subproblems(answers(run.grades[unit.key]), ["wins"])) == ["wins", "a", "b"]


def test_intermediate_weighs_subproblems_alike(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    for _ in range(3):
        run.answer(unit, "right", sub="wins")
    run.answer(unit, "missing", sub="count")
    run.answer(unit, "unknown", sub="count", truth=None)
    found = mean_accuracy(answers(run.grades[unit.key]))
    assert (found.mean, found.n) == (0.5, 4)


def test_outcome_lift_by_hand(builder: Any) -> None:
    """Right in the two won episodes and once in the lost one; wrong twice in the lost one: 1/3 against -1."""
    run = builder()
    for reward, verdicts in (
        ((1, -1), "right"),
        ((1, -1), "right missing"),
        ((-1, 1), "right wrong wrong"),
    ):
        unit = run.play("ann", "bob", reward=reward)
        for verdict in (*verdicts.split(), "unknown"):
            run.answer(unit, verdict, **({"truth": None} if verdict == "unknown" else {}))
    ann = next(row.score for row in board([run.data()]).rows if row.score.agent == "ann")
    lift = ann.per_subproblem["wins"].outcome_lift
    assert lift.mean == pytest.approx(1 / 3 + 1)
    assert (lift.n, lift.clusters) == (5, 3)
    assert lift.as_json() == ann.per_subproblem["wins"].as_json()["outcome_lift"]


def test_no_outcome_lift_without_wrong_answers_or_without_outcomes(builder: Any) -> None:
    for payoff, verdicts in (("zero_sum", ("right", "missing")), ("none", ("right", "wrong"))):
        run = builder(games=[builder.game(payoff=payoff)])
        for verdict in verdicts:
            run.answer(run.play("ann", "bob", reward=(0, 0)), verdict)
        ann = next(row.score for row in board([run.data()]).rows if row.score.agent == "ann")
        assert ann.per_subproblem["wins"].outcome_lift == Interval()
