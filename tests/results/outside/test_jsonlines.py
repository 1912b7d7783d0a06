import json
from pathlib import Path

import pytest

from kibitz.results.outside.columns import ReadOptions, parse_columns
from kibitz.results.outside.form import OutsideError
from kibitz.results.outside.jsonlines import read_json_lines

PLAIN = ReadOptions()


def written(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "b.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def test_values_have_their_own_types(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '\ufeff{"task": 7, "score": true, "tokens": 3}',
        "",
        {"task": "b", "score": 0.25, "usd": 0.5, "reply": ["ignored"]},
        {"task": "c", "score": None},
    )
    (side,) = read_json_lines(path, PLAIN)
    assert [(t.task, t.scores, t.tokens, t.usd, t.failed) for t in side.trials] == [
        ("7", {"outcome": 1.0}, 3, None, ""),
        ("b", {"outcome": 0.25}, None, 0.5, ""),
        ("c", {}, None, None, "not_scored"),
    ]


def test_columns_by_other_names_may_be_absent_in_a_line(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "a", "ok": 1, "n": 4}, {"id": "b", "ok": 0})
    (side,) = read_json_lines(path, ReadOptions(parse_columns("task=id,score=ok,tokens=n")))
    assert [(t.task, t.tokens) for t in side.trials] == [("a", 4), ("b", None)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"task": "b"}, "line 2: has no column 'score'; its columns are task"),
        ({"task": "b", "score": 1, "trail": 1}, "line 2: is the column 'trail' meant to be 'trial'"),
        ({"task": ["b"], "score": 1}, "line 2: task is a list or an object"),
        ({"task": "b", "score": 2}, "line 2: score is 2, outside 0..1"),
        ('{"task": "b", "score": NaN}', "line 2: is no JSON object"),
        ("[1]", "line 2: is no JSON object"),
        ('{"task": "b"', "line 2: is no JSON object"),
    ],
)
def test_what_is_refused_names_the_line(tmp_path: Path, line: object, said: str) -> None:
    with pytest.raises(OutsideError, match=said):
        read_json_lines(written(tmp_path, {"task": "a", "score": 1}, line), PLAIN)
