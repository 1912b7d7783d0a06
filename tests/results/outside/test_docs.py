"""The page on other tools: its tables are read, its commands do what it shows, and it has every column."""

import json
import re
import shlex
from pathlib import Path

import pytest

from kibitz.harness.cli import main
from kibitz.results.comparing.reading import read_file
from kibitz.results.outside.columns import ALIASES, NEEDED, OPTIONAL

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "other-tools.md").read_text(encoding="utf-8")
TABLES = re.findall(r"`(\w+\.csv)`.*?\n```csv\n(.*?)```", PAGE, re.DOTALL)
SHOWN = re.findall(r"```console\n\$ kibitz (.*?)\n(.*?)```", PAGE, re.DOTALL)
CODES = {"gate": 1}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in TABLES:
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command.split()[0] for command, _ in SHOWN])
def test_what_the_page_shows_is_what_comes_out(
    command: str, output: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = shlex.split(command)
    assert main(words) == CODES.get(words[0], 0)
    # Lines that are left out on the page are left out here.
    told = {" ".join(line.split()) for line in capsys.readouterr().out.splitlines()}
    wanted = [" ".join(line.split()) for line in output.splitlines() if line not in ("...", "")]
    assert [line for line in wanted if line not in told] == []


def test_all_four_commands_are_shown() -> None:
    assert [command.split()[0] for command, _ in SHOWN] == ["board", "diff", "gate", "plan"]


def test_the_lines_of_json_are_read(tmp_path: Path) -> None:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "a.jsonl").write_text(text)
    (side,) = read_file(tmp_path / "a.jsonl")
    assert (side.subject, [trial.scores["outcome"] for trial in side.trials]) == ("small", [1.0, 0.5])


def test_every_column_is_on_the_page() -> None:
    assert [name for name in (*NEEDED, *OPTIONAL, *ALIASES) if f"`{name}`" not in PAGE] == []


def test_json_of_baselines_is_documented() -> None:
    from kibitz.results.comparing.baseline import Header

    formats = (Path(__file__).resolve().parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
    assert [name for name in Header.__struct_fields__ if f"`{name}`" not in formats] == []


def test_a_board_of_files_has_the_keys_of_a_board(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["board", "old.csv", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)["rows"][0]
    assert (row["game"], row["kind"], row["scale"], row["legality"]["mean"]) == ("tasks", "", [0.0, 1.0], None)
