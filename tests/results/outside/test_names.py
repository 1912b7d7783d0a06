import json
from pathlib import Path

import pytest

from kibitz.results.comparing.reading import read_file
from kibitz.results.outside.form import OutsideError

BAD = ["\x1b[2J", "a\nb", "\x9b2J", "\u202egnp.exe"]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("column", ["task", "group", "cluster", "subject", "condition.data"])
def test_no_name_can_drive_a_terminal(tmp_path: Path, bad: str, column: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"task": "t", "score": 1} | {column: f"x{bad}x"}))
    with pytest.raises(OutsideError, match="has a control character or a line break") as refused:
        read_file(path)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("bad", BAD)
def test_nor_can_a_column(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'task,score,"score.x{bad}"\na,1,1\n', encoding="utf-8", newline="")
    with pytest.raises(OutsideError) as refused:
        read_file(path)
    assert str(refused.value).isprintable()


def test_letters_of_all_languages_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("task,score\nAufgabe ä 問題 👩\u200d🔬,1\n", encoding="utf-8")
    assert read_file(path)[0].trials[0].task == "Aufgabe ä 問題 👩\u200d🔬"
