"""Hugging Face datasets: what is written is what ``load_from_disk`` gives back."""

import json

import pytest

from kibitz.results.export.export import TABLES, export_tables

pytestmark = pytest.mark.once


def test_the_datasets_load_back(run, empty, tmp_path):
    from datasets import load_from_disk

    export_tables([run, empty], "datasets", tmp_path / "out", prompts=True)
    for table in TABLES:
        loaded = load_from_disk(tmp_path / "out" / table.name)
        assert loaded.to_list() == [*table.rows(run, run.info.name), *table.rows(empty, empty.info.name)]
        assert loaded.column_names == [column.name for column in table.columns]


def test_tables_without_rows_load_with_their_types(empty, tmp_path):
    from datasets import load_from_disk

    export_tables([empty], "datasets", tmp_path / "out")
    loaded = load_from_disk(tmp_path / "out" / "moves")
    assert loaded.num_rows == 0
    assert loaded.features["complaints"].feature.dtype == "string"
    assert loaded.features["regret"].dtype == "float64"


def test_the_same_run_gives_the_same_bytes(run, tmp_path):
    for name in ("a", "b"):
        export_tables([run], "datasets", tmp_path / name)
    files = [path.relative_to(tmp_path / "a") for path in sorted((tmp_path / "a").rglob("*")) if path.is_file()]
    assert all((tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in files)
    assert not [file for file in files if file.name.startswith(".")]
    assert json.loads((tmp_path / "a" / "moves" / "state.json").read_text())["_fingerprint"]
