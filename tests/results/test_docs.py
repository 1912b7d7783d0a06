"""What the documentation of formats promises is what comes out."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kibitz.harness.errors import EXIT_CODES
from kibitz.harness.suitefile import (
    BudgetFile,
    DeadlinesFile,
    ExecutionFile,
    JournalFile,
    LimitFile,
    MatchFile,
    PriceFile,
    ProtocolFile,
    SuiteFile,
)
from kibitz.results.leaderboard import board

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def formats() -> str:
    return (DOCS / "formats.md").read_text("utf-8")


def test_every_key_of_the_board_is_documented(builder: Any, formats: str) -> None:
    run = builder()
    run.answer(run.play("ann", "bob", reward=(1, -1)))
    found = json.loads(board([run.data()]).to_json())
    row = next(row for row in found["rows"] if row["reasoning"])
    names = {*row, *row["reasoning"]["wins"]}
    assert [name for name in sorted(names) if f"`{name}`" not in formats] == []
    assert all(re.search(rf"\b{name}\b", formats) for name in found)


def test_every_exit_code_is_documented(formats: str) -> None:
    assert [code for code in EXIT_CODES if not re.search(rf"^\| {code} \|", formats, re.MULTILINE)] == []


def test_every_key_of_a_suite_file_is_documented(formats: str) -> None:
    tables = (SuiteFile, ProtocolFile, MatchFile, LimitFile, DeadlinesFile, BudgetFile, PriceFile, JournalFile)
    keys = {key for table in (*tables, ExecutionFile) for key in table.model_fields} - {"label"}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", formats)] == []
