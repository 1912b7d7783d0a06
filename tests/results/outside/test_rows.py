from collections.abc import Mapping

import pytest

from kibitz.results.outside.cells import Cell
from kibitz.results.outside.form import OutsideError
from kibitz.results.outside.rows import Row, results_of


def rows(*found: Mapping[str, Cell]) -> list[Row]:
    return [Row(line, cells) for line, cells in enumerate(found, 2)]


def test_a_row_is_a_trial_with_all_that_it_says() -> None:
    (side,) = results_of(
        "f.csv",
        "f",
        rows(
            {
                "task": "a",
                "score": "0.5",
                "trial": "3",
                "cluster": "c",
                "group": "g",
                "usd": "0.1",
                "tokens": "12",
                "seconds": "1.5",
                "score.format": "1",
                "condition.data": "v2",
            }
        ),
    )
    (trial,) = side.trials
    assert (trial.key, trial.cluster, trial.scores) == (("g", "a", 3), "c", {"outcome": 0.5, "format": 1.0})
    assert (trial.usd, trial.tokens, trial.seconds) == (0.1, 12, 1.5)
    assert (side.subject, side.scheduled, side.conditions) == ("f", 1, {"data": "v2"})


def test_rows_of_a_task_are_its_trials_where_no_column_numbers_them() -> None:
    (side,) = results_of("f", "f", rows(*({"task": task, "score": "1"} for task in "abab")))
    assert [trial.key for trial in side.trials] == [("", "a", 0), ("", "b", 0), ("", "a", 1), ("", "b", 1)]


def test_one_side_a_subject_in_the_order_of_the_file() -> None:
    found = results_of("f", "f", rows(*({"task": "a", "score": "1", "subject": who} for who in ("n", "m", "n"))))
    assert [(side.subject, len(side.trials)) for side in found] == [("n", 2), ("m", 1)]


def test_without_a_score_a_trial_failed() -> None:
    (side,) = results_of(
        "f",
        "f",
        rows(
            {"task": "a", "score": "", "score.format": "1"},
            {"task": "b", "score": None, "failed": "timeout", "fault": "provider"},
        ),
    )
    assert [(t.failed, t.fault, t.scores) for t in side.trials] == [
        ("not_scored", "harness", {}),
        ("timeout", "provider", {}),
    ]
    assert (side.graded, side.scheduled) == (0, 2)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([{"task": "", "score": "1"}], "line 2: task is empty"),
        ([{"task": "a", "score": "1", "trial": ""}], "line 2: trial is empty"),
        ([{"task": "a", "score": "1", "subject": ""}], "line 2: subject is empty"),
        ([{"task": "a", "score": "x"}], "line 2: score is 'x'"),
        ([{"task": "a", "score": "1", "group": "*"}], "line 2: group is '\\*'"),
        ([{"task": "a", "score": "1", "failed": "timeout"}], "leave one of them empty"),
        ([{"task": "a", "score": "1", "trial": "0"}] * 2, "line 3: task 'a' has trial 0 already in line 2"),
        (
            [{"task": t, "score": "1", "condition.data": t} for t in "ab"],
            "line 3: condition.data is not the same in all rows of f",
        ),
        ([], "a header and no row"),
    ],
)
def test_what_is_refused_names_the_line(found: list[dict[str, Cell]], said: str) -> None:
    with pytest.raises(OutsideError, match=said):
        results_of("f", "f", rows(*found))
