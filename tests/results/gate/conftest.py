"""Hand-made sides for the tests of the gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from kibitz.results.comparing.trials import Results, Trial

Side = Callable[..., Results]


def side(source: str, scores: Sequence[float | None], *, group: str = "", subject: str = "ann", **more: Any) -> Results:
    """One side with a task a score; None is a task that a provider failed."""
    trials = tuple(
        Trial(task=f"t{i}", group=group, usd=0.01, failed="timeout", fault="provider")
        if score is None
        else Trial(task=f"t{i}", group=group, usd=0.01, scores={"outcome": score})
        for i, score in enumerate(scores)
    )
    return Results(source=source, subject=subject, trials=trials, scheduled=len(trials), **more)


@pytest.fixture
def make() -> Side:
    return side
