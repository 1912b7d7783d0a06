import json
from pathlib import Path

import pytest

from kibitz.results.comparing.baseline import write_baseline
from kibitz.results.comparing.ofrun import NoAgentError
from kibitz.results.comparing.reading import read_file, read_results
from kibitz.results.outside.columns import ReadOptions
from kibitz.results.outside.form import OutsideError
from kibitz.results.runfolder import JournalError

CSV = "task,score,model\na,1,m\na,0.5,n\n"


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="is not a run folder"):
        read_results(tmp_path)
    with pytest.raises(OutsideError, match="is a run folder, not a file"):
        read_file(tmp_path)


def test_each_form_goes_to_its_reader(tmp_path: Path) -> None:
    texts = {
        "a.csv": "task,score\na,1\n",
        "b.jsonl": json.dumps({"task": "a", "score": 1}),
        "c.xml": "<testsuite><testcase name='a'/></testsuite>",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    sides = [read_results(tmp_path / name) for name in texts]
    (tmp_path / "d").write_bytes(write_baseline(sides[0], "s", "1", {}))
    sides.append(read_results(tmp_path / "d"))
    assert [side.trials[0].key for side in sides] == [("", "a", 0)] * 4
    assert [side.trials[0].scores for side in sides] == [{"outcome": 1.0}] * 4
    assert [side.subject for side in sides] == ["a", "b", "c", "a"]


def test_one_of_several_agents_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    assert read_results(path, "n").trials[0].scores == {"outcome": 0.5}
    assert [side.subject for side in read_file(path)] == ["m", "n"]
    with pytest.raises(NoAgentError, match="--agent; its agents are m, n"):
        read_results(path)
    with pytest.raises(NoAgentError, match="no agent 'x'; its agents are m, n"):
        read_results(path, "x")


def test_what_the_user_says_of_columns_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV.replace("score", "ok"))
    assert read_results(path, "m", ReadOptions({"score": "ok"})).graded == 1


def test_a_mistake_in_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("task,score,trial\na,1,0\na,1,0\n")
    with pytest.raises(OutsideError, match="line 3: task 'a' has trial 0 already in line 2"):
        read_results(path)
