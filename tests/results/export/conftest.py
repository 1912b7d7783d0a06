"""A run with everything in it, as the report's tests make it, and one of which nothing was played."""

from __future__ import annotations

from typing import Any

import pytest

from kibitz.results.rundata import RunData
from tests.results.report.conftest import whole_run

__all__ = ("whole_run",)


@pytest.fixture
def run(whole_run: Any, builder: Any) -> RunData:
    return whole_run("plain")  # type: ignore[no-any-return]


@pytest.fixture
def empty(builder: Any) -> RunData:
    return builder("nothing").data()  # type: ignore[no-any-return]
