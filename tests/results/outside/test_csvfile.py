import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.results.outside.columns import ReadOptions, parse_columns
from kibitz.results.outside.csvfile import read_csv
from kibitz.results.outside.form import OutsideError

PLAIN = ReadOptions()


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "model-a.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("begin", ["", "\ufeff", "\r\n\r\n", "sep={}\r\n", "\ufeffSEP={}\n\n"])
def test_delimiters_marks_of_excel_and_blank_lines(tmp_path: Path, mark: str, begin: str) -> None:
    path = written(tmp_path, f"{begin.format(mark)}task{mark}score\r\n\r\na{mark}0.5\r\n")
    (side,) = read_csv(path, PLAIN)
    with pytest.raises(OutsideError, match=rf"line {2 + (begin + 'x').count(chr(10))}: score is 2"):
        read_csv(written(tmp_path, f"{begin.format(mark)}task{mark}score\na{mark}2\n"), PLAIN)
    assert (side.subject, side.trials[0].key, side.trials[0].scores) == ("model-a", ("", "a", 0), {"outcome": 0.5})


def test_columns_by_other_names(tmp_path: Path) -> None:
    path = written(tmp_path, "id,correct,prompt\n1,true,\"say, 'hi'\"\n")
    (side,) = read_csv(path, ReadOptions(parse_columns("task=id,score=correct")))
    assert side.trials[0].scores == {"outcome": 1.0}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,correct\n1,1\n", "no column 'task' and no column 'score'; its columns are id, correct"),
        ("task,score,score\na,1,1\n", "column 'score' twice"),
        ("task,score\n\na,1,2\n", "line 3: has 3 cells, and the header 2"),
        ("\n\ntask,score\na,x\n", "line 4: score is 'x'"),
        ('task,score\n"a\nb",1\nc,2x\n', "line 4: score is '2x'"),
        ('task,score\na,"1\n', "is no CSV"),
        (b"task,score\n\xff,1\n", "is not UTF-8"),
        ("task,score\n", "no row"),
        ("task,score\na," + "1" * 200_000 + "\n", "is no CSV"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(OutsideError, match=said):
        read_csv(written(tmp_path, content), PLAIN)


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=20)


@given(
    scores=st.dictionaries(names, st.lists(st.floats(0, 1), min_size=1, max_size=3), min_size=1, max_size=8),
    mark=st.sampled_from(",;\t"),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, scores: dict[str, list[float]], mark: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark)
    writer.writerow(["task", "score"])
    writer.writerows((task, repr(score)) for task, found in scores.items() for score in found)
    (side,) = read_csv(written(tmp_path_factory.mktemp("csv"), out.getvalue()), PLAIN)
    assert {trial.key: trial.scores["outcome"] for trial in side.trials} == {
        ("", task, i): score for task, found in scores.items() for i, score in enumerate(found)
    }
