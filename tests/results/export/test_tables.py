"""What stands in the tables is what stands in the journal, in every format that needs nothing heavy."""

import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.results.export import arrow
from kibitz.results.export.calls import CALLS
from kibitz.results.export.destination import DestinationError, MissingExtraError
from kibitz.results.export.episodes import EPISODES
from kibitz.results.export.export import TABLES, export_tables
from kibitz.results.export.mending import Mender

READ = {
    "jsonl": lambda path: [json.loads(line) for line in path.read_text("ascii").splitlines()],
    "parquet": lambda path: pq.read_table(path).to_pylist(),
}


def read(folder, form, table):
    return READ[form](folder / f"{table.name}.{form}")


def test_one_row_a_seat_of_every_scheduled_episode(run):
    rows = list(EPISODES.rows(run, "it"))
    assert len(rows) == sum(len(unit.agents) for unit in run.units)
    assert [row["status"] for row in rows] == ["done"] * 5 + ["failed"] * 2 + ["unplayed"] * 2
    first = rows[0]
    assert first["outcome"] == -1
    assert first["outcome_with_fallback"] == 1
    assert (first["result"], first["forfeited"], first["fallbacks"]) == ("lost", True, 1)
    assert (first["opponents"], first["outcome_low"], first["usd"]) == (["bob"], -1.0, 0.01)
    assert (rows[5]["cause"], rows[5]["outcome"], rows[5]["seconds"]) == ("timeout", None, 1.5)
    assert (rows[7]["outcome"], rows[7]["seconds"], rows[7]["steps"]) == (None, None, 0)


def test_where_only_answers_count_there_is_no_outcome(builder):
    made = builder(games=[builder.game(payoff="none", seats=1)])
    made.play("ann", reward=(0.0,))
    (row,) = EPISODES.rows(made.data(), "it")
    assert (row["outcome"], row["result"], row["status"]) == (None, None, "done")


def test_a_price_that_is_not_known_is_no_number(builder):
    from kibitz.results.records import Spent

    made = builder()
    made.play("ann", "bob", reward=(1, -1), spent=(Spent(calls=2, unpriced=1), Spent(calls=2, usd=0.5)))
    assert [row["usd"] for row in EPISODES.rows(made.data(), "it")] == [None, 0.5]


@pytest.mark.parametrize("form", sorted(READ))
def test_every_value_comes_back_as_it_was(run, form, tmp_path):
    written = export_tables([run], form, tmp_path / "out", prompts=True)
    for table in TABLES:
        expected = list(table.rows(run, run.info.name))
        assert read(tmp_path / "out", form, table) == expected
        assert written.counts[table.name] == len(expected) > 0
    assert written.mended == 0


def test_prompts_are_written_only_when_asked_for(run, tmp_path):
    written = export_tables([run], "jsonl", tmp_path / "out")
    assert CALLS.name not in written.counts
    assert not (tmp_path / "out" / "calls.jsonl").exists()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_row_has_exactly_the_columns_and_null_only_where_it_is_documented(run, builder, table):
    made = builder()
    played = made.play("ann", "bob", reward=(1, -1), success=True)
    made.move(played)
    for row in [*table.rows(run, "a"), *table.rows(made.data(), "b")]:
        assert set(row) == {column.name for column in table.columns}
        assert [c.name for c in table.columns if row[c.name] is None and not c.null] == []


def test_types_do_not_depend_on_what_the_rows_hold(run, empty, whole_run, tmp_path):
    runs = {"one": [run], "none": [empty], "several": [empty, whole_run("x"), run, run]}
    schemas = {}
    for name, several in runs.items():
        export_tables(several, "parquet", tmp_path / name, prompts=True)
        schemas[name] = [pq.read_schema(tmp_path / name / f"{table.name}.parquet") for table in TABLES]
    assert schemas["one"] == schemas["none"] == schemas["several"]
    rows = pq.read_table(tmp_path / "several" / "runs.parquet")["run"].to_pylist()
    assert rows == ["nothing", "run x", "run plain#1", "run plain#2"]


@pytest.mark.parametrize("form", sorted(READ))
def test_the_same_run_gives_the_same_bytes(run, form, tmp_path):
    for name in ("a", "b"):
        export_tables([run], form, tmp_path / name, prompts=True)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert len(files) == len(TABLES) + 1
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_hostile_text_survives_and_half_characters_are_counted(text):
    mender = Mender()
    mended = mender.record({"run": text, "command": [text]})
    whole = mended["run"]
    assert len(whole) == len(text)
    halves = sum("\ud800" <= c <= "\udfff" for c in text)
    assert sum(a != b for a, b in zip(text, whole, strict=True)) == halves
    assert mender.mended == (2 if halves else 0)
    assert json.loads(json.dumps(mended)) == mended
    fields = pa.schema([("run", pa.string()), ("command", pa.list_(pa.string()))])
    (batch,) = arrow.batches([mended], fields)
    assert batch.to_pylist() == [mended]


@pytest.mark.parametrize("form", sorted(READ))
def test_half_a_character_anywhere_is_replaced_and_said(whole_run, form, tmp_path):
    written = export_tables([whole_run("a\udc80\x00\u202e`b")], form, tmp_path / "out", prompts=True)
    assert written.mended > 20
    moves = read(tmp_path / "out", form, next(table for table in TABLES if table.name == "moves"))
    assert moves[0]["reply"] == "a\ufffd\x00\u202e`b"
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "a\ufffd" in card
    assert "\u202e`b" not in card


def test_memory_stays_flat(run, monkeypatch, tmp_path):
    """No writer asks for more rows than a batch before it writes what it has."""
    monkeypatch.setattr(arrow, "ROWS", 4)
    ahead = 0

    def rows(data, name):
        nonlocal ahead
        for record in EPISODES.rows(data, name):
            ahead += 1
            yield record

    from kibitz.results.export import parquet

    seen = []
    whole = parquet.batches

    def batches(records, fields):
        nonlocal ahead
        for batch in whole(records, fields):
            seen.append(ahead)
            ahead = 0
            yield batch

    monkeypatch.setattr(parquet, "batches", batches)
    parquet.write(EPISODES, rows(run, "it"), tmp_path)
    assert seen == [4, 4, 1]


def test_an_export_that_exists_is_refused(run, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(DestinationError, match="exists already"):
        export_tables([run], "jsonl", tmp_path / "out")


def test_what_fails_leaves_nothing_behind(run, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'kibitz\[export\]'"):
        export_tables([run], "parquet", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(run, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DestinationError, match="cannot be written"):
        export_tables([run], "jsonl", tmp_path / "file" / "out")


def test_whoever_is_to_be_named_is_named(builder, tmp_path):
    named = builder.game("qa", attribution="Yang et al.,\n``` CC BY-SA 4.0")
    made = builder(games=[named, builder.game("own")])
    export_tables([made.data()], "jsonl", tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "```text\nqa: Yang et al., ''' CC BY-SA 4.0\n```" in card
    (row,) = read(tmp_path / "out", "jsonl", TABLES[0])
    assert json.loads(row["attributions"]) == {"qa": named.attribution}


def test_the_card_says_what_is_missing_and_whose_it_is(run, tmp_path):
    export_tables([run], "parquet", tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "run plain is incomplete: 3 of 5 episodes are scored, 1 failed (timeout)." in card
    assert "- config_name: episodes\n  data_files: episodes.parquet" in card
    assert "Apache License 2.0" in card
    assert "calls.parquet" not in card
