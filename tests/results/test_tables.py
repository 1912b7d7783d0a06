import csv
import io
from typing import Any

import pytest
from rich.console import Console

from kibitz.results import tables
from kibitz.results.leaderboard import BoardData, board


@pytest.fixture
def data(builder: Any) -> BoardData:
    agents = [builder.agent("ann"), builder.agent("oracle", privilege="truth"), builder.agent("=1+1|[x](y)")]
    run = builder(agents=agents, games=[builder.game("x", title="Crosses"), builder.game("y")])
    run.play("ann", "oracle", reward=(-1, 1), game="x")
    run.play("=1+1|[x](y)", "ann", reward=(-1, 1), game="x")
    run.play("ann", "oracle", reward=(0, 0), game="y")
    run.play("ann", "oracle", reward=(), game="y", status="failed", cause="timeout")
    result: BoardData = board([run.data()])
    return result


def shown(data: BoardData, width: int) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    console.print(tables.terminal(data, width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_terminal_fits_100_columns(data: BoardData) -> None:
    text = shown(data, 100)
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "0.00 [−" in text
    assert "…" not in text
    for name in ("ann", "oracle", "=1+1|[x](y)", "All games", "Crosses (x)"):
        assert name in text


@pytest.mark.parametrize("width", [40, 60, 82])
def test_a_narrow_terminal_leaves_columns_out_and_cuts_none(data: BoardData, width: int) -> None:
    text = shown(data, width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    assert "oracle" in text
    assert "0.00 [−" in text
    assert "Left out" in text


@pytest.mark.parametrize(
    ("width", "left_out"), [(200, set()), (80, {"regret", "tokens"}), (60, {"kept", "regret", "tokens", "rating"})]
)
def test_what_is_left_out_is_said_and_not_explained(data: BoardData, width: int, left_out: set[str]) -> None:
    text = " ".join(shown(data, width).split())
    layout = tables.fitting(data, width)
    assert set(layout.left_out) >= left_out
    assert left_out or not layout.left_out
    for heading, note in tables.NOTES.items():
        assert (note in text) == (heading not in layout.left_out)
    assert all(what in text for what in layout.left_out)


def test_how_many_episodes_were_distinct_goes_before_a_column_does(builder: Any) -> None:
    run = builder()
    for _ in range(12):
        run.play("ann", "bob", reward=(1, -1), trajectory="the same")
    same = board([run.data()])
    assert "12 (1 distinct)" in shown(same, 200)
    narrow = shown(same, 60)
    assert "12 (1 distinct)" not in narrow
    assert " 12 " in narrow
    assert tables.DISTINCT in " ".join(narrow.split())


def test_all_tables_of_a_board_have_the_same_columns(data: BoardData) -> None:
    lines = [line.rstrip() for line in shown(data, 200).splitlines() if line.lstrip().startswith("# ")]
    assert len(lines) == 3
    assert len(set(lines)) == 1


def test_a_narrow_terminal_shows_the_important_columns_that_have_room(data: BoardData) -> None:
    narrow = tables.fitting(data, 64)
    assert "n" not in narrow.left_out
    assert "reasoning" not in narrow.left_out
    assert sum(narrow.widths.values()) + 2 * len(narrow.widths) <= 64


def test_terminal_says_what_is_missing(data: BoardData) -> None:
    text = " ".join(shown(data, 100).split())
    assert "Incomplete: 3 of 4 episodes are scored." in text
    assert "Failed episodes, not scored: timeout 1." in text
    assert tables.REFERENCE_NOTE in text
    assert tables.PARTIAL_NOTE in text


def test_one_game_has_one_table(builder: Any) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1, -1))
    text = shown(board([run.data()]), 100)
    assert "All games" not in text
    assert "Incomplete" not in text
    assert "ref:" not in text


def test_markdown_keeps_names_inert(data: BoardData) -> None:
    lines = tables.markdown(data).splitlines()
    body = [line for line in lines if line.startswith("| 2 ")]
    assert body
    assert all(line.count("|") - line.count("\\|") == len(tables.HEADINGS) + 1 for line in body)
    assert "=1+1\\|\\[x\\](y)" in body[0]


def test_csv_has_every_row_and_no_formula(data: BoardData) -> None:
    rows = list(csv.DictReader(io.StringIO(tables.comma_separated(data))))
    assert len(rows) == len(data.rows)
    assert {row["agent"] for row in rows} == {"ann", "oracle", "'=1+1|[x](y)"}
    first = next(row for row in rows if row["agent"] == "ann" and row["game"] == "y")
    assert (first["outcome"], first["outcome_n"], first["rank"]) == ("0.0", "1", "1")


@pytest.mark.parametrize(
    "config", [{"replay": "/runs/one"}, {"agents": {"ann": {"kind": "llm", "model": "replay:runs/one"}}}]
)
def test_a_replayed_run_says_that_nothing_was_paid(builder: Any, config: dict[str, Any]) -> None:
    run = builder()
    run.play("ann", "bob", reward=(1, -1))
    replayed = board([run.data(config=config)])
    assert "replayed, nothing was sent or paid: run." in "\n".join(tables.notes(replayed))
    assert replayed.as_json()["replayed"] == ["run"]
    assert board([run.data()]).as_json()["replayed"] == []


def test_csv_has_the_limits_of_ratings(data: BoardData) -> None:
    rows = list(csv.DictReader(io.StringIO(tables.comma_separated(data))))
    first = next(row for row in rows if row["agent"] == "oracle" and row["game"] == "x")
    rating = data.ratings["x"].of("oracle")
    assert rating is not None
    assert (first["rating"], first["rating_low"], first["rating_high"]) == (str(rating.value), str(rating.low), "")


def test_a_narrow_terminal_leaves_ratings_out(data: BoardData) -> None:
    assert "rating" in shown(data, 120).split("Crosses")[0]
    assert "rating" not in shown(data, 60).split("Crosses")[0]
