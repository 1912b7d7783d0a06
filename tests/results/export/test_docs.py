"""The documentation of exports has every column, as it is."""

from pathlib import Path

import pytest

from kibitz.results.export.export import TABLES

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "export.md").read_text("utf-8")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_documented_with_its_columns_and_types(table):
    assert f"`{table.name}`" in DOCS
    assert f"One row: {table.row}." in DOCS
    assert table.markdown() in DOCS


def test_nothing_is_documented_that_is_not_there():
    documented = [line for line in DOCS.splitlines() if line.startswith("| `") and line.count("|") == 4]
    columns = [line for table in TABLES for line in table.markdown().splitlines()[2:]]
    assert sorted(documented) == sorted(columns)
