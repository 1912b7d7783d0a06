from typing import Any

import pytest

from kibitz.results.reasoning import Question, mean_accuracy, score_subproblems


@pytest.fixture
def questions(builder: Any) -> list[Question]:
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
    return [Question(grade, i % 4) for i, grade in enumerate(run.grades[unit.key])]


def test_known_scores(questions: list[Question]) -> None:
    found = score_subproblems(questions, ["wins"])["wins"]
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
    found = score_subproblems([Question(g, i) for i, g in enumerate(run.grades[unit.key])], [])["wins"]
    assert found.lift.mean == 0
    assert found.lift.low is not None
    assert found.lift.low < 0


def test_kinds_without_sets_have_no_set_figures(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    run.answer(unit, "wrong", truth="7", kind="integer", sub="count")
    found = score_subproblems([Question(run.grades[unit.key][0], 0)], [])["count"]
    assert (found.always_none, found.nonempty, found.f1) == (None, None, None)
    assert (found.baseline_answer, found.baseline) == ("7", 1.0)


def test_only_unknown_truths_give_nulls(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    run.answer(unit, "unknown", truth=None)
    found = score_subproblems([Question(run.grades[unit.key][0], 0)], [])["wins"]
    assert found.accuracy.mean is None
    assert (found.baseline, found.baseline_answer, found.answered) == (None, None, None)
    assert found.verdicts["unknown"] == 1


def test_order_follows_the_game_then_the_alphabet(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    for sub in ("b", "a", "wins"):
        run.answer(unit, sub=sub)
    questions = [Question(grade, 0) for grade in run.grades[unit.key]]
    assert list(score_subproblems(questions, ["wins"])) == ["wins", "a", "b"]


def test_intermediate_weighs_subproblems_alike(builder: Any) -> None:
    run = builder()
    unit = run.play("ann", "bob", reward=(1, -1))
    for _ in range(3):
        run.answer(unit, "right", sub="wins")
    run.answer(unit, "missing", sub="count")
    run.answer(unit, "unknown", sub="count", truth=None)
    found = mean_accuracy([Question(grade, i) for i, grade in enumerate(run.grades[unit.key])])
    assert (found.mean, found.n) == (0.5, 4)
