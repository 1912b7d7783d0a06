import pytest

from kibitz.results.outside.columns import ReadOptions, meanings, parse_columns
from kibitz.results.outside.form import OutsideError


def test_names_are_read_in_any_case_and_have_aliases() -> None:
    header = ["Task", "SCORE", "cost", "model", "score.Format", "Condition.data", "notes"]
    assert meanings("f", header, ReadOptions()) == {
        "Task": "task",
        "SCORE": "score",
        "cost": "usd",
        "model": "subject",
        "score.Format": "score.Format",
        "Condition.data": "condition.data",
    }


def test_what_the_user_says_goes_before_what_a_column_is_called() -> None:
    options = ReadOptions(parse_columns("task=id, score=correct,score.f=fmt"))
    header = ["id", "task", "correct", "fmt"]
    assert meanings("f", header, options) == {"id": "task", "correct": "score", "fmt": "score.f"}


@pytest.mark.parametrize(
    ("header", "said", "message"),
    [
        (["task", "score", "custer"], "", "is the column 'custer' meant to be 'cluster'"),
        (["task", "score", "usd", "cost"], "", "'usd' and 'cost' both mean usd; say which one with --columns usd=NAME"),
        (["task", "score"], "trial=n", r"no column 'n' \(trial\); its columns are task, score"),
        (["task", "x"], "score=x,trial=x", "'x' cannot be both score and trial"),
    ],
)
def test_headers_that_are_refused(header: list[str], said: str, message: str) -> None:
    with pytest.raises(OutsideError, match=message):
        meanings("f", header, ReadOptions(parse_columns(said) if said else {}))


@pytest.mark.parametrize("text", ["", "task", "task=", "task=a,task=b", "tsk=a", "score.=a"])
def test_columns_that_cannot_be_read(text: str) -> None:
    with pytest.raises(OutsideError, match="--columns"):
        parse_columns(text)
